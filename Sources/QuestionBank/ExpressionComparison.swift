/// Whether two expressions in plain syntax are one function of the free quantities.
package enum ExpressionComparison {
  package static func areEqual(_ a: String, _ b: String, names: NamedQuantities) -> Bool { a == b }
}
