/// A mathematical formula as a tree, to be rendered as text, MathML or LaTeX.
package indirect enum Formula: Sendable, Hashable {
  /// Digits, as written: `0.25`.
  case number(String)
  /// A variable, one letter or a Greek one.
  case symbol(String)
  /// An upright name: `loss`, `exp`, `softmax`.
  case name(String)
  /// An operator, relation or separator: `+`, `=`, `,`.
  case sign(String)
  case row([Formula])
  case fraction(Formula, Formula)
  case subscripted(Formula, Formula)
  case raised(Formula, Formula)
  case root(Formula)
  case fenced(String, Formula, String)
  /// Rows of entries in square brackets.
  case matrix([[Formula]])

  /// A formula in the authors' notation; see `FormulaParser`.
  ///
  /// A mistake in the notation is the author's and ends the program.
  package static func parsed(_ source: String) -> Formula {
    var parser = FormulaParser(source)
    do {
      return try parser.parse()
    } catch {
      preconditionFailure("the formula \"\(source)\" cannot be read: \(error.message)")
    }
  }
}

extension Formula: ExpressibleByStringInterpolation {
  package init(stringLiteral source: String) { self = .parsed(source) }
}

/// A formula's notation is wrong.
package struct FormulaError: Error, Hashable { package let message: String }

/// A number as formulas and answers show it: no needless zeros, ASCII minus, no exponent.
///
/// With `decimals`, exactly that many places.
package func plainNumber(_ x: Double, decimals: Int? = nil) -> String {
  guard let decimals else {
    if x == x.rounded(), x.magnitude < 1e15 { return String(Int(x)) }
    return x.description
  }
  var unit = 1.0
  for _ in 0..<decimals { unit *= 10 }
  let scaled = x.magnitude * unit
  guard scaled < 9_007_199_254_740_992 else { return x.description }
  // Half a unit is decided on the exact product, not on the rounded one.
  let error = (-scaled).addingProduct(x.magnitude, unit)
  var units = scaled.rounded(.toNearestOrEven)
  let distance = (scaled - units) + error
  if distance > 0.5 { units += 1 } else if distance < -0.5 { units -= 1 }
  let digits = String(UInt64(units))
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  let sign = x < 0 && units != 0 ? "-" : ""
  return decimals == 0 ? sign + padded : "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
}
