/// What the form of an expression shows of its sign, wherever it is defined.
private enum Sign: Comparable {
  case unknown
  case notNegative
  case positive
}

extension Expression {
  /// Whether it is above 0 wherever it is defined, as its form shows.
  var isPositive: Bool { sign == .positive }

  /// Whether it is never below 0, as its form shows.
  var isNotNegative: Bool { sign >= .notNegative }

  /// In one pass: asking each part twice would take twice as long for each level.
  private var sign: Sign {
    switch self {
    case .constant(let c): return c > 0 ? .positive : c == 0 ? .notNegative : .unknown
    case .variable(let name): return name == Self.piName ? .positive : .unknown
    case .sum(let terms):
      let signs = terms.map(\.sign)
      guard !signs.contains(.unknown) else { return .unknown }
      return signs.contains(.positive) ? .positive : .notNegative
    case .product(let factors): return factors.map(\.sign).min() ?? .positive
    case .power(let base, let exponent):
      let sign = base.sign
      if sign == .positive { return .positive }
      guard case .constant(let n) = exponent else { return .unknown }
      return sign == .notNegative || n.integer.map({ $0 % 2 == 0 }) ?? true
        ? .notNegative : .unknown
    case .function(let function, let argument):
      switch function {
      case .exp, .sigmoid, .cosh, .sech, .softplus: return .positive
      case .relu, .abs, .sqrt: return max(.notNegative, argument.sign)
      case .positive, .nonnegative: return .notNegative
      default: return .unknown
      }
    case .choice(_, let yes, let no): return min(yes.sign, no.sign)
    }
  }

  /// Whether its form shows that it is not 0 everywhere.
  var isPlainlyNotZero: Bool {
    if isPositive { return true }
    switch self {
    case .constant(let c): return c != 0
    case .variable: return true
    case .product(let factors): return factors.allSatisfy(\.isPlainlyNotZero)
    case .power(let base, _): return base.isPlainlyNotZero
    case .function(let function, let argument):
      return [.tanh, .sinh, .abs].contains(function) && argument.isPlainlyNotZero
    case .sum(let terms):
      // Like terms are collected already: different quantities cannot cancel.
      return terms.allSatisfy {
        switch $0 {
        case .constant, .variable: true
        case .product(let factors):
          factors.allSatisfy { if case .variable = $0 { true } else { $0.isNumber } }
        default: false
        }
      }
    case .choice: return false
    }
  }

  private var isNumber: Bool { if case .constant = self { true } else { false } }

  /// Whether its form shows that it is undefined in single points at most.
  var isDefinedNearlyEverywhere: Bool {
    switch self {
    case .constant, .variable: true
    case .sum(let terms), .product(let terms): terms.allSatisfy(\.isDefinedNearlyEverywhere)
    case .power(let base, .constant(let n)):
      base.isDefinedNearlyEverywhere && (n.integer != nil || base.isPositive)
        && (n >= 0 || base.isPlainlyNotZero)
    case .function(let function, let argument):
      switch function {
      case .ln: argument.isPositive && argument.isDefinedNearlyEverywhere
      case .sqrt: argument.isNotNegative && argument.isDefinedNearlyEverywhere
      case .tan, .bigO, .bigTheta, .bigOmega: false
      default: argument.isDefinedNearlyEverywhere
      }
    case .power, .choice: false
    }
  }
}
