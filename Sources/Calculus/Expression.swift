/// A formula in named quantities, as an answer to "give the derivative".
///
/// ```swift
/// let slope = try Expression(parsing: "-e^u/(1+e^u)^2 * x_0", names: ["u", "x0"])
/// slope.description  // -exp(u)*x0/(1+exp(u))^2
/// ```
package indirect enum Expression: Sendable, Hashable {
  case constant(Rational)
  case variable(String)
  case sum([Expression])
  case product([Expression])
  case power(Expression, Expression)
  case function(Function, Expression)
  /// The second where the first is 1, the third where it is 0; undefined elsewhere.
  case choice(Expression, Expression, Expression)

  /// Functions of one argument; `ln` is the natural logarithm.
  package enum Function: String, Sendable, Hashable, CaseIterable {
    case exp, ln, sqrt, sigmoid, tanh, sinh, cosh, sech, relu, softplus, abs, sin, cos, tan
    /// 1 where the argument is above 0, or not below it, and 0 elsewhere: a comparison's value.
    case positive, nonnegative
    /// Orders of growth, which have no value and stand for themselves.
    case bigO = "O"
    case bigTheta = "Theta"
    case bigOmega = "Omega"

    /// Whether it is written as a word before its argument.
    var isWord: Bool { self != .positive && self != .nonnegative }
    var isOrder: Bool { self == .bigO || self == .bigTheta || self == .bigOmega }
    /// Whether a power −1 of its name could mean its inverse.
    var isCircular: Bool {
      switch self {
      case .sin, .cos, .tan, .sinh, .cosh, .tanh: true
      default: false
      }
    }
  }

  package static let zero = constant(0)
  package static let one = constant(1)

  /// The circle's number is a quantity of a name that nobody's can be.
  static let piName = "π"

  /// The names of its quantities.
  package var variables: Set<String> {
    switch self {
    case .constant: []
    case .variable(let name): name == Self.piName ? [] : [name]
    case .sum(let terms), .product(let terms):
      terms.reduce(into: []) { $0.formUnion($1.variables) }
    case .power(let base, let exponent): base.variables.union(exponent.variables)
    case .function(_, let argument): argument.variables
    case .choice(let a, let b, let c): a.variables.union(b.variables).union(c.variables)
    }
  }

  /// Whether it is a comparison's value.
  var isCondition: Bool {
    if case .function(let function, _) = self { !function.isWord } else { false }
  }

  /// The expression with quantities replaced by what they stand for.
  package func substituting(_ values: [String: Expression]) -> Expression {
    switch self {
    case .constant: self
    case .variable(let name): values[name] ?? self
    case .sum(let terms): .sum(terms.map { $0.substituting(values) })
    case .product(let factors): .product(factors.map { $0.substituting(values) })
    case .power(let base, let exponent):
      .power(base.substituting(values), exponent.substituting(values))
    case .function(let function, let argument):
      .function(function, argument.substituting(values))
    case .choice(let a, let b, let c):
      .choice(a.substituting(values), b.substituting(values), c.substituting(values))
    }
  }

  /// The value at a point; NaN where it is undefined or a name is missing.
  package func value(at point: [String: Double]) -> Double {
    switch self {
    case .constant(let c): return c.value
    case .variable(let name): return name == Self.piName ? .pi : point[name] ?? .nan
    case .sum(let terms): return terms.reduce(0) { $0 + $1.value(at: point) }
    case .product(let factors): return factors.reduce(1) { $0 * $1.value(at: point) }
    case .power(let base, let exponent):
      let x = base.value(at: point)
      let n = exponent.value(at: point)
      if n == n.rounded(), n.magnitude <= 64 {
        let power = (0..<Int(n.magnitude)).reduce(1.0) { power, _ in power * x }
        return n < 0 ? 1 / power : power
      }
      return x > 0 ? Elementary.exp(n * Elementary.log(x)) : .nan
    case .function(let function, let argument): return function.value(argument.value(at: point))
    case .choice(let condition, let yes, let no):
      switch condition.value(at: point) {
      case 1: return yes.value(at: point)
      case 0: return no.value(at: point)
      default: return .nan
      }
    }
  }
}

