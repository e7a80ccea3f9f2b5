import ExamModel
import PaperPress
import Publishing
import Storage
import Workers

/// `gradus results`: who got what.
enum ResultsCommand {
  static let command = Command(
    name: "results", summary: "Show who got what, in the published run",
    discussion: """
      One line a candidate, with how many answers wait for a person; with --parts one line an \
      answer, with its outcome. Filters go together. \
      CSV cells that a spreadsheet would run as formulas are disarmed. With --gradebook, grades come \
      as Moodle, Canvas or Google Classroom take them in; with --pseudonyms, ids and names give way \
      to words that only the test's secret can lead back to a candidate, in the order of these words.
      """,
    arguments: [
      .init(
        name: "CANDIDATE", help: "only this candidate, by id or e-mail address", isOptional: true)
    ],
    options: [
      .workspace, .secretFile, .store, .flag("--parts", "One line an answer"),
      .init(name: "--run", value: "N", help: "Another run than the published one"),
      .init(name: "--question", value: "N", help: "Only answers to this question"),
      .init(
        name: "--outcome", value: "WORD",
        help: "Only answers with this outcome, such as blank, or this misconception"),
      .init(name: "--at-least", value: "PERCENT", help: "Only who has so many points or more"),
      .init(name: "--below", value: "PERCENT", help: "Only who has fewer points"),
      .flag("--missing", "Instead, who of the roster has no result"),
      .flag("--pseudonyms", "No ids and no names"),
      .init(
        name: "--gradebook", value: "SYSTEM", choices: Gradebook.allCases.map(\.rawValue),
        help: "A file for moodle, canvas or classroom"),
      .init(
        name: "--out-of", value: "N", help: "Scale the gradebook's grades to so many points"),
      .table,
    ],
    examples: [
      ("gradus results", "lists everybody's points"),
      ("gradus results c001 --parts", "shows one candidate's answers"),
      ("gradus results --parts --question 3 --outcome blank", "shows who left question 3 out"),
      ("gradus results --gradebook canvas > grades.csv", "for Canvas's gradebook"),
    ], run: run)

  /// What says nothing beside another option, and is refused rather than left unread.
  private static let idle: [(given: String, isIdle: [String])] = [
    (
      "--missing",
      ["--parts", "--question", "--outcome", "--at-least", "--below", "--gradebook", "--out-of"]
    ),
    ("--gradebook", ["--parts", "--format", "--pseudonyms"]),
  ]

  private static func refuseIdle(_ invocation: Invocation) throws {
    for (given, isIdle) in idle where invocation.isSet(given) {
      if let other = isIdle.first(where: invocation.isSet) {
        throw UsageError(
          other == "--pseudonyms"
            ? "a gradebook finds people by their names, so --pseudonyms cannot go with it"
            : "\(other) says nothing beside \(given); leave one of them out",
          command: command)
      }
    }
    if invocation.isSet("--missing"), let name = invocation.positional.first {
      throw UsageError(
        "--missing lists who has no result; leave it out to ask for \(name)", command: command)
    }
    if invocation.isSet("--out-of"), !invocation.isSet("--gradebook") {
      throw UsageError("--out-of scales a gradebook; add --gradebook SYSTEM", command: command)
    }
  }

  private static func run(_ invocation: Invocation) async throws {
    try refuseIdle(invocation)
    let filter = try ResultsFilter(invocation)
    let test = try invocation.workspace.blueprint()
    let roster = try invocation.workspace.roster()
    try await invocation.withStore { store in
      let standing = try await invocation.standingResults(of: test.id, in: store)
      try filter.check(against: standing.legend)
      let reading = Reading(standing, filter: filter, store: store)
      if invocation.isSet("--missing") {
        try standing.refuseUnfinished("who is missing is not known yet")
        try await printMissing(reading, roster: roster, invocation: invocation)
        return
      }
      if let name = invocation.value("--gradebook"), let book = Gradebook(rawValue: name) {
        try standing.refuseUnfinished("a gradebook would lack the others")
        try await GradebookOutput(book, title: test.title, invocation: invocation)
          .print(roster: roster, reading.visit)
      } else {
        try await print(reading, roster: roster, invocation: invocation)
      }
      reading.warn(invocation.console)
    }
  }

