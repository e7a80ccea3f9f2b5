/// All numbers within a radius of a middle: what is known of a value after rounding.
///
/// An operation's ball contains every result for operands out of its operands' balls. Radii are
/// rounded up by a share that covers their own rounding.
struct Ball {
  var middle: DoubleDouble
  var radius: Double

  static let zero = Ball(0)
  static let one = Ball(1)

  init(middle: DoubleDouble, radius: Double) {
    self.middle = middle
    self.radius = radius
  }

  /// A whole number, exactly.
  init(_ n: Int) { self.init(middle: DoubleDouble(n), radius: 0) }

  /// A double, exactly.
  init(exactly x: Double) { self.init(middle: DoubleDouble(x), radius: 0) }

  /// A result of `DoubleDouble` with what its operands' radii add, and its own error.
  private init(_ middle: DoubleDouble, _ radius: Double, error: Double = 0x1p-100) {
    self.middle = middle
    self.radius = (radius + middle.high.magnitude * error + 1e-290) * (1 + 0x1p-48)
  }

  var magnitude: Double { middle.high.magnitude }
  /// Whether every number of it is above 0, or below.
  var isPositive: Bool { middle.high > radius * (1 + 0x1p-48) }
  var isNegative: Bool { -middle.high > radius * (1 + 0x1p-48) }
  var isZero: Bool { middle.high == 0 && radius == 0 }
  /// Whether rounding errors are still what the proofs say.
  var isUsable: Bool { magnitude < 1e280 && radius < 1e280 }

  /// The whole number that it is without any doubt.
  var integer: Int? {
    radius == 0 && middle.low == 0 && magnitude < 1e9 ? Int(exactly: middle.high) : nil
  }

  /// Whether no number is in both.
  func isApart(from other: Ball) -> Bool {
    (middle - other.middle).high.magnitude > (radius + other.radius) * (1 + 0x1p-40) + 1e-280
  }

  /// Sums and products of small whole numbers are exact, so that 1 − 1 is 0 and not near it.
  private static func exact(
    _ a: Ball, _ b: Ball, _ operation: (Int) -> (Int) -> (partialValue: Int, overflow: Bool)
  ) -> Ball? {
    guard let x = a.integer, let y = b.integer else { return nil }
    let (result, overflow) = operation(x)(y)
    return overflow ? nil : Ball(result)
  }

  static func + (a: Ball, b: Ball) -> Ball {
    exact(a, b, Int.addingReportingOverflow) ?? Ball(a.middle + b.middle, a.radius + b.radius)
  }

  static func - (a: Ball, b: Ball) -> Ball { a + -b }
  static prefix func - (a: Ball) -> Ball { Ball(middle: -a.middle, radius: a.radius) }

  static func * (a: Ball, b: Ball) -> Ball {
    if a.isZero || b.isZero { return .zero }
    return exact(a, b, Int.multipliedReportingOverflow)
      ?? Ball(
        a.middle * b.middle,
        a.magnitude * b.radius * (1 + 0x1p-50) + b.magnitude * a.radius * (1 + 0x1p-50)
          + a.radius * b.radius)
  }

  /// Half of it and twice it, exactly.
  var half: Ball { Ball(middle: middle.scaled(by: 0.5), radius: radius * 0.5) }
  var doubled: Ball { Ball(middle: middle.scaled(by: 2), radius: radius * 2) }

  var absolute: Ball { middle.high < 0 ? -self : self }
  var positivePart: Ball { middle.high < 0 && isNegative ? .zero : notBelowZero }
  private var notBelowZero: Ball {
    middle.high < 0 ? Ball(middle: DoubleDouble(0), radius: radius) : self
  }

  /// Nil where 0 may be in it.
  var inverse: Ball? {
    if let n = integer, n.magnitude == 1 { return self }
    let distance = magnitude * (1 - 0x1p-50) - radius
    guard distance > 1e-280 else { return nil }
    return Ball(DoubleDouble(1) / middle, radius / distance / (magnitude * (1 - 0x1p-50)))
  }

  func raised(to n: Int) -> Ball? {
    if n < 0 { return raised(to: -n)?.inverse }
    var (result, square, rest) = (Ball.one, self, n)
    while rest > 0 {
      if rest & 1 == 1 { result = result * square }
      rest >>= 1
      if rest > 0 { square = square * square }
      guard square.isUsable, result.isUsable else { return nil }
    }
    return result
  }

  /// Nil where the argument is too large or known too badly.
  var exponential: Ball? {
    guard magnitude <= 600, radius <= 0x1p-10 else { return nil }
    if isZero { return .one }
    let value = middle.exponential
    return Ball(value, value.high * radius * (1 + radius), error: 0x1p-88)
  }

  /// Nil where not every number is well above 0.
  var logarithm: Ball? {
    if integer == 1 { return .zero }
    let least = middle.high * (1 - 0x1p-50) - radius
    guard least > 1e-260, middle.high < 1e260 else { return nil }
    let value = middle.logarithm
    return Ball(value, radius / least + 0x1p-88, error: 0x1p-88)
  }

  /// Nil where not every number is above 0.
  var squareRoot: Ball? {
    if isZero { return .zero }
    let least = middle.high * (1 - 0x1p-50) - radius
    guard least > 1e-270 else { return nil }
    return Ball(middle.squareRoot, radius / least.squareRoot(), error: 0x1p-96)
  }

  /// Nil where the argument is too large.
  var sineAndCosine: (sine: Ball, cosine: Ball)? {
    guard magnitude <= 1e9 else { return nil }
    if isZero { return (.zero, .one) }
    let (sine, cosine) = middle.sineAndCosine
    let radius = radius + 0x1p-88 * (1 + magnitude)
    return (Ball(sine, radius), Ball(cosine, radius))
  }
}
