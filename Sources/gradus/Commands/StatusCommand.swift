import ExamModel
import FoundationEssentials
import Glibc
import Storage
import Workers

/// `gradus status`: how far each run is, and who works on it.
enum StatusCommand {
  static let command = Command(
    name: "status", summary: "Show the runs, how far they are and who works on them",
    discussion: """
      On a terminal, runs that are under way are shown until they have ended or Ctrl-C, with the pace \
      of the last minute; what is shown does no work, so ending it ends nothing. Elsewhere, or with \
      --once, they are shown once, with the average pace since they began.
      """,
    options: [
      .workspace, .store,
      .flag("--all", "Runs of every test in the store, not only of this workspace"),
      .flag("--once", "Show how things stand, and end"),
      .json,
    ],
    examples: [("gradus status -C mock-ml", "lists the runs of the test, newest first")], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let test = invocation.isSet("--all") ? nil : try invocation.workspace.blueprint().id
    let isWatched =
      Screen.canDraw(on: STDOUT_FILENO) && !invocation.isSet("--once") && !invocation.wantsJSON
    try await invocation.withStore { store in
      var meter = PaceMeter()
      var situation = try await store.situation(of: test)
      if isWatched { try await watch(&situation, of: test, &meter, in: store, console) }
      var published: [TestID: RunKey] = [:]
      for test in Set(situation.runs.map(\.run.test)) {
        published[test] = try await store.publishedRun(of: test)
      }
      if invocation.wantsJSON {
        console.print(
          JSON.array(
            situation.runs.map {
              json($0, isPublished: published[$0.run.test] == $0.run, situation, meter)
            }
          ).prettyText)
      } else {
        show(situation, meter, published, console)
      }
    }
  }

  /// Draws until no run is under way; a store that is away for a while is waited for.
  private static func watch(
    _ situation: inout Situation, of test: TestID?, _ meter: inout PaceMeter,
    in store: any Store, _ console: Console
  ) async throws {
    var screen = Screen()
    var trouble: StoreError?
    while situation.runs.contains(where: { $0.state == .running }) {
      meter.note(situation)
      let view = StatusView(
        situation: situation, meter: meter, width: Screen.size.columns, console: console)
      let foot =
        trouble.map { console.yellow("\($0); trying again") }
        ?? console.faint("Ctrl-C ends this view; the work goes on.")
      screen.draw((view.lines + [foot]).map(console.shown))
      try await Task.sleep(for: .seconds(1))
      do throws(StoreError) {
        situation = try await store.situation(of: test)
        trouble = nil
      } catch {
        guard error.kind == .unreachable || error.kind == .busy else { throw error }
        trouble = error
      }
    }
    screen.clear()
  }

  private static func show(
    _ situation: Situation, _ meter: PaceMeter, _ published: [TestID: RunKey], _ console: Console
  ) {
    guard !situation.runs.isEmpty else {
      console.note("nothing was graded yet; run \"gradus grade RESPONSES.csv\"")
      return
    }
    let isTerminal = Screen.canDraw(on: STDOUT_FILENO)
    let width = isTerminal ? Screen.size.columns : Int.max
    console.print(table(situation.runs, published, width: width))
    let view = StatusView(
      situation: situation, meter: meter, width: isTerminal ? width : 80, console: console)
    if !view.lines.isEmpty {
      console.print("\n" + view.lines.dropLast().joined(separator: "\n"))
    }
    for run in situation.runs where run.chunksSetAside > 0 {
      console.warn(
        "run \(run.run.run): \(counted(run.chunksSetAside, "row")) set aside: "
          + withCounts(run.errors).joined(separator: "; ")
      )
    }
  }

  /// Each message once, with how often it came, the most frequent first.
  private static func withCounts(_ messages: [String]) -> [String] {
    var counts: [(message: String, count: Int)] = []
    for message in messages {
      if let known = counts.firstIndex(where: { $0.message == message }) {
        counts[known].count += 1
      } else {
        counts.append((message, 1))
      }
    }
    return counts.sorted { $0.count > $1.count }
      .map { $0.count == 1 ? $0.message : "\($0.message) (\($0.count) times)" }
  }

