extension Expression {
  /// The value in the model of residues; nil where it is undefined there, or not modelled.
  func residue(at point: ResiduePoint) -> Residue? {
    switch self {
    case .constant(let c):
      guard c.denominator != 1 else { return Residue(c.numerator) }
      return Residue(c.denominator).inverse.map { Residue(c.numerator) * $0 }
    case .variable(let name): return name == Self.piName ? Residue.pi : point[name] ?? nil
    case .sum(let terms):
      var sum = Residue.zero
      for term in terms {
        guard let value = term.residue(at: point) else { return nil }
        sum = sum + value
      }
      return sum
    case .product(let factors):
      var product = Residue.one
      for factor in factors {
        guard let value = factor.residue(at: point) else { return nil }
        product = product * value
      }
      return product
    case .power(let base, let exponent): return base.residue(raisedTo: exponent, at: point)
    case .function(let function, let argument):
      return function.residue(of: argument, at: point)
    case .choice(let condition, let yes, let no):
      switch condition.residue(at: point) {
      case .some(.one): return yes.residue(at: point)
      case .some(.zero): return no.residue(at: point)
      default: return nil
      }
    }
  }

  private func residue(raisedTo exponent: Expression, at point: ResiduePoint) -> Residue? {
    if case .constant(let n) = exponent, let n = n.integer {
      return residue(at: point)?.raised(to: n)
    }
    if case .function(.exp, let inner) = self {
      return Expression.product([inner, exponent]).exponentialResidue(at: point)
    }
    guard let base = residue(at: point), let power = exponent.residue(at: point) else {
      return nil
    }
    return base.raised(to: power)
  }

  /// e^(a + b·ln f) is e^a·f^b, so that powers and logarithms agree.
  fileprivate func exponentialResidue(at point: ResiduePoint) -> Residue? {
    switch self {
    case .sum(let terms):
      var product = Residue.one
      for term in terms {
        guard let value = term.exponentialResidue(at: point) else { return nil }
        product = product * value
      }
      return product
    case .function(.ln, let inner): return inner.residue(at: point)
    case .function(.softplus, let inner):
      return inner.exponentialResidue(at: point).map { .one + $0 }
    case .product(let factors):
      if let place = factors.firstIndex(where: {
        if case .function(.ln, _) = $0 { true } else { false }
      }), case .function(.ln, let inner) = factors[place] {
        var others = factors
        others.remove(at: place)
        return inner.residue(raisedTo: .product(others), at: point)
      }
      fallthrough
    default: return residue(at: point)?.exponential
    }
  }
}

extension Expression.Function {
  fileprivate func residue(of argument: Expression, at point: ResiduePoint) -> Residue? {
    switch self {
    case .exp: return argument.exponentialResidue(at: point)
    case .ln: return argument.logarithmResidue(at: point)
    case .softplus:
      return Expression.sum([.one, .function(.exp, argument)]).logarithmResidue(at: point)
    case .sqrt:
      if let root = argument.rootOfSquares { return root.residue(at: point) }
    default: break
    }
    guard let x = argument.residue(at: point) else { return nil }
    let half = Residue(2).inverse ?? .one
    switch self {
    case .sigmoid: return (.one + (-x).exponential).inverse
    case .tanh: return (.one + (x + x).exponential).inverse.map { .one - $0 - $0 }
    case .sinh: return (x.exponential - (-x).exponential) * half
    case .cosh: return (x.exponential + (-x).exponential) * half
    case .sech: return ((x.exponential + (-x).exponential) * half).inverse
    case .sqrt: return x.isZero ? x : x.raised(to: half)
    case .abs, .relu, .positive, .nonnegative:
      guard !x.isZero else { return self == .abs || self == .relu ? x : nil }
      guard let isPositive = argument.isPositive(at: point) else { return nil }
      switch self {
      case .abs: return isPositive ? x : -x
      case .relu: return isPositive ? x : .zero
      default: return isPositive ? .one : .zero
      }
    case .sin: return x.sineAndCosine.sine
    case .cos: return x.sineAndCosine.cosine
    case .tan:
      let (sine, cosine) = x.sineAndCosine
      return cosine.inverse.map { sine * $0 }
    case .bigO, .bigTheta, .bigOmega, .exp, .ln, .softplus: return nil
    }
  }
}

