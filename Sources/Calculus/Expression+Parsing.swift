/// Why a text is no expression, and where.
package struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, in small letters.
  package let reason: String
  package var description: String { reason }
}

extension Expression {
  /// Reads what people type: plain, Python, Unicode or LaTeX.
  ///
  /// `names` are the quantities of the question without underscores: `x_0`, `x₀` and `x_{0}` are
  /// all `x0`. A multiplication sign may be left out. What has two readings of different value,
  /// such as `1/2x`, is refused; so are names that the question does not have.
  ///
  /// - Throws: `ExpressionError`.
  package init(parsing typed: String, names: [String]) throws(ExpressionError) {
    guard typed.utf8.count <= 2000 else {
      throw ExpressionError(reason: "the expression is longer than 2000 bytes")
    }
    var parser = ExpressionParser(
      tokens: try ExpressionLexer(names: names).tokens(of: typed))
    self = try parser.whole().simplified
  }
}

private enum Token: Hashable {
  case number(Rational)
  case name(String)
  case function(Expression.Function)
  case sign(Character)

  /// Whether a factor can begin here, so that a multiplication sign was left out.
  var beginsFactor: Bool {
    switch self {
    case .number, .name, .function: true
    case .sign(let sign): sign == "("
    }
  }
}

private struct ExpressionLexer {
  let names: [String]

  private static let functions: [String: Expression.Function] = {
    var table = Dictionary(
      uniqueKeysWithValues: Expression.Function.allCases.map { ($0.rawValue, $0) })
    for (other, name) in [
      ("log", Expression.Function.ln), ("sigma", .sigmoid), ("σ", .sigmoid), ("ReLU", .relu),
      ("√", .sqrt), ("logistic", .sigmoid),
    ] { table[other] = name }
    return table
  }()

