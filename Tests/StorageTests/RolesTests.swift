import ExamModel
import Foundation
import TestKit
import Testing

@testable import Storage

/// Logins of the three roles in a store with one graded test and a webhook.
@Suite(
  "Roles on PostgreSQL", .serialized,
  .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
struct RolesTests {
  struct Staff {
    let hall: Hall
    let batch: ImportedBatch
    /// Another than other runs' of these tests on the same server.
    let suffix: String

    func uri(_ role: String) throws -> String {
      let uri = try TemporaryStore.uri(of: hall.address)
      guard let at = uri.firstIndex(of: "@"), let slashes = uri.range(of: "://") else { return uri }
      return String(uri[..<slashes.upperBound]) + "\(role)_\(suffix)" + uri[at...]
    }

    func connection(_ role: String) throws -> PostgresConnection {
      try PostgresConnection(PostgresAddress(try uri(role)))
    }

    /// The SQLSTATE that a statement is refused with; nil where it is not.
    func refusal(_ role: String, _ sql: SQL) throws -> String? {
      let link = try connection(role)
      do throws(StoreError) {
        _ = try link.rows(sql)
        return nil
      } catch {
        return error.code
      }
    }
  }

  static func script() throws -> String {
    let roles = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "deploy/postgres/roles.sql")
    return try String(contentsOf: roles, encoding: .utf8)
  }

  func withStaff(_ body: (Staff) async throws -> Void) async throws {
    let script = try Self.script()
    try await TemporaryStore.withStore(.postgres) { address in
      let hall = Hall(address: address)
      let (store, batch) = try await hall.imported()
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      _ = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      let admin = try PostgresConnection(PostgresAddress(try TemporaryStore.uri(of: address)))
      try admin.execute(script: script)
      // A second time changes nothing and fails nowhere.
      try admin.execute(script: script)
      let suffix = String(UInt64.random(in: 0 ... .max), radix: 36)
      for role in ["owner", "worker", "reader"] {
        try admin.execute(script: "create role \(role)_\(suffix) login in role gradus_\(role)")
      }
      let reader = "reader_\(suffix)"
      _ = try admin.rows("insert into reading.access values (\(reader), \(hall.test))")
      let staff = Staff(hall: hall, batch: batch, suffix: suffix)
      let result = await Result { try await body(staff) }
      await store.close()
      for role in ["owner", "worker", "reader"] {
        try admin.execute(script: "drop owned by \(role)_\(suffix) cascade")
        try admin.execute(script: "drop role \(role)_\(suffix)")
      }
      try result.get()
    }
  }

  @Test("a reader sees published results of the tests they were given, and no other row")
  func reader() async throws {
    try await withStaff { staff in
      let reader = try staff.connection("reader")
      #expect(try reader.texts("select count(*) from reading.total") == [["6"]])
      #expect(try reader.texts("select count(*) from reading.mark") == [["12"]])
      #expect(try reader.texts("select kind from reading.audit order by number").count == 2)
      #expect(try !reader.texts("select * from reading.item").isEmpty)
      try await staff.hall.inspect("delete from reading.access")
      for view in ["run", "mark", "total", "item", "audit"] {
        #expect(try reader.texts("select * from reading.\(verbatim: view)").isEmpty, "\(view)")
      }
    }
  }

  @Test("whoever may not do a thing hears who may, and not that there are no tables")
  func refusals() async throws {
    try await withStaff { staff in
      func hears(
        _ words: String, _ role: String, _ place: SourceLocation = #_sourceLocation,
        _ act: (any Store) async throws -> Void
      ) async throws {
        let store = try await StoreAddress(try staff.uri(role)).open()
        let error = await #expect(throws: StoreError.self, sourceLocation: place) {
          try await act(store)
        }
        #expect(error?.kind == .notAllowed, sourceLocation: place)
        #expect(error?.message.contains(words) == true, "\(error!)", sourceLocation: place)
        await store.close()
      }
      try await hears("schema reading", "reader") { _ = try await $0.schema() }
      try await hears("connect as an owner", "worker") {
        _ = try await $0.erase(
          PersonalNames("c3"), of: staff.hall.test, by: "ruth", isDry: false)
      }
      try await hears("connect as an owner", "worker") {
        _ = try await $0.begin(staff.hall.regrade(of: staff.batch, .exact))
      }
      try await staff.hall.inspect("revoke insert on event from gradus_worker")
      try await hears("roles.sql: run it again", "worker") {
        try await $0.enqueue(staff.hall.event("e"), for: nil)
      }
      try await staff.hall.inspect("revoke usage on schema reading from gradus_reader")
      try await hears("grant it a role of deploy/postgres/roles.sql", "reader") {
        _ = try await $0.schema()
      }
    }
  }

  @Test("a reader sees no raw answer, no secret and no payload, and changes nothing")
  func secrets() async throws {
    try await withStaff { staff in
      for table in [
        "submission", "endpoint", "endpoint_secret", "event", "result", "batch", "settlement",
        "overrule", "audit",
      ] {
        let refused = try staff.refusal("reader", "select * from public.\(verbatim: table)")
        #expect(refused == "42501", "\(table)")
      }
      for statement: SQL in [
        "insert into reading.access values (session_user, 'other')",
        "select * from reading.access", "delete from reading.audit",
        "set role gradus_owner",
      ] { #expect(try staff.refusal("reader", statement) == "42501") }
    }
  }

  @Test("no right to read, however wide, shows what signs a webhook")
  func signingSecrets() async throws {
    try await withStaff { staff in
      let reader = "reader_\(staff.suffix)"
      try await staff.hall.inspect("grant pg_read_all_data to \(verbatim: reader)")
      let link = try staff.connection("reader")
      #expect(try link.texts("select count(*) from public.endpoint") == [["1"]])
      #expect(try link.texts("select * from public.endpoint_secret").isEmpty)
    }
  }

  @Test("a worker imports, grades, publishes and adds to the trail")
  func worker() async throws {
    try await withStaff { staff in
      let hall = Hall(address: try StoreAddress(try staff.uri("worker")))
      let store = try await hall.open()
      try await store.register(TestRecord(id: hall.test, title: "Mock", manifestDigest: "a1"))
      let rows = hall.submissions(4)
      let batch = try await store.importBatch(
        hall.batch(rows, digest: "d2", events: [hall.event("evt_w")]), submissions: rows)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms()))
      #expect(try await store.heartbeat(claim, lease: LeaseTerms()))
      try await store.giveBack(claim)
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      #expect(try await store.publishedRun(of: hall.test) == batch.run)
      let deliveries = try await store.claimDeliveries(.take(9, 9, 60))
      for claim in deliveries {
        let gone = attempt(
          410, outcome: "gone", milliseconds: 1, next: .deadAndDisable(reason: "gone"))
        #expect(try await store.record(gone, for: claim))
      }
      #expect(!deliveries.isEmpty && deliveries.allSatisfy { !$0.secrets.isEmpty })
      let firing = Firing(test: hall.test, schedule: "s", dueMicroseconds: 0, firedBy: "a/1")
      #expect(try await store.record(firing) == nil)
      let entries = try await store.auditEntries(of: hall.test, after: 0, limit: 99)
      #expect(entries.suffix(2).allSatisfy { $0.session == "worker_\(staff.suffix)" })
      await store.close()
    }
  }

  @Test("a worker splits what fails and sets a row aside, whoever imported it")
  func splitting() async throws {
    try await withStaff { staff in
      let hall = Hall(address: try StoreAddress(try staff.uri("worker")))
      let store = try await hall.open()
      try await store.register(TestRecord(id: hall.test, title: "Mock", manifestDigest: "a1"))
      let rows = hall.submissions(2)
      let batch = try await store.importBatch(
        hall.batch(rows, digest: "d2"), submissions: rows)
      let over = LeaseTerms(leaseSeconds: 0)
      while try await store.claimChunk(of: batch.run, as: "w", lease: over) != nil {}
      let progress = try await store.progress(of: batch.run)
      #expect(progress.chunksSetAside == 2 && progress.quarantined == 2)
      #expect(try await store.arrange(batch.run, .priority(1), by: "w"))
      await store.close()
    }
  }

  @Test("a worker changes neither the trail nor an answer nor a decision")
  func workerLimits() async throws {
    try await withStaff { staff in
      for statement: SQL in [
        "update audit set actor = 'x'", "delete from audit", "truncate audit",
        "alter table audit disable trigger all", "drop trigger audit_is_only_added_to on audit",
        "update submission set cells = '[]'", "delete from submission",
        "update result set awarded_hundredths = 0", "delete from result",
        "insert into settlement select * from settlement", "delete from overrule",
        "update endpoint set url = 'x'", "update endpoint_secret set secret = 'x'",
        "update test set title = 'x'",
        "select * from reading.access", "create table mine (n integer)",
        "set role gradus_owner",
      ] {
        let code = try staff.refusal("worker", statement)
        #expect(code == "42501", "\(statement)")
      }
    }
  }

  @Test("not even the owner changes the trail by accident")
  func owner() async throws {
    try await withStaff { staff in
      for statement: SQL in ["update audit set actor = 'x'", "delete from audit", "truncate audit"]
      {
        #expect(try staff.refusal("owner", statement) == "P0001")
      }
      let store = try await StoreAddress(try staff.uri("owner")).open()
      let erased = try await store.erase(
        PersonalNames("c3"), of: staff.hall.test, by: "ruth", isDry: false)
      #expect(erased.results == 1)
      await store.close()
    }
  }

  @Test("the doctor sees whoever has more rights than they should")
  func examination() async throws {
    try await withStaff { staff in
      func findings() async throws -> [String: Finding.Weight] {
        let found = try staff.connection("worker").examine()
        return Dictionary(uniqueKeysWithValues: found.map { ($0.subject, $0.weight) })
      }
      let sound = try await findings()
      for subject in [
        "server", "connection", "clock", "role", "rights", "limits", "logins", "schema", "audit",
      ] {
        #expect(sound[subject] == .good, "\(subject)")
      }
      try await staff.hall.inspect("grant delete on audit to gradus_worker")
      try await staff.hall.inspect("grant select on endpoint to public")
      try await staff.hall.inspect("alter table audit disable trigger all")
      let loose = try await findings()
      for subject in ["rights", "limits", "audit"] { #expect(loose[subject] == .bad, "\(subject)") }
      let admin = try PostgresConnection(
        PostgresAddress(try TemporaryStore.uri(of: staff.hall.address)))
      #expect(try admin.examine().first { $0.subject == "role" }?.weight == .advice)
    }
  }

  @Test("the doctor sees a server without room, an open transaction and an index that is not valid")
  func server() async throws {
    try await withStaff { staff in
      let link = try PostgresConnection(
        PostgresAddress(try TemporaryStore.uri(of: staff.hall.address)))
      func sentence(_ subject: String, _ weight: Finding.Weight) throws -> String {
        try link.examineSessions(openFor: 0)
          .first { $0.subject == subject && $0.weight == weight }?.sentence ?? "nothing"
      }
      let other = try await staff.hall.open()
      #expect(try sentence("locks", .good).hasPrefix("no transaction"))
      #expect(try sentence("connections", .good) == "there is room for more")
      try await TemporaryStore.inspect(other, "begin")
      try await TemporaryStore.inspect(other, "select 1")
      #expect(try sentence("locks", .advice).contains("pg_terminate_backend("))
      try await TemporaryStore.inspect(other, "rollback")
      await other.close()
      let name = try #require(link.texts("select current_database()")[0][0])
      _ = try link.rows("alter database \(verbatim: name) connection limit 4")
      #expect(try sentence("connections", .advice).contains("there is room for"))
      _ = try link.rows(
        "update pg_index set indisvalid = false where indexrelid = 'result_key'::regclass")
      #expect(try sentence("integrity", .bad).contains("not valid: result_key"))
    }
  }

  @Test("every table is one that a worker may read, or kept from them on purpose")
  func noTableIsForgotten() async throws {
    try await withStaff { staff in
      let forgotten = try staff.connection("worker").texts(
        """
        select relname from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')
          and not has_table_privilege(oid, 'select') order by 1
        """)
      #expect(forgotten.isEmpty, "name them in deploy/postgres/roles.sql")
    }
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
