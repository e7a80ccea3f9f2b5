extension Expression: CustomStringConvertible {
  /// Plain syntax without spaces, which parsing reads back: `-exp(u)*x0/(1+exp(u))^2`.
  package var description: String { text(Plain.self) }

  /// The source of a formula in LaTeX: `-\frac{\exp(u) x_0}{(1 + \exp(u))^2}`.
  package var latex: String { text(LaTeX.self) }

  private func text(_ style: any Style.Type) -> String {
    switch self {
    case .constant(let c):
      return c.integer != nil
        ? "\(c)" : style.quotient("\(c.numerator)", "\(c.denominator)", isSum: (false, false))
    case .variable(let name): return style.name(name)
    case .function(.positive, let argument):
      return style.indicator(argument.text(style) + style.above)
    case .function(.nonnegative, let argument):
      return style.indicator(argument.text(style) + style.notBelow)
    case .function(let function, let argument): return style.apply(function, argument.text(style))
    case .choice(let condition, let yes, let no):
      return style.choice(condition.text(style), yes.text(style), no.text(style))
    case .sum(let terms):
      return terms.enumerated().map { index, term in
        let text = term.text(style)
        if index == 0 { return text }
        return text.hasPrefix("-")
          ? style.minus + String(text.dropFirst()) : style.plus + text
      }.joined()
    case .power(let base, let exponent):
      if case .constant(let n) = exponent, n < 0 { return Self.product([self], style) }
      let text = base.text(style)
      let isBare = base.isAtom && !text.hasPrefix("-") && !text.contains("/")
      return style.raise(isBare ? text : "(\(text))", exponent.text(style), exponent.isAtom)
    case .product(let factors): return Self.product(factors, style)
    }
  }

  private static func product(_ factors: [Expression], _ style: any Style.Type) -> String {
    var sign = ""
    var (above, below): ([Expression], [Expression]) = ([], [])
    for factor in factors {
      switch factor {
      case .constant(let c):
        if c < 0 { sign = sign.isEmpty ? "-" : "" }
        if c.numerator.magnitude != 1 {
          above.append(.constant(Rational(Int(c.numerator.magnitude))))
        }
        if c.denominator != 1 { below.append(.constant(Rational(c.denominator))) }
      case .power(let base, .constant(let n)) where n < 0:
        below.append(n == -1 ? base : .power(base, .constant(-n)))
      default: above.append(factor)
      }
    }
    func joined(_ factors: [Expression]) -> String {
      if factors.isEmpty { return "1" }
      return factors.map { factor in
        let text = factor.text(style)
        if case .sum = factor, factors.count > 1 { return "(\(text))" }
        return text.hasPrefix("-") && factors.count > 1 ? "(\(text))" : text
      }.joined(separator: style.times)
    }
    guard !below.isEmpty else {
      if !sign.isEmpty, above.count == 1, case .sum = above[0] { return "-(\(joined(above)))" }
      return sign + joined(above)
    }
    return sign
      + style.quotient(
        joined(above), joined(below),
        isSum: (Self.isSum(above), below.count > 1 || !below[0].standsBelow))
  }

  private static func isSum(_ factors: [Expression]) -> Bool {
    if factors.count == 1, case .sum = factors[0] { true } else { false }
  }

  /// Whether it can stand behind a stroke without brackets.
  private var standsBelow: Bool {
    switch self {
    case .variable, .function, .choice: true
    case .constant(let c): c.integer != nil && c >= 0
    case .power(_, .constant(let n)): n >= 0
    case .power: true
    case .sum, .product: false
    }
  }

  private var isAtom: Bool {
    switch self {
    case .variable, .function, .choice: true
    case .constant(let c): c.integer != nil && c >= 0
    default: false
    }
  }

  private enum Plain: Style {
    static let (plus, minus, times) = ("+", "-", "*")
    static let (above, notBelow) = (">0", ">=0")
    static func name(_ name: String) -> String { name == piName ? "pi" : name }
    static func indicator(_ condition: String) -> String { "(\(condition))" }
    static func choice(_ condition: String, _ yes: String, _ no: String) -> String {
      "where(\(condition),\(yes),\(no))"
    }
    static func apply(_ function: Function, _ argument: String) -> String {
      "\(function.rawValue)(\(argument))"
    }
    static func raise(_ base: String, _ exponent: String, _ isAtom: Bool) -> String {
      "\(base)^\(isAtom ? exponent : "(\(exponent))")"
    }
    static func quotient(_ above: String, _ below: String, isSum: (Bool, Bool)) -> String {
      "\(isSum.0 ? "(\(above))" : above)/\(isSum.1 ? "(\(below))" : below)"
    }
  }

  private enum LaTeX: Style {
    static let (plus, minus, times) = (" + ", " - ", " ")
    static let (above, notBelow) = (" > 0", " ≥ 0")
    static func indicator(_ condition: String) -> String { "\\mathbb{1}[\(condition)]" }
    static func choice(_ condition: String, _ yes: String, _ no: String) -> String {
      "\\operatorname{where}(\(condition), \(yes), \(no))"
    }
    /// `w0` is w with an index 0, `wd2` w with an index d2; `loss` is a word.
    static func name(_ name: String) -> String {
      switch name.count {
      case ...1: name
      case 3... where name.allSatisfy(\.isLetter): "\\text{\(name)}"
      case 2: "\(name.prefix(1))_\(name.dropFirst())"
      default: "\(name.prefix(1))_{\(name.dropFirst())}"
      }
    }
    static func apply(_ function: Function, _ argument: String) -> String {
      switch function {
      case .sqrt: "\\sqrt{\(argument)}"
      case .sigmoid: "σ(\(argument))"
      case .abs: "|\(argument)|"
      case .relu: "\\ReLU(\(argument))"
      case .bigO, .bigTheta, .bigOmega: "\(name(function.rawValue))(\(argument))"
      case .sech, .softplus: "\\operatorname{\(function.rawValue)}(\(argument))"
      default: "\\\(function.rawValue)(\(argument))"
      }
    }
    static func raise(_ base: String, _ exponent: String, _ isAtom: Bool) -> String {
      "\(base)^{\(exponent)}"
    }
    static func quotient(_ above: String, _ below: String, isSum: (Bool, Bool)) -> String {
      "\\frac{\(above)}{\(below)}"
    }
  }
}

/// How the pieces of an expression are written.
private protocol Style {
  static var plus: String { get }
  static var minus: String { get }
  static var times: String { get }
  /// What stands behind an argument that is compared with 0.
  static var above: String { get }
  static var notBelow: String { get }
  static func indicator(_ condition: String) -> String
  static func choice(_ condition: String, _ yes: String, _ no: String) -> String
  static func name(_ name: String) -> String
  static func apply(_ function: Expression.Function, _ argument: String) -> String
  static func raise(_ base: String, _ exponent: String, _ isAtom: Bool) -> String
  static func quotient(_ above: String, _ below: String, isSum: (Bool, Bool)) -> String
}
