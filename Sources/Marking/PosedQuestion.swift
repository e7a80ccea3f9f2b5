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
  private(set) var readings: [Reading?]
  /// What is known of these readings; nil where nobody asked yet.
  private var standings: [Standing?]

  init(_ question: any Question, correcting corrections: [Correction]) {
    self.question = question
    parts =
      corrections.isEmpty ? question.parts : question.parts.map { $0.corrected(by: corrections) }
    asked = question.asked
    key = question.key.values
    mistakes = question.mistakes
    readings = parts.map { _ in nil }
    standings = parts.map { _ in nil }
  }

  /// What an answer is to the parts that rest on it.
  enum Standing {
    /// Nothing to carry: it is the key itself, or no readable answer like the key.
    case none
    /// Right, and not the key itself.
    case rounded
    case wrong
  }

  func read(_ index: Int, as reading: Reading) { readings[index] = reading }

  /// What a part's answer, read before, is to the parts that rest on it.
  func standing(_ index: Int) -> Standing {
    if let known = standings[index] { return known }
    let standing = judgeStanding(index)
    standings[index] = standing
    return standing
  }

  private func judgeStanding(_ index: Int) -> Standing {
    guard case .value(let value, _)? = readings[index], let key = key[index],
      value.hasSameLayout(as: key), !value.allPairs(with: key, ==), value.allEntries(\.isFinite)
    else { return .none }
    return Acceptance.accepts(value, key: key, tolerance: parts[index].tolerance)
      ? .rounded : .wrong
  }

  /// What an answer to a part is read as.
  func kind(_ index: Int) -> AnswerKind { key[index]?.kind ?? parts[index].kind }
}
