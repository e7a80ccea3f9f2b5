import Calculus
import ExamModel
import Typesetting

/// KL(N(μ₁, σ₁²) ‖ N(μ₂, σ₂²)) = ln(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²) / (2σ₂²) − ½.
enum GaussianDivergence: QuestionFamily {
  static let heading = Heading("info.kl-gaussian", "KL divergence of two Gaussians", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let m1, s1, m2, s2: Double
    var shift: Double { (m1 - m2) * (m1 - m2) }
    var log: Double { Elementary.log(s2 / s1) }
    var spread: Double { (s1 * s1 + shift) / (2 * s2 * s2) }
  }

  static let parts = [Part.real("kl")]

  static let misconceptions: [Misconception] = [
    .core("swapped", "The divergence is not symmetric: the first one is the true one."),
    .core("sigma-for-variance", "The formula takes variances, σ², in the fraction."),
    .core("no-minus-half", "The − ½ is missing; with it two equal Gaussians give 0."),
    .core("log-ratio-inverted", "The logarithm is of σ₂ over σ₁."),
    .optional("means-ignored", "The distance of the means counts as well."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let sizes = dice.draw(2, from: [0.5, 1, 2, 3, 4])
    return Parameters(
      m1: Double(dice.integer(in: -2...2)), s1: sizes[0], m2: Double(dice.integer(in: -2...2)),
      s2: sizes[1])
  }

  static func objection(to p: Parameters) -> String? {
    p.s1 > 0 && p.s2 > 0 && [p.m1, p.m2, p.s1, p.s2].allSatisfy { $0.magnitude <= 1000 }
      ? nil : "s1 and s2 are positive, and all numbers lie within 1000"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.log + p.spread - 0.5) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The integral of p₁ ln(p₁/p₂), by the trapezoidal rule over 24 standard deviations.
    let count = 160
    let integral = (0...count).reduce(0.0) { sum, i in
      let z = -12 + 24 * Double(i) / Double(count)
      let far = (p.m1 + p.s1 * z - p.m2) / p.s2
      return sum + Elementary.exp(-z * z / 2) * (p.log + (far * far - z * z) / 2)
    }
    return AnswerKey(integral * 24 / Double(count) / (2 * Double.pi).squareRoot())
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let other = Parameters(m1: p.m2, s1: p.s2, m2: p.m1, s2: p.s1)
    Mistake("swapped", "kl", other.log + other.spread - 0.5)
    Mistake("sigma-for-variance", "kl", p.log + (p.s1 + p.shift) / (2 * p.s2) - 0.5)
    Mistake("no-minus-half", "kl", p.log + p.spread)
    Mistake("log-ratio-inverted", "kl", p.spread - p.log - 0.5)
    Mistake("means-ignored", "kl", p.log + p.s1 * p.s1 / (2 * p.s2 * p.s2) - 0.5)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    $p$ is the normal distribution with mean $\(p.m1)$ and standard deviation $\(p.s1)$, $q$ the one \
    with mean $\(p.m2)$ and standard deviation $\(p.s2)$.
    """
    ask("kl", "$\\operatorname{KL}(p, q)$ in nats")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\\operatorname{KL} = \\ln \\frac{σ_2}{σ_1} + \\frac{σ_1^2 + (μ_1 - μ_2)^2}{2 σ_2^2} - \\frac{1}{2}",
      "= \\ln \\frac{\(p.s2)}{\(p.s1)} + \\frac{\(p.s1 * p.s1) + \(p.shift)}{\(2 * p.s2 * p.s2)} - \\frac{1}{2}",
      "= \(p.log, decimals: 4) + \(p.spread, decimals: 4) - 0.5 = \(p.log + p.spread - 0.5, decimals: 3)"
    )
  }
}
