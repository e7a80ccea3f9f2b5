/// exp, log and what is made of them, with the same bits on every processor.
///
/// The C library picks other code on other processors and its last bits differ. These functions use
/// + − × ÷ and exact changes of the exponent only.
package enum Elementary {
  private static let ln2High = 6.931471803691238e-01  // 33 bits of ln 2: k·ln2High is exact
  private static let ln2Low = 1.9082149292705877e-10

  /// e to the power `x`.
  ///
  /// x = k·ln 2 + r with |r| ≤ ½ ln 2, then Taylor's series of r to degree 13, whose remainder is
  /// below 2⁻⁵⁷, and an exact scaling by 2^k.
  package static func exp(_ x: Double) -> Double {
    guard !x.isNaN else { return x }
    if x > 709.782712893384 { return .infinity }
    if x < -745.1332191019412 { return 0 }
    let k = (x * 1.4426950408889634).rounded(.toNearestOrEven)
    let high = x - k * ln2High
    let low = k * ln2Low
    let r = high - low
    // What rounding took from r, given back at the end: exp(r + c) = exp(r)·(1 + c).
    let correction = (high - r) - low
    var series = 1.0 / 6_227_020_800
    for factor in inverseFactorials { series = series * r + factor }
    // exp(r) = 1 + (r + r²·series'), summed from the small end.
    let tail = r * r * series
    let value = 1 + (r + (tail + correction * (1 + r)))
    return scaled(value, by: Int(k))
  }

  /// 1/12!, 1/11!, … 1/2!.
  private static let inverseFactorials: [Double] = [
    1.0 / 479_001_600, 1.0 / 39_916_800, 1.0 / 3_628_800, 1.0 / 362_880, 1.0 / 40_320, 1.0 / 5040,
    1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5,
  ]

  /// `x`·2^k in two exact steps, so that subnormal results are rounded once.
  private static func scaled(_ x: Double, by k: Int) -> Double {
    if k > -1000 && k < 1000 { return x * Double(sign: .plus, exponent: k, significand: 1) }
    let half = k / 2
    return x * Double(sign: .plus, exponent: half, significand: 1)
      * Double(sign: .plus, exponent: k - half, significand: 1)
  }

  /// The natural logarithm of `x`.
  ///
  /// x = 2^e·m with m from √½ to √2, s = (m − 1)/(m + 1), then
  /// ln m = 2(s + s³/3 + s⁵/5 + …) to s²³, whose remainder is below 2⁻⁶⁰.
  package static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x.isFinite else { return x }
    var m = x.significand
    var e = Double(x.exponent)
    if m > 1.4142135623730951 {
      m /= 2
      e += 1
    }
    let f = m - 1
    let s = f / (2 + f)
    let z = s * s
    var series = 1.0 / 23
    for odd in stride(from: 21.0, through: 3, by: -2) { series = series * z + 1 / odd }
    // ln(1 + f) = f − f²/2 + s(f²/2 + 2z·series): the large terms of the sum are exact.
    let half = 0.5 * f * f
    let rest = s * (half + 2 * z * series)
    return e * ln2High - ((half - (rest + e * ln2Low)) - f)
  }

  /// 1 / (1 + exp(−x)).
  package static func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let e = exp(x)
    return e / (1 + e)
  }

  /// exp(x_i) / Σ exp(x_j), shifted by the largest x so that nothing overflows.
  package static func softmax(_ xs: [Double]) -> [Double] {
    let largest = xs.max() ?? 0
    let exponentials = xs.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }
}
