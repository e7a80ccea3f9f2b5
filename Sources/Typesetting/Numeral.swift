/// Writes a number in plain digits with an ASCII minus, ready for the source of a formula.
///
/// Without `decimals`: the shortest digits that read back as the same number, and no point for a
/// whole one (`3`, `0.5`, `-0.00001`). With `decimals` (0 to 22): that many places, rounded half
/// to even on the exact binary value, and never a minus before nothing but zeros. Infinity is
/// `∞`. There is no exponent form, however large or small the number.
package func plainNumber(_ x: Double, decimals: Int? = nil) -> String {
  if x.isNaN { return #"\text{undefined}"# }
  if x.isInfinite { return x < 0 ? "-∞" : "∞" }
  let digits = decimals.flatMap { fixed(x.magnitude, decimals: $0) } ?? shortest(x.magnitude)
  let isNegative = x < 0 && digits.utf8.contains { (0x31...0x39).contains($0) }
  return isNegative ? "-" + digits : digits
}

/// The digits of a number that is not negative, to a number of places; nil where it is so large
/// that it has no places.
private func fixed(_ x: Double, decimals: Int) -> String? {
  precondition((0...22).contains(decimals), "a number is written with 0 to 22 decimals")
  guard x < 0x1p53 else { return nil }
  var power: UInt128 = 1
  for _ in 0..<decimals { power *= 10 }
  // x = significand · 2^−shift exactly. The product stays below 2^53 · 10^22 < 2^127.
  let exponent = x.isNormal ? Int(x.exponentBitPattern) : 1
  let significand = UInt128(x.significandBitPattern) | (x.isNormal ? 1 << 52 : 0)
  let shift = 1075 - exponent
  let product = significand * power
  var whole = shift < 128 ? product >> UInt128(shift) : 0
  if shift > 0, shift < 128 {
    let half: UInt128 = 1 << UInt128(shift - 1)
    let rest = product & (half << 1 &- 1)
    if rest > half || (rest == half && whole & 1 == 1) { whole += 1 }
  }
  let digits = UInt64(exactly: whole).map { String($0) } ?? String(whole)
  guard decimals > 0 else { return digits }
  let missing = decimals + 1 - digits.utf8.count
  let padded = missing > 0 ? String(repeating: "0", count: missing) + digits : digits
  let point = padded.utf8.index(padded.endIndex, offsetBy: -decimals)
  return "\(padded[..<point]).\(padded[point...])"
}

/// The digits of a short decimal that arithmetic in binary has missed: 0.7 for 0.7000000000000002;
/// nil for any other number.
private func withoutRest(_ x: Double) -> String? {
  guard x.description.utf8.count > 14, let digits = fixed(x, decimals: 11) else { return nil }
  let short = digits.prefix(digits.utf8.count - digits.reversed().prefix { $0 == "0" }.count)
  guard short.utf8.count <= 10 else { return nil }
  return short.last == "." ? String(short.dropLast()) : String(short)
}

/// The shortest digits that read back as a number that is not negative, without an exponent.
private func shortest(_ x: Double) -> String {
  if x < 0x1p53, x == x.rounded(.down) { return String(Int(x)) }
  if 1e-3 < x, x < 0x1p53 { return withoutRest(x) ?? x.description }
  let parts = x.description.split(separator: "e")
  let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
  let halves = parts[0].split(separator: ".")
  let fraction = halves.count == 2 && halves[1] != "0" ? String(halves[1]) : ""
  let digits = String(halves[0]) + fraction
  let point = halves[0].count + exponent
  if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
  if point >= digits.count { return digits + String(repeating: "0", count: point - digits.count) }
  return "\(digits.prefix(point)).\(digits.dropFirst(point))"
}
