import ExamModel
import PaperPress
import Storage
import Workers

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
    if atLeast != nil || below != nil {
      // Who can have nothing is on neither side.
      guard let percent = result.percent else { return false }
      if let atLeast, percent < atLeast { return false }
      if let below, percent >= below { return false }
    }
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

/// One reading of a run's results through a filter.
final class Reading {
  let standing: StandingResults
  let filter: ResultsFilter
  private let store: any Store
  /// How many the run has, whatever the filter.
  private(set) var all = 0
  private var waitingAnswers = 0
  private var waitingCandidates = 0

  init(_ standing: StandingResults, filter: ResultsFilter, store: any Store) {
    self.standing = standing
    self.filter = filter
    self.store = store
  }

  /// Hands out everybody in order of candidate, and whether the filter shows them.
  ///
  /// - Throws: `Failure` where it asks for a candidate whom the run does not have.
  func visit(_ body: (StandingResults.Entry, Bool) -> Void) async throws {
    var count = 0
    (all, waitingAnswers, waitingCandidates) = (0, 0, 0)
    try await standing.visit(in: store) { entry in
      all += 1
      let isWanted = filter.admits(entry.result, legend: standing.legend)
      if isWanted {
        count += 1
        let waiting = entry.waiting
        waitingAnswers += waiting
        waitingCandidates += min(1, waiting)
      }
      body(entry, isWanted)
    }
    if filter.candidate != nil, count == 0 {
      throw Failure(
        .badInput, "run \(standing.run.run) has no graded submission of this candidate")
    }
  }

  /// Hands out whom the filter shows in order of their pseudonyms, which says nothing, and not in
  /// order of candidate, which with a roster would name everybody.
  ///
  /// Of about a hundred thousand at a time, so that any number of them fits; each of these slices of
  /// the pseudonyms reads all results once.
  func visitHidden(
    by press: PaperPress, _ body: (StandingResults.Entry, String) -> Void
  ) async throws {
    let slices = standing.progress.graded / 100_000 + 1
    for slice in 0..<slices {
      var held: [(name: String, entry: StandingResults.Entry)] = []
      try await visit { entry, isWanted in
        guard isWanted else { return }
        let name = press.pseudonym(of: entry.result.candidate)
        let place = Int(name.dropFirst("anon-".count).prefix(6), radix: 16) ?? 0
        if place * slices >> 24 == slice { held.append((name, entry)) }
      }
      for (name, entry) in held.sorted(by: { $0.name < $1.name }) { body(entry, name) }
    }
  }

  /// Says which answers of those shown earn nothing only because nobody has read them yet.
  func warn(_ console: Console) {
    guard waitingAnswers > 0 else { return }
    console.warn(
      "\(counted(waitingAnswers, "unreadable answer")) of \(counted(waitingCandidates, "candidate")) "
        + (waitingAnswers == 1 ? "earns" : "earn") + " nothing until a person decides: "
        + "gradus review list")
  }
}
