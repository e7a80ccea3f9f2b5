import ExamModel
import FoundationEssentials
import PaperPress
import Storage
import Workers

/// `gradus grade`: a file of responses, from import to results.
enum GradeCommand {
  static let command = Command(
    name: "grade", summary: "Grade an export of responses",
    discussion: """
      Imports the CSV export of a form, marks every candidate's answers against the key recomputed \
      from their own paper, lands the results in the store and tells the webhooks. Every row ends as \
      graded, superseded by another attempt, or quarantined with its reason. The same file again \
      changes nothing; a run that was interrupted goes on.
      """,
    arguments: [
      .init(name: "FILE", help: "a CSV, TSV or zip that a form service exported; see inspect")
    ],
    options: [
      .workspace, .secretFile, .store, .mapping, .dates, .timeZone,
      .init(name: "--lanes", value: "N", help: "Chunks graded at once (default: one a processor)"),
      .init(name: "--chunk", value: "N", help: "Submissions in a chunk (default: 1000)"),
      .flag("--no-deliver", "Leave webhooks for a later \"gradus webhook deliver\""),
      .json,
    ],
    examples: [("gradus grade responses.csv -C mock-ml", "grades and prints a summary")], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let workspace = invocation.workspace
    let chunk = try invocation.integer("--chunk", in: 1...100_000)
    let (press, secret) = try invocation.press()
    guard let manifest = try workspace.manifest() else {
      throw Failure(
        .configuration,
        "\(workspace.manifestFile): no papers were made yet; run \"gradus generate\" first")
    }
    try manifest.check(press, secret: secret, file: workspace.manifestFile)
    let file = try ResponseFile(invocation.positional[0])
    let hints = try invocation.hints()
    let roster = try workspace.roster()
    let store = try await invocation.openStore()
    let importer = Importer(
      press: press, roster: roster, keyVersion: manifest.keyVersion, chunkSize: chunk ?? 1000)
    let name = file.name
    let (batch, isNew) = try await importer.importFile(file, hints: hints, into: store)
    if !isNew {
      let before = try await store.progress(of: batch.run)
      console.note(
        before.state == .running
          ? "\(name) is imported already; its grading goes on"
          : "\(name) is graded already; nothing was changed")
    }
    do {
      try await grade(batch, press: press, in: store, invocation)
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  /// Grades what is left of a batch's latest run, delivers and prints the summary.
  static func grade(
    _ batch: ImportedBatch, press: PaperPress, in store: any Store, _ invocation: Invocation
  ) async throws {
    let console = invocation.console
    let lanes = try invocation.integer("--lanes", in: 1...256)
    let address = try invocation.storeAddress()
    let stop = StopFlag()
    Signals.raise(stop)
    let before = try await store.progress(of: batch.run)
    console.detail("store \(address), run \(batch.run.run), \(before.chunks) chunks")
    let bar = ProgressBar("grading", console: console)
    let progress: RunProgress
    if before.state == .running {
      let pool = Pool(
        press: press, store: address, lanes: lanes ?? ProcessInfo.processInfo.activeProcessorCount,
        stop: stop
      ) { bar.update($0.graded, of: $0.rows - $0.superseded - $0.quarantined) }
      progress = try await pool.run(batch)
      bar.finish("graded \(progress.graded) of \(progress.rows) rows")
    } else {
      progress = before
    }
    let summary = try await GradingSummary(of: progress, in: store)
    if progress.state == .running {
      throw Failure(
        .tryAgain,
        "stopped after \(progress.chunksDone) of \(progress.chunks) chunks; the same command goes on from there"
      )
    }
    if !invocation.isSet("--no-deliver") {
      let report = try await Delivery(store: store).deliverDue()
      if report.attempts > 0 { console.note(report.sentence) }
    }
    console.print(
      invocation.wantsJSON
        ? summary.json.prettyText
        : SummaryText(summary, possible: press.possible, console: console).text)
    console.note("Next: gradus results")
    guard progress.chunksSetAside == 0 else {
      throw Failure(
        .internalError,
        "\(progress.chunksSetAside) chunks could not be graded: \(progress.errors.first ?? "")")
    }
    guard summary.isBalanced else {
      throw Failure(.internalError, "the rows do not add up; this is our mistake: report it")
    }
  }
}
