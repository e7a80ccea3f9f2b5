import Testing

@testable import Calculus

/// Pairs of expressions that SymPy and 60-digit arithmetic judged; see `Tests/Oracle`.
@Suite("Pairs of expressions, judged from outside") struct ExpressionPairTests {
  @Test("each pair is judged as it is, and almost none is left undecided")
  func pairs() throws {
    let vocabulary = ExpressionVocabulary(["x", "y", "w", "u"])
    let rows = Table.rows("pairs.tsv")
    var undecided: [String] = []
    for row in rows {
      let one = try Expression(parsing: row[0], in: vocabulary)
      let other = try Expression(parsing: row[1], in: vocabulary)
      switch Expression.equality(one, other) {
      case .equal: #expect(row[2] == "equal", "\(row[0]) and \(row[1])")
      case .different: #expect(row[2] == "different", "\(row[0]) and \(row[1])")
      case .undecided(let reason): undecided.append("\(row[0]) and \(row[1]): \(reason)")
      }
    }
    #expect(rows.count >= 2000)
    #expect(undecided.count <= 1, "\(undecided.joined(separator: "\n"))")
  }
}
