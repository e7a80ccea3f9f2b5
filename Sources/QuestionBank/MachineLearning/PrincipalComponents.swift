import Calculus
import ExamModel
import Typesetting

/// Principal components of a 2 × 2 covariance matrix with whole eigenvalues.
enum PrincipalComponents: QuestionFamily {
  static let heading = Heading(
    "ml.pca-2x2", "Principal components of two features", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let covariance: [[Int]]

    var a: Double { Double(covariance[0][0]) }
    var b: Double { Double(covariance[0][1]) }
    var d: Double { Double(covariance[1][1]) }
    /// The larger one first.
    var eigenvalues: [Double] {
      let root = ((a - d) * (a - d) + 4 * b * b).squareRoot()
      return [(a + d + root) / 2, (a + d - root) / 2]
    }
    /// (C − λ) v = 0 with a positive first entry.
    func direction(_ value: Double) -> [Double] {
      let v = [b, value - a]
      return v[0] < 0 ? v.map { -$0 } : v
    }
    func unit(_ v: [Double]) -> [Double] {
      let norm = dot(v, v).squareRoot()
      return v.map { $0 / norm }
    }
  }

  static let parts = [
    Part("eig", .vector), Part.fraction("ratio", dependsOn: ["eig"]), Part.real("pc1", .vector),
  ]

  static let misconceptions: [Misconception] = [
    .core("smaller-eigenvector", "The first component belongs to the larger eigenvalue."),
    .optional("std-ratio", "Shares of variance are shares of the eigenvalues, without roots."),
    .core(
      "diagonal-as-eigenvalues", "The diagonal holds the eigenvalues only where the rest is 0."),
    .core("largest-over-smallest", "Divide by the sum of all eigenvalues."),
    .core("not-unit", "A principal component has length 1."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let v = dice.pick([
      [1, 1], [1, -1], [1, 2], [1, -2], [2, 1], [2, -1], [1, 3], [1, -3], [3, 1], [3, -1], [2, 3],
      [2, -3], [3, 2], [3, -2],
    ])
    let weights = dice.draw(2, from: 1...12).sorted(by: >)
    let (a, b) = (weights[0], weights[1])
    // a v vᵀ + b u uᵀ for u at a right angle to v.
    let mixed = (a - b) * v[0] * v[1]
    return Parameters(covariance: [
      [a * v[0] * v[0] + b * v[1] * v[1], mixed], [mixed, a * v[1] * v[1] + b * v[0] * v[0]],
    ])
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "covariance", p.covariance, rows: 2, columns: 2)
      ?? unless(
        p.covariance[0][1] == p.covariance[1][0] && p.covariance[0][1] != 0,
        "covariance is symmetric and not diagonal")
      ?? unless(
        p.eigenvalues.allSatisfy { $0 == $0.rounded() && $0 > 0 },
        "its eigenvalues are positive whole numbers")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let eigenvalues = key.vector(p.eigenvalues)
    key.fraction(eigenvalues[0] / eigenvalues.sum)
    key.write(p.unit(p.direction(p.eigenvalues[0])))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The power method; the other eigenvalue is what is left of the trace.
    var v = [1.0, 0.3]
    for _ in 0..<400 { v = p.unit([p.a * v[0] + p.b * v[1], p.b * v[0] + p.d * v[1]]) }
    let first = dot(v, [p.a * v[0] + p.b * v[1], p.b * v[0] + p.d * v[1]])
    let trace = p.a + p.d
    return AnswerKey([first, trace - first], first / trace, v[0] < 0 ? v.map { -$0 } : v)
  }

  static func accepts(_ answer: AnswerValue, for part: PartID, _ p: Parameters) -> Bool {
    guard part == "pc1", case .vector(let v) = answer, v.count == 2 else { return false }
    let unit = p.unit(p.direction(p.eigenvalues[0]))
    return zip(v, unit).allSatisfy { ($0 + $1).magnitude < 0.001 }
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (first, second) = (p.eigenvalues[0], p.eigenvalues[1])
    let (root, other) = (first.squareRoot(), second.squareRoot())
    let direction = p.direction(first)
    let shortest = direction.map(\.magnitude).min() ?? 1
    Mistake("smaller-eigenvector", "pc1", p.unit(p.direction(second)))
    Mistake("std-ratio", "ratio", root / (root + other))
    Mistake("diagonal-as-eigenvalues", "eig", [max(p.a, p.d), min(p.a, p.d)])
    Mistake("largest-over-smallest", "ratio", first / second)
    Mistake("not-unit", "pc1", direction.map { $0 / shortest })
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Two features have the covariance matrix"
    Block.formula("C = \(grid(p.covariance))")
    ask("eig", "the eigenvalues, the larger one first")
    ask("ratio", "the share of the variance that the first principal component explains")
    ask("pc1", "the first principal component, of length 1 (either sign)")
  }

  static func solve(_ p: Parameters) -> Document {
    let values = p.eigenvalues
    let direction = p.direction(values[0])
    "The eigenvalues solve $λ^2 - \(p.a + p.d) λ + \(p.a * p.d - p.b * p.b) = 0$:"
    steps(
      "λ_1 = \(values[0]), λ_2 = \(values[1])",
      "\\frac{λ_1}{λ_1 + λ_2} = \(shown(values[0] / values.sum))")
    "$(C - λ_1) v = 0$ for $v = \(tuple(direction))$, and of length 1"
    steps("\(tuple(p.unit(direction), decimals: 3))")
  }
}
