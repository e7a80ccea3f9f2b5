import Calculus

/// Evaluates short arithmetic: `-1/3`, `2.5*10^-3`, `exp(-1)`, `sqrt(2)/2`, `\frac{1}{4}`.
///
/// Never more than text: no names but constants and a few functions, powers and nesting bounded.
struct ArithmeticParser {
  private enum Token: Equatable {
    case number(Double)
    case name(String)
    case sign(Character)
  }

  private var tokens: [Token] = []
  private var next = 0
  private var depth = 0

  init(_ text: String) throws(ReadingError) {
    guard text.count <= 200 else {
      throw ReadingError(reason: "the answer is too long for a number")
    }
    var rest = Self.withoutLaTeX(text)[...]
    var endedNumber = false
    while let first = rest.first {
      if first == " " {
        rest.removeFirst()
        if endedNumber, let following = rest.first(where: { $0 != " " }),
          following.isNumber || following == "."
        {
          throw ReadingError(reason: "two numbers, or one that was cut in two")
        }
        continue
      }
      endedNumber = false
      if first.isASCII, first.isNumber || first == "." {
        let literal = Self.literal(in: rest)
        guard let value = Double(literal), value.isFinite, literal != "." else {
          throw ReadingError(reason: "\"\(literal)\" is no number")
        }
        tokens.append(.number(value))
        rest = rest.dropFirst(literal.count)
        endedNumber = true
      } else if first.isLetter {
        let name = rest.prefix { $0.isLetter }
        tokens.append(.name(name.lowercased()))
        rest = rest.dropFirst(name.count)
      } else if rest.hasPrefix("**") {
        tokens.append(.sign("^"))
        rest = rest.dropFirst(2)
      } else if "+-*/^()%".contains(first) {
        tokens.append(.sign(first))
        rest.removeFirst()
      } else {
        throw ReadingError(reason: "\"\(first)\" has no meaning in a number")
      }
    }
    try settleTimes()
  }

  /// Digits, one point, and an exponent only where digits follow it.
  private static func literal(in text: Substring) -> String {
    var literal = String(text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") })
    let rest = text.dropFirst(literal.count)
    if let mark = rest.first, mark == "e" || mark == "E" {
      let sign = rest.dropFirst().prefix { $0 == "-" || $0 == "+" }
      let digits = rest.dropFirst(1 + sign.count).prefix { $0.isASCII && $0.isNumber }
      if sign.count <= 1, !digits.isEmpty { literal += "e" + sign + digits }
    }
    return literal
  }

  private static func withoutLaTeX(_ text: String) -> String {
    var out = text
    for (from, to) in [
      ("\\times", "*"), ("\\cdot", "*"), ("\\left", ""), ("\\right", ""), ("\\dfrac", "\\frac"),
      ("\\sqrt", "sqrt"), ("\\pi", "pi"), ("\\ln", "ln"), ("\\exp", "exp"), ("<sup>", "^("),
      ("</sup>", ")"),
    ] { out = out.replacing(from, with: to) }
    while let start = out.range(of: "\\frac{") {
      let pieces = out[start.upperBound...].split(
        separator: "}", maxSplits: 2, omittingEmptySubsequences: false)
      guard pieces.count == 3, pieces[1].hasPrefix("{") else { break }
      out = out[..<start.lowerBound] + "((\(pieces[0]))/(\(pieces[1].dropFirst())))" + pieces[2]
    }
    return out.replacing("{", with: "(").replacing("}", with: ")")
  }

  /// `2.5x10^-3`: an x is a times sign only before a power of ten; `2.5x10` has two readings.
  private mutating func settleTimes() throws(ReadingError) {
    for index in tokens.indices where tokens[index] == .name("x") {
      guard index > 0, index + 2 < tokens.count, tokens[index + 1] == .number(10),
        tokens[index + 2] == .sign("^")
      else { throw ReadingError(reason: "the x may be a times sign or a name") }
      tokens[index] = .sign("*")
    }
  }

  mutating func parse() throws(ReadingError) -> Double {
    guard !tokens.isEmpty else { throw ReadingError(reason: "there is no number") }
    let value = try sum()
    guard next == tokens.count else { throw notUnderstood() }
    return value
  }

  private func notUnderstood() -> ReadingError {
    guard next < tokens.count else { return ReadingError(reason: "the answer is cut short") }
    switch tokens[next] {
    case .number: return ReadingError(reason: "two numbers without a sign between them")
    case .name(let name): return ReadingError(reason: "\"\(name)\" is not understood")
    case .sign(let sign): return ReadingError(reason: "\"\(sign)\" stands where it has no meaning")
    }
  }

  private mutating func take(_ sign: Character) -> Bool {
    guard next < tokens.count, tokens[next] == .sign(sign) else { return false }
    next += 1
    return true
  }

  private mutating func sum() throws(ReadingError) -> Double {
    var total = try product()
    while true {
      if take("+") {
        total += try product()
      } else if take("-") {
        total -= try product()
      } else {
        return total
      }
    }
  }

  private mutating func product() throws(ReadingError) -> Double {
    var total = try signedPower()
    while true {
      if take("*") {
        total *= try signedPower()
      } else if take("/") {
        let divisor = try signedPower()
        guard divisor != 0 else { throw ReadingError(reason: "a division by zero") }
        total /= divisor
      } else {
        return total
      }
    }
  }

  /// A sign binds less than a power: -2^2 is -4. Only one sign: `--5` is not guessed.
  private mutating func signedPower() throws(ReadingError) -> Double {
    if take("-") { return -(try power()) }
    _ = take("+")
    return try power()
  }

  private mutating func power() throws(ReadingError) -> Double {
    let base = try operand()
    guard take("^") else { return base }
    let isNegative = take("-")
    let magnitude = try power()
    let exponent = isNegative ? -magnitude : magnitude
    guard exponent.magnitude <= 400 else { throw ReadingError(reason: "the exponent is too large") }
    if let whole = Int(exactly: exponent) { return NumberReader.power(base, whole) }
    guard base > 0 else { throw ReadingError(reason: "a root of a number that is not positive") }
    return exponent == 0.5 ? base.squareRoot() : Elementary.exp(exponent * Elementary.log(base))
  }

  private mutating func operand() throws(ReadingError) -> Double {
    guard next < tokens.count, depth < 32 else { throw notUnderstood() }
    switch tokens[next] {
    case .number(let value):
      next += 1
      return take("%") ? value / 100 : value
    case .sign("("):
      next += 1
      depth += 1
      let value = try sum()
      depth -= 1
      guard take(")") else { throw ReadingError(reason: "a bracket is never closed") }
      return value
    case .name(let name):
      next += 1
      switch name {
      case "pi": return Double.pi
      case "e": return Elementary.exp(1)
      case "exp": return Elementary.exp(try operand())
      case "ln": return Elementary.log(try operand())
      case "sqrt": return try operand().squareRoot()
      default:
        next -= 1
        throw notUnderstood()
      }
    case .sign: throw notUnderstood()
    }
  }
}

extension String {
  fileprivate func replacing(_ needle: String, with replacement: String) -> String {
    var out = ""
    var rest = self[...]
    while let hit = rest.range(of: needle) {
      out += rest[..<hit.lowerBound] + replacement
      rest = rest[hit.upperBound...]
    }
    return out + rest
  }
}
