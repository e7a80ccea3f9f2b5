import ExamModel
import Foundation
import Glibc
import Storage
import TestKit
import Testing
import Workers

/// Real processes on a real store, some of which meet a bad end.
@Suite("Workers as processes") struct WorkerTests {
  /// What one process alone makes of the demonstration's export.
  private func expected(_ workspace: Workspace) throws -> String {
    let graded = try Program.run(
      ["grade", Demonstration.export, "--store", "sqlite:alone.sqlite", "-q"], in: workspace.folder)
    try #require(graded.status == 0, "\(graded.errors)")
    return try Program.run(
      ["results", "--store", "sqlite:alone.sqlite", "--format", "json"], in: workspace.folder
    ).output
  }

  private struct Hall {
    let workspace: Workspace
    let store: StoreAddress
    let environment: [String: String]

    func run(_ words: String...) throws -> Program.Outcome {
      try Program.run(words, in: workspace.folder, environment: environment)
    }

    func start(_ words: String...) throws -> Program.Running {
      try Program.start(words, in: workspace.folder, environment: environment)
    }
  }

  private func withHall(
    _ kind: StoreKind, files: Int = 1,
    _ body: @escaping (Hall, String) async throws -> Void
  ) async throws {
    try await TemporaryStore.withStore(kind) { address in
      try await Demonstration.withWorkspace { workspace in
        let expected = try expected(workspace)
        let hall = Hall(
          workspace: workspace, store: address,
          environment: [
            "GRADUS_STORE": kind == .postgres
              ? try TemporaryStore.uri(of: address) : address.description
          ])
        let imported = try hall.run("import", Demonstration.export, "--chunk", "1")
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(imported.output.contains("run 1: 40 of 48 rows wait in 40 chunks"))
        try await body(hall, expected)
        #expect(try hall.run("results", "--format", "json").output == expected)
        let events = try await TemporaryStore.inspect(
          address, "select type, count(*) from event group by type order by type")
        #expect(
          events == [
            ["batch.graded", "\(files)"], ["batch.imported", "\(files)"],
            ["batch.needs_review", "\(files)"],
          ])
        let again = try hall.run("import", Demonstration.export)
        #expect(again.errors.contains("graded already"), "\(again.errors)")
      }
    }
  }

  @Test("two at once grade what was imported, as one process does", arguments: StoreKind.available)
  func pair(_ kind: StoreKind) async throws {
    try await withHall(kind) { hall, _ in
      let workers = try (0..<2).map { _ in try hall.start("worker", "--drain", "--lanes", "2") }
      for worker in workers {
        let outcome = worker.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
    }
  }

  @Test("status tells an error once, however many rows it set aside; a quiet worker says nothing")
  func summaries() async throws {
    try await TemporaryStore.withStore(.sqlite) { address in
      try await Demonstration.withWorkspace { workspace in
        func gradus(_ words: String...) throws -> Program.Outcome {
          try Program.run(
            words, in: workspace.folder, environment: ["GRADUS_STORE": address.description])
        }
        #expect(try gradus("import", Demonstration.export, "--chunk", "10").status == 0)
        try await TemporaryStore.inspect(
          address, "update chunk set state = 3, error = 'no paper' where chunk < 3")
        let status = try gradus("status", "--once")
        #expect(status.errors.contains("3 rows set aside: no paper (3 times)\n"))
        let quiet = try gradus("worker", "--once", "--quiet")
        #expect(quiet.status == 0 && quiet.output + quiet.errors == "", "\(quiet.errors)")
      }
    }
  }

  @Test("one that waits for work ends at SIGTERM, and --once ends by itself")
  func idle() async throws {
    try await withHall(.sqlite) { hall, _ in
      #expect(try hall.run("worker", "--drain").status == 0)
      let once = try hall.run("worker", "--once")
      #expect(once.status == 0 && once.errors.contains("nothing is left to do"), "\(once.errors)")
      let waiting = try hall.start("worker")
      while !waiting.errorsSoFar.contains("lanes"), waiting.isAlive { sched_yield() }
      waiting.send(SIGTERM)
      #expect(waiting.wait().status == 0)
      let both = try hall.run("worker", "--once", "--drain")
      #expect(both.status == 64 && both.errors.contains("exclude each other"))
    }
  }

  @Test("a paused run waits, an urgent one comes first")
  func arranged() async throws {
    try await withHall(.sqlite, files: 2) { hall, _ in
      let export = try String(contentsOfFile: Demonstration.export, encoding: .utf8)
      let other = hall.workspace.folder + "/again.csv"
      try (export + "\r\n").write(toFile: other, atomically: true, encoding: .utf8)
      let imported = try hall.run("import", other, "--chunk", "9", "--priority", "5")
      #expect(imported.status == 0, "\(imported.errors)")

      let store = try await hall.store.open()
      let claim = try #require(
        try await store.claimChunk(
          of: RunKey(test: try hall.workspace.blueprint().id, run: 2), as: "far/4711/2",
          lease: LeaseTerms()))
      #expect(try hall.run("status").output.contains("waits, while run 2 is worked on"))
      try await store.giveBack(claim)
      await store.close()

      #expect(try hall.run("run", "pause", "2", "--by", "ruth").errors.contains("run 2 is paused"))
      let table = try hall.run("status").output
      #expect(table.contains("  paused  ") && table.contains("nobody works on it"), "\(table)")
      let paused = try hall.run("grade", other)
      #expect(
        paused.status == 75 && paused.errors.contains("gradus run resume 2"), "\(paused.errors)")
      #expect(try hall.run("run", "resume", "2").status == 0)

      let worker = try hall.run("worker", "--drain", "--lanes", "1")
      let ends = worker.errors.split(separator: "\n").filter { $0.contains(" is finished") }
      #expect(ends.map { $0.contains("run 2") } == [true, false], "\(worker.errors)")
      for (words, status, message) in [
        (["pause", "2"], 65, "run 2 has ended"), (["pause", "9"], 65, "no run 9"),
        (["pause", "two"], 64, "is no run's number"),
        (["priority", "1", "1000"], 64, "is no priority"),
        (["priority", "1", "-3"], 65, "run 1 has ended"),
      ] as [([String], Int32, String)] {
        let outcome = try Program.run(
          ["run"] + words, in: hall.workspace.folder, environment: hall.environment)
        #expect(
          outcome.status == status && outcome.errors.contains(message),
          "\(words): \(outcome.errors)")
      }
      let trail = try hall.run("audit", "list").output
      #expect(trail.contains("run.paused") && trail.contains("ruth"), "\(trail)")
    }
  }

  @Test("status says who holds what, how far runs are and when nobody works on one")
  func status() async throws {
    try await withHall(.sqlite) { hall, _ in
      let idle = try hall.run("status")
      #expect(idle.status == 0 && idle.output.contains("nobody works on it"), "\(idle.output)")
      #expect(idle.output.contains("chunks: 40 waiting, 0 held, 0 done"))
      let store = try await hall.store.open()
      _ = try await store.claimChunk(
        of: nil, as: "far/4711/2", lease: LeaseTerms(leaseSeconds: 500))
      await store.close()
      let text = try hall.run("status").output
      #expect(text.contains("0 of 40 graded") && !text.contains("nobody works on it"), "\(text)")
      #expect(text.contains("far/4711     2    1      0        1"), "\(text)")
      let run = try JSON(
        parsing: try hall.run("status", "--format", "json").output, file: "output"
      ).array?.first
      #expect(run?["chunksWaiting"]?.int == 39 && run?["chunksHeld"]?.int == 1)
      #expect(run?["secondsLeft"] == .null && run?["candidatesPerSecond"] == .null)
      let held = run?["held"]?.array?.first
      #expect(held?["worker"]?.string == "far/4711" && held?["lane"]?.string == "2")
      #expect(held?["chunk"]?.int == 0 && held?["attempt"]?.int == 1)
      #expect((1...500).contains(held?["leaseSeconds"]?.int ?? 0))
      try await TestKit.Hall(address: hall.store).endLeases()
      #expect(try hall.run("status").output.contains("nobody works on it"))
      #expect(try hall.run("worker", "--drain").status == 0)
      #expect(try !hall.run("status").output.contains("chunks:"))
    }
  }
}