extension Expression.Function {
  func value(_ x: Double) -> Double {
    switch self {
    case .exp: return Elementary.exp(x)
    case .ln: return x > 0 ? Elementary.log(x) : .nan
    case .sqrt: return x >= 0 ? x.squareRoot() : .nan
    case .sigmoid: return Elementary.sigmoid(x)
    case .tanh: return Elementary.tanh(x)
    case .sinh: return (Elementary.exp(x) - Elementary.exp(-x)) / 2
    case .cosh: return (Elementary.exp(x) + Elementary.exp(-x)) / 2
    case .sech: return 2 / (Elementary.exp(x) + Elementary.exp(-x))
    case .relu: return Swift.max(x, 0)
    case .softplus: return Swift.max(x, 0) + Elementary.log(1 + Elementary.exp(-x.magnitude))
    case .abs: return x.magnitude
    case .sin: return Elementary.sineAndCosine(x).sine
    case .cos: return Elementary.sineAndCosine(x).cosine
    case .tan:
      let (sine, cosine) = Elementary.sineAndCosine(x)
      return sine / cosine
    case .positive: return x.isNaN ? x : x > 0 ? 1 : 0
    case .nonnegative: return x.isNaN ? x : x >= 0 ? 1 : 0
    case .bigO, .bigTheta, .bigOmega: return .nan
    }
  }
}

extension Expression {
  package static func + (a: Expression, b: Expression) -> Expression { .sum([a, b]) }
  package static func - (a: Expression, b: Expression) -> Expression { .sum([a, -b]) }
  package static func * (a: Expression, b: Expression) -> Expression { .product([a, b]) }
  package static func / (a: Expression, b: Expression) -> Expression {
    .product([a, .power(b, .constant(-1))])
  }
  package static prefix func - (a: Expression) -> Expression { .product([.constant(-1), a]) }

  /// The derivative with respect to one quantity, simplified.
  package func derivative(by name: String) -> Expression { slope(name).simplified }

  private func slope(_ name: String) -> Expression {
    switch self {
    case .constant: return .zero
    case .variable(let own): return own == name ? .one : .zero
    case .sum(let terms): return .sum(terms.map { $0.slope(name) })
    case .product(let factors):
      return .sum(
        factors.indices.map { i in
          var factors = factors
          factors[i] = factors[i].slope(name)
          return .product(factors)
        })
    case .power(let base, let exponent):
      guard exponent.variables.contains(name) else {
        return exponent * .power(base, exponent - .one) * base.slope(name)
      }
      return self
        * (exponent.slope(name) * .function(.ln, base) + exponent * base.slope(name) / base)
    case .function(let function, let x): return function.slope(x) * x.slope(name)
    case .choice(let condition, let yes, let no):
      return .choice(condition, yes.slope(name), no.slope(name))
    }
  }
}

extension Expression.Function {
  fileprivate func slope(_ x: Expression) -> Expression {
    let two = Expression.constant(2)
    func f(_ function: Self) -> Expression { .function(function, x) }
    return switch self {
    case .exp: f(.exp)
    case .ln: .one / x
    case .sqrt: .one / (two * f(.sqrt))
    case .sigmoid: f(.sigmoid) * (.one - f(.sigmoid))
    case .tanh: .one - .power(f(.tanh), two)
    case .sinh: f(.cosh)
    case .cosh: f(.sinh)
    case .sech: -f(.sech) * f(.tanh)
    case .relu: f(.positive)
    case .softplus: f(.sigmoid)
    case .abs: x / f(.abs)
    case .sin: f(.cos)
    case .cos: -f(.sin)
    case .tan: .one / .power(f(.cos), two)
    case .positive, .nonnegative: .zero
    case .bigO, .bigTheta, .bigOmega: f(self)
    }
  }
}
