import ExamModel

/// What was typed, with the many ways of writing one sign made one.
///
/// Minus signs, spaces, digits of other scripts, superscripts and quotation marks are folded; marks
/// around the whole (`$…$`, quotes, a leading `=`) and a final full stop are dropped.
struct TypedText {
  private(set) var text: String

  init(_ typed: String) {
    text = Self.fold(typed)
    trim()
    var before = ""
    while before != text {
      before = text
      unwrap()
      trim()
    }
  }

  private static func fold(_ typed: String) -> String {
    var out = ""
    var isRaised = false
    for scalar in typed.unicodeScalars {
      if let raised = superscripts[scalar] {
        out += isRaised ? raised : "^(" + raised
        isRaised = true
        continue
      }
      if isRaised { out += ")" }
      isRaised = false
      switch scalar {
      case "\r", "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}": continue
      case "\n": out += "\n"
      case "−", "–", "‐", "‑", "‒", "﹣", "－": out += "-"
      case "×", "✕", "⋅", "·", "∗", "•", "⨯": out += "*"
      case "÷", "∕", "⁄": out += "/"
      case "“", "”", "„", "″": out += "\""
      case "‘", "’", "′": out += "'"
      case "∞": out += "inf"
      case "π": out += "pi"
      case "√": out += "sqrt"
      case "٫": out += "."
      case "½": out += "(1/2)"
      case "¼": out += "(1/4)"
      case "¾": out += "(3/4)"
      case "⅓": out += "(1/3)"
      case "⅔": out += "(2/3)"
      case "⅛": out += "(1/8)"
      case "ᵀ": out += "^T"
      case _ where scalar.properties.isWhitespace: out += " "
      case _ where (0xFF01...0xFF5E).contains(scalar.value):
        out.unicodeScalars.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
      case _ where (0x660...0x669).contains(scalar.value):
        out += String(scalar.value - 0x660)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return isRaised ? out + ")" : out
  }

  private static let superscripts: [Unicode.Scalar: String] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
    "⁹": "9", "⁻": "-",
  ]

  private mutating func trim() {
    while let last = text.last, last.isWhitespace { text.removeLast() }
    while let first = text.first, first.isWhitespace { text.removeFirst() }
  }

  private mutating func unwrap() {
    if text.hasPrefix("'"), text.count > 1, !text.dropFirst().contains("'") { text.removeFirst() }
    if text.hasPrefix("="), !text.hasPrefix("==") { text.removeFirst() }
    for (open, close) in [("\"", "\""), ("'", "'"), ("`", "`"), ("$$", "$$"), ("$", "$")]
    where text.count > open.count + close.count && text.hasPrefix(open) && text.hasSuffix(close) {
      let inner = text.dropFirst(open.count).dropLast(close.count)
      if !inner.contains(open) { text = String(inner) }
    }
    while let last = text.last, ".;,".contains(last), text.count > 1 { text.removeLast() }
  }

  /// Whether nothing was typed, or a way of saying "I don't know".
  func isBlank(for kind: AnswerKind) -> Bool {
    if text.isEmpty { return true }
    // A dash of any length; a full stop is a slip and not an answer left out.
    if text.allSatisfy({ "-—?".contains($0) }) { return true }
    if kind.canBeNone, Self.words(text) == "none" { return false }
    return Self.abstentions.contains(Self.words(text)) && !(kind == .shape && saysUndefined)
  }

  private static let abstentions: Set = [
    "idk", "dk", "i dont know", "dont know", "do not know", "i do not know", "no idea", "not sure",
    "na", "n/a", "none", "skip", "skipped", "pass", "blank", "no answer",
  ]

  /// Whether the text says that there is no such thing: the product that does not exist.
  var saysUndefined: Bool { Self.refusals.contains(Self.words(text)) }

  private static let refusals: Set = [
    "undefined", "not defined", "undef", "does not exist", "doesnt exist", "dne", "not possible",
    "impossible", "invalid", "error", "no product", "it is undefined", "is undefined",
    "cannot be multiplied", "not compatible", "incompatible",
  ]

  var spreadsheetError: String? {
    let marks = ["#REF!", "#NAME?", "#DIV/0!", "#N/A", "#ERROR!", "#VALUE!", "#NUM!"]
    return marks.first { text.uppercased() == $0 } ?? (text.hasPrefix("####") ? "####" : nil)
  }

  /// Small letters, no apostrophes, single spaces.
  private static func words(_ text: String) -> String {
    text.lowercased().filter { $0 != "'" && $0 != "*" }.split { $0.isWhitespace }
      .joined(separator: " ")
  }
}
