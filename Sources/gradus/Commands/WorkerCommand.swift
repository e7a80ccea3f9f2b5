import ExamModel
import PaperPress
import Storage
import Workers

/// `gradus worker`: grades what others imported.
enum WorkerCommand {
  static let command = Command(
    name: "worker", summary: "Grade imported files, beside other workers",
    discussion: """
      Claims chunks of every run of the workspace's test that is under way, grades and lands them, \
      and delivers webhooks beside them. Any number of workers on any machines share the work; each needs the \
      workspace (blueprint, roster, manifest) and the secret. Without --drain or --once it waits for \
      more until SIGINT or SIGTERM, and then finishes the chunks in hand. A worker that is killed \
      loses nothing: its chunks go to others when their leases end.
      """,
    options: [
      .workspace, .secretFile, .store,
      .init(name: "--lanes", value: "N", help: "Chunks graded at once (default: one a processor)"),
      .init(
        name: "--lease", value: "SECONDS",
        help: "After how long without a word a chunk goes to others (default: 30)"),
      .init(
        name: "--deadline", value: "SECONDS",
        help: "How long a chunk may take; one that hangs ends the worker (default: 600)"),
      .init(
        name: "--poll", value: "SECONDS",
        help: "How often to look for work, also others' that failed (default: 2); on PostgreSQL a "
          + "new run is told at once"),
      .flag("--drain", "End when no run of the test is under way any more"),
      .flag("--once", "End when there is nothing left to claim, without waiting for others"),
      .flag("--no-deliver", "Leave webhooks for a later \"gradus deliver\""), .proxy,
      .metricsFile,
    ],
    examples: [
      ("gradus worker --drain --store postgresql://db/exams", "grades what is left and ends")
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    guard !(invocation.isSet("--drain") && invocation.isSet("--once")) else {
      throw UsageError("--drain and --once exclude each other", command: command)
    }
    let press = try invocation.committedPress()
    let lanes = try invocation.lanes
    let poll = try invocation.integer("--poll", in: 1...86_400) ?? 2
    let address = try invocation.storeAddress()
    // A store that cannot be used at all is told at once; one that goes away later is waited for.
    try await invocation.withStore(creating: true) { _ in }
    let usual = LeaseTerms()
    let lease = LeaseTerms(
      leaseSeconds: try invocation.integer("--lease", in: 1...3600) ?? usual.leaseSeconds,
      deadlineSeconds: try invocation.integer("--deadline", in: 1...86_400)
        ?? usual.deadlineSeconds)
    let stop = StopFlag()
    Signals.raise(stop, telling: console)
    let meter = Meter(telling: console.steps)
    let pool = Pool(
      press: press, store: address, lanes: lanes, stop: stop, lease: lease, isShared: true,
      meter: meter
    ) { _ in
    }
    let worker = Worker(
      pool: pool,
      ending: invocation.isSet("--drain")
        ? .drained : invocation.isSet("--once") ? .once : .stopped,
      courier: invocation.isSet("--no-deliver") ? nil : try invocation.courier(),
      poll: .seconds(poll)
    ) { note in
      switch note {
      case .finished(let run):
        console.note(
          "run \(run.run.run) is \(run.state.word): \(run.graded) of \(run.rows) rows graded",
          about: run.trace)
      case .skipped(let run):
        console.warn(
          "run \(run.run.run) was begun with other rules of marking than this workspace's; it is left alone, "
            + "or given up by \"gradus run cancel \(run.run.run)\"",
          about: run.trace)
      case .paused(let run):
        console.warn(run.run.pausedWords, about: run.trace)
      case .delivered(let report): console.note(report.sentence)
      case .waiting(let error):
        meter.missedStore()
        console.warn("\(error); trying again")
      }
    }
    console.note("worker \(Worker.ownName), \(lanes) lane\(lanes == 1 ? "" : "s"), on \(address)")
    let metrics = try invocation.metricsFile(of: meter)
    let keeping = Task { await metrics?.keep(address, of: press.blueprint.id) }
    defer { keeping.cancel() }
    try await worker.run()
    keeping.cancel()
    await keeping.value
    console.note(stop.isUp ? "stopped" : "nothing is left to do")
  }
}
