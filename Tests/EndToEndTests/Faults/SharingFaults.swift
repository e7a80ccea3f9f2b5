import Foundation
import Glibc
import Storage
import TestKit
import Testing

/// One file twice, overlapping files, programs of two versions, numbers beyond 32 bits.
@Suite("Sharing a store", .serialized) struct SharingFaults {
  @Test("a file that several grade at once is graded once", arguments: StoreKind.available)
  func sameFile(_ kind: StoreKind) async throws {
    for _ in 0..<FaultLength.rounds(1, long: 10) {
      try await FaultHall.empty(kind) { hall, expected in
        try hall.addReceiver()
        let words = ["grade", Demonstration.export, "--chunk", "2", "--no-deliver"]
        let graders = try (0..<3).map { _ in try hall.start(words) }
        for grader in graders {
          let outcome = grader.wait()
          #expect(outcome.status == 0, "\(outcome.errors)")
        }
        try await hall.checkAll(against: expected)
      }
    }
  }

  @Test("files with the same candidates do not disturb one another", arguments: StoreKind.available)
  func overlappingFiles(_ kind: StoreKind) async throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = try String(contentsOfFile: Demonstration.export, encoding: .utf8)
    let files = (0..<3).map { "\(folder)/\($0).csv" }
    for (index, file) in files.enumerated() {
      try (text + String(repeating: "\n", count: index)).write(
        toFile: file, atomically: false, encoding: .utf8)
    }
    try await FaultHall.empty(kind) { hall, expected in
      _ = try hall.addReceiver()
      let graders = try files.map {
        try hall.start(["grade", $0, "--chunk", "3", "--no-deliver"])
      }
      for grader in graders {
        let outcome = grader.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
      for run in 1...3 {
        #expect(
          try hall.run("results", "--run", "\(run)", "--format", "json").output == expected.results)
      }
      // The newest import counts at the end, and whatever counted in between was told once.
      let newest: SQL = """
        select count(*) from test
        where published_run = (select run_id from run order by batch_id desc limit 1)
        """
      #expect(try await hall.inspect(newest) == [["1"]])
      let told = try await hall.inspect("select count(*) from audit where kind = 'run.published'")
      let published = Int(told[0][0] ?? "") ?? 0
      #expect((1...3).contains(published))
      let once = expected.events.map { row in
        let times = row[0] == "submission.graded" ? published : 3
        return row.map { count in Int(count ?? "").map { "\($0 * times)" } ?? count }
      }
      #expect(try await hall.events() == once)
    }
  }

  @Test(
    "a program that is older than the store stops, and one that is newer asks to migrate",
    arguments: StoreKind.available)
  func versions(_ kind: StoreKind) async throws {
    try await FaultHall.with(kind) { hall in
      // Migrated while an old worker has a chunk in hand: that one still lands.
      let old = try hall.worker("--lanes", "1", fault: "graded:2:STOP")
      #expect(old.awaitStop())
      try await hall.inspect(
        "insert into migration select '9999_later', digest, applied_at from migration limit 1")
      old.send(SIGCONT)
      let outcome = old.wait()
      #expect(
        outcome.status == 78 && outcome.errors.contains("use a newer gradus"), "\(outcome.errors)")
      #expect(try await hall.inspect("select count(*) from chunk where state = 1") == [["0"]])
      for words in [["worker", "--once"], ["import", Demonstration.export], ["results"]] {
        let refused = try hall.start(words).wait()
        #expect(refused.status == 78 && refused.errors.contains("9999_later"), "\(refused.errors)")
      }
      try await hall.inspect("delete from migration where name = '9999_later'")
      // And the store that is older than the program.
      let last = "(select max(name) from migration)" as SQL
      let kept = try await hall.inspect("select name, digest from migration where name = \(last)")
      try await hall.inspect("update migration set name = '0000_kept' where name = \(last)")
      try await hall.inspect(
        "create table kept as select * from migration where name = '0000_kept'")
      try await hall.inspect("delete from migration where name = '0000_kept'")
      let behind = try hall.worker("--once").wait()
      #expect(behind.status == 78 && behind.errors.contains("gradus migrate"), "\(behind.errors)")
      try await hall.inspect(
        "insert into migration select \(kept[0][0] ?? ""), digest, applied_at from kept")
      try await hall.inspect("drop table kept")
      try await hall.drain()
    }
  }

  @Test("numbers beyond 2^31 go all the way", arguments: StoreKind.available)
  func largeNumbers(_ kind: StoreKind) async throws {
    try await Demonstration.withWorkspace { workspace in
      try await TemporaryStore.withStore(kind) { address in
        let uri = kind == .postgres ? try TemporaryStore.uri(of: address) : address.description
        let hall = FaultHall(workspace: workspace, store: address, uri: uri)
        #expect(try hall.run("migrate").status == 0)
        let first = 3_000_000_000
        for (table, column) in [
          ("batch", "batch_id"), ("run", "run_id"), ("endpoint", "endpoint_id"),
        ] {
          try await hall.inspect(
            kind == .sqlite
              ? "insert into sqlite_sequence (name, seq) values ('\(verbatim: table)', 2999999999)"
              : "alter table \(verbatim: table) alter \(verbatim: column) restart with 3000000000")
        }
        let listener = try hall.start(["webhook", "listen", "--count", "1"])
        while listener.isAlive, !listener.errorsSoFar.contains("/\n") { usleep(2000) }
        let receiver = listener.errorsSoFar.split(separator: " ").last { $0.hasPrefix("http") }
        let added = try hall.run(
          "webhook", "add", "--allow-private", "--events", "batch.graded",
          String(receiver ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(added.status == 0, "\(added.errors)")
        #expect(
          try hall.run("import", Demonstration.export, "--chunk", "7").output.hasPrefix(
            "run \(first)"))
        try await hall.inspect("update chunk set chunk = chunk + 3000000000")
        try await hall.inspect(
          "update submission set chunk = chunk + 3000000000 where chunk is not null")
        #expect(try hall.worker("--drain").wait().status == 0)
        let expected = try await FaultExpectation.shared()
        #expect(
          try hall.run("results", "--run", "\(first)", "--format", "json").output
            == expected.results)
        #expect(
          try hall.run("webhook", "deliveries", "--receiver", "\(first)").output.contains(
            "batch.graded"))
        let delivered = try hall.run("deliver", "--once")
        #expect(delivered.output.contains("1 delivered"), "\(delivered)")
        #expect(listener.wait().output.contains("\"run\":\(first)"))
        let overruled = try hall.run(
          "overrule", "c001", "4", "L", "--points", "0.5", "--reason", "read out", "--by", "ruth")
        #expect(overruled.status == 0, "\(overruled.errors)")
        let again = try hall.run("regrade", "--reason", "again", "--no-deliver", "--format", "json")
        #expect(again.status == 0 && again.output.contains("\(first + 1)"), "\(again.errors)")
        #expect(try hall.run("review", "list").status == 0)
        #expect(try hall.run("audit", "verify").status == 0)
      }
    }
  }
}
