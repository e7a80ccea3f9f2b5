extension Expression {
  /// Whether it is above 0 wherever it is defined, as its form shows.
  var isPositive: Bool {
    switch self {
    case .constant(let c): c > 0
    case .variable(let name): name == Self.piName
    case .sum(let terms): terms.allSatisfy(\.isNotNegative) && terms.contains(where: \.isPositive)
    case .product(let factors): factors.allSatisfy(\.isPositive)
    case .power(let base, _): base.isPositive
    case .function(let function, let argument):
      switch function {
      case .exp, .sigmoid, .cosh, .sech, .softplus: true
      case .relu, .abs, .sqrt: argument.isPositive
      default: false
      }
    case .choice(_, let yes, let no): yes.isPositive && no.isPositive
    }
  }

  /// Whether it is never below 0, as its form shows.
  var isNotNegative: Bool {
    if isPositive { return true }
    switch self {
    case .constant(let c): return c >= 0
    case .sum(let terms): return terms.allSatisfy(\.isNotNegative)
    case .product(let factors): return factors.allSatisfy(\.isNotNegative)
    case .power(let base, .constant(let n)):
      return base.isNotNegative || (n.integer.map { $0 % 2 == 0 } ?? true)
    case .function(let function, _):
      return function == .relu || function == .abs || function == .sqrt || !function.isWord
    case .choice(_, let yes, let no): return yes.isNotNegative && no.isNotNegative
    case .power, .variable: return false
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
