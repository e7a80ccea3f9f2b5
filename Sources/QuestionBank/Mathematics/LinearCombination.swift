import ExamModel
import Typesetting

/// Mean and variance of a X + b Y for correlated X and Y.
enum LinearCombination: QuestionFamily {
  static let heading = Heading(
    "math.gaussian-linear", "A linear combination of two variables", difficulty: 2, version: 2)

  /// Means `m`, standard deviations `s`.
  struct Parameters: Codable, Sendable, Equatable {
    let a, b, m1, m2, s1, s2, cov: Int
    var mean: Int { a * m1 + b * m2 }
    var squares: Int { a * a * s1 * s1 + b * b * s2 * s2 }
    var mixed: Int { a * b * cov }
  }

  static let parts = [
    Part("mean", .integer, mayBeObvious: true), Part("var", .integer, mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("std-added", "Standard deviations add up only where both vary together fully."),
    .core("coefficient-not-squared", "Factors are squared in the variance."),
    .optional("minus-variance", "Variances add up, also for a difference."),
    .optional("std-for-variance", "Standard deviations are given; square them."),
    .optional("covariance-forgotten", "X and Y are correlated: add 2 a b cov."),
    .optional("covariance-once", "The covariance counts twice."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (s1, s2) = (dice.integer(in: 1...4), dice.integer(in: 1...4))
    let factors = dice.picks(2, from: [-3, -2, -1, 1, 2, 3])
    let p = Parameters(
      a: factors[0], b: factors[1], m1: dice.integer(in: -3...5), m2: dice.integer(in: -3...5),
      s1: s1, s2: s2, cov: dice.oneIn(3) ? 0 : dice.integer(in: -s1 * s2 + 1...s1 * s2))
    return abs(p.cov) == s1 * s2 || p.squares + 2 * p.mixed == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "a, b, m1 and m2", p.a, p.b, p.m1, p.m2)
      ?? within(0...100, "s1 and s2", p.s1, p.s2)
      ?? unless(abs(p.cov) <= p.s1 * p.s2, "the covariance is at most s1 times s2")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.mean, p.squares + 2 * p.mixed)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // As the quadratic form of the covariance matrix.
    let (v, sigma) = ([p.a, p.b], [[p.s1 * p.s1, p.cov], [p.cov, p.s2 * p.s2]])
    return AnswerKey(dot(v, [p.m1, p.m2]), dot(v, sigma.map { dot($0, v) }))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (sum, both) = (p.a * p.s1 + p.b * p.s2, 2 * p.mixed)
    Mistake("std-added", "var", sum * sum)
    Mistake("coefficient-not-squared", "var", p.a * p.s1 * p.s1 + p.b * p.s2 * p.s2 + both)
    Mistake("minus-variance", "var", p.a * p.a * p.s1 * p.s1 - p.b * p.b * p.s2 * p.s2 + both)
    Mistake("std-for-variance", "var", p.a * p.a * p.s1 + p.b * p.b * p.s2 + both)
    if p.cov != 0 {
      Mistake("covariance-forgotten", "var", p.squares)
      Mistake("covariance-once", "var", p.squares + p.mixed)
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    $X$ and $Y$ are jointly normal with means $\(p.m1)$ and $\(p.m2)$, standard deviations $\(p.s1)$ and \
    $\(p.s2)$, and covariance $\(p.cov)$. Let $Z = \(sum(of: (p.a, "X"), (p.b, "Y")))$.
    """
    ask("mean", "the mean of $Z$")
    ask("var", "the variance of $Z$")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "E[Z] = \(p.a) · \(signed("\(p.m1)")) + \(signed("\(p.b)")) · \(signed("\(p.m2)")) = \(p.mean)",
      "\\operatorname{Var}(Z) = a^2 σ_X^2 + b^2 σ_Y^2 + 2 a b \\operatorname{Cov}(X, Y)",
      "= \(p.a * p.a * p.s1 * p.s1) + \(p.b * p.b * p.s2 * p.s2) + \(signed("\(2 * p.mixed)")) = \(p.squares + 2 * p.mixed)"
    )
  }
}
