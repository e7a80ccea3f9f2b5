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
  /// For each slot, the item of each of its family's parts; -1 for those that the form lacks.
  let itemOfPart: [[Int]]
  private let itemCount: Int
  /// For each slot, the outcomes that stand for its family's mistakes.
  private let codes: [[MisconceptionID: Int16]]
  /// Outcomes lie below.
  private let outcomeCount: Int
  /// For each slot, what was found wrong with it since.
  let corrections: [[Correction]]
  /// For each item, whether it is void.
  private let voids: [Correction.Void?]

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
    let formItems = press.formItems
    itemCount = formItems.count
    itemOfPart = press.slots.map { slot in
      slot.family.parts.map { part in
        formItems.firstIndex(of: FormItem(question: slot.number, field: part.field)) ?? -1
      }
    }
    let mistakes = press.legend.mistakes.enumerated()
    codes = press.slots.map { slot in
      let own = mistakes.filter { $1.family == slot.family.id }
      return Dictionary(
        own.map { ($1.misconception, RunLegend.firstMistake + Int16($0)) },
        uniquingKeysWith: { first, _ in first })
    }
    outcomeCount = Int(RunLegend.firstMistake) + press.legend.mistakes.count
    let all = press.blueprint.corrections
    corrections = press.slots.map { slot in all.filter { $0.question == slot.number } }
    voids = formItems.map { item in all.last { $0.void != nil && $0.isAbout(item) }?.void }
  }

  /// Everything that the chunk's rows come to.
  ///
  /// - Parameter earlier: verdicts of an earlier run below which no answer may fall.
  package func grade(
    _ submissions: [SubmissionRecord], notBelow earlier: [ResultRecord] = []
  ) -> Landing {
    let floor = Dictionary(earlier.map { ($0.candidate, $0) }, uniquingKeysWith: { a, _ in a })
    var tallies = [(count: Int, awarded: Int)](
      repeating: (0, 0), count: itemCount * outcomeCount)
    let results = submissions.compactMap { submission -> ResultRecord? in
      FaultRow.meet(submission.cells)
      guard let candidate = submission.candidate else { return nil }
      let result = grade(submission, of: candidate).raised(to: floor[candidate])
      for item in 0..<itemCount {
        let place = item * outcomeCount + Int(result.outcomes[item])
        tallies[place].count += 1
        tallies[place].awarded += Int(result.awardedEach[item])
      }
      return result
    }
    let sums = tallies.enumerated().filter { $1.count > 0 }.map { place, tally in
      ItemTally(
        item: place / outcomeCount, outcome: Int16(place % outcomeCount), count: tally.count,
        awarded: Points(hundredths: tally.awarded))
    }
    return Landing(results: results, tallies: sums)
  }

  /// What a row's answers earn a candidate.
  func points(_ cells: [String], of candidate: CandidateID) -> Points {
    let row = SubmissionRecord(
      line: 0, candidate: candidate, submittedMicroseconds: nil, disposition: .toGrade, reason: nil,
      cells: cells)
    return grade(row, of: candidate).awarded
  }

  func grade(_ submission: SubmissionRecord, of candidate: CandidateID) -> ResultRecord {
    var result = ResultRecord(
      candidate: candidate, line: submission.line, awarded: .zero, possible: .zero,
      outcomes: [Int16](repeating: OutcomeCode.notAsked, count: itemCount),
      awardedEach: [Int32](repeating: 0, count: itemCount),
      possibleEach: [Int32](repeating: 0, count: itemCount))
    for (index, question) in press.questions(for: candidate).enumerated() {
      marker.mark(
        question, typedAt: { typed($0, of: question, in: index, submission.cells) },
        worth: press.slots[index].marks, correcting: corrections[index]
      ) { part, mark in
        let item = itemOfPart[index][part]
        var (awarded, possible) = (mark.awarded, mark.possible)
        result.outcomes[item] = code(of: mark.outcome, in: index)
        if let void = voids[item] {
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
    let index = place.question - 1
    return answers(to: press.questions(for: candidate)[index], in: index, cells)
      .first { $0.mark.part.field == place.field }
  }

  /// Every answer of a row by its place on the form, to the questions of the candidate's paper.
  func answers(
    to questions: [any Question], in cells: [String]
  ) -> [FormItem: MarkedAnswer] {
    var found: [FormItem: MarkedAnswer] = [:]
    for (index, question) in questions.enumerated() {
      for answer in answers(to: question, in: index, cells) {
        found[FormItem(question: index + 1, field: answer.mark.part.field)] = answer
      }
    }
    return found
  }

  private func answers(
    to question: any Question, in slot: Int, _ cells: [String]
  ) -> [MarkedAnswer] {
    marks(of: question, in: slot, cells).map { part, mark in
      let typed = typed(part, of: question, in: slot, cells)
      return MarkedAnswer(typed: typed ?? "", mark: mark, question: question, index: part)
    }
  }

  /// The marks of a row's answers to the question of a slot, each with the index of its part.
  func marks(
    of question: any Question, in slot: Int, _ cells: [String]
  ) -> Zip2Sequence<[Int], [Mark]> {
    let marks = marker.mark(
      question, typedAt: { typed($0, of: question, in: slot, cells) },
      worth: press.slots[slot].marks, correcting: corrections[slot])
    return zip(question.asked, marks)
  }

  /// What was typed for a part of the question of a slot.
  private func typed(
    _ part: Int, of question: any Question, in slot: Int, _ cells: [String]
  ) -> String? {
    layout.answer(to: itemOfPart[slot][part], in: cells) {
      question.asked.map { itemOfPart[slot][$0] }
    }
  }

  private func code(of outcome: Outcome, in slot: Int) -> Int16 {
    switch outcome {
    case .correct: OutcomeCode.correct
    case .imprecise: OutcomeCode.imprecise
    case .followThrough: OutcomeCode.followThrough
    case .misconception(let id):
      codes[slot][id] ?? OutcomeCode.incorrect
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
