/// Bytes to tokens: plain, Python, Unicode and LaTeX spellings of one thing become one token.
struct ExpressionLexer {
  private let vocabulary: ExpressionVocabulary
  private let bytes: [UInt8]
  private var position = 0
  private var end: Int
  private(set) var tokens: [ExpressionToken] = []

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

  private mutating func trim() {
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
  private mutating func skipLabel() throws(ExpressionError) {
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

  private mutating func next() throws(ExpressionError) {
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

  private static func strange(_ sign: String) -> ExpressionError {
    ExpressionError(reason: "\"\(sign)\" has no meaning here")
  }

  private func peek(_ scalar: Unicode.Scalar) -> Bool {
    position < end && bytes[position] == UInt8(ascii: scalar)
  }

  /// The scalar here and how many bytes it takes; text from a `String` is valid UTF-8.
  private func scalar() -> (scalar: Unicode.Scalar, length: Int) {
    let first = bytes[position]
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for byte in bytes[(position + 1)..<min(position + length, bytes.count)] {
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  private mutating func sign(
    beyondASCII here: (scalar: Unicode.Scalar, length: Int)
  ) throws(ExpressionError) {
    let (scalar, length) = here
    switch scalar {
    case _ where Self.greek[scalar] != nil || Self.marked[scalar] != nil || scalar == "∇":
      return try word()
    case _ where Self.raised[scalar] != nil: return try superscript()
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
  private mutating func superscript() throws(ExpressionError) {
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
      guard let plain = Self.raised[scalar] else { break }
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

  private mutating func number() throws(ExpressionError) -> ExpressionToken {
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
  private func scientificExponent() -> (power: Int, length: Int)? {
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

// MARK: Words

extension ExpressionLexer {
  /// Reads a name or a function, with whatever index hangs on it.
  private mutating func word() throws(ExpressionError) {
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

  private static func isWordByte(_ byte: UInt8) -> Bool {
    isASCIILetter(byte) || (byte >= 48 && byte <= 57)
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    byte < 0x80 && !isWordByte(byte) && !"_[.'".utf8.contains(byte)
  }

  /// A word without its underscores, indices lowered and marks spelled out: `yhat`, `x0`, `gradL`.
  private mutating func spelledWord() throws(ExpressionError) -> String {
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
      word = Self.greek[first] ?? Self.marked[first] ?? ""
    }
    try readIndex(into: &word)
    return word
  }

  /// Digits, `_{…}`, `_x`, lowered digits, combining marks and `[0]` behind a word.
  private mutating func readIndex(into word: inout String) throws(ExpressionError) {
    while position < end {
      let byte = bytes[position]
      if byte >= 0x80 {
        let (scalar, length) = scalar()
        if (0x2080...0x2089).contains(scalar.value) {
          word += String(scalar.value - 0x2080)
        } else if let index = Self.lowered[scalar] {
          word += index
        } else if let mark = Self.combining[scalar] {
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

  private mutating func readSubscript(into word: inout String) throws(ExpressionError) {
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
    if position < end, bytes[position] >= 0x80, let letter = Self.greek[scalar().scalar] {
      word += letter
      position += scalar().length
    }
  }

  /// What a spelled word stands for, or the words that were run together in it.
  private mutating func append(_ word: String, since start: Int) throws(ExpressionError) {
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

  /// `w0x0` is w0·x0, since a digit ends a name, and `lnx` is ln x; `xy` could be a name of its own.
  private mutating func appendPieces(of word: String) throws(ExpressionError) {
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
        guard endsInDigit || (isFunction && vocabulary.isName(rest)) else {
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

  // MARK: LaTeX

  private mutating func command() throws(ExpressionError) {
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
      guard vocabulary.token(word) != nil || Self.greek.values.contains(word) else {
        throw Self.strange("\\\(name)")
      }
      try readIndex(into: &word)
      try append(word, since: start)
    }
  }

  /// The text of `{…}`, or the one sign that stands in its place.
  private mutating func group() throws(ExpressionError) -> String {
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

  /// A name as it is looked up: without underscores and brackets, Greek spelled out.
  static func plainName(_ name: String) -> String {
    var plain = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "_", "[", "]", "{", "}", " ", "\\": continue
      case _ where (0x2080...0x2089).contains(scalar.value): plain += String(scalar.value - 0x2080)
      case "∇": plain += "grad"
      default:
        plain += greek[scalar] ?? marked[scalar] ?? combining[scalar] ?? String(scalar)
      }
    }
    return plain
  }

  private static let modules: Set = [
    "np", "numpy", "math", "torch", "nn", "functional", "F", "jnp", "jax", "tf", "sp", "sympy",
    "scipy", "special", "linalg",
  ]

  private static let greek: [Unicode.Scalar: String] = [
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "theta", "ι": "iota", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ℓ": "l",
  ]

  /// Letters that come with their mark as one sign.
  private static let marked: [Unicode.Scalar: String] = [
    "ŷ": "yhat", "ŵ": "what", "â": "ahat", "ê": "ehat", "î": "ihat", "ô": "ohat", "û": "uhat",
    "ĉ": "chat", "ĝ": "ghat", "ĥ": "hhat", "ĵ": "jhat", "ŝ": "shat", "ẑ": "zhat", "ȳ": "ybar",
    "ā": "abar", "ē": "ebar", "ī": "ibar", "ō": "obar", "ū": "ubar", "Ŷ": "Yhat",
  ]

  private static let combining: [Unicode.Scalar: String] = [
    "\u{302}": "hat", "\u{304}": "bar", "\u{305}": "bar", "\u{303}": "tilde",
  ]

  private static let lowered: [Unicode.Scalar: String] = [
    "ₐ": "a", "ₑ": "e", "ₕ": "h", "ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₗ": "l", "ₘ": "m", "ₙ": "n",
    "ₒ": "o", "ₚ": "p", "ᵣ": "r", "ₛ": "s", "ₜ": "t", "ᵤ": "u", "ᵥ": "v", "ₓ": "x",
  ]

  private static let raised: [Unicode.Scalar: Unicode.Scalar] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
    "⁹": "9", "⁻": "-", "⁺": "+", "⁽": "(", "⁾": ")", "ⁿ": "n", "ᵏ": "k", "ᵐ": "m", "ˣ": "x",
    "ʸ": "y", "ᶻ": "z", "ᵘ": "u", "ᵛ": "v", "ʷ": "w", "ᵗ": "t", "ᵃ": "a", "ᵇ": "b", "ᵖ": "p",
    "ⁱ": "i", "ʲ": "j",
  ]
}
