import ExamModel
import FoundationEssentials
import Storage
import Workers

/// `gradus status`: how far each run is.
enum StatusCommand {
  static let command = Command(
    name: "status", summary: "Show the runs and how far they are",
    options: [
      .workspace, .store,
      .flag("--all", "Runs of every test in the store, not only of this workspace"),
      .json,
    ],
    examples: [("gradus status -C mock-ml", "lists the runs of the test, newest first")], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let test = invocation.isSet("--all") ? nil : try invocation.workspace.blueprint().id
    let store = try await invocation.openStore()
    let runs = try await store.runs(of: test)
    var published: [TestID: RunKey] = [:]
    for test in Set(runs.map(\.run.test)) {
      published[test] = try await store.publishedRun(of: test)
    }
    await store.close()
    guard !invocation.wantsJSON else {
      console.print(
        JSON.array(runs.map { json($0, isPublished: published[$0.run.test] == $0.run) }).prettyText)
      return
    }
    guard !runs.isEmpty else {
      console.note("nothing was graded yet; run \"gradus grade RESPONSES.csv\"")
      return
    }
    var table = TextTable(
      [
        "run", "test", "file", "state", "chunks", "graded", "superseded", "quarantined", "rows",
        "begun (UTC)",
      ],
      rightAligned: [0, 4, 5, 6, 7, 8])
    for run in runs {
      let state = run.state.word + (published[run.run.test] == run.run ? ", published" : "")
      table.add([
        "\(run.run.run)", run.run.test.rawValue, run.fileName, state,
        "\(run.chunksDone)/\(run.chunks)", "\(run.graded)", "\(run.superseded)",
        "\(run.quarantined)", "\(run.rows)", time(run.startedMicroseconds),
      ])
    }
    console.print(table.text)
    for run in runs where run.chunksSetAside > 0 {
      console.warn(
        "run \(run.run.run): \(run.chunksSetAside) chunks set aside: \(run.errors.joined(separator: "; "))"
      )
    }
  }

  private static func json(_ run: RunProgress, isPublished: Bool) -> JSON {
    .object([
      ("run", .integer(Int(run.run.run))), ("test", .string(run.run.test.rawValue)),
      ("file", .string(run.fileName)), ("state", .string(run.state.word)),
      ("published", .bool(isPublished)), ("chunks", .integer(run.chunks)),
      ("chunksDone", .integer(run.chunksDone)), ("chunksSetAside", .integer(run.chunksSetAside)),
      ("rows", .integer(run.rows)), ("graded", .integer(run.graded)),
      ("superseded", .integer(run.superseded)), ("quarantined", .integer(run.quarantined)),
      ("started", .string(time(run.startedMicroseconds))),
      ("finished", .optional(run.finishedMicroseconds.map(time))),
    ])
  }

  private static func time(_ microseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(microseconds / 1_000_000)).formatted(.iso8601)
  }
}
