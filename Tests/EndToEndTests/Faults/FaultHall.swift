import Foundation
import Glibc
import Storage
import Synchronization
import TestKit
import Testing
import Workers

/// How much the fault tests do: `make faults` sets `GRADUS_FAULTS=long` for many rounds.
enum FaultLength {
  static let isLong = ProcessInfo.processInfo.environment["GRADUS_FAULTS"] == "long"
  static func rounds(_ short: Int, long: Int) -> Int { isLong ? long : short }
}

/// The demonstration's workspace, and what one process alone made of its export.
///
/// Made once for all fault tests, which only read it, and removed when they have ended.
struct FaultExpectation {
  let workspace: Workspace
  /// `gradus results --format json`.
  let results: String
  /// How many events of each type there are, and how many deliveries are due.
  let events: [[String?]]

  static func shared() async throws -> FaultExpectation { try await making.value }

  private static let making = Task {
    let home = try Program.temporaryFolder()
    removeAtExit.withLock { $0 = home }
    atexit {
      FaultExpectation.removeAtExit.withLock { try? FileManager.default.removeItem(atPath: $0) }
    }
    let workspace = try Demonstration.workspace(in: home)
    let alone = try StoreAddress("sqlite:\(workspace.folder)/alone.sqlite")
    let hall = FaultHall(workspace: workspace, store: alone, uri: alone.description)
    try hall.addReceiver()
    let graded = try hall.run("grade", Demonstration.export, "-q", "--no-deliver")
    try #require(graded.status == 0, "\(graded.errors)")
    return FaultExpectation(
      workspace: workspace, results: try hall.run("results", "--format", "json").output,
      events: try await hall.events())
  }
  private static let removeAtExit = Mutex("")
}

/// A store for real processes to share, some of which meet a bad end.
struct FaultHall: Sendable {
  let workspace: Workspace
  let store: StoreAddress
  /// What the processes are given as their store: `store` itself, or a proxy before it.
  let uri: String

  /// Hands `body` an empty store.
  static func empty(
    _ kind: StoreKind, _ body: (FaultHall, FaultExpectation) async throws -> Void
  ) async throws {
    let expected = try await FaultExpectation.shared()
    try await TemporaryStore.withStore(kind) { address in
      let uri = kind == .postgres ? try TemporaryStore.uri(of: address) : address.description
      try await body(FaultHall(workspace: expected.workspace, store: address, uri: uri), expected)
    }
  }

  /// Hands `body` a store with the demonstration's export in it, and checks everything afterwards.
  ///
  /// - Parameter chunk: submissions in a chunk; there are forty.
  static func with(
    _ kind: StoreKind, chunk: Int = 1, _ body: (FaultHall) async throws -> Void
  ) async throws {
    try await empty(kind) { hall, expected in
      try hall.importExport(chunk: chunk)
      try await body(hall)
      try await hall.checkAll(against: expected)
    }
  }

  /// The same in a file at a certain place.
  static func with(file: String, _ body: (FaultHall) async throws -> Void) async throws {
    let expected = try await FaultExpectation.shared()
    let uri = "sqlite:\(file)"
    let hall = FaultHall(workspace: expected.workspace, store: try StoreAddress(uri), uri: uri)
    try hall.importExport(chunk: 1)
    try await body(hall)
    try await hall.checkAll(against: expected)
  }

  /// The same on a server of its own.
  static func onCluster(
    tablespace: SmallDisk? = nil, _ body: (FaultHall, PostgresCluster) async throws -> Void
  ) async throws {
    let expected = try await FaultExpectation.shared()
    try await PostgresCluster.with { cluster in
      if let tablespace {
        try cluster.give(tablespace.folder)
        try await TemporaryStore.inspect(
          cluster.address, "create tablespace small location '\(verbatim: tablespace.folder)'")
        try await TemporaryStore.inspect(cluster.address, "create database exams tablespace small")
      } else {
        try await TemporaryStore.inspect(cluster.address, "create database exams")
      }
      let uri = cluster.uri(of: "exams")
      let hall = FaultHall(
        workspace: expected.workspace, store: try StoreAddress(uri), uri: uri)
      try hall.importExport(chunk: 1)
      try await body(hall, cluster)
      try await hall.checkAll(against: expected)
    }
  }

  func importExport(chunk: Int) throws {
    try addReceiver()
    let imported = try run("import", Demonstration.export, "--chunk", "\(chunk)")
    try #require(imported.status == 0, "\(imported.errors)")
    #expect(imported.output.contains("40 of 48 rows wait in \((39 + chunk) / chunk) chunks"))
  }

