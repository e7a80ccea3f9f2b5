/// Why a text is no expression, and where.
package struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, in small letters.
  package let reason: String
  package var description: String { reason }
}

extension Expression {
  /// Reads what people type: plain, Python, Unicode or LaTeX.
  ///
  /// `names` are the quantities of the question without underscores: `x_0`, `x₀` and `x_{0}` are
  /// all `x0`. A multiplication sign may be left out. What has two readings of different value,
  /// such as `1/2x`, is refused; so are names that the question does not have.
  ///
  /// - Throws: `ExpressionError`.
  package init(parsing typed: String, names: [String]) throws(ExpressionError) {
    try self.init(parsing: typed, in: ExpressionVocabulary(names))
  }

  /// As above, with the names prepared once for many texts.
  package init(parsing typed: String, in vocabulary: ExpressionVocabulary) throws(ExpressionError) {
    self = try Expression(asTyped: typed, in: vocabulary).simplified
    if let objection { throw ExpressionError(reason: objection) }
  }

  /// The expression as it was typed, not tidied: quicker, and enough to compare.
  package init(asTyped typed: String, in vocabulary: ExpressionVocabulary) throws(ExpressionError) {
    guard typed.utf8.count <= 2000 else {
      throw ExpressionError(reason: "the expression is longer than 2000 bytes")
    }
    var parser = ExpressionParser(try ExpressionLexer(typed, vocabulary).tokens)
    self = try parser.whole()
  }

  /// The largest power that is read.
  static let largestPower = 1000.0

  /// What only shows when an expression is tidied.
  private var objection: String? {
    switch self {
    case .power(.constant(0), .constant(let n)) where n < 0: "it divides by 0"
    case .power(_, .constant(let n)) where n.value.magnitude > Self.largestPower:
      "a power is too large"
    case .constant, .variable: nil
    case .sum(let terms), .product(let terms): terms.lazy.compactMap(\.objection).first
    case .power(let base, let exponent): base.objection ?? exponent.objection
    case .function(_, let argument): argument.objection
    case .choice(let condition, let yes, let no):
      condition.objection ?? yes.objection ?? no.objection
    }
  }
}
