extension FormulaTree {
  /// The formula in one line of Unicode, to be read without any typesetting.
  ///
  /// Only digits become small subscripts (`w₀`), since Unicode lacks most letters: `x_b`, `w_d2`.
  /// A superscript is small when all its characters exist (`x²`, `10⁻³`, `Aᵀ`), else `^(…)`; a
  /// power of e is always `exp(…)`, and a mark over more than one letter a word: `hat(xy)`. A
  /// fraction is `a/b` with parentheses round all that is not one symbol or a differential, so that
  /// it reads one way only; so is a root: `√d_k`, `√(a + b)`.
  func plainText() -> String { plain(isCompact: false) }

  /// The formula on lines of its own, with its matrices drawn as rows in brackets.
  func displayedText() -> String {
    let items = if case .row(let items) = self { items } else { [self] }
    let height = items.map(\.matrixHeight).max() ?? 1
    guard height > 1 else { return plainText() }
    let texts = Self.texts(of: items, isCompact: false)
    var lines = [String](repeating: "", count: height)
    for (item, text) in zip(items, texts) {
      let gap = text.prefix { $0 == " " }
      var column = [text]
      if case .matrix(let cells) = item { column = Self.drawn(cells).map { String(gap) + $0 } }
      let width = column.map(\.count).max() ?? 0
      let top = (height - 1) / 2 - (column.count - 1) / 2
      for line in lines.indices {
        let piece = column.indices.contains(line - top) ? column[line - top] : ""
        lines[line] += piece + String(repeating: " ", count: width - piece.count)
      }
    }
    return lines.map { $0.trimmingEnd() }.joined(separator: "\n")
  }

  private var matrixHeight: Int { if case .matrix(let rows) = self { rows.count } else { 1 } }

  private static func drawn(_ cells: [[FormulaTree]]) -> [String] {
    let texts = cells.map { $0.map { $0.plainText() } }
    let widths = (texts.first ?? []).indices.map { column in
      texts.map { $0[column].count }.max() ?? 0
    }
    return texts.map { row in
      let padded = zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
      return "[ \(padded.joined(separator: "  ")) ]"
    }
  }
}

extension FormulaTree {
  private func plain(isCompact: Bool) -> String {
    switch self {
    case .number(let digits): digits
    case .identifier(let name), .text(let name), .function(let name): name
    case .symbol(let symbol): symbol.text
    case .row(let items): Self.texts(of: items, isCompact: isCompact).joined()
    case .fraction(let above, let below):
      above.fractionPart(isCompact) + "/" + below.fractionPart(isCompact)
    case .script(.identifier("e"), below: nil, above: .some(let power)) where isExponential:
      if case .fenced("(", _, ")") = power {
        "exp\(power.plain(isCompact: isCompact))"
      } else {
        "exp(\(power.plain(isCompact: isCompact)))"
      }
    case .script(let base, let below, let above):
      base.scriptBase(isCompact) + (below.map(Self.lowered) ?? "") + (above.map(Self.raised) ?? "")
    case .accent(let accent, let base):
      base.isOneCharacter
        ? base.plain(isCompact: isCompact) + accent.combiningMark
        : accent.rawValue + base.bracketed(isCompact)
    case .root(let inner):
      "√" + (inner.isBare ? inner.plain(isCompact: isCompact) : inner.bracketed(isCompact))
    case .fenced(let open, let inner, let close): open + inner.plain(isCompact: isCompact) + close
    case .matrix(let rows):
      "["
        + rows.map { row in
          "[" + row.map { $0.plain(isCompact: isCompact) }.joined(separator: ", ") + "]"
        }.joined(separator: ", ") + "]"
    }
  }

  /// The text of each item of a row, with the room before it.
  private static func texts(of items: [FormulaTree], isCompact: Bool) -> [String] {
    let joints = joints(of: items)
    return items.indices.map { i in
      let next = i + 1 < items.count ? joints[i + 1] : .tight
      let follows = i > 0 ? items[i - 1] : nil
      var text = items[i].plain(isCompact: isCompact)
      let isApplied = joints[i] == .application
      if case .fraction = items[i],
        joints[i] == .times || next == .times || isApplied || follows?.isDivision == true
          || follows?.isPostfix == true || follows?.isDifferentialSign == true
          || (i + 1 < items.count && (items[i + 1].isDivision || items[i + 1].isPostfix))
      {
        text = "(\(text))"
      }
      let room =
        switch joints[i] {
        case .tight: false
        case .spaced: !isCompact
        case .apart: !isCompact || follows?.isComma != true
        case .application: !text.hasPrefix("(") && !text.hasPrefix("[")
        case .times: items[i - 1].needsRoom(before: items[i])
        }
      return room ? " " + text : text
    }
  }

