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
    // Plain letters, digits and signs are what they are.
    if typed.utf8.allSatisfy({ (32...126).contains($0) || $0 == UInt8(ascii: "\n") }) {
      return typed
    }
    var out = ""
    var isRaised = false
    for scalar in typed.unicodeScalars {
      if scalar.value < 128, scalar != "\r", scalar != "\t", scalar.value != 11, scalar.value != 12
      {
        if isRaised { out += ")" }
        isRaised = false
        out.unicodeScalars.append(scalar)
        continue
      }
      if let raised = superscripts[scalar] {
        out += isRaised ? raised : "^(" + raised
        isRaised = true
        continue
      }
      if isRaised { out += ")" }
      isRaised = false
      switch scalar {
      case "\r", "\u{AD}", "\u{200B}"..."\u{200F}", "\u{2060}", "\u{FEFF}": continue
      case "−", "–", "‐", "‑", "‒", "﹣", "－": out += "-"
      case "×", "✕", "✖", "⋅", "·", "∗", "•", "⨯", "∙": out += "*"
      case "÷", "∕", "⁄", "／": out += "/"
      case "“", "”", "„", "″", "«", "»": out += "\""
      case "‘", "’", "′", "‚", "‵": out += "'"
      case "⟨", "〈": out += "<"
      case "⟩", "〉": out += ">"
      case "∞": out += "inf"
      case "π", "𝜋": out += "pi"
      case "√": out += "sqrt"
      case "٫": out += "."
      case "ᵀ", "⊤": out += "^T"
      case _ where scalar.properties.isWhitespace: out += " "
      case _ where (0xFF01...0xFF5E).contains(scalar.value):
        out.unicodeScalars.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
      case _ where scalar.properties.numericType == .decimal:
        out += String(Int(scalar.properties.numericValue ?? 0))
      default: out.unicodeScalars.append(scalar)
      }
    }
    return isRaised ? out + ")" : out
  }

  private static let superscripts: [Unicode.Scalar: String] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
    "⁹": "9", "⁻": "-", "⁺": "+",
  ]

  private mutating func trim() {
    let isSpaced = { (byte: UInt8?) in byte.map { $0 <= 32 || $0 >= 128 } ?? false }
    guard isSpaced(text.utf8.first) || isSpaced(text.utf8.last) else { return }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    if text.first?.isWhitespace == true { text = String(text.drop(while: \.isWhitespace)) }
  }

  private mutating func unwrap() {
    // Most texts have nothing around them.
    guard let first = text.utf8.first, let last = text.utf8.last,
      Self.wrappers.contains(first) || Self.wrappers.contains(last)
    else { return }
    if text.hasPrefix("'"), text.count > 1, !text.dropFirst().contains("'") { text.removeFirst() }
    if text.hasPrefix("="), !text.hasPrefix("==") { text.removeFirst() }
    for (open, close) in [
      ("\"", "\""), ("'", "'"), ("`", "`"), ("$$", "$$"), ("$", "$"), ("\\(", "\\)"),
      ("\\[", "\\]"),
    ] where text.count > open.count + close.count && text.hasPrefix(open) && text.hasSuffix(close) {
      let inner = text.dropFirst(open.count).dropLast(close.count)
      if !inner.contains(open) { text = String(inner) }
    }
    // One stray stop or comma; several are a sign of something else, such as three dots.
    if let last = text.last, ".;,".contains(last), text.count > 1,
      text.dropLast().last.map({ !".;,".contains($0) }) == true
    {
      text.removeLast()
    }
  }

  private static let wrappers = Array("'=\"`$\\.;,)]".utf8)

  /// Whether nothing was typed, or a way of saying "I don't know".
  func isBlank(for kind: AnswerKind) -> Bool {
    if text.isEmpty { return true }
    // No abstention has a figure in it.
    if text.utf8.contains(where: { (48...57).contains($0) }) { return false }
    // A dash of any length; a full stop is a slip and not an answer left out.
    if text.allSatisfy({ "-—?_".contains($0) }) { return true }
    let words = Self.words(text)
    if kind.canBeNone, words == "none" { return false }
    return Self.abstentions.contains(words) && !(kind == .shape && saysUndefined)
  }

  private static let abstentions: Set = [
    "idk", "dk", "dunno", "i dont know", "dont know", "do not know", "i do not know", "no idea",
    "i have no idea", "not sure", "im not sure", "i am not sure", "unsure", "na", "n/a", "n.a",
    "none", "skip", "skipped", "pass", "blank", "no answer", "i dont know this",
    "i dont remember", "cant remember", "no clue", "?", "unknown", "left blank", "empty",
    "weiß nicht", "weiss nicht", "keine ahnung", "ich weiß nicht", "ich weiss nicht",
    "no se", "no sé", "je ne sais pas", "не знаю",
  ]

  /// Whether the text says that there is no such thing: the product that does not exist.
  var saysUndefined: Bool {
    // No refusal has a figure in it.
    !text.utf8.contains { (48...57).contains($0) } && Self.refusals.contains(Self.words(text))
  }

  private static let refusals: Set = [
    "undefined", "not defined", "undef", "does not exist", "doesnt exist", "dne", "not possible",
    "impossible", "invalid", "error", "no product", "it is undefined", "is undefined",
    "cannot be multiplied", "not compatible", "incompatible", "it does not exist",
    "it doesnt exist", "not conformable", "dimension mismatch", "shape mismatch", "mismatch",
    "cannot multiply", "cant multiply", "no such product", "not multipliable",
  ]

  var spreadsheetError: String? {
    guard text.utf8.first == UInt8(ascii: "#") else { return nil }
    let marks = ["#REF!", "#NAME?", "#DIV/0!", "#N/A", "#ERROR!", "#VALUE!", "#NUM!", "#NULL!"]
    return marks.first { text.uppercased() == $0 } ?? (text.hasPrefix("####") ? "####" : nil)
  }

  /// Small letters, no apostrophes, single spaces.
  private static func words(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "*"): continue
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
      case UInt8(ascii: " "), 9...13: if let last = bytes.last, last != 32 { bytes.append(32) }
      case 128...: return wordsOfAnyScript(text)
      default: bytes.append(byte)
      }
    }
    if bytes.last == 32 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func wordsOfAnyScript(_ text: String) -> String {
    text.lowercased().filter { $0 != "'" && $0 != "*" }.split { $0.isWhitespace }
      .joined(separator: " ")
  }
}
