import ExamModel
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
      .flag("--no-deliver", "Leave webhooks for a later \"gradus deliver\""),
      .json,
    ],
    examples: [("gradus grade responses.csv -C mock-ml", "grades and prints a summary")], run: run)

  private static func run(_ invocation: Invocation) async throws {
    _ = try invocation.lanes
    let press = try invocation.committedPress()
    try await invocation.withStore(creating: true) { store in
      let (batch, _) = try await importFile(press, into: store, invocation)
      try await grade(batch, press: press, in: store, invocation)
    }
  }

  static func importer(_ press: PaperPress, _ invocation: Invocation) throws -> Importer {
    let roster = try invocation.workspace.roster()
    let manifest = try invocation.workspace.commitment()
    if let people = manifest?.people,
      people != Manifest.fingerprint(of: roster.candidates.map(\.id))
    {
      invocation.console.warn(
        "\(invocation.workspace.rosterFile) is not the list of those for whom papers were made; whoever "
          + "is new on it, or has another id, is marked by a paper that nobody printed. "
          + "\"gradus generate\" says who differs")
    }
    return Importer(
      press: press, roster: roster, keyVersion: press.keyVersion,
      manifestDigest: manifest?.keyVersion ?? press.keyVersion,
      chunkSize: try invocation.integer("--chunk", in: 1...100_000) ?? 1000,
      importedBy: invocation.decidedBy)
  }

  /// Takes the file that was named into the store, or finds it there.
  static func importFile(
    _ press: PaperPress, into store: any Store, _ invocation: Invocation
  ) async throws -> (batch: ImportedBatch, isNew: Bool) {
    // The file is looked at while the roster is read.
    let path = invocation.positional[0]
    async let found = ResponseFile(path)
    let importer = try importer(press, invocation)
    let file = try await found
    let published = try await store.publishedRun(of: press.blueprint.id)
    let (batch, isNew) = try await importer.importFile(
      file, hints: try invocation.hints(), into: store)
    if isNew, let published {
      try await noteDecisions(of: published, before: batch, in: store, invocation)
    }
    if isNew {
      invocation.console.note("imported \(file.name) as run \(batch.run.run)", about: batch.trace)
    } else {
      let before = try await store.progress(of: batch.run)
      invocation.console.note(
        before.state == .running
          ? "\(file.name) is imported already; its grading goes on"
          : "\(file.name) is graded already; nothing was changed", about: batch.trace)
      if before.state != .running,
        ["--mapping", "--dates", "--time-zone"].contains(where: { invocation.value($0) != nil })
      {
        invocation.console.warn(
          "\(file.name) stays as it was understood when it was imported; to have it understood anew, "
            + "add an empty line at its end and grade it again: the newer import counts")
      }
    }
    return (batch, isNew)
  }

  /// What persons decided is about rows of one file, and a newer one brings rows of its own.
  private static func noteDecisions(
    of published: RunKey, before batch: ImportedBatch, in store: any Store, _ invocation: Invocation
  ) async throws {
    let earlier = try await store.progress(of: published).batch
    guard earlier != batch.batch else { return }
    let decided = try await store.overrules(of: earlier, after: nil, through: nil).count
    let settled = try await store.quarantine(of: earlier.test).count {
      $0.batch == earlier && $0.settlement != nil
    }
    guard decided + settled > 0 else { return }
    invocation.console.warn(
      "\(counted(decided + settled, "decision")) of persons are about rows of import "
        + "\(earlier.batch) and do not go over to this file's; \"gradus audit list\" names them, and "
        + "\"gradus run publish \(published.run)\" lets that import count again")
  }

  /// Grades what is left of a batch's latest run, delivers and prints the summary.
  static func grade(
    _ batch: ImportedBatch, press: PaperPress, in store: any Store, _ invocation: Invocation
  ) async throws {
    let console = invocation.console
    let progress = try await finish(batch, press: press, in: store, invocation)
    let summary = try await GradingSummary(of: progress, in: store)
    try await deliver(from: store, invocation)
    console.print(
      invocation.wantsJSON
        ? summary.json.prettyText
        : SummaryText(summary, console: console).text)
    try await noteUnlessPublished(progress, in: store, invocation)
    console.note("Next: gradus results")
    guard progress.chunksSetAside == 0 else {
      throw Failure(
        .internalError,
        "\(progress.chunksSetAside) rows could not be graded (\(progress.errors.first ?? "")); "
          + "\"gradus quarantine list\" names them, and what is released is tried again")
    }
    guard summary.isBalanced else {
      throw Failure(.internalError, "the rows do not add up; this is our mistake: report it")
    }
  }

  /// Grades what is left of a batch's latest run, to its end.
  ///
  /// - Throws: `Failure` where it was stopped before.
  static func finish(
    _ batch: ImportedBatch, press: PaperPress, in store: any Store, _ invocation: Invocation
  ) async throws -> RunProgress {
    let console = invocation.console
    let lanes = try invocation.lanes
    let address = try invocation.storeAddress()
    let stop = StopFlag()
    Signals.raise(stop, telling: console)
    let before = try await store.progress(of: batch.run)
    console.detail("store \(address), run \(batch.run.run), \(before.chunks) chunks")
    guard before.state == .running else { return before }
    try await requireKeyVersion(of: batch.run, press, in: store, invocation)
    let bar = ProgressBar("grading", console: console)
    let pool = Pool(
      press: press, store: address, lanes: lanes,
      stop: stop, meter: Meter(telling: console.steps),
      waits: {
        console.note(
          "Waiting for chunks that other workers hold; those of a worker that died come back "
            + "within \(LeaseTerms().leaseSeconds) s. \"gradus status\" says who holds what.")
      }
    ) { bar.update($0.graded, of: $0.rows - $0.superseded - $0.quarantined) }
    let progress = try await pool.run(batch).progress
    bar.finish("graded \(progress.graded) of \(progress.rows) rows", about: batch.trace)
    guard progress.pausedMicroseconds == nil || progress.state != .running else {
      throw Failure(.tryAgain, "\(batch.run.pausedWords), and so does this command then")
    }
    guard progress.state != .cancelled else {
      throw Failure(.badInput, "run \(batch.run.run) was cancelled while it was graded")
    }
    guard progress.state != .running else {
      throw Failure(
        .tryAgain,
        "stopped after \(progress.chunksDone) of \(progress.chunks) chunks; the same command goes on from there"
      )
    }
    return progress
  }

  /// Says so where other results count than those that were asked for.
  static func noteUnlessPublished(
    _ progress: RunProgress, in store: any Store, _ invocation: Invocation
  ) async throws {
    let run = progress.run
    guard progress.state == .finished, let published = try await store.publishedRun(of: run.test),
      published != run
    else { return }
    invocation.console.note(
      "Run \(run.run) is not what counts: run \(published.run) is; "
        + "\"gradus run publish \(run.run)\" changes that")
  }

  /// Sends what is due to the webhooks, unless it is to wait.
  static func deliver(
    from store: any Store, _ invocation: Invocation, _ meter: Meter? = nil
  ) async throws {
    guard !invocation.isSet("--no-deliver") else { return }
    let report = try await Delivery(
      store: store, courier: try invocation.courier(),
      meter: meter ?? Meter(telling: invocation.console.steps)
    ).deliverDue()
    if report.attempts > 0 { invocation.console.note(report.sentence) }
  }

  /// Refuses to end a run by other rules than it was begun with: one half would be marked anew.
  static func requireKeyVersion(
    of run: RunKey, _ press: PaperPress, in store: any Store, _ invocation: Invocation
  ) async throws {
    guard let begun = try await store.keyVersion(of: run), begun != press.keyVersion else { return }
    throw Failure(
      .badInput,
      "\(invocation.workspace.blueprintFile): the marking was changed since run \(run.run) was "
        + "begun; restore it until the run has ended, then \"gradus regrade\" says who moves, or give "
        + "the run up with \"gradus run cancel \(run.run)\"")
  }
}
