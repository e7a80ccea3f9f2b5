import ExamModel
import QuestionBank

/// A question while its parts are marked one after another, taken apart once.
final class PosedQuestion {
  let question: any Question
  /// With the tolerances that corrections give them.
  let parts: [Part]
  let asked: [Int]
  let key: [AnswerValue?]
  let mistakes: [Mistake]
  /// What was read so far, for each part.
  var readings: [Reading?]

  init(_ question: any Question, correcting corrections: [Correction]) {
    self.question = question
    parts =
      corrections.isEmpty ? question.parts : question.parts.map { $0.corrected(by: corrections) }
    asked = question.asked
    key = question.key.values
    mistakes = question.mistakes
    readings = parts.map { _ in nil }
  }

  /// What an answer to a part is read as.
  func kind(_ index: Int) -> AnswerKind { key[index]?.kind ?? parts[index].kind }
}
