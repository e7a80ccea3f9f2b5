/// Bytes to tokens: plain, Python, Unicode and LaTeX spellings of one thing become one token.
struct ExpressionLexer {
  let vocabulary: ExpressionVocabulary
  let bytes: [UInt8]
  var position = 0
  var end: Int
  var tokens: [ExpressionToken] = []

  init(_ typed: String, _ vocabulary: ExpressionVocabulary) throws(ExpressionError) {
    self.vocabulary = vocabulary
    bytes = Array(typed.utf8)
    end = bytes.count
    tokens.reserveCapacity(bytes.count / 2 + 4)
    trim()
    try skipLabel()
    while position < end { try next() }
  }

  // MARK: What stands around an expression

  mutating func trim() {
    while position < end {
      let last = bytes[end - 1]
      guard last <= 32 || ".,;".utf8.contains(last) else { break }
      end -= 1
    }
    while position < end, bytes[position] <= 32 { position += 1 }
    let quotes = "\"'`"
    if end - position > 1, bytes[position] == bytes[end - 1], quotes.utf8.contains(bytes[position])
    {
      position += 1
      end -= 1
    }
  }

  /// Skips `dL/dw =` or `f(x) =`; an equation of two expressions is none.
  mutating func skipLabel() throws(ExpressionError) {
    guard
      let equals = (position..<end).last(where: {
        bytes[$0] == UInt8(ascii: "=") && ($0 == position || !"<>!=".utf8.contains(bytes[$0 - 1]))
          && ($0 + 1 == end || bytes[$0 + 1] != UInt8(ascii: "="))
      })
    else { return }
    let label = bytes[position..<equals]
    let hasLetter = label.contains { $0 >= 0x80 || ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 }
    let isBlank = label.allSatisfy { $0 <= 32 }
    guard !String(decoding: label, as: UTF8.self).contains(" or ") else {
      throw ExpressionError(reason: "there is more than one answer")
    }
    // Of three bytes: the minus sign.
    let hasMinus = label.indices.contains {
      label[$0] == 0xE2 && label[$0...].starts(with: "−".utf8)
    }
    guard isBlank || hasLetter, !hasMinus, !label.contains(where: { "+-*^,<>;".utf8.contains($0) })
    else {
      throw ExpressionError(reason: "an equation stands where an expression was asked for")
    }
    position = equals + 1
  }

  // MARK: One token

