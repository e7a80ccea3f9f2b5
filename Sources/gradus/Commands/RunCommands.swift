import ExamModel
import Storage
import Workers

/// `gradus run …`: which runs workers grade, and in what order.
enum RunCommands {
  static let all = [pause, resume, priority]

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

  private static let number = Command.Argument(
    name: "RUN", help: "the run's number, as \"gradus status\" shows it")

  private static func arrange(_ invocation: Invocation, _ change: RunArrangement) async throws {
    guard let number = Int64(invocation.positional[0]), number > 0 else {
      throw UsageError(
        "\"\(invocation.positional[0])\" is no run's number; \"gradus status\" lists them",
        command: invocation.command)
    }
    let run = RunKey(test: try invocation.workspace.blueprint().id, run: number)
    let isRunning = try await invocation.withStore { store in
      try await store.arrange(run, change, by: invocation.decidedBy)
    }
    guard isRunning else {
      throw Failure(.badInput, "run \(number) has ended; \"gradus status\" shows which have not")
    }
    let what =
      switch change {
      case .paused: "is paused"
      case .resumed: "goes on"
      case .priority(let priority): "has priority \(priority)"
      }
    invocation.console.note("run \(number) \(what)")
  }
}