  /// Subscribes to everything, so that the outbox holds all there is to tell.
  func addReceiver() throws {
    let added = try run(
      "webhook", "add", "https://example.org/hook", "--events",
      "batch.imported,batch.graded,batch.failed,batch.needs_review,submission.graded")
    try #require(added.status == 0, "\(added.errors)")
  }

  /// The same hall, reached by another way.
  func through(_ uri: String) -> FaultHall {
    FaultHall(workspace: workspace, store: store, uri: uri)
  }

  // MARK: Processes

  func run(_ words: String...) throws -> Program.Outcome {
    try Program.run(words, in: workspace.folder, environment: ["GRADUS_STORE": uri])
  }

  /// A worker that tells nobody, and goes wrong as it is told.
  ///
  /// - Parameters:
  ///   - fault: `copied:2:KILL`, as `FaultPoint` reads it.
  ///   - patience: seconds for which a silent database is waited for.
  ///   - lease: seconds for which a chunk is the worker's without a heartbeat.
  func worker(
    _ words: String..., fault: String = "", patience: Int? = nil, lease: Int? = nil,
    under wrapper: [String] = []
  ) throws -> Program.Running {
    var environment = ["GRADUS_STORE": uri, "GRADUS_FAULT": fault]
    environment["GRADUS_FAULT_PATIENCE"] = patience.map { "\($0)" }
    environment["GRADUS_FAULT_ROWS"] = "1"
    let terms = lease.map { ["--lease", "\($0)"] } ?? []
    return try Program.start(
      ["worker", "--no-deliver"] + terms + words, in: workspace.folder, environment: environment,
      under: wrapper)
  }

  /// Starts any other command.
  func start(_ words: [String], fault: String = "") throws -> Program.Running {
    try Program.start(
      words, in: workspace.folder, environment: ["GRADUS_STORE": uri, "GRADUS_FAULT": fault])
  }

  /// Grades what is left, as a worker would whose leases have all run out.
  func drain() async throws {
    try await endLeases()
    let heir = try worker("--drain").wait()
    #expect(heir.status == 0, "\(heir.errors)")
  }

  func endLeases() async throws { try await TestKit.Hall(address: store).endLeases() }

  @discardableResult
  func inspect(_ sql: SQL) async throws -> [[String?]] {
    try await TemporaryStore.inspect(store, sql)
  }

  /// How many chunks are done.
  func chunksDone() async throws -> Int {
    Int(try await inspect("select count(*) from chunk where state = 2")[0][0] ?? "") ?? 0
  }

  /// Waits until so many chunks are done, or the worker has ended.
  func awaitChunks(_ count: Int, of worker: Program.Running) async throws {
    let store = try await store.open()
    while worker.isAlive {
      let done = try await TemporaryStore.inspect(
        store, "select count(*) from chunk where state = 2")
      if Int(done[0][0] ?? "") ?? 0 >= count { break }
      usleep(2000)
    }
    await store.close()
  }

  // MARK: What must hold

  func events() async throws -> [[String?]] {
    try await inspect(
      """
      select type, count(*), count(distinct event_id), (
        select count(*) from delivery join event as told using (event_id)
        where told.type = event.type)
      from event group by type order by type
      """)
  }

  /// Whatever happened: the verdicts of a process that graded alone, every submission once, every
  /// event once, and counters that add up.
  func checkAll(against expected: FaultExpectation) async throws {
    #expect(try run("results", "--format", "json").output == expected.results)
    #expect(try await events() == expected.events)
    let sums = try await inspect(
      """
      select
        (select count(*) from submission where disposition = 0),
        (select count(*) from result),
        (select count(distinct candidate_id) from result),
        (select count(*) from result join submission using (test_id, line, candidate_id)),
        (select cast(sum(graded_count) as bigint) from chunk)
      """)
    #expect(sums == [["40", "40", "40", "40", "40"]])
    #expect(
      try await inspect(
        """
        select count(*) from chunk where state <> 2
          or graded_count <> (
            select count(*) from submission
            where submission.test_id = chunk.test_id and submission.chunk = chunk.chunk
              and submission.disposition = 0)
        """) == [["0"]])
    // Each answer is in the tallies once, with its points.
    #expect(
      try await inspect(
        """
        select cast(sum(awarded_hundredths) as bigint), (
          select cast(sum(awarded_hundredths) as bigint) from result) from item_tally
        """
      ).allSatisfy { $0[0] == $0[1] && $0[0] != nil })
    #expect(
      try await inspect("select count(*), sum(state) from run join test on run_id = published_run")
        == [["1", "1"]])
    let again = try run("import", Demonstration.export)
    #expect(again.status == 0 && again.errors.contains("graded already"), "\(again.errors)")
  }
}
