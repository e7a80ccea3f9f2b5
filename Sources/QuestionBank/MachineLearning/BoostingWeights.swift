import Calculus
import ExamModel
import Typesetting

/// The first round of AdaBoost from equal weights.
enum BoostingWeights: QuestionFamily {
  static let heading = Heading(
    "ml.adaboost-weights", "A round of AdaBoost", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let n, wrong: Int
    var odds: Double { Double(n - wrong) / Double(wrong) }
  }

  static let parts = [
    Part.fraction("eps"), Part.real("alpha"), Part.fraction("wWrong", to: 4),
    Part.fraction("wRight", to: 4),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-half", "α is half the logarithm of the odds."),
    .core("log-inverted", "The better the learner, the larger α: (1 − ε) / ε."),
    .optional("log2", "Use the natural logarithm, as the exponential in the weights does."),
    .core("not-normalised", "The new weights are divided by their sum."),
    .core("unchanged", "Samples that were got wrong gain weight."),
    .core("signs-swapped", "That is the weight of the samples that were got right."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let n = dice.integer(in: 24...60)
    let p = Parameters(n: n, wrong: dice.integer(in: 3...(n - 1) / 2))
    return p.n == 4 * p.wrong ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    (3...1000).contains(p.n) && p.wrong >= 1 && 2 * p.wrong < p.n
      ? nil : "n lies between 3 and 1000, and fewer than half are wrong"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(Rational(p.wrong, p.n))
    key.write(Elementary.log(p.odds) / 2)
    key.write(Rational(1, 2 * p.wrong))
    key.write(Rational(1, 2 * (p.n - p.wrong)))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Multiply by e^±α and divide by the sum.
    let eps = Double(p.wrong) / Double(p.n)
    let alpha = (Elementary.log(1 - eps) - Elementary.log(eps)) / 2
    let (up, down) = (Elementary.exp(alpha), Elementary.exp(-alpha))
    let sum = Double(p.wrong) * up + Double(p.n - p.wrong) * down
    return AnswerKey(eps, alpha, up / sum, down / sum)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let log = Elementary.log(p.odds)
    Mistake("no-half", "alpha", log)
    Mistake("log-inverted", "alpha", -log / 2)
    Mistake("log2", "alpha", log / 2 / Elementary.log(2))
    Mistake("not-normalised", "wWrong", Elementary.exp(log / 2) / Double(p.n))
    Mistake("unchanged", "wWrong", Rational(1, p.n))
    Mistake("signs-swapped", "wWrong", Rational(1, 2 * (p.n - p.wrong)))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    AdaBoost starts with equal weights, with sum 1, on \(p.n) samples. The first weak learner gets \
    \(p.wrong) of them wrong. Weights are multiplied by $e^{α}$ or $e^{-α}$ and scaled to sum 1.
    """
    ask("eps", "the weighted error $ε$ of this learner")
    ask("alpha", "its weight $α$ in the vote")
    ask("wWrong", "the new weight of a sample that it got wrong")
    ask("wRight", "the new weight of a sample that it got right")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "ε = \\frac{\(p.wrong)}{\(p.n)} = \(shown(Rational(p.wrong, p.n)))",
      "α = \\frac{1}{2} \\ln \\frac{1 - ε}{ε} = \(Elementary.log(p.odds) / 2, decimals: 3)")
    "After the step both groups have half of the weight each:"
    steps(
      "\\frac{1}{2 · \(p.wrong)} = \(shown(Rational(1, 2 * p.wrong), decimals: 4))",
      "\\frac{1}{2 · \(p.n - p.wrong)} = \(shown(Rational(1, 2 * (p.n - p.wrong)), decimals: 4))")
  }
}
