/// Names and functions in all their spellings.
extension ExpressionLexer {
  /// Reads a name or a function, with whatever index hangs on it.
  mutating func word() throws(ExpressionError) {
    let start = position
    while position < end, Self.isWordByte(bytes[position]) { position += 1 }
    // Most words are plain letters and digits and end here.
    if position > start, position == end || Self.endsWord(bytes[position]) {
      let word = String(decoding: bytes[start..<position], as: UTF8.self)
      if let token = vocabulary.token(word) { return tokens.append(token) }
    }
    position = start
    try append(spelledWord(), since: start)
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    isASCIILetter(byte) || (byte >= 48 && byte <= 57)
  }

  static func endsWord(_ byte: UInt8) -> Bool {
    byte < 0x80 && !isWordByte(byte) && !"_[.'".utf8.contains(byte)
  }

  /// A word without its underscores, indices lowered and marks spelled out: `yhat`, `x0`, `gradL`.
  mutating func spelledWord() throws(ExpressionError) -> String {
    var word = ""
    let first: Unicode.Scalar
    if bytes[position] < 0x80 {
      let start = position
      while position < end, Self.isWordByte(bytes[position]) || bytes[position] == 0x5F {
        // An index in braces follows.
        if bytes[position] == 0x5F, position + 1 < end, !Self.isWordByte(bytes[position + 1]) {
          break
        }
        position += 1
      }
      word = String(decoding: bytes[start..<position].filter { $0 != 0x5F }, as: UTF8.self)
    } else {
      let here = scalar()
      first = here.scalar
      position += here.length
      if first == "∇" {
        while peek("_") || peek(" ") { position += 1 }
        guard position < end, Self.isASCIILetter(bytes[position]) else {
          throw ExpressionError(reason: "∇ stands before no name")
        }
        return "grad" + (try spelledWord())
      }
      word = ExpressionLetters.greek[first] ?? ExpressionLetters.marked[first] ?? ""
    }
    try readIndex(into: &word)
    return word
  }

  /// Digits, `_{…}`, `_x`, lowered digits, combining marks and `[0]` behind a word.
  mutating func readIndex(into word: inout String) throws(ExpressionError) {
    while position < end {
      let byte = bytes[position]
      if byte >= 0x80 {
        let (scalar, length) = scalar()
        if (0x2080...0x2089).contains(scalar.value) {
          word += String(scalar.value - 0x2080)
        } else if let index = ExpressionLetters.lowered[scalar] {
          word += index
        } else if let mark = ExpressionLetters.combining[scalar] {
          word += mark
        } else {
          return
        }
        position += length
      } else if byte >= 48, byte <= 57,
        word.utf8.last.map({ $0 >= 48 && $0 <= 57 || $0 >= 97 }) == true,
        position > 0, bytes[position - 1] >= 0x80
      {
        word.unicodeScalars.append(Unicode.Scalar(byte))
        position += 1
      } else if byte == 0x5F {
        position += 1
        try readSubscript(into: &word)
      } else if byte == UInt8(ascii: "["), position + 2 < end {
        guard let close = bytes[position..<end].firstIndex(of: UInt8(ascii: "]")),
          bytes[(position + 1)..<close].allSatisfy({ $0 >= 48 && $0 <= 57 }), close > position + 1
        else {
          // A name with brackets behind it is an element or a product, but max[0, x] is neither.
          if vocabulary.isName(word[...]) {
            throw ExpressionError(
              reason: "an index stands behind \(word); put a sign * or a number")
          }
          return
        }
        word += String(decoding: bytes[(position + 1)..<close], as: UTF8.self)
        position = close + 1
      } else if byte == UInt8(ascii: "'") {
        throw ExpressionError(reason: "a prime behind \(word) is not read here")
      } else {
        return
      }
    }
  }

