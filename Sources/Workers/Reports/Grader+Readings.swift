import ExamModel
import Marking
import PaperPress
import QuestionBank
import ResponseSheets
import Storage

/// One answer of a candidate with the key that it was marked by.
struct KeyedMark: Sendable {
  /// Index into the run's legend.
  let item: Int
  let mark: Mark
  let key: AnswerValue
}

extension Grader {
  /// The keyed marks of several candidates, found on all processors, in their order.
  func keyedMarks(of page: [GradedAnswers]) async -> [[KeyedMark]] {
    let lanes = 4
    let length = (page.count + lanes - 1) / lanes
    return await withTaskGroup(of: (Int, [[KeyedMark]]).self) { group in
      for lane in 0..<lanes {
        let part = page[min(page.count, lane * length)..<min(page.count, (lane + 1) * length)]
        group.addTask { (lane, part.map { keyedMarks($0.cells, of: $0.result.candidate) }) }
      }
      var found = [[[KeyedMark]]](repeating: [], count: lanes)
      for await (lane, marks) in group { found[lane] = marks }
      return found.flatMap { $0 }
    }
  }

  /// Every answer of a row with its key; the paper is computed once for all of them.
  func keyedMarks(_ cells: [String], of candidate: CandidateID) -> [KeyedMark] {
    let questions = press.questions(for: candidate)
    var found: [KeyedMark] = []
    for (slot, question) in zip(press.slots, questions) {
      let items = itemOfField[slot.number - 1]
      let typed = { (part: PartID) -> String? in
        guard let field = question.parts.first(where: { $0.id == part })?.field,
          let item = items[field]
        else { return nil }
        return layout.answer(to: item, in: cells)
      }
      let marks = marker.mark(
        question, typed: typed, worth: slot.marks, correcting: corrections[slot.number - 1])
      for (index, mark) in zip(question.asked.filter { question.key[$0] != nil }, marks) {
        guard let item = items[mark.part.field], let key = question.key[index] else { continue }
        found.append(KeyedMark(item: item, mark: mark, key: key))
      }
    }
    return found
  }
}