  mutating func next() throws(ExpressionError) {
    let byte = bytes[position]
    switch byte {
    case 0...32, UInt8(ascii: "$"), UInt8(ascii: "`"): position += 1
    case UInt8(ascii: "*"):
      position += 1
      if position < end, bytes[position] == byte {
        position += 1
        tokens.append(.sign("^"))
      } else {
        tokens.append(.sign(byte))
      }
    case UInt8(ascii: "<"), UInt8(ascii: ">"):
      position += 1
      if position < end, bytes[position] == UInt8(ascii: "=") {
        position += 1
        tokens.append(.sign(byte == UInt8(ascii: "<") ? "l" : "g"))
      } else {
        tokens.append(.sign(byte))
      }
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "^"),
      UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"), UInt8(ascii: ","):
      position += 1
      tokens.append(.sign(byte))
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): tokens.append(try number())
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      try word()
    case UInt8(ascii: "\\"): try command()
    case 0x80...: try sign(beyondASCII: scalar())
    default: throw Self.strange(String(UnicodeScalar(byte)))
    }
  }

  static func strange(_ sign: String) -> ExpressionError {
    ExpressionError(reason: "\"\(sign)\" has no meaning here")
  }

  func peek(_ scalar: Unicode.Scalar) -> Bool {
    position < end && bytes[position] == UInt8(ascii: scalar)
  }

  /// The scalar here and how many bytes it takes; text from a `String` is valid UTF-8.
  func scalar() -> (scalar: Unicode.Scalar, length: Int) {
    let first = bytes[position]
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for byte in bytes[(position + 1)..<min(position + length, bytes.count)] {
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  mutating func sign(
    beyondASCII here: (scalar: Unicode.Scalar, length: Int)
  ) throws(ExpressionError) {
    let (scalar, length) = here
    switch scalar {
    case _
    where ExpressionLetters.greek[scalar] != nil || ExpressionLetters.marked[scalar] != nil
      || scalar == "∇":
      return try word()
    case _ where ExpressionLetters.raised[scalar] != nil: return try superscript()
    default: position += length
    }
    switch scalar {
    case "−", "–", "‐", "‑", "‒", "﹣", "－": tokens.append(.sign("-"))
    case "＋": tokens.append(.sign("+"))
    case "×", "✕", "⋅", "·", "∙", "∗", "•", "＊", "⨯": tokens.append(.sign("*"))
    case "÷", "∕", "⁄", "／": tokens.append(.sign("/"))
    case "ˆ", "＾": tokens.append(.sign("^"))
    case "（": tokens.append(.sign("("))
    case "）": tokens.append(.sign(")"))
    case "［": tokens.append(.sign("["))
    case "］": tokens.append(.sign("]"))
    case "｛": tokens.append(.sign("{"))
    case "｝": tokens.append(.sign("}"))
    case "｜", "∣": tokens.append(.sign("|"))
    case "，": tokens.append(.sign(","))
    case "≤", "⩽": tokens.append(.sign("l"))
    case "≥", "⩾": tokens.append(.sign("g"))
    case "＜": tokens.append(.sign("<"))
    case "＞": tokens.append(.sign(">"))
    case "√": tokens.append(.function(.sqrt))
    case "𝟙", "𝟏": tokens.append(.many(.indicator))
    case "½": tokens.append(.number(Rational(1, 2)))
    case "¼": tokens.append(.number(Rational(1, 4)))
    case "¾": tokens.append(.number(Rational(3, 4)))
    case "⅓": tokens.append(.number(Rational(1, 3)))
    case "⅔": tokens.append(.number(Rational(2, 3)))
    case "⅛": tokens.append(.number(Rational(1, 8)))
    case "‖": throw ExpressionError(reason: "a norm is not read here")
    case "±", "∓": throw ExpressionError(reason: "\(scalar) gives two answers")
    case "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{2061}", "\u{2062}", "\u{FEFF}": break
    case _ where scalar.properties.isWhitespace: break
    case _ where (0xFF01...0xFF5E).contains(scalar.value):
      throw ExpressionError(reason: "\"\(scalar)\" is a wide letter; type a plain one")
    default: throw Self.strange(String(scalar))
    }
  }

  /// A run of raised signs is a power in brackets.
  mutating func superscript() throws(ExpressionError) {
    tokens.append(.sign("^"))
    tokens.append(.sign("("))
    var digits = 0
    var hasDigits = false
    func flush(_ tokens: inout [ExpressionToken]) {
      if hasDigits { tokens.append(.number(Rational(digits))) }
      (digits, hasDigits) = (0, false)
    }
    while position < end, bytes[position] >= 0x80 {
      let (scalar, length) = scalar()
      guard let plain = ExpressionLetters.raised[scalar] else { break }
      position += length
      switch plain {
      case "0"..."9":
        guard digits < 1_000_000 else { throw ExpressionError(reason: "a power is too large") }
        digits = digits * 10 + Int(plain.value - 48)
        hasDigits = true
      case "-", "+", "(", ")":
        flush(&tokens)
        tokens.append(.sign(plain))
      default:
        flush(&tokens)
        guard let token = vocabulary.token(String(plain)) else { throw unknown(String(plain)) }
        tokens.append(token)
      }
    }
    flush(&tokens)
    tokens.append(.sign(")"))
  }

  // MARK: Numbers

  mutating func number() throws(ExpressionError) -> ExpressionToken {
    let start = position
    var digits = 0
    var places: Int?
    var fits = true
    while position < end {
      let byte = bytes[position]
      if byte == UInt8(ascii: "."), places == nil {
        places = 0
      } else if byte >= 48, byte <= 57 {
        let (tens, a) = digits.multipliedReportingOverflow(by: 10)
        let (sum, b) = tens.addingReportingOverflow(Int(byte - 48))
        fits = fits && !a && !b
        digits = sum
        if let count = places { places = count + 1 }
      } else {
        break
      }
      position += 1
    }
    var exponent = -(places ?? 0)
    if let (power, length) = scientificExponent() {
      exponent += power
      position += length
    }
    guard fits, position - start > (places == nil ? 0 : 1), !peek("."),
      let ten = Rational(10).raised(to: exponent), let value = Rational(digits).multiplied(by: ten)
    else {
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      throw ExpressionError(reason: "\"\(text)\" is no number of at most 18 digits")
    }
    return .number(value)
  }

  /// The `e-3` of 2.5e-3.
  func scientificExponent() -> (power: Int, length: Int)? {
    guard position < end, bytes[position] | 0x20 == UInt8(ascii: "e") else { return nil }
    var index = position + 1
    var isNegative = false
    if index < end, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    let first = index
    var power = 0
    while index < end, bytes[index] >= 48, bytes[index] <= 57, power < 100 {
      power = power * 10 + Int(bytes[index] - 48)
      index += 1
    }
    guard index > first, index == end || !Self.isASCIILetter(bytes[index]) else { return nil }
    return (isNegative ? -power : power, index - position)
  }

  static func isASCIILetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 97 && (byte | 0x20) <= 122
  }

  func unknown(_ word: String) -> ExpressionError {
    ExpressionError(
      reason: "\"\(word)\" is none of the names \(vocabulary.names.joined(separator: ", "))")
  }
}
