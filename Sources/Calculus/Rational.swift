/// An exact fraction in lowest terms, for keys that must not depend on rounding.
///
/// The operators stop the program when a result does not fit; a family whose numbers are small
/// by construction uses them. Where size is not known beforehand, use `adding` and its siblings.
package struct Rational: Sendable, Hashable, AdditiveArithmetic {
  /// The signed part above the bar.
  package let numerator: Int
  /// The part below the bar, always positive.
  package let denominator: Int

  /// A fraction brought to lowest terms; nil if the denominator is zero or a part does not fit.
  ///
  /// The least `Int` does not: every fraction has a negative.
  package init?(numerator: Int, denominator: Int) {
    guard denominator != 0 else { return nil }
    let divisor = Self.commonDivisor(numerator.magnitude, denominator.magnitude)
    let isNegative = (numerator < 0) != (denominator < 0)
    let above = numerator.magnitude / divisor
    guard let below = Int(exactly: denominator.magnitude / divisor),
      let above = Int(exactly: above)
    else { return nil }
    self.numerator = isNegative ? -above : above
    self.denominator = below
  }

  /// A fraction of known good parts, as in `Rational(3, 8)`; a zero denominator is a mistake.
  package init(_ numerator: Int, _ denominator: Int = 1) {
    guard let fraction = Rational(numerator: numerator, denominator: denominator) else {
      preconditionFailure("\(numerator)/\(denominator) is not a fraction of two Ints")
    }
    self = fraction
  }

  /// The nearest double, correctly rounded as long as both parts are below 2⁵³.
  package var value: Double { Double(numerator) / Double(denominator) }

  /// The whole number that this is, or nil for a proper fraction.
  package var integer: Int? { denominator == 1 ? numerator : nil }

  private static func commonDivisor(_ a: UInt, _ b: UInt) -> UInt {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}

extension Rational {
  /// The sum, or nil if it does not fit.
  package func adding(_ other: Rational) -> Rational? {
    let shared = Int(Self.commonDivisor(denominator.magnitude, other.denominator.magnitude))
    let scale = denominator / shared
    let left = numerator.multipliedReportingOverflow(by: other.denominator / shared)
    let right = other.numerator.multipliedReportingOverflow(by: scale)
    let sum = left.partialValue.addingReportingOverflow(right.partialValue)
    let below = scale.multipliedReportingOverflow(by: other.denominator)
    guard !left.overflow, !right.overflow, !sum.overflow, !below.overflow else { return nil }
    return Rational(numerator: sum.partialValue, denominator: below.partialValue)
  }

  /// The difference, or nil if it does not fit.
  package func subtracting(_ other: Rational) -> Rational? {
    Rational(numerator: -other.numerator, denominator: other.denominator).flatMap(adding)
  }

  /// The product, or nil if it does not fit; common factors are cancelled before multiplying.
  package func multiplied(by other: Rational) -> Rational? {
    guard
      let a = Rational(numerator: numerator, denominator: other.denominator),
      let b = Rational(numerator: other.numerator, denominator: denominator)
    else { return nil }
    let above = a.numerator.multipliedReportingOverflow(by: b.numerator)
    let below = a.denominator.multipliedReportingOverflow(by: b.denominator)
    guard !above.overflow, !below.overflow else { return nil }
    return Rational(numerator: above.partialValue, denominator: below.partialValue)
  }

  /// The quotient, or nil if it does not fit or the divisor is zero.
  package func divided(by other: Rational) -> Rational? {
    Rational(numerator: other.denominator, denominator: other.numerator).flatMap(multiplied)
  }
}

extension Rational {
  /// The exact sum; stops the program if it does not fit.
  package static func + (a: Rational, b: Rational) -> Rational {
    a.adding(b) ?? overflow(a, "+", b)
  }

  /// The exact difference; stops the program if it does not fit.
  package static func - (a: Rational, b: Rational) -> Rational {
    a.subtracting(b) ?? overflow(a, "-", b)
  }

  /// The exact product; stops the program if it does not fit.
  package static func * (a: Rational, b: Rational) -> Rational {
    a.multiplied(by: b) ?? overflow(a, "*", b)
  }

  /// The exact quotient; stops the program if it does not fit or the divisor is zero.
  package static func / (a: Rational, b: Rational) -> Rational {
    a.divided(by: b) ?? overflow(a, "/", b)
  }

  /// The same distance from zero on the other side.
  package static prefix func - (a: Rational) -> Rational { 0 - a }

  private static func overflow(_ a: Rational, _ sign: String, _ b: Rational) -> Rational {
    preconditionFailure("(\(a)) \(sign) (\(b)) is not a fraction of two Ints")
  }
}

extension Rational: Comparable {
  /// Compares exactly, whatever the size of the parts.
  package static func < (a: Rational, b: Rational) -> Bool {
    a.numerator.multipliedFullWidth(by: b.denominator)
      < b.numerator.multipliedFullWidth(by: a.denominator)
  }
}

extension Rational: ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// A whole number.
  package init(integerLiteral value: Int) { self.init(value) }

  /// `3/8`, or `-2` for a whole number: what a candidate would type.
  package var description: String {
    denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}
