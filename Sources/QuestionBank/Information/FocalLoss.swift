import Calculus
import ExamModel
import Typesetting

/// −α (1 − p)^γ ln p: cross-entropy that goes easy on what is already known (Lin et al. 2017).
enum FocalLoss: QuestionFamily {
  static let heading = Heading("info.focal-loss", "Focal loss", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let pt: Rational
    let gamma: Int
    let alpha: Rational
    func power(_ x: Rational) -> Double { ((1..<gamma).reduce(x) { power, _ in power * x }).value }
    var entropy: Double { -Elementary.log(pt.value) }
  }

  static let parts = [
    Part("fl", .number, tolerance: .significant(3), weight: 2), Part.fraction("ratio", to: 4),
  ]

  static let misconceptions: [Misconception] = [
    .core("focus-on-p", "The factor is a power of 1 − p: small for what is known well."),
    .core("plain-ce", "That is the plain cross-entropy, without the focusing factor."),
    .core("factor-not-power", "γ is an exponent, not a factor."),
    .optional("alpha-forgotten", "The weight α is missing."),
    .optional("sign", "The logarithm of a probability is negative; the minus makes it a loss."),
  ]

  private static let probabilities = [
    Rational(1, 5), Rational(1, 4), Rational(1, 3), Rational(2, 3), Rational(3, 4), Rational(4, 5),
  ]

  static let variants: Int? = 34

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      pt: dice.pick(probabilities), gamma: dice.integer(in: 2...3),
      alpha: dice.pick([4, 1, 2], over: 4))
  }

  static func objection(to p: Parameters) -> String? {
    positive("pt", p.pt, below: 1) ?? positive("alpha", p.alpha, upTo: 1)
      ?? within(1...5, "gamma", p.gamma)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let factor = p.alpha.value * p.power(1 - p.pt)
    key.write(factor * p.entropy, nearFraction(factor))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let factor = p.alpha.value * Elementary.exp(Double(p.gamma) * Elementary.log(1 - p.pt.value))
    return AnswerKey(factor * Elementary.log(1 / p.pt.value), factor)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (a, focus) = (p.alpha.value, p.power(1 - p.pt))
    Mistake("focus-on-p", "fl", a * p.power(p.pt) * p.entropy)
    Mistake("plain-ce", "fl", p.entropy)
    Mistake("factor-not-power", "fl", a * Double(p.gamma) * (1 - p.pt.value) * p.entropy)
    if p.alpha != 1 { Mistake("alpha-forgotten", "fl", focus * p.entropy) }
    Mistake("sign", "fl", -a * focus * p.entropy)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A detector gives the right class of a sample the probability $p = \(fraction(p.pt))$. The focal \
    loss is $-α (1 - p)^γ \\ln p$, here with $γ = \(p.gamma)$ and $α = \(fraction(p.alpha))$.
    """
    ask("fl", "its focal loss")
    ask("ratio", "the factor between focal loss and cross-entropy")
  }

  static func solve(_ p: Parameters) -> Document {
    let factor = p.alpha.value * p.power(1 - p.pt)
    "Cross-entropy is $-\\ln p = \(p.entropy, decimals: 4)$. The focusing factor multiplies it:"
    steps(
      "α (1 - p)^γ = \(fraction(p.alpha)) · (\(fraction(1 - p.pt)))^\(p.gamma) = \(shown(factor, decimals: 4))",
      "-α (1 - p)^γ \\ln p = \(large(factor * p.entropy))")
  }
}
