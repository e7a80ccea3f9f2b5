import ExamModel
import Typesetting

/// Eigenvalues of a 2 × 2 matrix from its trace and determinant.
enum Eigenvalues: QuestionFamily {
  static let heading = Heading(
    "math.eigen-2x2", "Eigenvalues of a 2 × 2 matrix", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let matrix: [[Int]]
    var trace: Int { matrix[0][0] + matrix[1][1] }
    var det: Int { matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0] }
    var discriminant: Int { trace * trace - 4 * det }
    var root: Int { Int(Double(max(0, discriminant)).squareRoot().rounded()) }
    /// The larger one first.
    var eigenvalues: [Int] { [(trace + root) / 2, (trace - root) / 2] }
  }

  static let parts = [
    Part("trace", .integer, mayBeObvious: true), Part("det", .integer, mayBeObvious: true),
    Part("eig", .vector, weight: 2, dependsOn: ["trace", "det"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("diagonal-entries", "The diagonal holds the eigenvalues of triangular matrices only."),
    .core("trace-sign", "The equation is λ² − trace λ + det = 0."),
    .core("det-plus", "The determinant is a d − b c."),
    .core("trace-anti", "The trace sums the main diagonal."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let values = dice.draw(2, from: [-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8])
    let (s, t) = (dice.pick([-2, -1, 1, 2]), dice.pick([-2, -1, 1, 2]))
    // P = [[1, s], [t, 1 + s t]] has determinant 1; A = P Λ P⁻¹.
    let (first, second) = (values[0], values[1])
    let p = Parameters(matrix: [
      [first * (1 + s * t) - second * s * t, s * (second - first)],
      [t * (1 + s * t) * (first - second), second * (1 + s * t) - first * s * t],
    ])
    return first == -second || p.matrix.joined().contains(0) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "matrix", p.matrix, rows: 2, columns: 2)
      ?? unless(
        p.discriminant >= 0 && p.root * p.root == p.discriminant,
        "its eigenvalues are whole numbers")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let trace = Double(key.integer(p.trace))
    let det = Double(key.integer(p.det))
    let root = (trace * trace - 4 * det).squareRoot()
    key.write(
      root.isNaN ? p.eigenvalues.map(Double.init) : [(trace + root) / 2, (trace - root) / 2])
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Try whole numbers: A − λ has determinant 0 at two of them.
    let m = p.matrix
    let bound = m.joined().map(abs).max() ?? 0
    let found = (-2 * bound...2 * bound).reversed().filter { x in
      (m[0][0] - x) * (m[1][1] - x) == m[0][1] * m[1][0]
    }
    guard let large = found.first, let small = found.last else { return nil }
    return AnswerKey(large + small, large * small, [large, small])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (m, values) = (p.matrix, p.eigenvalues)
    Mistake("trace-anti", "trace", m[0][1] + m[1][0])
    Mistake("det-plus", "det", m[0][0] * m[1][1] + m[0][1] * m[1][0])
    Mistake("diagonal-entries", "eig", [max(m[0][0], m[1][1]), min(m[0][0], m[1][1])])
    Mistake("trace-sign", "eig", [-values[1], -values[0]])
  }

  static func pose(_ p: Parameters) -> Prompt {
    Block.formula("A = \(grid(p.matrix))")
    ask("trace", "the trace")
    ask("det", "the determinant")
    ask("eig", "the eigenvalues, the larger one first")
  }

  static func solve(_ p: Parameters) -> Document {
    let m = p.matrix.map { $0.map { signed("\($0)") } }
    steps(
      "\(m[0][0]) + \(m[1][1]) = \(p.trace)",
      "\(m[0][0]) · \(m[1][1]) - \(m[0][1]) · \(m[1][0]) = \(p.det)")
    "The eigenvalues solve $λ^2 - \(signed("\(p.trace)")) λ + \(signed("\(p.det)")) = 0$:"
    steps(
      "λ = \\frac{\(p.trace) ± \\sqrt{\(p.discriminant)}}{2}",
      "= \(p.eigenvalues[0]), \(p.eigenvalues[1])")
  }
}
