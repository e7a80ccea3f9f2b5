package import Calculus

/// What is known of the quantities that an expression may name.
package struct ExpressionScope: Sendable {
  private let free: [String]
  private let names: [String]
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
    self.names = names
    self.definitions = definitions
  }

  /// What was typed, in plain syntax.
  ///
  /// - Throws: `ExpressionError` that says what stands in the way.
  package func read(_ typed: String) throws(ExpressionError) -> String {
    try Expression(parsing: typed, names: names).description
  }

  /// Whether two expressions in plain syntax are one function of the free quantities.
  package func areEqual(_ a: String, _ b: String) -> Bool {
    guard a != b else { return true }
    guard let x = fingerprint(a), let y = fingerprint(b) else { return false }
    return x.agrees(with: y)
  }

  /// What tells a function from others; nil for what cannot be read.
  func fingerprint(_ text: String) -> Fingerprint? {
    (try? Expression(parsing: text, names: names))?.fingerprint(over: free, given: definitions)
  }
}
