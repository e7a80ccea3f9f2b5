import Calculus
import Typesetting

/// A number as a factor or summand: negative ones in parentheses.
func factor(_ x: Double) -> String { signed(plainNumber(x)) }

/// A number's text in parentheses where it begins with a minus sign.
func signed(_ text: String) -> String { text.hasPrefix("-") ? "(\(text))" : text }

/// `(1, -2, 3)`.
func tuple(_ xs: some Sequence<Double>, decimals: Int? = nil) -> String {
  "(" + xs.map { plainNumber($0, decimals: decimals) }.joined(separator: ", ") + ")"
}

/// A fraction as a formula: `\frac{3}{8}`, `-\frac{3}{8}`, or a whole number.
func fraction(_ x: Rational) -> String {
  guard x.integer == nil else { return "\(x.numerator)" }
  return "\(x.numerator < 0 ? "-" : "")\\frac{\(x.numerator.magnitude)}{\(x.denominator)}"
}

/// A fraction as a factor or summand: negative ones in parentheses.
func factor(_ x: Rational) -> String { x < 0 ? "(\(fraction(x)))" : fraction(x) }

/// A fraction and its decimals, for the end of a line: `\frac{3}{8} = 0.375`, `\frac{1}{3} ≈ 0.333`.
func shown(_ x: Rational, decimals: Int = 3) -> String {
  guard x.integer == nil else { return "\(x.numerator)" }
  let digits = plainNumber(x.value, decimals: decimals)
  let isExact = Rational(decimal: digits) == x
  return "\(fraction(x)) \(isExact ? "=" : "≈") \(digits)"
}

extension Rational {
  /// Reads plain decimals such as `-0.375`.
  fileprivate init?(decimal: String) {
    let pieces = decimal.split(separator: ".")
    guard let digits = Int(pieces.joined()), pieces.count <= 2 else { return nil }
    let places = pieces.count == 2 ? pieces[1].count : 0
    self.init(numerator: digits, denominator: (0..<places).reduce(1) { ten, _ in ten * 10 })
  }
}

/// `[1/4, -2]`: fractions as the exact form of a vector.
func list(_ xs: [Rational]) -> String { "[" + xs.map(\.description).joined(separator: ", ") + "]" }

/// `(\frac{1}{4}, -2)`: fractions as a formula.
func fractions(_ xs: [Rational]) -> String {
  "(" + xs.map { fraction($0) }.joined(separator: ", ") + ")"
}

/// A number at the end of a line: a fraction and its decimals, or the decimals alone.
func shown(_ x: Double, decimals: Int = 3) -> String {
  Rational(nearest: x).map { $0.denominator <= 10_000 ? shown($0, decimals: decimals) : nil }
    .flatMap(\.self) ?? plainNumber(x, decimals: decimals)
}

/// A list at the end of a line: fractions and their decimals, or the decimals alone.
func shown(_ xs: [Double], decimals: Int = 3) -> String {
  let exact = xs.compactMap { x in
    Rational(nearest: x).flatMap { $0.denominator <= 10_000 ? $0 : nil }
  }
  if exact.count < xs.count { return tuple(xs, decimals: decimals) }
  if exact.allSatisfy({ $0.integer != nil }) { return tuple(xs) }
  return "\(fractions(exact)) ≈ \(tuple(exact.map(\.value), decimals: decimals))"
}

/// A fraction as a formula where a number is a simple one, else its shortest digits.
func fraction(_ x: Double) -> String {
  Rational(nearest: x).map { fraction($0) } ?? plainNumber(x)
}

/// The rows of a matrix as a formula.
func grid(_ rows: [[Double]], decimals: Int? = nil) -> String {
  let lines = rows.map { row in
    row.map { x in decimals.map { plainNumber(x, decimals: $0) } ?? fraction(x) }
      .joined(separator: " & ")
  }
  return "\\matrix{" + lines.joined(separator: " \\\\ ") + "}"
}

/// The rows of a matrix of whole numbers as a formula.
func grid(_ rows: [[Int]]) -> String { grid(rows.map { $0.map(Double.init) }) }

/// `(1, -2, 3)`.
func tuple(_ xs: [Int]) -> String { tuple(xs.map(Double.init)) }

extension Sequence where Element: AdditiveArithmetic {
  /// All of them added up.
  var sum: Element { reduce(.zero, +) }
}

extension Collection where Element == Double {
  var mean: Double { sum / Double(count) }
}

/// The product of two lists, entry by entry, added up.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

/// Rows become columns.
func transposed<T>(_ m: [[T]]) -> [[T]] { m[0].indices.map { j in m.map { $0[j] } } }

/// The matrix product of whole numbers.
func product(_ a: [[Int]], _ b: [[Int]]) -> [[Int]] {
  let columns = transposed(b)
  return a.map { row in columns.map { dot(row, $0) } }
}

/// Terms added up as one writes them: `2 x^2 - x y + 3 y`; terms with a factor 0 are left out.
func sum(of terms: (factor: Int, name: String)...) -> String {
  let shown = terms.filter { $0.factor != 0 }
  let texts = shown.enumerated().map { index, term in
    let size = abs(term.factor) == 1 ? term.name : "\(abs(term.factor)) \(term.name)"
    return (term.factor < 0 ? (index == 0 ? "-" : "- ") : index == 0 ? "" : "+ ") + size
  }
  return texts.isEmpty ? "0" : texts.joined(separator: " ")
}