extension Expression {
  /// √(f²·g⁻⁴) as |f|·|g|⁻², which the model has also where it has no root of f; nil for all else.
  fileprivate var rootOfSquares: Expression? {
    var roots: [Expression] = []
    for factor in factors {
      switch factor {
      case .power(let base, .constant(let n)) where n.integer != nil && n.numerator % 2 == 0:
        roots.append(.power(.function(.abs, base), .constant(Rational(n.numerator / 2))))
      case .constant: roots.append(.function(.sqrt, factor))
      default: return nil
      }
    }
    return factors == [self] && roots == [.function(.sqrt, self)] ? nil : .product(roots)
  }

  /// The sign in the model, by factors, so that what is positive for sure changes no sign.
  fileprivate func isPositive(at point: ResiduePoint) -> Bool? {
    if isNotNegative { return true }
    switch self {
    case .constant(let c): return c > 0
    case .product(let factors):
      var result = true
      for factor in factors {
        guard let isPositive = factor.isPositive(at: point) else { return nil }
        if !isPositive { result.toggle() }
      }
      return result
    case .power(let base, .constant(let n)) where n.integer != nil:
      return base.isPositive(at: point)
    case .function(.tanh, let argument), .function(.sinh, let argument):
      return argument.isPositive(at: point)
    default: return residue(at: point).map(\.isSquare)
    }
  }
}

// MARK: Logarithms

/// ln of a product is the sum of the logarithms of what is positive for sure, and of the rest.
extension Expression {
  fileprivate func logarithmResidue(at point: ResiduePoint) -> Residue? {
    var sum = Residue.zero
    var unsure: [(base: Expression, exponent: Rational)] = []
    for (base, exponent) in logarithmicFactors() {
      guard base.isNotNegative else {
        unsure.append((base, exponent))
        continue
      }
      guard let power = Expression.constant(exponent).residue(at: point),
        let value = base.positiveLogarithm(at: point)
      else { return nil }
      sum = sum + power * value
    }
    // What is left is positive as a whole, if at all: ln(1/(ab)) is −ln(ab).
    guard let shared = unsure.first?.exponent else { return sum }
    var product = Residue.one
    for (base, exponent) in unsure {
      guard let share = exponent.divided(by: shared)?.integer, share % 2 != 0,
        let value = base.residue(at: point)?.raised(to: share)
      else { return nil }
      product = product * value
    }
    guard !product.isZero, let power = Expression.constant(shared).residue(at: point) else {
      return nil
    }
    return sum + power * product.logarithm
  }

  /// The factors of a product with their powers, as deep as products go.
  private func logarithmicFactors() -> [(base: Expression, exponent: Rational)] {
    switch self {
    case .product(let factors): return factors.flatMap { $0.logarithmicFactors() }
    case .power(let base, .constant(let n)):
      // An even power is one of magnitudes.
      let isEven = n.integer != nil && n.numerator % 2 == 0
      let inner = (isEven ? .function(.abs, base) : base).logarithmicFactors()
      var out: [(base: Expression, exponent: Rational)] = []
      for (base, exponent) in inner {
        guard let product = exponent.multiplied(by: n) else { return [(self, 1)] }
        out.append((base, product))
      }
      return out
    case .function(.abs, let inner):
      return inner.logarithmicFactors().map {
        ($0.base.isNotNegative ? $0.base : .function(.abs, $0.base), $0.exponent)
      }
    case .function(.sqrt, let inner):
      return Expression.power(inner, .constant(Rational(1, 2))).logarithmicFactors()
    case .function(.sigmoid, let u):
      return [(.sum([.one, .function(.exp, -u)]), -1)]
    case .sum(let terms):
      guard let fraction = Self.together(terms) else { return [(self, 1)] }
      return fraction.above.logarithmicFactors()
        + fraction.below.logarithmicFactors().map { ($0.base, -$0.exponent) }
    case .constant(let c) where c > 0:
      return Self.primes(c.numerator).map { ($0, 1) } + Self.primes(c.denominator).map { ($0, -1) }
    case .constant(let c) where c < 0 && c != -1:
      return [(.constant(-1), 1)] + (-self).simplified.logarithmicFactors()
    default: return [(self, 1)]
    }
  }

