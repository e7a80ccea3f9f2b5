import ExamModel
import Synchronization

/// Readings of texts that no quick way reads, kept for the next candidates who write the same:
/// "idk", "see attached", "= 5".
///
/// What is kept depends on the text and the kind alone, so it serves one form's way of writing
/// decimals, and no answers that name options or quantities of a question.
final class ReadingMemo: Sendable {
  private struct Key: Hashable {
    let typed: String
    let kind: AnswerKind
  }

  private let known = Mutex<[Key: Reading]>([:])
  private static let mostTexts = 1000
  /// Nobody writes the same long text as somebody else.
  private static let mostBytes = 40

  /// The reading kept for a text, or else a new one.
  func reading(of typed: String, as kind: AnswerKind, else read: () -> Reading) -> Reading {
    guard typed.utf8.count <= Self.mostBytes else { return read() }
    let key = Key(typed: typed, kind: kind)
    if let reading = known.withLock({ $0[key] }) { return reading }
    let reading = read()
    known.withLock { if $0.count < Self.mostTexts { $0[key] = reading } }
    return reading
  }
}
