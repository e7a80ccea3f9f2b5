import ExamModel
import Foundation
import Glibc
import Storage
import TestKit
import Testing
import Workers

@Suite("What the doctor finds", .timeLimit(.minutes(5))) struct DoctorTests {
  /// A workspace in which everything was graded, and what the doctor says of it.
  private struct Patient {
    let workspace: Workspace
    let address: StoreAddress
    var environment: [String: String]
    /// A command that becomes the program under other circumstances.
    var circumstances: [String] = []

    func run(_ words: String...) throws {
      let outcome = try Program.run(words, in: workspace.folder, environment: environment)
      try #require(outcome.status == 0, "\(words) \(outcome.errors)")
    }

    func change(_ file: String, _ edit: (String) -> String) throws {
      let path = workspace.path(file)
      try edit(try String(contentsOfFile: path, encoding: .utf8))
        .write(toFile: path, atomically: true, encoding: .utf8)
    }

    func inspect(_ sql: SQL) async throws { try await TemporaryStore.inspect(address, sql) }

    /// Expects a finding of this weight with these words, and the exit code.
    func shows(
      _ subject: String, _ weight: Finding.Weight, _ words: String, status: Int32? = nil,
      _ place: SourceLocation = #_sourceLocation
    ) throws {
      let outcome = try Program.run(
        ["doctor", "--format", "json"], in: workspace.folder, environment: environment,
        under: circumstances)
      let found = try JSON(parsing: outcome.output, file: "doctor").array?.filter {
        $0["check"]?.string == subject && $0["weight"]?.string == weight.rawValue
      }
      #expect(
        found?.contains { $0["finding"]?.string?.contains(words) == true } == true,
        "\(subject): \(outcome.output)", sourceLocation: place)
      if let status {
        #expect(outcome.status == status, "\(outcome.output)", sourceLocation: place)
      }
    }
  }

  private func withPatient(
    _ kind: StoreKind = .sqlite, _ body: (inout Patient) async throws -> Void
  ) async throws {
    try await TemporaryStore.withStore(kind) { address in
      try await Demonstration.withWorkspace { workspace in
        let uri = kind == .postgres ? try TemporaryStore.uri(of: address) : address.description
        var patient = Patient(
          workspace: workspace, address: address,
          environment: ["GRADUS_STORE": uri, "LANG": "C.UTF-8"])
        try patient.run("grade", Demonstration.export)
        try await body(&patient)
      }
    }
  }

  @Test("in a workspace that is not as it was")
  func workspace() async throws {
    try await withPatient { patient in
      let blueprint = try String(contentsOfFile: patient.workspace.blueprintFile, encoding: .utf8)
      func deadline(_ text: String) throws {
        try patient.change("blueprint.json5") { _ in
          blueprint.replacingOccurrences(
            of: "marking: {", with: "marking: { deadline: \"\(text)\",")
        }
      }
      try patient.shows("papers", .good, "40 papers", status: 0)
      try deadline("2020-03-05T18:00Z")
      try patient.shows("deadline", .good, "is over", status: 0)
      try deadline("2020-03-05T18:00 Mars/Base")
      try patient.shows("deadline", .bad, "there is no time zone \"Mars/Base\"", status: 65)
      try patient.change("blueprint.json5") { _ in "{ title: " }
      try patient.shows("blueprint", .bad, "blueprint.json5:1:", status: 65)
      try patient.change("blueprint.json5") { _ in blueprint }
      try patient.change("roster.csv") { $0 + "c099,New,new@example.org\n" }
      try patient.shows("roster", .advice, "such as c099, have no paper yet", status: 0)
      chmod(patient.workspace.defaultSecretFile, 0o644)
      try patient.shows("secret", .bad, "run \"chmod 600 secret\"", status: 78)
      chmod(patient.workspace.defaultSecretFile, 0o600)
      try patient.change("papers/c001.html") { $0 + " " }
      try patient.shows("papers", .bad, "papers/c001.html was changed", status: 65)
      unlink(patient.workspace.manifestFile)
      try patient.shows("papers", .bad, "run \"gradus generate\"", status: 78)
    }
  }

  @Test("on a machine that lacks something")
  func machine() async throws {
    try await withPatient { patient in
      let sound = patient
      patient.environment["LANG"] = "de_DE.ISO-8859-1"
      try patient.shows("locale", .advice, "de_DE.ISO-8859-1 is not UTF-8", status: 0)
      patient = sound
      patient.environment["SSL_CERT_FILE"] = "/nowhere.crt"
      try patient.shows("authorities", .advice, "/nowhere.crt cannot be read", status: 0)
      patient = sound
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 4_000_000_000)],
        ofItemAtPath: patient.workspace.folder)
      try patient.shows("clock", .advice, "was changed after that", status: 0)
      patient.circumstances = ["prlimit", "--nofile=64:64"]
      try patient.shows("open files", .advice, "no more than 64 at once", status: 0)
    }
  }

  @Test(
    "without tables of zones and encodings, and with a disk that is nearly full",
    .enabled(if: SmallDisk.isAvailable, SmallDisk.reason))
  func bareMachine() async throws {
    try await withPatient { patient in
      // Mounts that only this process sees.
      patient.circumstances = [
        "unshare", "-m", "sh", "-c",
        """
        for empty in /usr/share/zoneinfo /usr/lib/*/gconv; do
          mount -t tmpfs -o size=1m none $empty
        done
        exec "$@"
        """, "sh",
      ]
      try patient.shows("time zones", .advice, "\"apt-get install tzdata\"", status: 0)
      try patient.shows("encodings", .advice, "no table of code page 949", status: 0)
      patient.circumstances = []
      try await SmallDisk.with(megabytes: 5) { disk in
        patient.environment["GRADUS_STORE"] = "sqlite:\(disk.folder)/x.sqlite"
        try patient.shows("room", .bad, "5 MB are free in \(disk.folder)/", status: 78)
      }
    }
  }

  @Test(
    "on a server that keeps nothing yet, and is left so by commands that only read",
    .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func emptyServer() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      try await Demonstration.withWorkspace { workspace in
        let patient = Patient(
          workspace: workspace, address: address,
          environment: ["GRADUS_STORE": try TemporaryStore.uri(of: address), "LANG": "C.UTF-8"])
        try patient.shows("store", .good, "empty, made ready on first use")
        try patient.shows("settings", .bad, "fsync", status: 78)
        let status = try Program.run(
          ["status"], in: workspace.folder, environment: patient.environment)
        #expect(status.status == 78 && status.errors.contains("has no schema yet"), "\(status)")
        #expect(
          try await TemporaryStore.inspect(
            address, "select relname from pg_class where relname = 'run'"
          )
          .isEmpty)
      }
    }
  }

  @Test("in a store that waits for somebody", arguments: StoreKind.available)
  func waiting(_ kind: StoreKind) async throws {
    try await withPatient(kind) { patient in
      try patient.shows("quarantine", .advice, "3 rows wait for a person")
      try patient.shows("runs", .good, "all have ended")
      try patient.shows("webhooks", .good, "none is late")
      let long = kind == .postgres ? "now() - interval '1 hour'" : "1" as SQL
      try await patient.inspect("update run set state = 0, finished_at = null")
      try patient.shows("runs", .good, "a worker is at them")
      try await patient.inspect("update run set started_at = \(long)")
      try patient.shows("runs", .bad, "run 1 of mock-ml, began over ten minutes ago", status: 78)
      try await patient.inspect("update run set paused_at = \(long)")
      try patient.shows("runs", .advice, "gradus run resume 1")
      try patient.run("webhook", "add", "http://127.0.0.1:9/", "--allow-private")
      try await patient.inspect(
        "insert into event values ('e1', null, 'webhook.test', '{}', \(long))")
      try await patient.inspect(
        """
        insert into delivery (event_id, endpoint_id, next_at, created_at)
        values ('e1', 1, \(long), \(long))
        """)
      try patient.shows("webhooks", .bad, "1 should have gone out", status: 78)
      try await patient.inspect("update delivery set state = 2")
      try patient.shows("webhooks", .advice, "gradus webhook redeliver --dead")
      try await patient.inspect("update endpoint set disabled_reason = 'x'")
      try patient.shows("webhooks", .advice, "receivers disabled: 1")
      try await patient.inspect("update run set state = 1, finished_at = \(long)")
      try patient.run("erase", "--test", "--yes")
      try patient.shows("quarantine", .good, "no row waits")
    }
  }

  @Test(
    "in a store that lacks a table, which commands send to the doctor for",
    arguments: StoreKind.available)
  func missingTable(_ kind: StoreKind) async throws {
    try await withPatient(kind) { patient in
      try patient.shows("schema", .good, "as the migrations make them")
      try await patient.inspect("drop table firing")
      try patient.shows("schema", .bad, "missing: table firing", status: 78)
      mkdir(patient.workspace.path("inbox"), 0o755)
      let sweep = try Program.run(
        ["sweep", "inbox", "--schedule", "minutely"], in: patient.workspace.folder,
        environment: patient.environment)
      #expect(
        sweep.status == 78 && sweep.errors.contains("\"gradus doctor\" says which"), "\(sweep)")
    }
  }

  @Test("in a store that another program made, changes, holds or has damaged")
  func store() async throws {
    try await withPatient { patient in
      let file = String(patient.address.description.dropFirst("sqlite:".count))
      let other = try await patient.address.open()
      try await TemporaryStore.inspect(other, "begin immediate")
      try patient.shows("locks", .advice, "fuser \(file)", status: 0)
      try await TemporaryStore.inspect(other, "rollback")
      await other.close()
      try await patient.inspect("insert into migration values ('9999_later', 'd', 1)")
      try patient.shows("store", .bad, "use a newer gradus", status: 78)
      try await patient.inspect("delete from migration where name > '0002'")
      try patient.shows("store", .bad, "run \"gradus migrate\"", status: 78)
      patient.environment["GRADUS_STORE"] = "postgresql://127.0.0.1:1/none"
      try patient.shows("store", .bad, "127.0.0.1", status: 69)
    }
    try await withPatient { patient in
      let file = String(patient.address.description.dropFirst("sqlite:".count))
      try await patient.inspect("pragma wal_checkpoint(truncate)")
      let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
      let size = try handle.seekToEnd()
      try handle.seek(toOffset: size - 4096)
      try handle.write(contentsOf: Data(repeating: 0xAA, count: 4096))
      try handle.close()
      try patient.shows("integrity", .bad, "put a backup in its place", status: 78)
    }
  }
}
