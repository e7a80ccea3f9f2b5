package import Calculus

/// What is known of the quantities that an expression may name.
package struct ExpressionScope: Sendable {
  private let free: [String]
  private let areMatrices: Bool
  private let vocabulary: ExpressionVocabulary
  private let definitions: [(name: String, value: Expression)]

  /// The names are a family's own: a definition that cannot be read is a mistake in it.
  package init(_ quantities: NamedQuantities) {
    var names = quantities.free
    var definitions: [(name: String, value: Expression)] = []
    for derived in quantities.derived {
      guard let value = try? Expression(parsing: derived.expression, names: names) else {
        preconditionFailure("\(derived.name) is defined by no expression: \(derived.expression)")
      }
      definitions.append((derived.name, value))
      names.append(derived.name)
    }
    free = quantities.free
    areMatrices = quantities.areMatrices
    vocabulary = ExpressionVocabulary(names)
    self.definitions = definitions
  }

  /// What was typed, in plain syntax.
  ///
  /// - Throws: `ExpressionError` that says what stands in the way.
  package func read(_ typed: String) throws(ExpressionError) -> String {
    if areMatrices {
      let text = try MatrixExpression(parsing: typed, names: free).description
      _ = try MatrixExpression(parsing: text, names: free)
      return text
    }
    let text = try Expression(parsing: typed, in: vocabulary).description
    // In plain syntax it may be longer or deeper than it was typed, and is kept only in that form.
    _ = try Expression(asTyped: text, in: vocabulary)
    return text
  }

  /// Whether an answer is the key, as functions of the free quantities; both in plain syntax.
  package func equality(key: String, answer: String) -> Equality {
    guard key != answer else { return .equal }
    if areMatrices {
      guard let key = try? MatrixExpression(parsing: key, names: free),
        let answer = try? MatrixExpression(parsing: answer, names: free)
      else { return .undecided("one of them cannot be read") }
      return MatrixExpression.equality(key: key, answer: answer)
    }
    guard let key = self.key(key), let answer = expression(answer) else {
      return .undecided("one of them cannot be read")
    }
    return key.equality(with: answer)
  }

  /// Whether two expressions in plain syntax are one function of the free quantities for sure.
  package func areEqual(_ a: String, _ b: String) -> Bool { equality(key: a, answer: b) == .equal }

  /// An expression of numbers prepared to be compared with many; nil for what cannot be read.
  package func key(_ text: String) -> ExpressionKey? {
    expression(text).map { ExpressionKey($0, over: free, given: definitions) }
  }

  private func expression(_ text: String) -> Expression? {
    try? Expression(parsing: text, in: vocabulary)
  }
}
