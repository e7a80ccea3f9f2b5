package import ExamModel
import QuestionBank
package import Storage

/// What a run came to, in the numbers that people ask for first.
package struct GradingSummary: Sendable {
  package struct FrequentMistake: Sendable, Hashable {
    package let family: FamilyID
    package let misconception: MisconceptionID
    package let feedback: String
    package let count: Int
  }

  package let progress: RunProgress
  /// Answers by outcome, the machine's or a person's, in the order of `OutcomeCode`; a misconception counts as one outcome.
  package let outcomes: [(word: String, count: Int)]
  /// Most frequent first; ties in order of the legend.
  package let mistakes: [FrequentMistake]
  /// Points of a paper with every answer right; nil where nobody is graded.
  package private(set) var possible: Points?
  package let awarded: Points
  /// Answers that count as unreadable still, as a person gave them points and no other outcome.
  private var decided = 0

  package init(of progress: RunProgress, in store: any Store) async throws {
    let legend = try await store.legend(of: progress.run)
    var tallies = try await store.tallies(of: progress.run)
    let overrules = Dictionary(
      grouping: try await store.overrules(of: progress.batch, after: nil, through: nil),
      by: \.candidate)
    var decided = 0
    if !overrules.isEmpty {
      for machine in try await store.overruledResults(of: progress.run) {
        let mine = overrules[machine.candidate] ?? []
        let standing = machine.overruled(by: mine, legend: legend)
        tallies += standing.tallies(insteadOf: machine)
        decided += standing.unreadableItems(decidedBy: mine, legend)
      }
    }
    self.init(progress: progress, legend: legend, tallies: tallies)
    self.decided = decided
    possible = try await store.results(of: progress.run, after: nil, limit: 1).first?.possible
  }

  init(progress: RunProgress, legend: RunLegend, tallies: [ItemTally]) {
    self.progress = progress
    awarded = tallies.reduce(.zero) { $0 + $1.awarded }
    var counts = [Int](repeating: 0, count: legend.mistakes.count)
    for tally in tallies where tally.outcome >= RunLegend.firstMistake {
      let index = Int(tally.outcome - RunLegend.firstMistake)
      if counts.indices.contains(index) { counts[index] += tally.count }
    }
    let ranked = counts.indices.filter { counts[$0] > 0 }
      .sorted { (counts[$1], $0) < (counts[$0], $1) }
    mistakes = ranked.map { index in
      let mistake = legend.mistakes[index]
      let family = Catalogue.families.first { $0.id == mistake.family }
      let known = family?.misconceptions.first { $0.id == mistake.misconception }
      return FrequentMistake(
        family: mistake.family, misconception: mistake.misconception,
        feedback: known?.feedback ?? "", count: counts[index])
    }
    let words: [(Int16, String)] = [
      (OutcomeCode.correct, "correct"), (OutcomeCode.imprecise, "imprecise"),
      (OutcomeCode.followThrough, "followThrough"), (RunLegend.firstMistake, "misconception"),
      (OutcomeCode.incorrect, "incorrect"), (OutcomeCode.blank, "blank"),
      (OutcomeCode.unreadable, "unreadable"), (OutcomeCode.void, "void"),
    ]
    outcomes = words.compactMap { code, word in
      let fitting = tallies.filter { tally in
        code == RunLegend.firstMistake
          ? tally.outcome >= RunLegend.firstMistake : tally.outcome == code
      }
      let count = fitting.reduce(0) { $0 + $1.count }
      return code == OutcomeCode.void && count == 0 ? nil : (word, count)
    }
  }

  /// Whether every row of the file is accounted for.
  package var isBalanced: Bool {
    progress.graded + progress.superseded + progress.quarantined == progress.rows
  }

  /// Points a graded candidate got on average.
  package var mean: Double {
    progress.graded == 0 ? 0 : Double(awarded.hundredths) / 100 / Double(progress.graded)
  }

  /// Unreadable answers that wait for a person.
  package var unreadable: Int {
    (outcomes.first { $0.word == "unreadable" }?.count ?? 0) - decided
  }

  package var json: JSON {
    .object([
      ("test", .string(progress.run.test.rawValue)), ("run", .integer(Int(progress.run.run))),
      ("state", .string(progress.state.word)), ("file", .string(progress.fileName)),
      ("rows", .integer(progress.rows)), ("graded", .integer(progress.graded)),
      ("superseded", .integer(progress.superseded)),
      ("quarantined", .integer(progress.quarantined)),
      ("mean", .number((mean * 100).rounded() / 100)), ("possible", possible?.json ?? .null),
      ("outcomes", .object(outcomes.map { ($0.word, .integer($0.count)) })),
      (
        "misconceptions",
        .array(
          mistakes.map {
            .object([
              ("family", .string($0.family.rawValue)), ("id", .string($0.misconception.rawValue)),
              ("count", .integer($0.count)), ("feedback", .string($0.feedback)),
            ])
          })
      ),
    ])
  }
}

extension ResultRecord {
  /// What turns tallies with the earlier verdicts into tallies with these.
  fileprivate func tallies(insteadOf earlier: ResultRecord) -> [ItemTally] {
    outcomes.indices.flatMap { item -> [ItemTally] in
      let was = Points(hundredths: -Int(earlier.awardedEach[item]))
      let now = Points(hundredths: Int(awardedEach[item]))
      guard outcomes[item] != earlier.outcomes[item] || now.hundredths != -was.hundredths
      else { return [] }
      return [
        ItemTally(item: item, outcome: earlier.outcomes[item], count: -1, awarded: was),
        ItemTally(item: item, outcome: outcomes[item], count: 1, awarded: now),
      ]
    }
  }

  /// Unreadable answers among those that a person has decided about.
  fileprivate func unreadableItems(decidedBy overrules: [Overrule], _ legend: RunLegend) -> Int {
    legend.items.indices.count { item in
      outcomes[item] == OutcomeCode.unreadable
        && overrules.contains { $0.place.line == line && legend.items[item].isField($0.place.item) }
    }
  }
}