  /// As many columns as fit, the less telling ones left out first.
  private static func table(
    _ runs: [RunProgress], _ published: [TestID: RunKey], width: Int
  ) -> String {
    var titles = [
      "run", "test", "file", "state", "chunks", "graded", "superseded", "quarantined", "rows",
      "begun (UTC)",
    ]
    for omitted in ["begun (UTC)", "test", "superseded", "chunks", "quarantined", "rows", nil] {
      let text = table(runs, published, titles)
      let isTooWide = text.split(separator: "\n").contains { $0.count > width }
      guard isTooWide, let omitted else { return text }
      titles.removeAll { $0 == omitted }
    }
    return ""
  }

  private static func table(
    _ runs: [RunProgress], _ published: [TestID: RunKey], _ titles: [String]
  ) -> String {
    let numbers = titles.indices.filter {
      ["chunks", "graded", "superseded", "quarantined", "rows", "run"].contains(titles[$0])
    }
    var table = TextTable(titles, rightAligned: Set(numbers))
    for run in runs {
      let isPaused = run.state == .running && run.pausedMicroseconds != nil
      let state =
        (isPaused ? "paused" : run.state.word)
        + (published[run.run.test] == run.run ? ", published" : "")
      let cells = [
        "run": "\(run.run.run)", "test": run.run.test.rawValue, "file": run.fileName,
        "state": state,
        "chunks": "\(run.chunksDone)/\(run.chunks)", "graded": "\(run.graded)",
        "superseded": "\(run.superseded)", "quarantined": "\(run.quarantined)",
        "rows": "\(run.rows)", "begun (UTC)": time(run.startedMicroseconds),
      ]
      table.add(titles.map { cells[$0] ?? "" })
    }
    return table.text
  }

  private static func json(
    _ run: RunProgress, isPublished: Bool, _ situation: Situation, _ meter: PaceMeter
  ) -> JSON {
    let pace = meter.pace(of: run, at: situation.nowMicroseconds)
    let rounded = { (number: Double?) -> JSON in
      number.map { .number(($0 * 100).rounded() / 100) } ?? .null
    }
    let counts = ChunkCounts(run, situation)
    return .object([
      ("run", .integer(Int(run.run.run))), ("test", .string(run.run.test.rawValue)),
      ("trace", .string(run.trace.id)), ("file", .string(run.fileName)),
      ("state", .string(run.state.word)),
      ("published", .bool(isPublished)), ("chunks", .integer(run.chunks)),
      ("chunksDone", .integer(run.chunksDone)), ("chunksSetAside", .integer(run.chunksSetAside)),
      ("rows", .integer(run.rows)), ("graded", .integer(run.graded)),
      ("superseded", .integer(run.superseded)), ("quarantined", .integer(run.quarantined)),
      ("priority", .integer(run.priority)),
      ("paused", .optional(run.pausedMicroseconds.map(time))),
      ("started", .string(time(run.startedMicroseconds))),
      ("finished", .optional(run.finishedMicroseconds.map(time))),
      ("chunksWaiting", .integer(counts.waiting)), ("chunksHeld", .integer(counts.held)),
      ("candidatesPerSecond", rounded(pace.candidatesPerSecond)),
      ("secondsLeft", rounded(pace.secondsLeft)),
      (
        "held",
        .array(
          situation.held(of: run.run).map { chunk in
            .object([
              ("worker", .string(chunk.workerAndLane.worker)),
              ("lane", .string(chunk.workerAndLane.lane)), ("chunk", .integer(chunk.chunk)),
              ("attempt", .integer(chunk.attempt)),
              ("leaseSeconds", .integer(situation.secondsLeft(of: chunk))),
            ])
          })
      ),
    ])
  }

  private static func time(_ microseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(microseconds / 1_000_000)).formatted(.iso8601)
  }
}
