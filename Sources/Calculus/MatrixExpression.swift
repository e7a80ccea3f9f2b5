/// A formula in matrices and vectors, whose products do not commute.
///
/// A capital letter names a matrix, a small Latin one a column vector, and a Greek letter or a word
/// a number: `X`, `y`, `lambda`. Indices belong to the name.
package indirect enum MatrixExpression: Sendable, Hashable {
  case number(Rational)
  case name(String)
  case sum([MatrixExpression])
  case product([MatrixExpression])
  case transpose(MatrixExpression)
  case inverse(MatrixExpression)
  case power(MatrixExpression, Int)
  /// The inner product of two vectors.
  case dot(MatrixExpression, MatrixExpression)
  /// The root of the sum of squares of all entries.
  case norm(MatrixExpression)

  /// Whether a name stands for a number.
  static func isNumber(_ name: String) -> Bool { name.prefix { $0.isLetter }.count > 1 }
  /// Whether a name stands for a column vector.
  static func isVector(_ name: String) -> Bool {
    !isNumber(name) && name.first?.isLowercase == true
  }

  /// Whether it is a number whatever the sizes are.
  var isScalar: Bool {
    switch self {
    case .number, .dot, .norm: true
    case .name(let name): Self.isNumber(name)
    case .sum(let list), .product(let list): list.allSatisfy(\.isScalar)
    case .transpose(let inner), .inverse(let inner), .power(let inner, _): inner.isScalar
    }
  }

  /// The names in order of appearance.
  package var names: [String] {
    switch self {
    case .number: []
    case .name(let name): [name]
    case .sum(let list), .product(let list):
      list.flatMap(\.names).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    case .transpose(let inner), .inverse(let inner), .power(let inner, _), .norm(let inner):
      inner.names
    case .dot(let a, let b): MatrixExpression.product([a, b]).names
    }
  }
}

extension MatrixExpression: CustomStringConvertible {
  /// Plain syntax, which parsing reads back: `inv(transpose(X)@X)@transpose(X)@y`.
  package var description: String {
    switch self {
    case .number(let c): return "\(c)"
    case .name(let name): return name
    case .sum(let terms):
      return terms.enumerated().map { index, term in
        let text = term.description
        return index == 0 || text.hasPrefix("-") ? text : "+" + text
      }.joined()
    case .product(let factors):
      var text = ""
      for (index, factor) in factors.enumerated() {
        if index == 0, factor == .number(-1), factors.count > 1 {
          text = "-"
          continue
        }
        if index > 0, !text.hasSuffix("-") {
          text += factors[index - 1].isScalar || factor.isScalar ? "*" : "@"
        }
        text += factor.isAtom || (index == 0 && factor.isPlainNumber) ? "\(factor)" : "(\(factor))"
      }
      return text
    case .transpose(let inner): return "transpose(\(inner))"
    case .inverse(let inner): return "inv(\(inner))"
    case .power(let inner, let n): return inner.isAtom ? "\(inner)^\(n)" : "(\(inner))^\(n)"
    case .dot(let a, let b): return "dot(\(a),\(b))"
    case .norm(let inner): return "norm(\(inner))"
    }
  }

  private var isPlainNumber: Bool {
    if case .number(let c) = self { c.integer != nil } else { false }
  }

  private var isAtom: Bool {
    switch self {
    case .number(let c): c.integer.map { $0 >= 0 } ?? false
    case .sum, .product: false
    default: true
    }
  }
}
