/// Commands of LaTeX as signs, names and functions.
extension ExpressionLexer {
  mutating func command() throws(ExpressionError) {
    position += 1
    guard position < end else { throw Self.strange("\\") }
    guard Self.isASCIILetter(bytes[position]) else {
      let sign = bytes[position]
      position += 1
      switch sign {
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"): tokens.append(.sign(sign))
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "!"), UInt8(ascii: ":"),
        UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
        UInt8(ascii: "]"):
        break
      default: throw Self.strange("\\\(UnicodeScalar(sign))")
      }
      return
    }
    let start = position
    while position < end, Self.isASCIILetter(bytes[position]) { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    switch name {
    case "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "quad", "qquad", "limits",
      "displaystyle", "mathop":
      break
    case "cdot", "times", "ast", "bullet": tokens.append(.sign("*"))
    case "div": tokens.append(.sign("/"))
    case "le", "leq": tokens.append(.sign("l"))
    case "ge", "geq": tokens.append(.sign("g"))
    case "lt": tokens.append(.sign("<"))
    case "gt": tokens.append(.sign(">"))
    case "vert", "lvert", "rvert", "mid": tokens.append(.sign("|"))
    case "lbrace": tokens.append(.sign("{"))
    case "rbrace": tokens.append(.sign("}"))
    case "frac", "dfrac", "tfrac", "cfrac":
      tokens.append(.fraction)
      // \frac12 is a half.
      for _ in 0..<2 {
        while peek(" ") { position += 1 }
        guard position < end, bytes[position] >= 48, bytes[position] <= 57 else { break }
        tokens.append(.number(Rational(Int(bytes[position] - 48))))
        position += 1
      }
    case "sqrt":
      while peek(" ") { position += 1 }
      tokens.append(peek("[") ? .root : .function(.sqrt))
    case "text", "mathrm", "operatorname", "mathit", "mathbf", "boldsymbol", "textrm", "mathsf",
      "mathbb", "bm", "textit":
      if peek("*") { position += 1 }
      let inner = try group()
      if inner == "1" { return tokens.append(.many(.indicator)) }
      var word = Self.plainName(inner)
      try readIndex(into: &word)
      if !word.isEmpty { try append(word, since: start) }
    case "hat", "widehat", "bar", "overline", "tilde", "widetilde":
      let mark = name.hasSuffix("hat") ? "hat" : name.hasSuffix("tilde") ? "tilde" : "bar"
      var word = Self.plainName(try group()) + mark
      try readIndex(into: &word)
      try append(word, since: start)
    case "nabla":
      while peek("_") || peek(" ") { position += 1 }
      guard position < end, Self.isASCIILetter(bytes[position]) else {
        throw Self.strange("\\nabla")
      }
      try append("grad" + spelledWord(), since: start)
    default:
      var word = name.hasPrefix("var") && name.count > 3 ? String(name.dropFirst(3)) : name
      guard vocabulary.token(word) != nil || ExpressionLetters.greek.values.contains(word) else {
        throw Self.strange("\\\(name)")
      }
      try readIndex(into: &word)
      try append(word, since: start)
    }
  }

  /// The text of `{…}`, or the one sign that stands in its place.
  mutating func group() throws(ExpressionError) -> String {
    while peek(" ") { position += 1 }
    guard peek("{") else {
      guard position < end, Self.isWordByte(bytes[position]) else {
        throw ExpressionError(reason: "a command of LaTeX stands before nothing")
      }
      position += 1
      return String(UnicodeScalar(bytes[position - 1]))
    }
    guard let close = bytes[position..<end].firstIndex(of: UInt8(ascii: "}")) else {
      throw ExpressionError(reason: "a brace is never closed")
    }
    defer { position = close + 1 }
    return String(decoding: bytes[(position + 1)..<close], as: UTF8.self)
  }
}
