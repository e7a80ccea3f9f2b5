extension Formula {
  /// The formula in plain Unicode text that cannot be misread.
  ///
  /// Digits below and above the line are Unicode's (w₀, x²); letters below stand behind an underscore
  /// (x_b), since Unicode has only some of them. A fraction's halves are in parentheses unless each
  /// is one thing; a matrix is written as its rows.
  package func plainText() -> String {
    switch self {
    case .number(let text), .symbol(let text), .name(let text): text
    case .sign(let sign): sign
    case .row(let items): Self.joined(items)
    case .fraction(let a, let b): a.textInFraction + "/" + b.textInFraction
    case .subscripted(let base, let script): base.textAsBase + Self.lowered(script)
    case .raised(let base, let script): base.textAsBase + Self.lifted(script)
    case .root(let inside): inside.isAtomic ? "√" + inside.plainText() : "√(\(inside.plainText()))"
    case .fenced(let open, let inside, let close): open + inside.plainText() + close
    case .matrix(let rows):
      "["
        + rows.map { row in "[" + row.map { $0.plainText() }.joined(separator: ", ") + "]" }
        .joined(separator: ", ") + "]"
    }
  }

  /// One thing to the eye: nothing in it could be torn apart by what stands beside it.
  private var isAtomic: Bool {
    switch self {
    case .number, .symbol, .name, .subscripted, .raised, .root, .fenced, .matrix: true
    case .sign, .fraction: false
    // ∂L and ∂w₀ are read as one.
    case .row(let items): items.count == 2 && items[0] == .symbol("∂") && items[1].isAtomic
    }
  }

  private var textInFraction: String { isAtomic ? plainText() : "(\(plainText()))" }

  private var textAsBase: String {
    switch self {
    case .row, .fraction: "(\(plainText()))"
    default: plainText()
    }
  }

  private static func lowered(_ script: Formula) -> String {
    let text = script.plainText()
    if text.allSatisfy({ $0.isASCII && $0.isNumber }) {
      return String(text.map { Character(Unicode.Scalar(0x2080 + UInt32($0.wholeNumberValue ?? 0)) ?? "?") })
    }
    let compact = text.filter { $0 != " " }
    return compact.allSatisfy { $0.isLetter || $0.isNumber } ? "_" + compact : "_(\(text))"
  }

  private static func lifted(_ script: Formula) -> String {
    let text = script.plainText()
    let raised: [Character: Character] = [
      "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
      "9": "⁹", "−": "⁻", "⊤": "ᵀ", "T": "ᵀ",
    ]
    let lifted = text.compactMap { raised[$0] }
    if lifted.count == text.count { return String(lifted) }
    return script.isAtomic && text.count == 1 ? "^" + text : "^(\(text))"
  }

  // MARK: Rows

  private static func joined(_ items: [Formula]) -> String {
    var out = ""
    for (index, item) in items.enumerated() {
      if index > 0, hasSpace(before: index, in: items) { out += " " }
      out += item.plainText()
    }
    return out
  }

  private static func hasSpace(before index: Int, in items: [Formula]) -> Bool {
    let (before, item) = (items[index - 1], items[index])
    if case .sign(let sign) = item { return ![",", ";", "′"].contains(sign) }
    switch before {
    case .sign: return !isPrefix(at: index - 1, in: items)
    case .name, .symbol:
      if before == .symbol("∂") { return false }
      if case .fenced = item { return false }
      return true
    default: return true
    }
  }

  /// Whether the sign at `index` has nothing before it to be between: the minus of −3.
  static func isPrefix(at index: Int, in items: [Formula]) -> Bool {
    guard case .sign(let sign) = items[index], sign == "−" || sign == "+" else { return false }
    guard index > 0, case .sign(let before) = items[index - 1] else { return index == 0 }
    return before != "′"
  }
}
