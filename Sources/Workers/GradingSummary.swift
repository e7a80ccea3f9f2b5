import Cryptography
package import ExamModel
import FoundationEssentials
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
  /// Answers by outcome, in the order of `OutcomeCode`; a misconception counts as one outcome.
  package let outcomes: [(word: String, count: Int)]
  /// Most frequent first; ties in order of the legend.
  package let mistakes: [FrequentMistake]
  /// With what persons decided.
  package private(set) var awarded: Points
  /// Unreadable answers that a person has decided about.
  private var decided = 0

  package init(of progress: RunProgress, in store: any Store) async throws {
    let legend = try await store.legend(of: progress.run)
    let tallies = try await store.tallies(of: progress.run)
    self.init(progress: progress, legend: legend, tallies: tallies)
    let overrules = Dictionary(
      grouping: try await store.overrules(of: progress.batch, after: nil, through: nil),
      by: \.candidate)
    guard !overrules.isEmpty else { return }
    for machine in try await store.overruledResults(of: progress.run) {
      let standing = machine.overruled(by: overrules[machine.candidate] ?? [], legend: legend)
      awarded.hundredths += standing.awarded.hundredths - machine.awarded.hundredths
      decided += machine.unreadableItems(decidedBy: overrules[machine.candidate] ?? [], legend)
    }
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
      ("mean", .number((mean * 100).rounded() / 100)),
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

  /// What is told to those who subscribed when the run ends.
  ///
  /// Payloads are thin: counts and names of the run, no answers and no keys. An id follows from the
  /// run, so an event cannot be written twice under two ids.
  func events() -> [NewEvent] {
    var types = [progress.chunksSetAside == 0 ? "batch.graded" : "batch.failed"]
    if unreadable + progress.quarantined > 0 { types.append("batch.needs_review") }
    return types.map { type in
      progress.event(
        type,
        [
          ("rows", .integer(progress.rows)), ("graded", .integer(progress.graded)),
          ("superseded", .integer(progress.superseded)),
          ("quarantined", .integer(progress.quarantined)), ("unreadable", .integer(unreadable)),
          ("mean", .number((mean * 100).rounded() / 100)),
        ])
    }
  }
}

extension RunProgress {
  /// An event about the run, with an id that follows from run and type.
  func event(_ type: String, _ data: [(String, JSON)]) -> NewEvent {
    let name = [run.test.rawValue, String(run.run), fileName, type]
    let digest = SHA256.hash(Array(name.joined(separator: "\0").utf8))
    let about: [(String, JSON)] = [
      ("test", .string(run.test.rawValue)), ("run", .integer(Int(run.run))),
      ("file", .string(fileName)),
    ]
    let payload = JSON.object([
      ("type", .string(type)), ("timestamp", .string(Date.now.formatted(.iso8601))),
      ("data", .object(about + data)),
    ])
    return NewEvent(
      id: "evt_" + Hex.encode(Array(digest.prefix(12))), test: run.test, type: type,
      payload: payload.text)
  }
}

extension ResultRecord {
  /// Unreadable answers among those that a person has decided about.
  fileprivate func unreadableItems(decidedBy overrules: [Overrule], _ legend: RunLegend) -> Int {
    legend.items.indices.count { item in
      outcomes[item] == OutcomeCode.unreadable
        && overrules.contains { $0.place.line == line && legend.items[item].isField($0.place.item) }
    }
  }
}
