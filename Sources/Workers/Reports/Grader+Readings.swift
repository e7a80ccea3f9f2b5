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
    var found: [KeyedMark] = []
    for (index, question) in press.questions(for: candidate).enumerated() {
      for (part, mark) in marks(of: question, in: index, cells) {
        guard let key = question.key[part] else { continue }
        found.append(KeyedMark(item: itemOfPart[index][part], mark: mark, key: key))
      }
    }
    return found
  }
}
