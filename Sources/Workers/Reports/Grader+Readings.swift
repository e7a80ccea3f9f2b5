import ExamModel
import Marking
import PaperPress
import QuestionBank
import ResponseSheets

/// One answer of a candidate with the key that it was marked by.
struct KeyedMark {
  /// Index into the run's legend.
  let item: Int
  let mark: Mark
  let key: AnswerValue
}

extension Grader {
  /// Every answer of a row with its key; the paper is computed once for all of them.
  func keyedMarks(_ cells: [String], of candidate: CandidateID) -> [KeyedMark] {
    let paper = press.paper(for: candidate)
    var found: [KeyedMark] = []
    for (slot, question) in zip(press.slots, paper.questions) {
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
