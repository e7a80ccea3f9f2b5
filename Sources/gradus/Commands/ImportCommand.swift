import ExamModel
import Storage

/// `gradus import`: a file of responses, left for workers to grade.
enum ImportCommand {
  static let command = Command(
    name: "import", summary: "Take an export into the store, for workers to grade",
    discussion: """
      Does the first half of grade: every row is kept and its fate decided, and a run is begun. \
      Workers on this machine or others, started with "gradus worker", then grade it. The same file \
      again changes nothing.
      """,
    arguments: [
      .init(name: "FILE", help: "a CSV, TSV or zip that a form service exported; see inspect")
    ],
    options: [
      .workspace, .secretFile, .store, .mapping, .dates, .timeZone,
      .init(name: "--chunk", value: "N", help: "Submissions in a chunk (default: 1000)"),
      .init(
        name: "--priority", value: "N",
        help: "Have it graded before runs of a lower priority (default: 0)"),
      .decidedBy, .json,
    ],
    examples: [
      ("gradus import responses.csv --store postgresql://db/exams", "queues the file's rows")
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let press = try invocation.committedPress()
    let priority = try invocation.integer("--priority", in: -100...100)
    let progress = try await invocation.withStore(creating: true) { store in
      let (batch, _) = try await GradeCommand.importFile(press, into: store, invocation)
      if let priority {
        _ = try await store.arrange(
          batch.run, .priority(Int16(priority)), by: invocation.decidedBy)
      }
      return try await store.progress(of: batch.run)
    }
    let waiting = progress.rows - progress.superseded - progress.quarantined - progress.graded
    guard !invocation.wantsJSON else {
      invocation.console.print(
        JSON.object([
          ("run", .integer(Int(progress.run.run))), ("trace", .string(progress.trace.id)),
          ("state", .string(progress.state.word)),
          ("chunks", .integer(progress.chunks)), ("rows", .integer(progress.rows)),
          ("waiting", .integer(waiting)), ("superseded", .integer(progress.superseded)),
          ("quarantined", .integer(progress.quarantined)),
        ]).prettyText)
      return
    }
    invocation.console.print(
      "run \(progress.run.run): \(waiting) of \(progress.rows) rows wait in \(progress.chunks) chunks, "
        + "\(progress.superseded) superseded, \(progress.quarantined) quarantined")
    if progress.state == .running { invocation.console.note("Next: gradus worker --drain") }
  }
}
