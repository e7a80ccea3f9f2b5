import Calculus
import ExamModel

/// Evaluates short arithmetic: `-1/3`, `2.5*10^-3`, `exp(-1)`, `sqrt(2)/2`, `\frac{1}{4}`.
///
/// Never more than text: no names but constants and a few functions, powers and nesting bounded.
struct ArithmeticParser {
  private let tokens: [ArithmeticToken]
  /// What the whole is divided by: 100 where a percent sign ends a fraction.
  private let divisor: Double
  private var next = 0
  private var depth = 0

  init(_ text: String, marks: Marks = .init()) throws(ReadingError) {
    guard text.utf8.count <= 200 else {
      throw ReadingError(reason: "the answer is too long for a number")
    }
    let all = try ArithmeticToken.tokens(of: text, marks: marks)
    let isShare = all.isFractionInPercent
    tokens = isShare ? all.dropLast() : all
    divisor = isShare ? 100 : 1
    try tokens.refuseDoubtfulPercents()
    try refuseRangesAndDates()
  }

  /// `3-4` may be a range, `1/4/2024` a date and `0.1/0.2/0.7` a list.
  private func refuseRangesAndDates() throws(ReadingError) {
    if tokens.count == 3, case .number(let a, _) = tokens[0], tokens[1] == .sign("-"),
      case .number(let b, _) = tokens[2], a < b
    {
      throw ReadingError(reason: "a range, or a difference")
    }
    if tokens.count == 5, [0, 2, 4].allSatisfy({ tokens[$0].isPlain }),
      [1, 3].allSatisfy({ tokens[$0] == .sign("/") })
    {
      throw ReadingError(reason: "a date, a list, or a fraction of a fraction")
    }
  }

  mutating func parse() throws(ReadingError) -> Double {
    guard !tokens.isEmpty else { throw ReadingError(reason: "there is no number") }
    let value = try sum()
    guard next == tokens.count else { throw notUnderstood() }
    return value / divisor
  }

  private func notUnderstood() -> ReadingError {
    guard next < tokens.count else { return ReadingError(reason: "the answer is cut short") }
    switch tokens[next] {
    case .number, .vulgar: return ReadingError(reason: "two numbers without a sign between them")
    case .name("log"): return ReadingError(reason: "log does not say its base; write ln or log2")
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
    var hasDivision = false
    while true {
      if take("*") {
        total *= try signedPower()
      } else if take("/") {
        let divisor = try signedPower()
        guard divisor != 0 else { throw ReadingError(reason: "a division by zero") }
        total /= divisor
        hasDivision = true
      } else if isNamedFactor {
        // 2π is a product; 1/2π may be one half of π or less.
        guard !hasDivision else {
          throw ReadingError(reason: "it is not clear how far the division goes; use brackets")
        }
        total *= try power()
      } else {
        return total
      }
    }
  }

  /// Whether a constant or function follows a number without a sign between: `2π`, `3√2`.
  private var isNamedFactor: Bool {
    guard next > 0, next < tokens.count, case .name(let name) = tokens[next] else { return false }
    return tokens[next - 1].isPlain && name != "e" && name != "x"
      && (name == "pi" || Self.functions[name] != nil)
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
    if let whole = Int(exactly: exponent) {
      guard base != 0 || whole > 0 else { throw ReadingError(reason: "a division by zero") }
      return Self.power(base, whole)
    }
    guard base > 0 else { throw ReadingError(reason: "a root of a number that is not positive") }
    return exponent == 0.5 ? base.squareRoot() : Elementary.exp(exponent * Elementary.log(base))
  }

  private mutating func operand() throws(ReadingError) -> Double {
    guard next < tokens.count, depth < 32 else { throw notUnderstood() }
    switch tokens[next] {
    case .number(let value, let text):
      next += 1
      if take("%") { return value / 100 }
      if take("!") { return try Self.factorial(text) }
      if next < tokens.count, case .vulgar(let part) = tokens[next], Int(text) != nil {
        next += 1
        return value + part
      }
      return value
    case .vulgar(let value):
      next += 1
      return take("%") ? value / 100 : value
    case .sign("("):
      next += 1
      depth += 1
      let value = try sum()
      depth -= 1
      guard take(")") else { throw ReadingError(reason: "a bracket is never closed") }
      return take("%") ? value / 100 : value
    case .name(let name):
      next += 1
      if let constant = Self.constants[name] { return constant }
      guard let function = Self.functions[name] else {
        next -= 1
        throw notUnderstood()
      }
      return try value(of: function, named: name)
    case .sign: throw notUnderstood()
    }
  }

  private mutating func value(
    of function: (Double) -> Double?, named name: String
  ) throws(ReadingError) -> Double {
    let isBracketed = next < tokens.count && tokens[next] == .sign("(")
    depth += 1
    defer { depth -= 1 }
    let argument = try operand()
    if !isBracketed, name != "sqrt", next < tokens.count,
      "*/^".contains(where: { tokens[next] == .sign($0) })
    {
      throw ReadingError(reason: "it is not clear where \(name) ends; use brackets")
    }
    guard let value = function(argument) else {
      throw ReadingError(reason: "\(name) of that number is not defined")
    }
    return value
  }

  private static let constants: [String: Double] = ["pi": .pi, "e": Elementary.exp(1)]

  private static let functions: [String: @Sendable (Double) -> Double?] = {
    let log = { @Sendable (x: Double) -> Double? in x > 0 ? Elementary.log(x) : nil }
    let log2 = { @Sendable (x: Double) -> Double? in exactLog(x, base: 2) }
    let log10 = { @Sendable (x: Double) -> Double? in exactLog(x, base: 10) }
    return [
      "exp": { Elementary.exp($0) }, "ln": log, "sqrt": { $0 < 0 ? nil : $0.squareRoot() },
      "log2": log2, "log_2": log2, "log10": log10, "log_10": log10,
      "tanh": { Elementary.tanh($0) }, "sigmoid": { Elementary.sigmoid($0) },
      "abs": { $0.magnitude },
    ]
  }()

  /// A logarithm that is a whole number where the argument is a power.
  private static func exactLog(_ x: Double, base: Double) -> Double? {
    guard x > 0 else { return nil }
    let log = Elementary.log(x) / Elementary.log(base)
    let whole = log.rounded()
    return (log - whole).magnitude < 1e-9 && power(base, Int(whole)) == x ? whole : log
  }

  private static func factorial(_ text: String) throws(ReadingError) -> Double {
    guard let n = Int(text), n <= 20 else {
      throw ReadingError(reason: "a factorial of a number that is not small and whole")
    }
    return n < 2 ? 1 : (2...n).reduce(1.0) { $0 * Double($1) }
  }

  /// A whole power by repeated multiplication.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent.magnitude { power *= base }
    return exponent < 0 ? 1 / power : power
  }
}