  /// Signs of one meaning made one; raised digits become powers, lowered ones digits.
  private static func folded(_ typed: String) -> String {
    var out = ""
    var isRaised = false
    for scalar in typed.unicodeScalars {
      if let raised = raisedSigns[scalar] {
        out += (isRaised ? "" : "^(") + raised
        isRaised = true
        continue
      }
      if isRaised { out += ")" }
      isRaised = false
      switch scalar {
      case "−", "–", "‐", "‑", "﹣", "－": out += "-"
      case "×", "⋅", "·", "∙", "∗", "•": out += "*"
      case "÷", "∕", "⁄": out += "/"
      case "₀"..."₉": out += String(scalar.value - 0x2080)
      case "[", "{": out += "("
      case "]", "}": out += ")"
      case "$", "`", "\u{200B}", "\u{FEFF}": continue
      case _ where scalar.properties.isWhitespace: out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    if isRaised { out += ")" }
    return out.utf8.contains(UInt8(ascii: "*")) ? out.replacing("**", with: "^") : out
  }

  private static let raisedSigns: [Unicode.Scalar: String] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
    "⁹": "9", "⁻": "-", "⁺": "+",
  ]

  func tokens(of typed: String) throws(ExpressionError) -> [Token] {
    var text = typed
    // An index in braces is one name: w_{d2}.
    while text.utf8.contains(UInt8(ascii: "{")), let open = text.firstRange(of: "_{") {
      guard let close = text[open.upperBound...].firstIndex(of: "}") else {
        throw ExpressionError(reason: "a brace is never closed")
      }
      text.replaceSubrange(
        open.lowerBound...close, with: String(text[open.upperBound..<close]))
    }
    if text.utf8.contains(UInt8(ascii: "\\")) || text.utf8.contains(UInt8(ascii: ".")) {
      text = try Self.withoutCommands(text)
    }
    var characters = Array(Self.folded(text))
    if let equals = characters.lastIndex(of: "=") {
      let left = characters[..<equals]
      guard !left.contains(where: { "+*^".contains($0) }) else {
        throw ExpressionError(reason: "an equation stands where an expression was asked for")
      }
      characters.removeSubrange(...equals)
    }
    return try tokens(characters)
  }

  /// LaTeX commands as signs and plain names.
  private static func withoutCommands(_ typed: String) throws(ExpressionError) -> String {
    var text = typed
    for (command, plain) in [
      ("\\left", ""), ("\\right", ""), ("\\cdot", "*"), ("\\times", "*"), ("\\,", " "),
      ("\\!", ""), ("\\;", " "), ("np.", ""), ("numpy.", ""), ("math.", ""), ("torch.", ""),
      ("\\operatorname", ""), ("\\mathrm", ""),
    ] { text = text.replacing(command, with: plain) }
    // The quotient of two groups, inner ones first.
    while let start = text.ranges(of: "\\frac").last {
      var rest = text[start.upperBound...]
      var groups: [Substring] = []
      for _ in 0..<2 {
        rest = rest.drop { $0 == " " }
        guard rest.first == "{", let close = closing(of: rest) else {
          throw ExpressionError(reason: "\\frac needs two groups in braces")
        }
        groups.append(rest[rest.index(after: rest.startIndex)..<close])
        rest = rest[rest.index(after: close)...]
      }
      text = text[..<start.lowerBound] + "((\(groups[0]))/(\(groups[1])))" + rest
    }
    return text.replacing("\\", with: " ")
  }

  private static func closing(of text: Substring) -> Substring.Index? {
    var depth = 0
    for index in text.indices {
      if text[index] == "{" { depth += 1 }
      if text[index] == "}" {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }

  private func tokens(_ text: [Character]) throws(ExpressionError) -> [Token] {
    var tokens: [Token] = []
    var i = 0
    while i < text.count {
      let character = text[i]
      if character == " " {
        i += 1
      } else if character.isASCII, character.isNumber || character == "." {
        let start = i
        while i < text.count, text[i].isASCII, text[i].isNumber || text[i] == "." { i += 1 }
        tokens.append(.number(try number(String(text[start..<i]))))
      } else if character.isLetter || character == "√" {
        let start = i
        while i < text.count,
          text[i].isLetter || text[i].isNumber || text[i] == "_"
            || text[i] == "√"
        { i += 1 }
        tokens += try resolved(String(text[start..<i].filter { $0 != "_" }))
      } else if "+-*/^()".contains(character) {
        tokens.append(.sign(character))
        i += 1
      } else {
        throw ExpressionError(reason: "\"\(character)\" has no meaning here")
      }
    }
    return tokens
  }

  private func number(_ text: String) throws(ExpressionError) -> Rational {
    let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
    guard pieces.count <= 2, text != ".", let digits = Int(pieces.joined()), text.count <= 17,
      let scale = Rational(
        numerator: digits,
        denominator: (0..<(pieces.count == 2 ? pieces[1].count : 0)).reduce(1) { ten, _ in ten * 10
        })
    else { throw ExpressionError(reason: "\"\(text)\" is no number") }
    return scale
  }

  /// A run of letters and digits as one name, a function, or several of them in a row.
  private func resolved(_ run: String) throws(ExpressionError) -> [Token] {
    if names.contains(run) { return [.name(run)] }
    if let function = Self.functions[run] { return [.function(function)] }
    if run == "e" { return [.name("e")] }
    let alike = names.filter { $0.lowercased() == run.lowercased() }
    if alike.count == 1 { return [.name(alike[0])] }
    if run.count == 1 { throw unknown(run) }
    var tokens: [Token] = []
    var rest = run[...]
    while !rest.isEmpty {
      let known = names + Array(Self.functions.keys) + ["e"]
      guard let best = known.filter({ rest.hasPrefix($0) }).max(by: { $0.count < $1.count }) else {
        throw unknown(run)
      }
      tokens.append(Self.functions[best].map(Token.function) ?? .name(best))
      rest = rest.dropFirst(best.count)
      let digits = rest.prefix { $0.isNumber }
      if !digits.isEmpty { throw unknown(run) }
    }
    return tokens
  }

  private func unknown(_ run: String) -> ExpressionError {
    ExpressionError(
      reason: "\"\(run)\" is none of the names \(names.joined(separator: ", "))")
  }
}

private struct ExpressionParser {
  let tokens: [Token]
  private var position = 0
  private var depth = 0

  init(tokens: [Token]) { self.tokens = tokens }

  private var peek: Token? { position < tokens.count ? tokens[position] : nil }

  private mutating func take(_ sign: Character) -> Bool {
    guard peek == .sign(sign) else { return false }
    position += 1
    return true
  }

  mutating func whole() throws(ExpressionError) -> Expression {
    guard !tokens.isEmpty else { throw ExpressionError(reason: "there is no expression") }
    let result = try sum()
    guard position == tokens.count else {
      throw ExpressionError(reason: "the brackets do not match")
    }
    return result
  }

  private mutating func sum() throws(ExpressionError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth < 60 else { throw ExpressionError(reason: "the brackets are nested too deeply") }
    var terms = [try product()]
    while true {
      if take("+") {
        terms.append(try product())
      } else if take("-") {
        terms.append(-(try product()))
      } else {
        return terms.count == 1 ? terms[0] : .sum(terms)
      }
    }
  }

  private mutating func product() throws(ExpressionError) -> Expression {
    var result = try signed()
    var wasDivided = false
    while let next = peek {
      if take("*") {
        result = result * (try signed())
        wasDivided = false
      } else if take("/") {
        result = result / (try signed())
        wasDivided = true
      } else if next.beginsFactor {
        guard !wasDivided else {
          throw ExpressionError(
            reason: "a product after / can be read in two ways; put brackets or a sign *")
        }
        result = result * (try power())
      } else {
        break
      }
    }
    return result
  }

  private mutating func signed() throws(ExpressionError) -> Expression {
    var isNegative = false
    var count = 0
    while true {
      if take("-") { isNegative.toggle() } else if !take("+") { break }
      count += 1
      guard count < 10 else { throw ExpressionError(reason: "too many signs follow one another") }
    }
    let result = try power()
    return isNegative ? -result : result
  }

  private mutating func power() throws(ExpressionError) -> Expression {
    let isE = peek == .name("e")
    let base = try primary()
    guard take("^") else { return isE ? .function(.exp, .one) : base }
    let exponent = try exponent()
    return isE ? .function(.exp, exponent) : .power(base, exponent)
  }

  /// What stands behind ^; a bare one ends where something could be multiplied to it or not.
  private mutating func exponent() throws(ExpressionError) -> Expression {
    let isNegative = take("-")
    let isBracketed = peek == .sign("(")
    let inner = try primary()
    if !isBracketed, let next = peek {
      if next == .sign("^") { throw ExpressionError(reason: "powers of powers need brackets") }
      if case .number = tokens[position - 1], next.beginsFactor, next != .sign("(") {
        throw ExpressionError(reason: "put brackets round the exponent")
      }
    }
    return isNegative ? -inner : inner
  }

  private mutating func primary() throws(ExpressionError) -> Expression {
    guard let token = peek else { throw ExpressionError(reason: "the expression ends too early") }
    position += 1
    switch token {
    case .number(let x): return .constant(x)
    case .name(let name): return .variable(name)
    case .function(let function): return try applied(function)
    case .sign("("):
      let inner = try sum()
      guard take(")") else { throw ExpressionError(reason: "a bracket is never closed") }
      return inner
    case .sign(let sign): throw ExpressionError(reason: "\"\(sign)\" stands in a wrong place")
    }
  }

  private mutating func applied(
    _ function: Expression.Function
  ) throws(ExpressionError) -> Expression {
    var exponent: Expression?
    if take("^") { exponent = try self.exponent() }
    let isBracketed = peek == .sign("(")
    let isNegative = !isBracketed && take("-")
    depth += 1
    defer { depth -= 1 }
    guard depth < 60 else { throw ExpressionError(reason: "functions are nested too deeply") }
    let argument = try primary()
    if !isBracketed, let next = peek, next.beginsFactor || next == .sign("^") {
      throw ExpressionError(
        reason: "put brackets round the argument of \(function.rawValue)")
    }
    let value = Expression.function(function, isNegative ? -argument : argument)
    return exponent.map { .power(value, $0) } ?? value
  }
}

extension String {
  fileprivate func firstRange(of needle: String) -> Range<Index>? { ranges(of: needle).first }
}
