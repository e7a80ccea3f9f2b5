import ExamModel
import Typesetting

/// Determinants of 2 × 2 and 3 × 3 matrices.
enum Determinant: QuestionFamily {
  static let heading = Heading("math.determinant", "A determinant", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let matrix: [[Int]]
    var size: Int { matrix.count }
    /// Along the first row, with these signs.
    func expanded(_ signs: [Int]) -> Int {
      guard size == 3 else { return matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0] }
      return (0..<3).map { signs[$0] * matrix[0][$0] * minor($0) }.sum
    }
    func minor(_ column: Int) -> Int {
      let rest = (0..<3).filter { $0 != column }
      return matrix[1][rest[0]] * matrix[2][rest[1]] - matrix[1][rest[1]] * matrix[2][rest[0]]
    }
    var value: Int { expanded([1, -1, 1]) }
    var diagonal: [Int] { matrix.indices.map { matrix[$0][$0] } }
  }

  static let parts = [Part("det", .integer)]

  static let misconceptions: [Misconception] = [
    .core("plus-sign", "The products are subtracted: a d − b c."),
    .core("no-checkerboard", "The signs of the cofactors alternate: + − +."),
    .optional("diagonal-product", "That is right for triangular matrices only."),
    .optional("trace", "That is the trace, the sum of the diagonal."),
    .optional("sign", "The main diagonal counts positive."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let size = dice.integer(in: 2...3)
    let p = Parameters(matrix: dice.rows(size, of: size, in: -4...4))
    return p.value == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(2...3, "the number of rows", p.size)
      ?? within(-100...100, "matrix", p.matrix, rows: p.size, columns: p.size)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.value) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Over all permutations, with their signs.
    func sum(_ row: Int, _ free: [Int]) -> Int {
      guard row < p.size else { return 1 }
      return free.indices.map { place in
        let rest = free.enumerated().filter { $0.offset != place }.map(\.element)
        return (place % 2 == 0 ? 1 : -1) * p.matrix[row][free[place]] * sum(row + 1, rest)
      }.sum
    }
    return AnswerKey(sum(0, Array(0..<p.size)))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    if p.size == 2 {
      Mistake("plus-sign", "det", p.matrix[0][0] * p.matrix[1][1] + p.matrix[0][1] * p.matrix[1][0])
    } else {
      Mistake("no-checkerboard", "det", p.expanded([1, 1, 1]))
    }
    Mistake("diagonal-product", "det", p.diagonal.reduce(1, *))
    Mistake("trace", "det", p.diagonal.sum)
    Mistake("sign", "det", -p.value)
  }

  static func pose(_ p: Parameters) -> Prompt {
    Block.formula("A = \(grid(p.matrix))")
    ask("det", "$\\det A$")
  }

  static func solve(_ p: Parameters) -> Document {
    let m = p.matrix.map { $0.map { signed("\($0)") } }
    if p.size == 2 {
      steps("a d - b c = \(m[0][0]) · \(m[1][1]) - \(m[0][1]) · \(m[1][0]) = \(p.value)")
    } else {
      "Along the first row, with alternating signs:"
      steps(
        "\(m[0][0]) · \(signed("\(p.minor(0))")) - \(m[0][1]) · \(signed("\(p.minor(1))")) + \(m[0][2]) · \(signed("\(p.minor(2))")) = \(p.value)"
      )
    }
  }
}