  mutating func readSubscript(into word: inout String) throws(ExpressionError) {
    if peek("{") {
      // Of a{\text{in}} the inner braces are dropped.
      let isWrapped =
        bytes[position..<end].starts(with: "{\\text{".utf8)
        || bytes[position..<end].starts(with: "{\\mathrm{".utf8)
      var index = Self.plainName(try group())
      if isWrapped {
        guard peek("}") else { throw ExpressionError(reason: "a brace is never closed") }
        position += 1
        index.removeFirst(index.hasPrefix("text") ? 4 : 6)
      }
      index.removeAll { $0 == "," }
      guard !index.isEmpty, index.utf8.allSatisfy({ Self.isWordByte($0) || $0 >= 0x80 }) else {
        throw ExpressionError(reason: "the index \(index) is not read here")
      }
      word += index
      return
    }
    while position < end, Self.isWordByte(bytes[position]) {
      word.unicodeScalars.append(Unicode.Scalar(bytes[position]))
      position += 1
    }
    if position < end, bytes[position] >= 0x80,
      let letter = ExpressionLetters.greek[scalar().scalar]
    {
      word += letter
      position += scalar().length
    }
  }

  /// What a spelled word stands for, or the words that were run together in it.
  mutating func append(_ word: String, since start: Int) throws(ExpressionError) {
    if peek("."), Self.modules.contains(word) {
      position += 1
      return
    }
    if peek("."), position + 1 < end, Self.isASCIILetter(bytes[position + 1]) {
      throw ExpressionError(reason: "what stands behind \(word). is not read here")
    }
    if let token = vocabulary.token(word) { return tokens.append(token) }
    // log with a base that is a number or a name.
    if word.hasPrefix("log"), word.utf8.count > 3 {
      let base = word.dropFirst(3)
      if let number = Int(base), number > 1 {
        return tokens.append(.logarithm(.constant(Rational(number))))
      }
      if bytes[start..<position].contains(0x5F),
        case .name(let name)? = vocabulary.token(String(base))
      {
        return tokens.append(.logarithm(.variable(name)))
      }
    }
    try appendPieces(of: word)
  }

  /// `w0x0` is w0·x0, since a digit ends a name, `lnx` is ln x, and the e of `xe^u` is Euler's; `xy`
  /// could be a name of its own.
  mutating func appendPieces(of word: String) throws(ExpressionError) {
    var rest = word[...]
    var pieces: [ExpressionToken] = []
    while !rest.isEmpty {
      guard
        let length = (1...rest.count).reversed().first(where: {
          vocabulary.token(String(rest.prefix($0))) != nil
        }), let token = vocabulary.token(String(rest.prefix(length)))
      else { throw unknown(word) }
      let endsInDigit = rest.prefix(length).last?.isNumber == true
      rest = rest.dropFirst(length)
      let isFunction = if case .function = token { true } else { false }
      if !rest.isEmpty {
        if rest.first?.isNumber == true { throw unknown(word) }
        guard endsInDigit || (isFunction && vocabulary.isName(rest)) || (rest == "e" && peek("^"))
        else {
          // Only where all of it is known is it worth saying that it has two readings.
          throw vocabulary.token(String(rest)) == nil
            ? unknown(word)
            : ExpressionError(reason: "\"\(word)\" may be one name or a product; put a sign *")
        }
      }
      pieces.append(token)
    }
    tokens += pieces
  }

  /// A name as it is looked up: without underscores and brackets, Greek spelled out.
  static func plainName(_ name: String) -> String {
    var plain = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "_", "[", "]", "{", "}", " ", "\\": continue
      case _ where (0x2080...0x2089).contains(scalar.value): plain += String(scalar.value - 0x2080)
      case "∇": plain += "grad"
      default:
        plain +=
          ExpressionLetters.greek[scalar] ?? ExpressionLetters.marked[scalar]
          ?? ExpressionLetters.combining[scalar] ?? String(scalar)
      }
    }
    return plain
  }

  static let modules: Set = [
    "np", "numpy", "math", "torch", "nn", "functional", "F", "jnp", "jax", "tf", "sp", "sympy",
    "scipy", "special", "linalg",
  ]
}
