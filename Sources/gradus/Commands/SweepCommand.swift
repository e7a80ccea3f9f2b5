import ExamModel
import FoundationEssentials
import PaperPress
import Storage
import Workers

/// `gradus sweep`: whatever lies in a folder, for cron.
enum SweepCommand {
  static let command = Command(
    name: "sweep", summary: "Grade the files that arrive in a folder, for cron",
    discussion: """
      Takes the files of INBOX that have come to rest, oldest first, grades each as grade does and \
      moves it to INBOX/graded or, with a report beside it, to INBOX/rejected. A file that was graded \
      before is only moved, whatever its name. Nothing is overwritten or removed, and whatever \
      interrupts a sweep, the next one goes on from there. Hidden and unfinished files (.x, ~$x, \
      x.part, x.crdownload, …), folders and links are left alone.

      Any number of sweeps may run at once. With --schedule, of those that fire in the same period, \
      on any machines with the same store, the first sweeps and the others end at once.

      Exit codes: 0 all that was ready is graded; 65 a file was rejected; 69 the store did not \
      answer; 70 a file was graded in part; 73 INBOX cannot be written; 75 a file is left for the \
      next sweep, or another sweep is at work.
      """,
    arguments: [.init(name: "INBOX", help: "the folder into which exports are put")],
    options: [
      .workspace, .secretFile, .store, .mapping, .dates, .timeZone,
      .init(
        name: "--settle", value: "SECONDS",
        help: "How long a file must have been left alone (default: 60)"),
      .flag("--enqueue", "Only import, and move to INBOX/imported; gradus worker grades"),
      .init(
        name: "--schedule", value: "NAME",
        help: "Sweep only if nobody has in this period for the schedule of that name"),
      .init(
        name: "--every", value: "SECONDS",
        help: "The period of the schedule, counted from midnight UTC of 1970-01-01 (default: 60)"),
      .init(name: "--lanes", value: "N", help: "Chunks graded at once (default: one a processor)"),
      .init(name: "--chunk", value: "N", help: "Submissions in a chunk (default: 1000)"),
      .flag("--no-deliver", "Leave webhooks for a later \"gradus deliver\""),
      .metricsFile, .json,
    ],
    examples: [
      ("gradus sweep /srv/exams/inbox -C mock-ml --quiet", "grades what has arrived"),
      (
        "gradus sweep /net/inbox -C mock-ml --schedule minutely",
        "on several machines, of which one sweeps each minute"
      ),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let settle = try invocation.integer("--settle", in: 0...86_400) ?? 60
    let firing = try firing(invocation)
    let press = try invocation.committedPress()
    let inbox = Inbox(invocation.positional[0])
    _ = try inbox.contents(settledFor: settle, at: now)
    let meter = Meter(telling: invocation.console.steps)
    let metrics = try invocation.metricsFile(of: meter)
    let stop = StopFlag()
    Signals.raise(stop, telling: invocation.console)
    let sweep = Sweep(
      inbox, importer: try GradeCommand.importer(press, invocation), hints: try invocation.hints(),
      pool: try pool(press, stop, meter, invocation))
    try await invocation.withStore(creating: true) { store in
      if var firing {
        firing.test = press.blueprint.id
        if let other = try await store.record(firing) {
          invocation.console.note(
            "schedule \(firing.schedule) was fired by \(other) already; nothing to do")
          return
        }
      }
      guard let lock = inbox.lock() else {
        throw Failure(.tryAgain, "another sweep is at work in \(inbox.folder); it takes the files")
      }
      defer { withExtendedLifetime(lock) {} }
      meter.swept(nil)
      do {
        try await run(sweep, settle: settle, stop, meter, in: store, invocation)
      } catch {
        try? metrics?.write(try? await store.situation(of: press.blueprint.id))
        throw error
      }
      try metrics?.write(try await store.situation(of: press.blueprint.id))
    }
  }

  private static var now: Int64 { Int64(Date.now.timeIntervalSince1970 * 1_000_000) }

  /// This machine's clock decides the period: it is what started us, so that clocks that differ
  /// make one firing late and never two.
  private static func firing(_ invocation: Invocation) throws -> Firing? {
    let every = try invocation.integer("--every", in: 1...31_536_000)
    guard let schedule = invocation.value("--schedule") else {
      guard every == nil else {
        throw UsageError("--every needs --schedule NAME", command: invocation.command)
      }
      return nil
    }
    guard !schedule.isEmpty else {
      throw UsageError("--schedule needs a name", command: invocation.command)
    }
    let period = Int64(every ?? 60) * 1_000_000
    return Firing(
      test: "", schedule: schedule, dueMicroseconds: now / period * period,
      firedBy: Worker.ownName)
  }

  private static func pool(
    _ press: PaperPress, _ stop: StopFlag, _ meter: Meter, _ invocation: Invocation
  ) throws -> Pool? {
    let lanes = try invocation.lanes
    guard !invocation.isSet("--enqueue") else { return nil }
    return Pool(
      press: press, store: try invocation.storeAddress(),
      lanes: lanes, stop: stop,
      meter: meter
    ) { _ in }
  }

  private static func run(
    _ sweep: Sweep, settle: Int, _ stop: StopFlag, _ meter: Meter, in store: any Store,
    _ invocation: Invocation
  ) async throws {
    let console = invocation.console
    let contents = try sweep.inbox.contents(settledFor: settle, at: now)
    for name in contents.growing { console.detail("\(name) was touched a moment ago; it stays") }
    for name in contents.strange { console.note("\(name) is no file, perhaps a link; it stays") }
    for name in contents.misnamed { console.warn("\(name): its name is no UTF-8; rename it") }
    var reports: [Sweep.Report] = []
    var failure: (any Error)?
    do {
      for item in contents.ready where !stop.isUp {
        let report: Sweep.Report
        do {
          report = try await sweep.take(item, into: store)
        } catch let error as WriteError {
          // It stays where it is, and keeps no other from being graded.
          failure = failure ?? error
          continue
        }
        reports.append(report)
        meter.swept(report.word)
        if let run = report.run {
          console.steps?(Step(message: report.line, trace: run.trace))
        }
        if !invocation.wantsJSON { console.print(report.line) }
      }
      if !reports.isEmpty { try await GradeCommand.deliver(from: store, invocation, meter) }
    } catch {
      failure = error
    }
    if invocation.wantsJSON {
      console.print(JSON.array(reports.map(\.json)).prettyText)
    }
    let left = contents.ready.count - reports.count
    if let failure = failure ?? worst(of: reports, left: left, in: sweep.inbox) { throw failure }
  }

  /// What the exit code says, the gravest first; nil where all went well.
  private static func worst(
    of reports: [Sweep.Report], left: Int, in inbox: Inbox
  ) -> Failure? {
    var (partial, rejected, staying) = (0, 0, left)
    for report in reports {
      switch report.fate {
      case .incomplete: partial += 1
      case .rejected: rejected += 1
      case .left: staying += 1
      case .graded, .queued, .gone: break
      }
    }
    let files = reports.count + left
    let place = "the reports in \(inbox.folder)/\(Sweep.rejected) say why"
    if partial > 0 {
      return Failure(.internalError, "graded \(partial) of \(files) files in part; \(place)")
    }
    if rejected > 0 {
      return Failure(.badInput, "rejected \(rejected) of \(files) files; \(place)")
    }
    guard staying > 0 else { return nil }
    return Failure(.tryAgain, "left \(staying) of \(files) files for the next sweep")
  }
}

extension Sweep.Report {
  private var fields: (word: String, run: RunProgress?, says: String) {
    switch fate {
    case .graded(let run, let isNew):
      (
        "graded", run,
        isNew
          ? "run \(run.run.run): \(run.graded) graded, \(run.superseded) superseded, "
            + "\(run.quarantined) quarantined"
          : "its answers were there before, as run \(run.run.run)"
      )
    case .queued(let run, let isNew):
      (
        "imported", run,
        isNew
          ? "run \(run.run.run) waits in \(run.chunks) chunks"
          : "its answers were there before, as run \(run.run.run)"
      )
    case .rejected(let reason): ("rejected", nil, reason)
    case .incomplete(let run, let reason): ("incomplete", run, reason)
    case .left(let reason): ("left", nil, reason)
    case .gone: ("gone", nil, "another sweep took it, or another file is in its place")
    }
  }

  var word: String { fields.word }
  fileprivate var run: RunProgress? { fields.run }

  fileprivate var line: String {
    let (word, _, says) = fields
    return "\(word)  \(name)\(movedTo.map { " → \($0)" } ?? "")  \(says)"
  }

  fileprivate var json: JSON {
    let (word, run, says) = fields
    return .object([
      ("file", .string(name)), ("fate", .string(word)), ("movedTo", .optional(movedTo)),
      ("run", run.map { .integer(Int($0.run.run)) } ?? .null),
      ("rows", run.map { .integer($0.rows) } ?? .null),
      ("graded", run.map { .integer($0.graded) } ?? .null), ("says", .string(says)),
    ])
  }
}
