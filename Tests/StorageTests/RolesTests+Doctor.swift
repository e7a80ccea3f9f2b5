import TestKit
import Testing

@testable import Storage

extension RolesTests {
  /// What somebody did, what the doctor says of it, and what takes it back beside the script.
  private static let faults: [(done: String, subject: String, words: String, undone: String)] = [
    ("alter table reading.access disable row level security", "reading", "is off for", ""),
    ("alter table reading.access no force row level security", "reading", "is not forced", ""),
    (
      "drop policy own_rows on reading.access", "reading", "own_rows of reading.access is missing",
      ""
    ),
    (
      "alter policy all_rows on reading.access using (true)", "reading",
      "all_rows of reading.access is another", ""
    ),
    (
      "create policy more on reading.access using (true)", "reading", "a policy more that is none",
      "drop policy more on reading.access"
    ),
    (
      "create or replace view reading.audit with (security_barrier) as select * from public.audit",
      "reading", "reading.audit does not ask reading.access", ""
    ),
    ("drop view reading.total", "reading", "view reading.total is missing", ""),
    (
      "alter view reading.mark set (security_barrier = false)", "reading",
      "reading.mark is no security barrier", ""
    ),
    ("alter view reading.run owner to READER", "reading", "reading.run does not belong", ""),
    (
      "alter role READER superuser", "logins", "a reader, is a superuser",
      "alter role READER nosuperuser"
    ),
    ("alter role READER bypassrls", "logins", "is exempt", "alter role READER nobypassrls"),
    (
      "grant gradus_owner to WORKER", "logins", "a worker, is a member of",
      "revoke gradus_owner from WORKER"
    ),
    ("alter table chunk owner to WORKER", "logins", "a worker, owns chunk", ""),
    (
      "grant select on submission to READER", "limits", "has select on public.submission",
      "revoke all on submission from READER"
    ),
    (
      "grant pg_read_all_data to READER", "limits", "has select on public.audit",
      "revoke pg_read_all_data from READER"
    ),
    (
      "grant update (actor) on audit to gradus_worker", "limits",
      "a worker has update on public.audit (actor)", ""
    ),
    (
      "grant create on schema public to gradus_worker", "limits",
      "a worker has create on schema public", ""
    ),
    (
      "revoke insert on audit from gradus_worker", "grants",
      "a worker lacks insert on public.audit", ""
    ),
    (
      "revoke update (reason) on submission from gradus_worker", "grants",
      "lacks update on public.submission (reason)", ""
    ),
    (
      "revoke usage on schema reading from gradus_reader", "grants",
      "a reader lacks usage on schema reading", ""
    ),
    ("alter role WORKER createrole", "logins", "may give roles", "alter role WORKER nocreaterole"),
    (
      "alter role READER replication", "logins", "may copy the whole server",
      "alter role READER noreplication"
    ),
    (
      "grant pg_execute_server_program to WORKER", "logins",
      "is a member of pg_execute_server_program",
      "revoke pg_execute_server_program from WORKER"
    ),
    (
      "grant pg_write_all_data to WORKER", "logins", "is a member of pg_write_all_data",
      "revoke pg_write_all_data from WORKER"
    ),
    (
      """
      create function reading.peek() returns setof public.submission language sql security definer
      as 'select * from public.submission'
      """, "limits", "may call reading.peek()", "drop function reading.peek()"
    ),
    (
      "create role other_STAFF login; grant select (cells) on submission to other_STAFF", "rights",
      "other_STAFF may use submission without",
      "revoke all on submission from other_STAFF; drop role other_STAFF"
    ),
    (
      "alter database BASE set default_transaction_read_only = on", "writing",
      "default_transaction_read_only is on",
      "alter database BASE reset default_transaction_read_only"
    ),
  ]

  @Test("the doctor names each departure from the script of roles, which mends it")
  func departures() async throws {
    try await withStaff { staff in
      let admin = try PostgresConnection(
        PostgresAddress(try TemporaryStore.uri(of: staff.hall.address)))
      let base = try #require(admin.texts("select current_database()")[0][0])
      func named(_ text: String) -> String {
        text.replacing("READER", with: "reader_\(staff.suffix)")
          .replacing("WORKER", with: "worker_\(staff.suffix)")
          .replacing("STAFF", with: staff.suffix).replacing("BASE", with: base)
      }
      func findings() throws -> Set<Finding> { Set(try staff.connection("worker").examine()) }
      let sound = try findings()
      for fault in Self.faults {
        try admin.execute(script: named(fault.done))
        let found = try findings().subtracting(sound)
        #expect(
          found.contains {
            $0.subject == fault.subject && $0.weight != .good
              && $0.sentence.contains(named(fault.words))
          }, "\(fault.done): \(found)")
        try admin.execute(script: named(fault.undone))
        try admin.execute(script: Self.script())
        let left = try findings().subtracting(sound)
        #expect(left.isEmpty, "\(fault.done): \(left)")
      }
      // The script does not make it, so it is not sent for.
      try admin.execute(script: "drop table firing")
      let bad = try findings().subtracting(sound)
      #expect(bad.map(\.subject) == ["schema"], "\(bad)")
    }
  }

  @Test(
    "where the script was not run the doctor misses nothing, and of an empty place sees the server")
  func oneLogin() async throws {
    try await withStaff { _ in
      try await TemporaryStore.withStore(.postgres) { address in
        let link = try PostgresConnection(PostgresAddress(try TemporaryStore.uri(of: address)))
        #expect(try link.examine().contains { $0.subject == "settings" && $0.weight == .bad })
        _ = try link.migrate()
        let found = try link.examine()
        #expect(found.allSatisfy { $0.weight != .bad || $0.subject == "settings" }, "\(found)")
        #expect(found.contains { $0.subject == "limits" && $0.weight == .advice })
      }
    }
  }

  @Test(
    "the doctor sees a standby",
    .enabled(if: PostgresCluster.isAvailable, "needs initdb and a PostgreSQL to test with"))
  func standby() async throws {
    try await PostgresCluster.with { cluster in
      func writing() throws -> Finding? {
        try PostgresConnection(PostgresAddress(cluster.uri(of: "postgres"))).examine()
          .first { $0.subject == "writing" }
      }
      #expect(try writing()?.weight == .good)
      cluster.stop()
      try cluster.becomeStandby()
      try await cluster.start()
      #expect(try writing()?.weight == .bad)
      #expect(try writing()?.sentence.contains("this server is a standby") == true)
    }
  }
}
