package import ExamModel
import Marking
package import PaperPress
import ResponseSheets
package import Storage

/// The answers of a run as a person looks at them: what was typed, how it was read, what it earns.
package struct Review: Sendable {
  /// An answer that was asked for by name, or that nobody could read.
  package struct Item: Sendable {
    package let result: ResultRecord
    package let place: FormItem
    /// Index into the run's legend.
    package let index: Int
    package let answer: MarkedAnswer
    /// What a person decided; nil while nobody has.
    package let decision: Overrule?

    package var candidate: CandidateID { result.candidate }
    package var outcome: Int16 { result.outcomes[index] }
    package var possible: Points { Points(hundredths: Int(result.possibleEach[index])) }
  }

  package let run: RunKey
  package let batch: BatchKey
  private let grader: Grader
  private let legend: RunLegend
  private let marker: Marker

  /// - Throws: `SourceError` where the run's import is damaged.
  package init(_ press: PaperPress, run: RunKey, batch: ImportedBatch) throws {
    self.run = run
    self.batch = batch.batch
    grader = try Grader(press, batch: batch)
    legend = press.legend
    marker = Marker(policy: press.blueprint.marking)
  }

  /// Answers that could not be read, in order of candidate and question, in pages.
  package func unreadable(in store: any Store, _ visit: (Item) throws -> Void) async throws {
    var last: CandidateID?
    while true {
      let page = try await store.answers(
        of: run, in: batch, having: OutcomeCode.unreadable, after: last, limit: 1000)
      guard let end = page.last?.result.candidate else { return }
      let overrules = Dictionary(
        grouping: try await store.overrules(of: batch, after: last, through: end), by: \.candidate)
      for answers in page {
        let decided = overrules[answers.result.candidate] ?? []
        for index in legend.items.indices
        where answers.result.outcomes[index] == OutcomeCode.unreadable {
          if let item = item(index, of: answers, decided) { try visit(item) }
        }
      }
      last = end
    }
  }

  /// One answer of a candidate; nil where they were not graded or not asked.
  package func item(
    of candidate: CandidateID, _ place: FormItem, in store: any Store
  ) async throws -> Item? {
    guard let index = legend.items.firstIndex(where: { $0.isField(place) }),
      let answers = try await store.answers(of: candidate, run: run, in: batch)
    else { return nil }
    let decided = try await store.overrules(of: batch, of: candidate)
    return item(index, of: answers, decided)
  }

  private func item(_ index: Int, of answers: GradedAnswers, _ decided: [Overrule]) -> Item? {
    let entry = legend.items[index]
    let place = FormItem(question: entry.question, field: entry.part)
    let result = answers.result
    guard result.outcomes[index] != OutcomeCode.notAsked,
      let answer = grader.answer(to: place, in: answers.cells, of: result.candidate)
    else { return nil }
    return Item(
      result: result, place: place, index: index, answer: answer,
      decision: decided.first { $0.place.line == result.line && $0.place.item == place })
  }

  /// What an outcome that a person sees is worth, by the blueprint's marking.
  package func points(for outcome: Outcome, of possible: Points) -> Points {
    marker.award(outcome, of: possible)
  }
}
