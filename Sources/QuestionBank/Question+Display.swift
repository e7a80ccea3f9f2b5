package import ExamModel
package import Typesetting

extension Prompt {
  /// What a part is asked for in words.
  package func text(of part: PartID) -> Prose? { parts.first { $0.part == part }?.text }
}

extension Question {
  /// The key of a part as a candidate would write it.
  package func display(_ index: Int) -> String {
    guard let key = key[index] else { return "" }
    let options = options[parts[index].id] ?? []
    switch key {
    case .choice(let text): return options.labelled(text)
    case .expression(let text): return (try? ExpressionScope(names).read(text)) ?? text
    case .choices(let texts) where !texts.isEmpty:
      return options.filter(texts.contains).map(options.labelled).joined(separator: ", ")
    case .ordering(let items) where !options.isEmpty:
      let letters = items.map { item in options.lettered.first { $0.text == item }?.letter ?? item }
      return letters.joined(separator: ", ")
    default: break
    }
    return key.written(to: parts[index].tolerance)
  }
}

extension Part {
  /// How near an answer must be, in words.
  package var accepted: String {
    switch kind {
    case .expression: "or any form of it"
    case .choice, .choices, .ordering, .text, .shape: ""
    default: tolerance.words
    }
  }
}
