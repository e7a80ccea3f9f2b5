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
    lazy var stem = prompt.stem.blocks.map { block -> [UInt8] in
      if case .paragraph(let prose) = block { prose.words } else { [] }
    }
    var saidInStem: Tolerance?
    var silent: [Part] = []
    for part in asked.map({ parts[$0] }) where ![.exact, saidInStem].contains(part.tolerance) {
      if stem.contains(where: part.tolerance.isSaid) {
        saidInStem = part.tolerance
      } else if let own = prompt.parts.first(where: { $0.part == part.id }),
        part.tolerance.isSaid(in: own.text.words)
      {
        continue
      } else {
        silent.append(part)
      }
    }
    if silent.isEmpty { return prompt }
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
  /// Whether words say the rule, in one of the ways in which families say it.
  fileprivate func isSaid(in text: [UInt8]) -> Bool {
    switch self {
    case .decimals(let places):
      text.hold("\(places) decimal") || text.hold("\(places) place")
    default: text.hold(words)
    }
  }
}

extension [UInt8] {
  /// Whether a text stands somewhere in this one.
  fileprivate func hold(_ text: String) -> Bool {
    let text = Array(text.utf8)
    guard count >= text.count else { return false }
    return (0...(count - text.count)).contains { start in
      self[start] == text[0] && self[start..<(start + text.count)].elementsEqual(text)
    }
  }
}

extension Prose {
  /// The text without formulas and code, in UTF-8, with one space between words.
  fileprivate var words: [UInt8] {
    var words: [UInt8] = []
    func space() { if words.last != 0x20 { words.append(0x20) } }
    for piece in pieces {
      guard case .text(let text) = piece else {
        space()
        continue
      }
      for byte in text.utf8 {
        if byte == 0x20 || byte == 0x0A { space() } else { words.append(byte) }
      }
    }
    return words
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
