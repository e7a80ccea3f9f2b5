import ExamModel
import Typesetting

extension PaperSheet.Part {
  /// The option to tick where no other applies; the marking reads it so.
  static let noneOfThese = "None of these"

  /// What can be picked. Where any number can be, one option says "none", be that right or not, so
  /// that it gives nothing away.
  var offered: [String] {
    let isInList = options.contains { $0.lowercased() == Self.noneOfThese.lowercased() }
    return kind == .choices && !options.isEmpty && !isInList
      ? options + [Self.noneOfThese] : options
  }

  /// What can be picked, each with what to write for it on a paper: a letter, or "none".
  var written: [(letter: String, text: String)] {
    options.lettered + offered.dropFirst(options.count).map { (letter: "none", text: $0) }
  }

  /// The right answer as texts that a system which compares letter by letter should take.
  var rightTexts: [String] {
    switch answer {
    case .choice(let text): return [text]
    case .choices(let texts) where !options.isEmpty:
      return texts.isEmpty ? [Self.noneOfThese] : texts
    default:
      let spaced = key.replacingBytes(", ", with: ",")
      return [key, answer.plainText, spaced].reduce(into: []) { texts, text in
        if !texts.contains(text) { texts.append(text) }
      }
    }
  }
}
