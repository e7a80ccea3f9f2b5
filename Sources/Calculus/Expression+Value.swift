/// What an expression is at a point, with certainty.
enum Value {
  case number(Ball)
  /// Undefined for sure: a logarithm below 0, a division by exactly 0.
  case undefined
  /// Too near a kink or a pole, or too large, to say.
  case unknown

  init(_ ball: Ball?) {
    guard let ball, ball.isUsable else {
      self = .unknown
      return
    }
    self = .number(ball)
  }
}

/// What quantities stand for, in the order in which they were set.
struct Point<Value: Sendable>: Sendable {
  private var names: [String] = []
  private var values: [Value] = []

  subscript(name: String) -> Value? { names.firstIndex(of: name).map { values[$0] } }

  mutating func set(_ name: String, _ value: Value) {
    names.append(name)
    values.append(value)
  }
}

typealias ValuePoint = Point<Value>
typealias ResiduePoint = Point<Residue?>

extension Expression {
  /// The value at a point with a bound of its error.
  func value(at point: ValuePoint) -> Value {
    switch self {
    case .constant(let c):
      let above = Ball(c.numerator)
      guard c.denominator != 1 else { return .number(above) }
      return Value(Ball(c.denominator).inverse.map { above * $0 })
    case .variable(let name):
      guard name != Self.piName else { return .number(Ball(middle: .pi, radius: 0x1p-104)) }
      return point[name] ?? .unknown
    case .sum(let terms): return Self.folded(terms, at: point) { $0 + $1 }
    case .product(let factors): return Self.folded(factors, at: point) { $0 * $1 }
    case .power(let base, let exponent): return base.raised(to: exponent, at: point)
    case .function(let function, let argument):
      switch argument.value(at: point) {
      case .number(let x): return function.value(at: x)
      case let other: return other
      }
    case .choice(let condition, let yes, let no):
      switch condition.value(at: point) {
      case .number(let c) where c.integer == 1: return yes.value(at: point)
      case .number(let c) where c.integer == 0: return no.value(at: point)
      case .undefined: return .undefined
      default: return .unknown
      }
    }
  }

  /// One operand that is undefined for sure makes the whole so.
  private static func folded(
    _ operands: [Expression], at point: ValuePoint, _ combine: (Ball, Ball) -> Ball
  ) -> Value {
    var result = Ball.zero
    var isUnknown = false
    for (index, operand) in operands.enumerated() {
      switch operand.value(at: point) {
      case .number(let x): result = index == 0 ? x : combine(result, x)
      case .undefined: return .undefined
      case .unknown: isUnknown = true
      }
    }
    return isUnknown ? .unknown : Value(result)
  }

  private func raised(to exponent: Expression, at point: ValuePoint) -> Value {
    let base: Ball
    switch value(at: point) {
    case .number(let x): base = x
    case let other: return other
    }
    let whole: Int?
    var power = Ball.zero
    if case .constant(let n) = exponent, let n = n.integer {
      whole = n
    } else {
      switch exponent.value(at: point) {
      case .number(let y): (power, whole) = (y, y.integer)
      case let other: return other
      }
    }
    if let n = whole {
      if n < 0, base.isZero { return .undefined }
      return n.magnitude <= 1 << 20 ? Value(base.raised(to: n)) : .unknown
    }
    if base.isNegative {
      // A power that is no whole number for sure; near one, nothing is sure.
      let nearest = DoubleDouble(power.middle.high.rounded())
      let distance = (power.middle - nearest).high.magnitude
      return distance > power.radius * 2 + 1e-28 * (1 + power.magnitude) ? .undefined : .unknown
    }
    if base.isZero { return power.isPositive ? .number(.zero) : .unknown }
    if case .constant(Rational(1, 2)) = exponent { return Value(base.squareRoot) }
    return Value(base.logarithm.flatMap { ($0 * power).exponential })
  }
}

extension Expression.Function {
  func value(at x: Ball) -> Value {
    switch self {
    case .exp: return Value(x.exponential)
    case .ln: return x.isNegative || x.isZero ? .undefined : Value(x.logarithm)
    case .sqrt: return x.isNegative ? .undefined : Value(x.squareRoot)
    case .sigmoid: return Value(Self.sigmoid(x))
    case .tanh: return Value(Self.sigmoid(x.doubled).map { $0.doubled - .one })
    case .sinh: return Value(Self.growthAndDecay(x).map { ($0 - $1).half })
    case .cosh: return Value(Self.growthAndDecay(x).map { ($0 + $1).half })
    case .sech: return Value(Self.growthAndDecay(x).flatMap { ($0 + $1).half.inverse })
    case .softplus:
      // ln(1 + e^x) as x⁺ + ln(1 + e^−|x|).
      let rest = (-x.absolute).exponential.flatMap { (.one + $0).logarithm }
      return Value(rest.map { x.positivePart + $0 })
    case .relu: return Value(x.positivePart)
    case .abs: return Value(x.absolute)
    case .sin: return Value(x.sineAndCosine?.sine)
    case .cos: return Value(x.sineAndCosine?.cosine)
    case .tan: return Value(x.sineAndCosine.flatMap { s, c in c.inverse.map { s * $0 } })
    case .positive:
      if x.isPositive { return .number(.one) }
      return x.isNegative || x.isZero ? .number(.zero) : .unknown
    case .nonnegative:
      if x.isPositive || x.isZero { return .number(.one) }
      return x.isNegative ? .number(.zero) : .unknown
    case .bigO, .bigTheta, .bigOmega: return .unknown
    }
  }

  /// 1/(1 + e^−x), without large numbers on either side.
  private static func sigmoid(_ x: Ball) -> Ball? {
    guard let decay = (-x.absolute).exponential, let whole = (.one + decay).inverse else {
      return nil
    }
    return x.middle.high < 0 ? decay * whole : whole
  }

  private static func growthAndDecay(_ x: Ball) -> (Ball, Ball)? {
    x.exponential.flatMap { growth in growth.inverse.map { (growth, $0) } }
  }
}
