import ExamModel
import Typesetting

/// A large number in powers of ten for a formula: `1.8 · 10^{22}`, or plain digits below 10⁶.
func large(_ x: Double, digits: Int = 4) -> String {
  guard x.isFinite, x.magnitude >= 1e6 || (x != 0 && x.magnitude < 1e-3) else {
    return compact(x, digits: digits)
  }
  let (leading, exponent) = x.inPowersOfTen
  let mantissa = compact(leading, digits: digits)
  return "\(mantissa) · 10^{\(exponent)}"
}

/// Up to so many significant digits, without zeros at the end.
private func compact(_ x: Double, digits: Int) -> String {
  var places = digits - 1
  var size = x.magnitude
  while size >= 10, places > 0 { (size, places) = (size / 10, places - 1) }
  while size > 0, size < 1 { (size, places) = (size * 10, places + 1) }
  var text = plainNumber(x, decimals: max(0, places))
  if text.contains(".") {
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
  }
  return text
}
