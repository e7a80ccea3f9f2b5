import Calculus
import ExamModel
import Typesetting

/// The inverse of a 2 × 2 matrix, and a linear system solved with it.
enum InverseMatrix: QuestionFamily {
  static let heading = Heading("math.inverse-2x2", "The inverse of a 2 × 2 matrix", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let matrix: [[Int]]
    let rhs: [Int]
    var b: [Double] { rhs.map(Double.init) }
    var det: Int { matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0] }
    func over(_ divisor: Int, _ rows: [[Int]]) -> [[Double]] {
      rows.map { $0.map { nearFraction(Double($0) / Double(divisor)) } }
    }
    var inverse: [[Double]] { over(det, adjugate) }
    var adjugate: [[Int]] { [[matrix[1][1], -matrix[0][1]], [-matrix[1][0], matrix[0][0]]] }
  }

  static let parts = [
    Part.fraction("inv", .matrix, weight: 2), Part.fraction("x", .vector, dependsOn: ["inv"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("determinant-forgotten", "Divide by the determinant."),
    .core("signs-forgotten", "The off-diagonal entries change their signs."),
    .core("diagonal-not-swapped", "The diagonal entries change places."),
    .optional("transposed", "The off-diagonal entries stay where they are."),
    .optional("elementwise", "The inverse is not made of the reciprocals of the entries."),
    .core("multiplied-instead", "x is A⁻¹ b; you multiplied by A."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(matrix: dice.rows(2, of: 2, in: -4...4), rhs: dice.integers(2, in: -4...4))
    let (a, d) = (p.matrix[0][0], p.matrix[1][1])
    let isDiagonal = p.matrix[0][1] == 0 || p.matrix[1][0] == 0
    return [-1, 0, 1].contains(p.det) || a == d || isDiagonal || p.rhs == [0, 0] ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "matrix", p.matrix, rows: 2, columns: 2)
      ?? within(-100...100, "rhs", p.rhs, count: 2)
      ?? unless(p.det != 0, "the matrix has an inverse")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let inverse = key.matrix(p.inverse)
    key.fractions(inverse.map { dot($0, p.b) })
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Elimination, with the larger pivot first.
    func solved(_ rhs: [Double]) -> [Double] {
      var rows = zip(p.matrix, rhs).map { $0.map(Double.init) + [$1] }
      if rows[1][0].magnitude > rows[0][0].magnitude { rows.swapAt(0, 1) }
      let factor = rows[1][0] / rows[0][0]
      let below = (1...2).map { rows[1][$0] - factor * rows[0][$0] }
      let y = below[1] / below[0]
      return [(rows[0][2] - rows[0][1] * y) / rows[0][0], y]
    }
    let (first, second) = (solved([1, 0]), solved([0, 1]))
    return AnswerKey([[first[0], second[0]], [first[1], second[1]]], solved(p.b))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (m, adjugate) = (p.matrix, p.adjugate)
    Mistake("determinant-forgotten", "inv", adjugate)
    Mistake("signs-forgotten", "inv", p.over(p.det, [[m[1][1], m[0][1]], [m[1][0], m[0][0]]]))
    Mistake(
      "diagonal-not-swapped", "inv", p.over(p.det, [[m[0][0], -m[0][1]], [-m[1][0], m[1][1]]]))
    Mistake("transposed", "inv", p.over(p.det, [[m[1][1], -m[1][0]], [-m[0][1], m[0][0]]]))
    Mistake("elementwise", "inv", m.map { $0.map { 1 / Double($0) } })
    Mistake("multiplied-instead", "x", m.map { dot($0, p.rhs) })
  }

  static func pose(_ p: Parameters) -> Prompt {
    Block.formula("A = \(grid(p.matrix))")
    "Give fractions or decimals."
    ask("inv", "$A^{-1}$")
    ask("x", "the solution $x$ of $A x = b$ with $b = \(tuple(p.rhs))$")
  }

  static func solve(_ p: Parameters) -> Document {
    let x = p.inverse.map { nearFraction(dot($0, p.b)) }
    "The determinant is $\(p.det)$. The diagonal changes places, the rest its signs:"
    steps(
      "A^{-1} = \\frac{1}{\(p.det)} \(grid(p.adjugate)) = \(grid(p.inverse)) ≈ \(grid(p.inverse, decimals: 3))",
      "x = A^{-1} b = \(shown(x))")
  }
}