  /// Whether a product without a sign would be misread if its factors stood close together.
  private func needsRoom(before next: FormulaTree) -> Bool {
    switch (self, next) {
    case (.fenced, .fenced), (.number, .fenced), (.identifier, .fenced), (.script, .fenced),
      (.text, .fenced), (.accent, .fenced), (.number, .root), (.fenced, .identifier):
      false
    case (.fenced, .script): next.isExponential
    case (.number, .identifier(let name)): name.count > 1
    case (.number, .script(.identifier(let name), _, _)): name.count > 1 || next.isExponential
    case (.number, .accent(_, let base)): !base.isOneCharacter
    case (.identifier(let a), .identifier(let b)): a.count > 1 || b.count > 1
    case (.identifier(let a), .script(.identifier(let b), _, _)):
      a.count > 1 || b.count > 1 || next.isExponential
    default: true
    }
  }

  private func fractionPart(_ isCompact: Bool) -> String {
    if case .row(let items) = self, isDifferential {
      return items.map { $0.plain(isCompact: isCompact) }.joined()
    }
    return isOne ? plain(isCompact: isCompact) : bracketed(isCompact)
  }

  private func scriptBase(_ isCompact: Bool) -> String {
    switch self {
    case .text(let words) where !words.isOneWord: bracketed(isCompact)
    case .number, .identifier, .text, .function, .symbol, .fenced, .matrix, .accent:
      plain(isCompact: isCompact)
    default: bracketed(isCompact)
    }
  }

  private func bracketed(_ isCompact: Bool) -> String { "(\(plain(isCompact: isCompact)))" }

  /// One symbol with its index, which a root sign can cover without a doubt.
  private var isBare: Bool {
    switch self {
    case .text(let words): words.isOneWord
    case .number, .identifier, .fenced("(", _, ")"), .script(_, _, above: nil): true
    default: false
    }
  }

  /// What a fraction bar can take without parentheses.
  private var isOne: Bool {
    switch self {
    case .text(let words): words.isOneWord
    case .number, .identifier, .fenced, .script, .accent, .root, .matrix: true
    case .row(let items):
      // A function of something in brackets, such as exp(u).
      items.count == 2 && Self.joints(of: items)[1] == .application
        && { if case .fenced = items[1] { true } else { false } }()
    default: false
    }
  }

  /// dx, ∂L, ∂w₀, d²y: what Leibniz put over and under the bar.
  private var isDifferential: Bool {
    guard case .row(let items) = self, items.count == 2 else { return false }
    switch items[0] {
    case .identifier("d"), .identifier("∂"), .script(.identifier("d"), nil, _),
      .script(.identifier("∂"), nil, _):
      return items[1].isOne
    default: return false
    }
  }

  /// A power of e; what is transposed, starred or primed is a vector or a function of that name.
  private var isExponential: Bool {
    switch self {
    case .script(.identifier("e"), nil, .symbol), .script(.identifier("e"), nil, .identifier("⊤")):
      false
    case .script(.identifier("e"), nil, .some): true
    default: false
    }
  }

  private var isOneCharacter: Bool {
    switch self {
    case .number(let text), .identifier(let text), .text(let text): text.count == 1
    default: false
    }
  }

  private var isDivision: Bool {
    if case .symbol(let sign) = self { sign.role == .slash || sign.text == "÷" } else { false }
  }

  private var isComma: Bool {
    if case .symbol(let sign) = self { sign.role == .punctuation } else { false }
  }

  private var isPostfix: Bool {
    guard case .symbol(let sign) = self else { return false }
    return sign.role == .ordinary && "!%".contains(sign.text)
  }

  private static func lowered(_ script: FormulaTree) -> String {
    let text = script.plain(isCompact: true)
    if let small = text.small(in: loweredDigits) { return small }
    // A small digit or letter within would be read as one of the base.
    let isName = text.allSatisfy {
      ("0"..."9").contains($0) || ($0.isLetter && !raisedLetters.contains($0))
    }
    return isName ? "_\(text)" : "_(\(text))"
  }

  private static func raised(_ script: FormulaTree) -> String {
    let text = script.plain(isCompact: true)
    return text.small(in: raisedCharacters) ?? "^(\(text))"
  }

  private static let loweredDigits = Dictionary(
    uniqueKeysWithValues: zip("0123456789".unicodeScalars, "₀₁₂₃₄₅₆₇₈₉".unicodeScalars))

  private static let raisedCharacters = Dictionary(
    uniqueKeysWithValues: zip(
      "0123456789+−=()abcdefghijklmnoprstuvwxyzT⊤′".unicodeScalars,
      "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᵀ′".unicodeScalars))

  private static let raisedLetters = Set(raisedCharacters.values.map(Character.init))
}

extension String {
  /// The text in small characters; nil where one is missing.
  fileprivate func small(in table: [Unicode.Scalar: Unicode.Scalar]) -> String? {
    var small = ""
    for scalar in unicodeScalars {
      guard let other = table[scalar] else { return nil }
      small.unicodeScalars.append(other)
    }
    return small
  }

  /// Whether it stands as a name, with nothing in it that could be taken for a sign.
  fileprivate var isOneWord: Bool {
    unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "/", "+", "−", "·", " ": false
      case "!"..."~": true
      default: !scalar.properties.isWhitespace
      }
    }
  }
}

extension FormulaTree.Accent {
  /// The combining character that puts the mark on the letter before it.
  var combiningMark: String {
    switch self {
    case .hat: "\u{0302}"
    case .bar: "\u{0304}"
    case .tilde: "\u{0303}"
    }
  }
}