  private static func print(
    _ reading: Reading, roster: Roster, invocation: Invocation
  ) async throws {
    let standing = reading.standing
    let hidesNames = invocation.isSet("--pseudonyms")
    var output = ResultsOutput(
      legend: standing.legend, roster: roster, hidesNames: hidesNames, filter: reading.filter,
      showsParts: invocation.isSet("--parts"), format: invocation.value("--format") ?? "text")
    if hidesNames {
      let press = try invocation.press().press
      try await reading.visitHidden(by: press) { output.add($0, as: $1) }
    } else {
      try await reading.visit { entry, isWanted in
        if isWanted { output.add(entry, as: entry.result.candidate.rawValue) }
      }
    }
    output.finish()
    if reading.all == 0, standing.progress.state == .finished {
      // Erasing a test leaves the counts of its runs.
      invocation.console.note(
        "run \(standing.run.run) of \(standing.run.test) has no results"
          + (standing.progress.graded > 0
            ? " any more: its answers were erased" : ": none of its rows was graded"))
    }
  }

  private static func printMissing(
    _ reading: Reading, roster: Roster, invocation: Invocation
  ) async throws {
    var there: Set<CandidateID> = []
    try await reading.visit { entry, _ in there.insert(entry.result.candidate) }
    var missing = roster.candidates.filter { !there.contains($0.id) }
    if invocation.isSet("--pseudonyms") {
      let press = try invocation.press().press
      missing = missing.map {
        Candidate(id: CandidateID(press.pseudonym(of: $0.id)), name: "", email: "")
      }.sorted { $0.id.rawValue < $1.id.rawValue }
    }
    if invocation.wantsJSON {
      invocation.console.print(
        JSON.array(
          missing.map {
            .object([
              ("candidate", .string($0.id.rawValue)), ("name", .string($0.name)),
              ("email", .string($0.email)),
            ])
          }
        ).prettyText)
      return
    }
    var output = RowOutput(
      ["candidate", "name", "email"], rightAligned: [],
      format: invocation.value("--format") ?? "text")
    for person in missing { output.add([person.id.rawValue, person.name, person.email]) }
    output.finish()
  }
}

extension Invocation {
  /// The published run's verdicts, or those of the run that `--run` names.
  func standingResults(of test: TestID, in store: any Store) async throws -> StandingResults {
    let number = try integer("--run", in: 1...Int(Int64.max / 2))
    let published = try await store.publishedRun(of: test)
    guard let run = number.map({ RunKey(test: test, run: Int64($0)) }) ?? published else {
      throw Failure(
        .badInput, "nothing is published yet: no run of \(test) has finished; run \"gradus grade\"")
    }
    let standing = try await StandingResults(of: run, in: store)
    if let lack = standing.progress.lack { console.warn(lack) }
    return standing
  }
}

extension RunProgress {
  /// What is not whole about a run that has not graded all of its rows; nil where all are.
  fileprivate var lack: String? {
    let due = rows - superseded - quarantined
    let sum = "\(graded) of \(counted(due, "row")) graded"
    switch state {
    case .finished: return nil
    case .running: return "run \(run.run) is under way, with \(sum)"
    case .incomplete, .cancelled:
      return graded < due ? "run \(run.run) is \(state.word), with \(sum)" : nil
    }
  }
}

extension StandingResults {
  /// - Throws: `Failure` while rows are still being graded.
  fileprivate func refuseUnfinished(_ why: String) throws {
    guard progress.state == .running else { return }
    throw Failure(
      .badInput,
      "run \(run.run) is under way, and \(why); \"gradus status\" shows how far it is")
  }
}
