extension Double {
  /// The number with exactly `decimals` places, rounded half to even on its exact binary value.
  ///
  /// Neither Foundation nor the C library is asked, so the digits are the same everywhere. Numbers
  /// of 2^53/10^decimals and more, infinities and NaN are printed as Swift prints them.
  package func fixed(_ decimals: Int) -> String {
    let scale = Double.powerOfTen(decimals)
    guard isFinite, magnitude < 9_007_199_254_740_992 / scale else { return description }
    // The product is rounded once; its exact error (by fused multiply-add) settles a near tie.
    let product = magnitude * scale
    let error = (-product).addingProduct(magnitude, scale)
    var units = product.rounded(.toNearestOrEven)
    let distance = product - units
    if distance == 0.5, error > 0 { units += 1 }
    if distance == -0.5, error < 0 { units -= 1 }
    let digits = String(UInt64(units)).utf8
    var text: [UInt8] = []
    text.reserveCapacity(24)
    if self < 0, units != 0 { text.append(UInt8(ascii: "-")) }
    text += repeatElement(UInt8(ascii: "0"), count: max(0, decimals + 1 - digits.count))
    text += digits
    if decimals > 0 { text.insert(UInt8(ascii: "."), at: text.count - decimals) }
    return String(decoding: text, as: UTF8.self)
  }

  /// 10 to the power `n`, exact for 0 through 22.
  package static func powerOfTen(_ n: Int) -> Double {
    var power = 1.0
    for _ in 0..<n.magnitude { power *= 10 }
    return n < 0 ? 1 / power : power
  }

  /// The number with so many significant digits, and all of those before the point: `0.0000500`,
  /// `1234`; below a millionth with a power of ten, `5.00e-9`.
  package func rounded(toSignificant digits: Int) -> String {
    guard self != 0, isFinite else { return fixed(0) }
    let (leading, exponent) = inPowersOfTen
    guard exponent >= -6 else { return leading.fixed(digits - 1) + "e\(exponent)" }
    return fixed(max(0, digits - 1 - exponent))
  }

  /// A number from 1 to below 10, or that negative, and the power of ten that it is multiplied by;
  /// 0 and 0 for 0. Only of finite numbers.
  package var inPowersOfTen: (leading: Double, exponent: Int) {
    guard self != 0 else { return (0, 0) }
    var (leading, exponent) = (self, 0)
    while leading.magnitude >= 10 { (leading, exponent) = (leading / 10, exponent + 1) }
    while leading.magnitude < 1 { (leading, exponent) = (leading * 10, exponent - 1) }
    return (leading, exponent)
  }
}
