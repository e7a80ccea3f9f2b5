import ExamModel
import Storage
import Workers

/// `gradus run …`: which runs workers grade, and in what order.
enum RunCommands {
  static let all = [pause, resume, priority, cancel, publish]

  private static let pause = Command(
    name: "run pause", summary: "Let workers take no more chunks of a run",
    discussion: "Chunks in hand are finished. It is written down in the audit trail.",
    arguments: [number], options: [.workspace, .store, .decidedBy],
    examples: [("gradus run pause 3", "leaves run 3 as it is until \"run resume\"")],
    run: { try await arrange($0, .paused) })

  private static let resume = Command(
    name: "run resume", summary: "Let workers go on with a paused run",
    arguments: [number], options: [.workspace, .store, .decidedBy],
    examples: [("gradus run resume 3", "run 3 is graded again")],
    run: { try await arrange($0, .resumed) })

  private static let priority = Command(
    name: "run priority", summary: "Have a run graded before or after others",
    discussion: """
      Workers grade the run of the highest priority first, and of equal ones the earliest. Those at \
      work turn to a more urgent run within seconds, when the chunks in hand are done.
      """,
    arguments: [number, .init(name: "PRIORITY", help: "-100 to 100; 0 unless it was set")],
    options: [.workspace, .store, .decidedBy],
    examples: [("gradus run priority 3 10", "run 3 comes before all others")],
    run: { invocation in
      guard let priority = Int16(invocation.positional[1]), (-100...100).contains(priority) else {
        throw UsageError(
          "\"\(invocation.positional[1])\" is no priority; say a whole number from -100 to 100",
          command: invocation.command)
      }
      try await arrange(invocation, .priority(priority))
    })

  private static let cancel = Command(
    name: "run cancel", summary: "Give up a run that is not to be graded to its end",
    discussion: """
      For a run that nobody can end: the blueprint's marking was changed since it was begun. It ends \
      as it is and is not published; what it has graded stays in the store. "gradus grade" with the \
      same file, or "gradus regrade", then begins another.
      """,
    arguments: [number], options: [.workspace, .store, .decidedBy],
    examples: [("gradus run cancel 3", "run 3 has ended, and what counted before still counts")],
    run: { try await arrange($0, .cancelled) })

  private static let publish = Command(
    name: "run publish", summary: "Let a run's results be those that count",
    discussion: """
      Of several files and runs, the newest file's last run counts by itself. This makes it another \
      one that has ended, such as that of an earlier file when the newer one was a mistake, until \
      the next run ends.
      """,
    arguments: [number], options: [.workspace, .store, .decidedBy],
    examples: [("gradus run publish 1", "\"gradus results\" shows run 1 from now on")],
    run: { invocation in
      let run = try run(invocation)
      let isNew = try await invocation.withStore { store in
        try await store.publish(run, by: invocation.decidedBy)
      }
      invocation.console.note("run \(run.run) \(isNew ? "is" : "was already") published")
    })

  private static let number = Command.Argument(
    name: "RUN", help: "the run's number, as \"gradus status\" shows it")

  private static func run(_ invocation: Invocation) throws -> RunKey {
    guard let number = Int64(invocation.positional[0]), number > 0 else {
      throw UsageError(
        "\"\(invocation.positional[0])\" is no run's number; \"gradus status\" lists them",
        command: invocation.command)
    }
    return RunKey(test: try invocation.workspace.blueprint().id, run: number)
  }

  private static func arrange(_ invocation: Invocation, _ change: RunArrangement) async throws {
    let run = try run(invocation)
    let isRunning = try await invocation.withStore { store in
      try await store.arrange(run, change, by: invocation.decidedBy)
    }
    guard isRunning else {
      throw Failure(.badInput, "run \(run.run) has ended; \"gradus status\" shows which have not")
    }
    let what =
      switch change {
      case .paused: "is paused"
      case .resumed: "goes on"
      case .priority(let priority): "has priority \(priority)"
      case .cancelled: "is given up"
      }
    invocation.console.note("run \(run.run) \(what)")
  }
}
