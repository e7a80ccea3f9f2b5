extension Expression {
  /// The same function, tidied: sums and products flattened, like terms and factors collected,
  /// numbers in front. Nothing is multiplied out, and what is undefined for some values stays so:
  /// 0·ln x is not 0, and √x·√x is not x. Only single points are lost, as in x/x.
  package var simplified: Expression {
    switch self {
    case .constant, .variable: return self
    case .function(let function, let argument):
      let argument = argument.simplified
      switch (function, argument) {
      case (.exp, .zero): return .one
      case (.ln, .one), (.sin, .zero), (.tanh, .zero): return .zero
      case (.cos, .zero): return .one
      case (.ln, .function(.exp, let inner)): return inner
      default: return .function(function, argument)
      }
    case .power(let base, let exponent):
      return Self.power(of: base.simplified, exponent.simplified)
    case .choice(let condition, let yes, let no):
      return .choice(condition.simplified, yes.simplified, no.simplified)
    case .sum(let terms): return Self.collected(terms.map(\.simplified))
    case .product(let factors): return Self.multiplied(factors.map(\.simplified))
    }
  }

  private static func power(of base: Expression, _ exponent: Expression) -> Expression {
    guard case .constant(let n) = exponent else { return .power(base, exponent) }
    if n == 0, base.isDefinedNearlyEverywhere { return .one }
    if n == 1 { return base }
    if case .power(let inner, .constant(let m)) = base, let whole = n.integer, m.integer != nil,
      (m > 0 && n != 0) || inner.isPlainlyNotZero, let product = m.multiplied(by: Rational(whole)),
      product.value.magnitude <= largestPower
    {
      return power(of: inner, .constant(product))
    }
    if case .function(.sqrt, let inner) = base, n.integer != nil, n.numerator % 2 == 0,
      inner.isNotNegative
    {
      return power(of: inner, .constant(Rational(n.numerator / 2)))
    }
    if case .product(let factors) = base, n.integer != nil {
      return multiplied(factors.map { power(of: $0, exponent) })
    }
    if case .constant(let c) = base, let whole = n.integer,
      let value = c.raised(to: whole)
    {
      return .constant(value)
    }
    return .power(base, exponent)
  }

  private static func collected(_ terms: [Expression]) -> Expression {
    var constant: Rational = 0
    var rest: [(term: Expression, count: Rational)] = []
    var loose: [Expression] = []
    for term in terms.flatMap({ if case .sum(let inner) = $0 { inner } else { [$0] } }) {
      let (count, bare) = term.coefficient
      if bare == .one {
        guard let sum = constant.adding(count) else {
          loose.append(term)
          continue
        }
        constant = sum
      } else if let place = rest.firstIndex(where: { $0.term == bare }),
        let sum = rest[place].count.adding(count)
      {
        rest[place].count = sum
      } else {
        rest.append((bare, count))
      }
    }
    var out = rest.filter { $0.count != 0 || !$0.term.isDefinedNearlyEverywhere }
      .map { multiplied([.constant($0.count), $0.term]) }
    if constant != 0 { out.insert(.constant(constant), at: 0) }
    out += loose
    return out.isEmpty ? .zero : out.count == 1 ? out[0] : .sum(out)
  }

  /// A term as a number times the rest.
  private var coefficient: (Rational, Expression) {
    switch self {
    case .constant(let c): return (c, .one)
    case .product(let factors):
      guard case .constant(let c)? = factors.first else { return (1, self) }
      let rest = Array(factors.dropFirst())
      return (c, rest.count == 1 ? rest[0] : .product(rest))
    default: return (1, self)
    }
  }

  private static func multiplied(_ factors: [Expression]) -> Expression {
    var constant: Rational = 1
    var rest: [(base: Expression, exponent: Rational)] = []
    var loose: [Expression] = []
    for factor in factors.flatMap({ if case .product(let inner) = $0 { inner } else { [$0] } }) {
      var (base, exponent): (Expression, Rational) = (factor, 1)
      if case .power(let inner, .constant(let n)) = factor { (base, exponent) = (inner, n) }
      if case .constant(let c) = factor {
        guard let product = constant.multiplied(by: c) else {
          loose.append(factor)
          continue
        }
        constant = product
      } else if let place = rest.firstIndex(where: {
        $0.base == base && canMerge(base, $0.exponent, exponent)
      }), let sum = rest[place].exponent.adding(exponent) {
        rest[place].exponent = sum
      } else {
        rest.append((base, exponent))
      }
    }
    if constant == 0,
      loose.allSatisfy(\.isDefinedNearlyEverywhere),
      rest.allSatisfy({
        Expression.power($0.base, .constant($0.exponent)).isDefinedNearlyEverywhere
      })
    {
      return .zero
    }
    var out = rest.filter { $0.exponent != 0 }.map { power(of: $0.base, .constant($0.exponent)) }
    out += loose
    if constant != 1 || out.isEmpty { out.insert(.constant(constant), at: 0) }
    return out.count == 1 ? out[0] : .product(out)
  }

  /// Whether a power times another is the power of the sum: √x·√x is not x, and 0/0 is not 1.
  private static func canMerge(_ base: Expression, _ m: Rational, _ n: Rational) -> Bool {
    guard m.integer != nil && n.integer != nil || base.isPositive,
      (m.value + n.value).magnitude <= largestPower
    else { return false }
    return (m > 0) == (n > 0) || (base.isPlainlyNotZero && base.isDefinedNearlyEverywhere)
  }
}
