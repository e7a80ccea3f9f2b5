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
      One line a candidate; with --parts one line an answer, with its outcome. Filters go together. \
      CSV cells that a spreadsheet would run as formulas are disarmed. With --gradebook, grades come \
      as Moodle, Canvas or Google Classroom take them in; with --pseudonyms, ids and names give way \
      to words that only the test's secret can lead back to a candidate.
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

  private static func run(_ invocation: Invocation) async throws {
    let filter = try ResultsFilter(invocation)
    let test = try invocation.workspace.blueprint()
    let roster = try invocation.workspace.roster()
    try await invocation.withStore { store in
      let standing = try await invocation.standingResults(of: test.id, in: store)
      try filter.check(against: standing.legend)
      if invocation.isSet("--missing") {
        try await printMissing(standing, roster: roster, invocation: invocation, store: store)
      } else if let name = invocation.value("--gradebook"), let book = Gradebook(rawValue: name) {
        let grades = try GradebookOutput(book, title: test.title, invocation: invocation)
        try await grades.print(standing, filter: filter, roster: roster, store: store)
      } else {
        try await print(
          standing, filter: filter, roster: roster, invocation: invocation, store: store)
      }
    }
  }

  private static func print(
    _ standing: StandingResults, filter: ResultsFilter, roster: Roster, invocation: Invocation,
    store: any Store
  ) async throws {
    let press = invocation.isSet("--pseudonyms") ? try invocation.press().press : nil
    var output = ResultsOutput(
      legend: standing.legend, roster: roster, pseudonyms: press, filter: filter,
      showsParts: invocation.isSet("--parts"), format: invocation.value("--format") ?? "text")
    var (all, count) = (0, 0)
    try await standing.visit(in: store) { entry in
      all += 1
      guard filter.admits(entry.result, legend: standing.legend) else { return }
      output.add(entry)
      count += 1
    }
    if filter.candidate != nil, count == 0 {
      throw Failure(
        .badInput, "run \(standing.run.run) has no graded submission of this candidate")
    }
    output.finish()
    if all == 0 {
      // Erasing a test leaves the counts of its runs.
      let wasGraded = try await store.progress(of: standing.run).graded > 0
      invocation.console.note(
        "run \(standing.run.run) of \(standing.run.test) has no results"
          + (wasGraded ? " any more: its answers were erased" : ": none of its rows was graded"))
    }
  }

  private static func printMissing(
    _ standing: StandingResults, roster: Roster, invocation: Invocation, store: any Store
  ) async throws {
    var there: Set<CandidateID> = []
    try await standing.visit(in: store) { there.insert($0.result.candidate) }
    let press = invocation.isSet("--pseudonyms") ? try invocation.press().press : nil
    var output = RowOutput(
      ["candidate", "name", "email"], rightAligned: [],
      format: invocation.value("--format") ?? "text")
    for person in roster.candidates where !there.contains(person.id) {
      output.add(
        press.map { [$0.pseudonym(of: person.id), "", ""] } ?? [
          person.id.rawValue, person.name, person.email,
        ])
    }
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
    return try await StandingResults(of: run, in: store)
  }
}

/// Which results are shown.
struct ResultsFilter {
  let candidate: CandidateID?
  private let question: Int?
  private let outcome: String?
  private let atLeast: Double?
  private let below: Double?

  init(_ invocation: Invocation) throws {
    candidate = try invocation.positional.first.map { try invocation.candidate(named: $0).id }
    question = try invocation.integer("--question", in: 1...10_000)
    outcome = invocation.value("--outcome")
    atLeast = try invocation.number("--at-least")
    below = try invocation.number("--below")
  }

  /// Refuses a question or an outcome that the run does not know: nobody could have it.
  func check(against legend: RunLegend) throws {
    let questions = Set(legend.items.map(\.question))
    if let question, !questions.contains(question) {
      throw Failure(
        .badInput, "the test has no question \(question); its last is \(questions.max() ?? 0)")
    }
    let words = OutcomeCode.words + legend.mistakes.map(\.misconception.rawValue)
    if let outcome, !words.contains(outcome) {
      let near = nearestName(to: outcome, in: words).map { "did you mean \"\($0)\"? " } ?? ""
      throw Failure(
        .badInput,
        "no answer has the outcome \"\(outcome)\"; \(near)outcomes are "
          + OutcomeCode.words.joined(separator: ", ") + " and the ids of misconceptions")
    }
  }

  /// Whether the candidate is shown; by question or outcome, where any answer of theirs is.
  func admits(_ result: ResultRecord, legend: RunLegend) -> Bool {
    if let candidate, candidate != result.candidate { return false }
    let percent = result.percent ?? 0
    if let atLeast, percent < atLeast { return false }
    if let below, percent >= below { return false }
    guard question != nil || outcome != nil else { return true }
    return legend.items.indices.contains { admits($0, of: result, legend: legend) }
  }

  /// Whether one answer is shown.
  func admits(_ item: Int, of result: ResultRecord, legend: RunLegend) -> Bool {
    guard result.outcomes[item] != OutcomeCode.notAsked else { return false }
    if let question, legend.items[item].question != question { return false }
    guard let outcome else { return true }
    let (word, misconception) = legend.outcome(result.outcomes[item])
    return word == outcome || misconception?.rawValue == outcome
  }
}

extension ResultRecord {
  /// Nil where nothing was to be had.
  var percent: Double? {
    possible.hundredths > 0
      ? 100 * Double(awarded.hundredths) / Double(possible.hundredths) : nil
  }
}
