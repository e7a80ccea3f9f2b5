import Calculus
import ExamModel
import Typesetting

/// Clipping a gradient by its norm: the direction stays, the length is cut.
enum GradientClipping: QuestionFamily {
  static let heading = Heading(
    "torch.grad-clip", "Clipping a gradient by its norm", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let g: [Int]
    let max: Int
    var norm: Double { Double(dot(g, g)).squareRoot() }
    func scaled(_ factor: Double) -> [Double] { g.map { nearFraction(Double($0) * factor) } }
  }

  static let parts = [
    Part("norm", .integer), Part.fraction("clipped", .vector, weight: 2, dependsOn: ["norm"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("per-element", "That clips each entry; clipping by the norm keeps the direction."),
    .core("not-clipped", "The norm is above the maximum, so the gradient is scaled down."),
    .core("always-normalised", "A gradient below the maximum stays as it is."),
    .optional("squared-norm", "Divide by the norm, not by its square."),
    .core(
      "l1-norm", "That is the sum of the magnitudes; the norm is the root of the sum of squares."),
    .core("not-rooted", "Take the root of the sum of squares."),
  ]

  private static let triples = [
    [3, 4], [5, 12], [6, 8], [7, 24], [8, 15], [20, 21], [1, 2, 2], [2, 3, 6], [1, 4, 8],
    [2, 6, 9], [2, 10, 11], [1, 6, 18], [4, 13, 16], [3, 6, 22],
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let g = dice.arranged(dice.pick(triples))
    let p = Parameters(g: g, max: dice.pick([1, 2, 5, 10, 20]))
    return p.norm == Double(p.max) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "g", p.g, count: 1...8) ?? within(1...10_000, "max", p.max)
      ?? unless(p.norm > 0 && p.norm == p.norm.rounded(), "the norm of g is a whole number")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let norm = Double(key.integer(Int(p.norm)))
    key.fractions(p.scaled(norm > Double(p.max) ? Double(p.max) / norm : 1))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // PyTorch's own line: a coefficient that is 1 at most.
    var norm = 0
    while norm * norm < p.g.reduce(0, { $0 + $1 * $1 }) { norm += 1 }
    let coefficient = min(1, Double(p.max) / Double(norm))
    return AnswerKey(norm, p.g.map { Double($0) * coefficient })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let limit = Double(p.max)
    if p.norm > limit {
      Mistake("per-element", "clipped", p.g.map { min(max(Double($0), -limit), limit) })
      Mistake("not-clipped", "clipped", p.g)
      Mistake("squared-norm", "clipped", p.scaled(limit / (p.norm * p.norm)))
    } else {
      Mistake("always-normalised", "clipped", p.scaled(limit / p.norm))
    }
    Mistake("l1-norm", "norm", p.g.map(abs).sum)
    Mistake("not-rooted", "norm", dot(p.g, p.g))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A model's whole gradient is $g = \(tuple(p.g))$. It is clipped with \
    `clip_grad_norm_(parameters, max_norm=\(p.max))`.
    """
    ask("norm", "the norm of the gradient")
    ask("clipped", "the gradient after clipping")
  }

  static func solve(_ p: Parameters) -> Document {
    let isLong = p.norm > Double(p.max)
    steps("\\| g \\| = \\sqrt{\(p.g.map { "\($0 * $0)" }.joined(separator: " + "))} = \(p.norm)")
    if isLong {
      "That is above \(p.max), so the gradient is scaled to this length:"
      steps("\\frac{\(p.max)}{\(p.norm)} g = \(shown(p.scaled(Double(p.max) / p.norm)))")
    } else {
      "That is not above \(p.max), so the gradient stays $\(tuple(p.g))$."
    }
  }
}
