import Calculus
import ExamModel
import Typesetting

/// L = E + A k^−α when the scale grows k times.
enum ScalingLaw: QuestionFamily {
  static let heading = Heading("scale.power-law", "A power law of the loss", difficulty: 2)

  /// The loss is `floor` + `reducible` before the scale grows `scale` times.
  struct Parameters: Codable, Sendable, Equatable {
    let alpha: Double
    let scale: Int
    let floor, reducible: Double
    var factor: Double { Elementary.exp(-alpha * Elementary.log(Double(scale))) }
  }

  static let parts = [
    Part.real("factor", to: 4), Part.real("loss", weight: 2, dependsOn: ["factor"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("exponent-positive", "The loss falls with the scale: the exponent is −α."),
    .core("floor-scaled", "The irreducible part stays as it is."),
    .core("linear", "The exponent is α, not 1: the gain is much smaller."),
    .optional("log-linear", "A power law is no straight line in the logarithm of the scale."),
    .core("factor-linear", "The factor is k to the power −α, not 1/k."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      alpha: dice.pick([0.05, 0.076, 0.095, 0.1, 0.2, 0.3]),
      scale: dice.pick([2, 4, 10, 100, 1000]),
      floor: dice.pick([0.5, 1, 1.5, 1.7]), reducible: dice.pick([0.8, 1.2, 2, 2.5]))
  }

  static func objection(to p: Parameters) -> String? {
    p.alpha > 0 && p.alpha <= 2 && (2...1_000_000_000).contains(p.scale) && p.floor >= 0
      && p.floor <= 100 && p.reducible > 0 && p.reducible <= 100
      ? nil : "alpha lies between 0 and 2, scale is 2 or more, floor and reducible up to 100"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.floor + p.reducible * key.number(p.factor))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // In powers of ten.
    let ten = Elementary.log(10)
    let digits = Elementary.log(Double(p.scale)) / ten
    let factor = 1 / Elementary.exp(digits * p.alpha * ten)
    return AnswerKey(factor, factor * p.reducible + p.floor)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let k = Double(p.scale)
    let digits = Elementary.log(k) / Elementary.log(10)
    Mistake("exponent-positive", "loss", p.floor + p.reducible / p.factor)
    Mistake("floor-scaled", "loss", (p.floor + p.reducible) * p.factor)
    Mistake("linear", "loss", p.floor + p.reducible / k)
    Mistake("log-linear", "loss", p.floor + p.reducible * (1 - p.alpha * digits))
    Mistake("factor-linear", "factor", 1 / k)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A model's loss follows $L = E + A x^{-α}$ in the scale $x$, with $α = \(p.alpha)$. Now it is \
    $\(nearFraction(p.floor + p.reducible))$, of which $E = \(p.floor)$ is irreducible. The scale grows to \
    \(p.scale) times its size.
    """
    ask("factor", "the factor by which the reducible part changes")
    ask("loss", "the new loss")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\(p.scale)^{-\(p.alpha)} = e^{-\(p.alpha) \\ln \(p.scale)} = \(p.factor, decimals: 4)",
      "L = \(p.floor) + \(p.reducible) · \(p.factor, decimals: 4) = \(p.floor + p.reducible * p.factor, decimals: 3)"
    )
  }
}
