import ExamModel
import Typesetting

extension Prompt {
  /// The prompt with how near each asked number must be said in it, so that nobody has to guess.
  ///
  /// Families say it in their own words, to the decimals of their own parts. Where a blueprint asks
  /// for others, the words follow; where a part is silent, its rule is put behind it.
  func stating(_ parts: [Part], asked: [Int], usual: [Part]) -> Prompt {
    var prompt = self
    let decimals = zip(parts, usual).lazy.compactMap { mine, family -> Int? in
      guard case .decimals(let places) = mine.tolerance, mine.tolerance != family.tolerance else {
        return nil
      }
      return places
    }.first
    if let decimals { prompt = prompt.restated(to: decimals) }
    let stem = prompt.stem.blocks.map { block in
      if case .paragraph(let prose) = block { prose.words } else { "" }
    }
    let silent = asked.map { parts[$0] }.filter { part in
      let own = prompt.parts.first { $0.part == part.id }?.text.words ?? ""
      return part.tolerance != .exact
        && !(stem + [own]).contains { part.tolerance.isSaid(in: $0) }
    }
    return Prompt(
      prompt.stem,
      prompt.parts.map { line in
        guard let part = silent.first(where: { $0.id == line.part }) else { return line }
        return PartPrompt(line.part, line.text + Prose(verbatim: " (\(part.tolerance.words))"))
      })
  }

  private func restated(to decimals: Int) -> Prompt {
    Prompt(
      Document(
        blocks: stem.blocks.map { block in
          if case .paragraph(let prose) = block {
            .paragraph(prose.restated(to: decimals))
          } else {
            block
          }
        }),
      parts.map { PartPrompt($0.part, $0.text.restated(to: decimals)) })
  }
}

extension Tolerance {
  /// Whether a text says the rule, in one of the ways in which families say it.
  fileprivate func isSaid(in text: String) -> Bool {
    switch self {
    case .decimals(let places):
      text.contains("\(places) decimal") || text.contains("\(places) place")
    default: text.contains(words)
    }
  }
}

extension Prose {
  /// The text without formulas and code.
  fileprivate var words: String {
    pieces.map { if case .text(let text) = $0 { text } else { " " } }.joined()
      .split { $0.isWhitespace }.joined(separator: " ")
  }

  fileprivate func restated(to decimals: Int) -> Prose {
    Prose(
      pieces: pieces.map { piece in
        if case .text(let text) = piece { .text(Self.restated(text, to: decimals)) } else { piece }
      })
  }

  /// `3 decimals` and `3 places` with another number.
  private static func restated(_ text: String, to decimals: Int) -> String {
    var out = ""
    var rest = text[...]
    while let first = rest.first {
      let digits = rest.prefix(while: \.isNumber)
      let gap = rest.dropFirst(digits.count).prefix(while: \.isWhitespace)
      let after = rest.dropFirst(digits.count + gap.count)
      let noun = ["decimal", "place"].first { after.hasPrefix($0) }
      guard let noun, !digits.isEmpty, !gap.isEmpty else {
        out.append(first)
        rest.removeFirst()
        continue
      }
      rest = after.dropFirst(noun.count)
      if rest.first == "s" { rest.removeFirst() }
      out += "\(decimals)\(gap)\(noun)\(decimals == 1 ? "" : "s")"
    }
    return out
  }
}
