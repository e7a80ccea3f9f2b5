import CSV
import ExamModel
package import Marking
package import PaperPress
package import QuestionBank
import ResponseSheets
package import Storage

/// Marks the rows of a chunk against each candidate's own recomputed key.
package struct Grader: Sendable {
  let press: PaperPress
  let marker: Marker
  let layout: SheetLayout
  /// For each slot, the item of each of its fields.
  let itemOfField: [[PartID: Int]]
  private let itemCount: Int
  private let codes: [RunLegend.Mistake: Int16]
  /// For each slot, what was found wrong with it since.
  let corrections: [[Correction]]

  /// - Throws: `SourceError` where the batch's layout is damaged.
  package init(_ press: PaperPress, batch: ImportedBatch) throws {
    let file = "the imported file"
    guard let text = batch.layout else {
      // Files were once kept without it, and came from Google only: their titles say all.
      var titles = CSVWriter(guardsFormulas: false)
      titles.write(batch.columns)
      let sheet = try ResponseSheet(
        Array(titles.text.utf8), file: file, items: press.formItems,
        mapping: SheetMapping(service: .googleSheet))
      self.init(press, layout: sheet.layout, numberLocale: batch.numberLocale)
      return
    }
    self.init(
      press, layout: try SheetLayout(parsing: text, file: file), numberLocale: batch.numberLocale)
  }

  init(_ press: PaperPress, layout: SheetLayout, numberLocale: NumberLocale) {
    self.press = press
    self.layout = layout
    marker = Marker(policy: press.blueprint.marking, numberLocale: numberLocale)
    var next = 0
    itemOfField = press.slots.map { slot in
      var items: [PartID: Int] = [:]
      for field in slot.fields {
        items[field] = next
        next += 1
      }
      return items
    }
    itemCount = next
    var codes: [RunLegend.Mistake: Int16] = [:]
    for (index, mistake) in press.legend.mistakes.enumerated() {
      codes[mistake] = RunLegend.firstMistake + Int16(index)
    }
    self.codes = codes
    corrections = press.slots.map { slot in
      press.blueprint.corrections.filter { $0.question == slot.number }
    }
  }

  /// Everything that the chunk's rows come to.
  ///
  /// - Parameter earlier: verdicts of an earlier run below which no answer may fall.
  package func grade(
    _ submissions: [SubmissionRecord], notBelow earlier: [ResultRecord] = []
  ) -> Landing {
    let floor = Dictionary(earlier.map { ($0.candidate, $0) }, uniquingKeysWith: { a, _ in a })
    var tallies: [TallyKey: (count: Int, awarded: Points)] = [:]
    let results = submissions.compactMap { submission -> ResultRecord? in
      FaultRow.meet(submission.cells)
      guard let candidate = submission.candidate else { return nil }
      let result = grade(submission, of: candidate).raised(to: floor[candidate])
      for item in 0..<itemCount {
        let key = TallyKey(item: item, outcome: result.outcomes[item])
        tallies[key, default: (0, .zero)].count += 1
        tallies[key, default: (0, .zero)].awarded += Points(
          hundredths: Int(result.awardedEach[item]))
      }
      return result
    }
    let sums = tallies.map {
      ItemTally(
        item: $0.key.item, outcome: $0.key.outcome, count: $0.value.count, awarded: $0.value.awarded
      )
    }
    return Landing(
      results: results, tallies: sums.sorted { ($0.item, $0.outcome) < ($1.item, $1.outcome) })
  }

  private struct TallyKey: Hashable {
    let item: Int
    let outcome: Int16
  }

  /// What a row's answers earn a candidate.
  func points(_ cells: [String], of candidate: CandidateID) -> Points {
    let row = SubmissionRecord(
      line: 0, candidate: candidate, submittedMicroseconds: nil, disposition: .toGrade, reason: nil,
      cells: cells)
    return grade(row, of: candidate).awarded
  }

  func grade(_ submission: SubmissionRecord, of candidate: CandidateID) -> ResultRecord {
    let questions = press.questions(for: candidate)
    var result = ResultRecord(
      candidate: candidate, line: submission.line, awarded: .zero, possible: .zero,
      outcomes: [Int16](repeating: OutcomeCode.notAsked, count: itemCount),
      awardedEach: [Int32](repeating: 0, count: itemCount),
      possibleEach: [Int32](repeating: 0, count: itemCount))
    for (slot, question) in zip(press.slots, questions) {
      let items = itemOfField[slot.number - 1]
      let cell = { (part: PartID) -> String? in
        guard let field = question.parts.first(where: { $0.id == part })?.field,
          let item = items[field]
        else { return nil }
        return layout.answer(to: item, in: submission.cells)
      }
      let corrections = corrections[slot.number - 1]
      let marks = marker.mark(
        question, typed: cell, worth: slot.marks, correcting: corrections)
      for mark in marks {
        guard let item = items[mark.part.field] else { continue }
        var (awarded, possible) = (mark.awarded, mark.possible)
        result.outcomes[item] = code(of: mark.outcome, family: slot.family.id)
        let place = FormItem(question: slot.number, field: mark.part.field)
        if let void = corrections.last(where: { $0.void != nil && $0.isAbout(place) })?.void {
          result.outcomes[item] = OutcomeCode.void
          if void == .uncounted { possible = .zero }
          awarded = possible
        }
        result.awardedEach[item] = Int32(awarded.hundredths)
        result.possibleEach[item] = Int32(possible.hundredths)
        result.awarded += awarded
        result.possible += possible
      }
    }
    return result
  }

  /// One answer of a row, marked by itself; nil where the candidate is not asked it.
  func answer(
    to place: FormItem, in cells: [String], of candidate: CandidateID
  ) -> MarkedAnswer? {
    guard press.slots.indices.contains(place.question - 1) else { return nil }
    let slot = press.slots[place.question - 1]
    let question = press.questions(for: candidate)[place.question - 1]
    let items = itemOfField[slot.number - 1]
    let typed = { (part: PartID) -> String? in
      guard let field = question.parts.first(where: { $0.id == part })?.field,
        let item = items[field]
      else { return nil }
      return layout.answer(to: item, in: cells)
    }
    let mark = marker.mark(
      question, typed: typed, worth: slot.marks, correcting: corrections[slot.number - 1]
    ).first { $0.part.field == place.field }
    guard let mark, let index = question.parts.firstIndex(where: { $0.id == mark.part.id }) else {
      return nil
    }
    return MarkedAnswer(
      typed: typed(mark.part.id) ?? "", mark: mark, question: question, index: index)
  }

  private func code(of outcome: Outcome, family: FamilyID) -> Int16 {
    switch outcome {
    case .correct: OutcomeCode.correct
    case .imprecise: OutcomeCode.imprecise
    case .followThrough: OutcomeCode.followThrough
    case .misconception(let id):
      codes[RunLegend.Mistake(family: family, misconception: id)] ?? OutcomeCode.incorrect
    case .incorrect: OutcomeCode.incorrect
    case .blank: OutcomeCode.blank
    case .unreadable: OutcomeCode.unreadable
    }
  }
}

/// An answer with the question it is to, for whoever judges it by eye.
package struct MarkedAnswer: Sendable {
  package let typed: String
  package let mark: Mark
  package let question: any Question
  /// Which of the question's parts.
  package let index: Int
}

extension ResultRecord {
  /// Of each answer that both have, the verdict that gives more; of equal ones this one. What is
  /// void stays so.
  ///
  /// Both are by one legend: a regrade has the questions and families of the run before it.
  func raised(to earlier: ResultRecord?) -> ResultRecord {
    guard let earlier, earlier.outcomes.count == outcomes.count else { return self }
    var raised = self
    for item in outcomes.indices where earlier.awardedEach[item] > awardedEach[item] {
      guard outcomes[item] != OutcomeCode.void, outcomes[item] != OutcomeCode.notAsked else {
        continue
      }
      raised.outcomes[item] = earlier.outcomes[item]
      raised.awardedEach[item] = earlier.awardedEach[item]
      raised.awarded.hundredths += Int(earlier.awardedEach[item] - awardedEach[item])
    }
    return raised
  }
}
