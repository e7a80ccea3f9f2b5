import Calculus
import ExamModel
import Typesetting

/// PPO's objective of one sample: min(r A, clip(r, 1 ± ε) A) (Schulman et al. 2017).
enum ClippedObjective: QuestionFamily {
  static let heading = Heading("rl.ppo-clip", "The clipped objective of PPO", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let ratio, eps: Rational
    let advantage: Int

    var a: Rational { Rational(advantage) }
    var clipped: Rational { min(max(ratio, 1 - eps), 1 + eps) }
    var objective: Rational { min(ratio * a, clipped * a) }
    var isFlat: Bool { (ratio > 1 + eps && a > 0) || (ratio < 1 - eps && a < 0) }
  }

  static let parts = [Part.fraction("obj", weight: 2, mayBeObvious: true), Part("flat", .choice)]

  static let misconceptions: [Misconception] = [
    .core(
      "other-branch",
      "The objective is the smaller of r A and clip(r) A: clipping only ever takes gain away."),
    .core("advantage-sign", "The objective has the sign of the advantage."),
    .optional("clip-around-0", "The ratio is clipped to a range around 1, not around 0."),
    .optional(
      "clipped-is-flat", "The gradient is 0 only where the clipped branch is the smaller one."),
  ]

  static let variants: Int? = 168

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      ratio: Rational(dice.integer(in: 5...16), 10), eps: dice.pick([1, 2, 3], over: 10),
      advantage: dice.pick([-5, -4, -3, -2, 2, 3, 4, 5]))
    return p.ratio == 1 || p.ratio == 1 + p.eps || p.ratio == 1 - p.eps ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    positive("ratio", p.ratio, below: 100, denominators: 1000)
      ?? positive("eps", p.eps, below: 1, denominators: 1000)
      ?? within(-1000...1000, "advantage", p.advantage)
      ?? unless(p.advantage != 0, "advantage is not 0")
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["flat": Options(["yes", "no"], isShuffled: false)]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.objective, AnswerValue.choice(p.isFlat ? "yes" : "no"))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // For A > 0 the ratio counts up to 1 + ε, for A < 0 down to 1 − ε; a small step shows the slope.
    func objective(_ ratio: Double) -> Double {
      let a = Double(p.advantage)
      return a > 0 ? a * min(ratio, 1 + p.eps.value) : a * max(ratio, 1 - p.eps.value)
    }
    let r = p.ratio.value
    return AnswerKey(
      objective(r), AnswerValue.choice(objective(r + 1e-6) == objective(r - 1e-6) ? "yes" : "no"))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("other-branch", "obj", max(p.ratio * p.a, p.clipped * p.a))
    Mistake("advantage-sign", "obj", -p.objective)
    Mistake("clip-around-0", "obj", min(p.ratio, p.eps) * p.a)
    if p.clipped != p.ratio && !p.isFlat { Mistake("clipped-is-flat", "flat", .choice("yes")) }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    PPO maximises $\\min(r A, \\operatorname{clip}(r, 1 - ε, 1 + ε) A)$. A sample has the probability \
    ratio $r = \(plainNumber(p.ratio.value))$ and the advantage $A = \(p.advantage)$; \
    $ε = \(plainNumber(p.eps.value))$.
    """
    ask("obj", "the objective of this sample")
    ask("flat", "whether its gradient with respect to the policy is 0")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "r A = \(shown(p.ratio * p.a))", "\\operatorname{clip}(r) A = \(shown(p.clipped * p.a))",
      "\\min = \(shown(p.objective))")
    if p.isFlat {
      "The smaller one is the clipped one, which does not depend on the policy: the gradient is 0."
    } else {
      "The smaller one depends on $r$: the gradient is not 0."
    }
  }
}
