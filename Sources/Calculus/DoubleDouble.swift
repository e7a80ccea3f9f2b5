/// A number of about 31 digits as the sum of two doubles, of which the second is at most half a
/// unit in the last place of the first.
///
/// Everything is built of `+ − × ÷ √`, which round the same way on every processor. The error of
/// one operation is below 2⁻¹⁰⁰ of its result while no part is above 2⁹⁹⁰ or below 2⁻⁹⁰⁰ (Dekker
/// 1971; Joldes, Muller and Popescu 2017 prove at most 15·2⁻¹⁰⁶).
struct DoubleDouble {
  var high: Double
  var low: Double

  init(_ x: Double) { (high, low) = (x, 0) }

  /// Two parts that do not overlap.
  init(high: Double, low: Double) { (self.high, self.low) = (high, low) }

  /// A whole number, exactly.
  init(_ n: Int) {
    self = Self.exactSum(Double(n >> 32) * 0x1p32, Double(n & 0xFFFF_FFFF))
  }

  /// The sum of two doubles of which the first is not smaller.
  private static func fast(_ a: Double, _ b: Double) -> Self {
    let sum = a + b
    return Self(high: sum, low: b - (sum - a))
  }

  private static func exactSum(_ a: Double, _ b: Double) -> Self {
    let sum = a + b
    let part = sum - a
    return Self(high: sum, low: (a - (sum - part)) + (b - part))
  }

  private static func exactProduct(_ a: Double, _ b: Double) -> Self {
    let product = a * b
    let (p, q) = (134_217_729 * a, 134_217_729 * b)
    let aHigh = p - (p - a)
    let bHigh = q - (q - b)
    let (aLow, bLow) = (a - aHigh, b - bHigh)
    return Self(
      high: product,
      low: ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow)
  }

  static func + (a: Self, b: Self) -> Self {
    let high = exactSum(a.high, b.high)
    let low = exactSum(a.low, b.low)
    let sum = fast(high.high, high.low + low.high)
    return fast(sum.high, sum.low + low.low)
  }

  static prefix func - (a: Self) -> Self { Self(high: -a.high, low: -a.low) }
  static func - (a: Self, b: Self) -> Self { a + -b }

  static func * (a: Self, b: Self) -> Self {
    let product = exactProduct(a.high, b.high)
    return fast(product.high, product.low + (a.high * b.low + a.low * b.high))
  }

  static func / (a: Self, b: Self) -> Self {
    let first = a.high / b.high
    var rest = a - b * Self(first)
    let second = rest.high / b.high
    rest = rest - b * Self(second)
    let third = rest.high / b.high
    return fast(first, second) + Self(third)
  }

  /// Exact, for a power of two.
  func scaled(by power: Double) -> Self { Self(high: high * power, low: low * power) }

  var squareRoot: Self {
    guard high > 0 else { return Self(0) }
    let root = high.squareRoot()
    // One step of Newton's from a root of 53 digits.
    let correction = (self - Self.exactProduct(root, root)).high / (2 * root)
    return Self.fast(root, correction)
  }
}

extension DoubleDouble {
  static let ln2 = Self(high: 0x1.62e42fefa39efp-1, low: 0x1.abc9e3b39803fp-56)
  static let pi = Self(high: 0x1.921fb54442d18p1, low: 0x1.1a62633145c07p-53)

  /// eˣ for |x| ≤ 600 with an error below 2⁻⁸⁸ of it.
  ///
  /// x = k·ln 2 + r; the series of e^(r/256) − 1, squared eight times as s ← 2s + s².
  var exponential: Self {
    let k = (high * 0x1.71547652b82fep0).rounded()
    let r = (self - Self.ln2 * Self(k)).scaled(by: 0x1p-8)
    var series = Self(0)
    for inverse in Self.inverseFactorials[3...10].reversed() { series = (series + inverse) * r }
    var s = r + (r * r).scaled(by: 0.5) + series * r * r
    for _ in 0..<8 { s = s.scaled(by: 2) + s * s }
    return (s + Self(1)).scaled(by: Double(sign: .plus, exponent: Int(k), significand: 1))
  }

  /// ln x for a positive normal x with an error below 2⁻⁸⁸·(1 + |ln x|).
  var logarithm: Self {
    // One step of Newton's for e^y = x.
    let y = Elementary.log(high)
    return Self(y) + self * Self(-y).exponential - Self(1)
  }

  /// Sine and cosine for |x| ≤ 10⁹ with an error below 2⁻⁸⁸·(1 + |x|); NaN beyond.
  var sineAndCosine: (sine: Self, cosine: Self) {
    guard high.magnitude <= 1e9 else { return (Self(.nan), Self(.nan)) }
    let quarters = (high / (Double.pi / 2)).rounded()
    let r = self - Self.pi.scaled(by: 0.5) * Self(quarters)
    let square = r * r
    var (sine, cosine) = (Self(0), Self(0))
    for n in stride(from: 27, through: 3, by: -2) {
      let sign = n % 4 == 1 ? 1.0 : -1.0
      sine = (sine + Self.inverseFactorials[n].scaled(by: sign)) * square
      cosine = (cosine + Self.inverseFactorials[n - 1].scaled(by: sign)) * square
    }
    cosine = cosine + Self(1)
    sine = (sine + Self(1)) * r
    switch Int(quarters) & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }

  private static let inverseFactorials: [Self] = {
    var list = [Self(1)]
    for n in 1...28 { list.append(list[n - 1] / Self(Double(n))) }
    return list
  }()
}