  /// A sum with quotients over one denominator, tidied; nil where there is no quotient.
  private static func together(_ terms: [Expression]) -> (above: Expression, below: Expression)? {
    guard terms.count <= 4 else { return nil }
    var denominators: [Expression] = []
    var numerators: [Expression] = []
    for term in terms {
      var (above, below): ([Expression], [Expression]) = ([], [])
      for factor in term.spelledOut.simplified.factors {
        if case .power(let base, .constant(let n)) = factor, n < 0 {
          below.append(.power(base, .constant(-n)))
        } else {
          above.append(factor)
        }
      }
      numerators.append(.product(above))
      denominators.append(Expression.product(below).simplified)
    }
    let distinct = denominators.filter { $0 != .one }
    guard !distinct.isEmpty else { return nil }
    let shared = Set(distinct).count == 1
    let scaled = numerators.indices.map { i -> Expression in
      let others =
        shared
        ? (denominators[i] == .one ? [distinct[0]] : [])
        : denominators.indices.filter { $0 != i }.map { denominators[$0] }
      return .product([numerators[i]] + others)
    }
    // 1·(1 + e^x) − 1 is tidied to e^x only when the product is written out as a sum.
    let above = Expression.sum(scaled.map(\.distributed)).simplified
    return (above, shared ? distinct[0] : Expression.product(denominators).simplified)
  }

  fileprivate var factors: [Expression] {
    if case .product(let factors) = self { factors } else { [self] }
  }

  /// The sigmoid as the quotient that it is.
  private var spelledOut: Expression {
    switch self {
    case .function(.sigmoid, let u): .power(.sum([.one, .function(.exp, -u)]), .constant(-1))
    case .product(let factors): .product(factors.map(\.spelledOut))
    default: self
    }
  }

  /// A product with one sum in it, multiplied out.
  private var distributed: Expression {
    let factors = simplified.factors
    guard let place = factors.firstIndex(where: { if case .sum = $0 { true } else { false } }),
      case .sum(let terms) = factors[place]
    else { return self }
    var others = factors
    others.remove(at: place)
    return .sum(terms.map { .product([$0] + others) })
  }

  /// Small prime factors, and what is left of a whole number above 1.
  private static func primes(_ n: Int) -> [Expression] {
    var (rest, out, divisor) = (n, [Expression](), 2)
    while divisor <= 1000, divisor <= rest / divisor {
      while rest % divisor == 0 {
        out.append(.constant(Rational(divisor)))
        rest /= divisor
      }
      divisor += 1
    }
    return rest > 1 ? out + [.constant(Rational(rest))] : out
  }

  /// ln of what is positive; a sum of exponentials is divided by one of them, chosen by the others,
  /// so that ln(1 + e^x) and x + ln(1 + e^−x) are one value.
  private func positiveLogarithm(at point: ResiduePoint) -> Residue? {
    if case .function(.exp, let inner) = self { return inner.residue(at: point) }
    guard let value = residue(at: point) else { return nil }
    guard case .sum(let terms) = self else { return value.logarithm }
    var exponents: [Residue] = []
    var hasExponential = false
    for term in terms {
      var exponent = Residue.zero
      for factor in term.factors {
        if let part = factor.naturalExponent {
          guard let value = part.residue(at: point) else { return nil }
          exponent = exponent + value
          hasExponential = true
        }
      }
      if !exponents.contains(exponent) { exponents.append(exponent) }
    }
    guard hasExponential else { return value.logarithm }
    let keys = exponents.map { base in
      exponents.reduce(UInt64(0)) { key, other in
        key &+ Residue(arbitrary: 7, (other - base).p).p
      }
    }
    guard let place = keys.indices.min(by: { keys[$0] < keys[$1] }) else { return nil }
    let shift = exponents[place]
    return shift + (value * (-shift).exponential).logarithm
  }

  /// u where this is e^u, or a whole power of it.
  private var naturalExponent: Expression? {
    switch self {
    case .function(.exp, let inner): inner
    case .power(.function(.exp, let inner), let n): .product([inner, n])
    default: nil
    }
  }
}
