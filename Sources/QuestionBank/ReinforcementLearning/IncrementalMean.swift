import Calculus
import ExamModel
import Typesetting

/// Q ← Q + (R − Q) / n, and the same with a constant step.
enum IncrementalMean: QuestionFamily {
  static let heading = Heading("rl.incremental-mean", "An incremental mean", difficulty: 1)

  /// The last reward is new; the estimate is the mean of those before.
  struct Parameters: Codable, Sendable, Equatable {
    let rewards: [Int]
    let alpha: Rational

    var count: Int { rewards.count }
    var last: Rational { Rational(rewards[count - 1]) }
    var old: Rational { Rational(rewards.dropLast().sum, count - 1) }
    func updated(by step: Rational) -> Rational { old + step * (last - old) }
  }

  static let parts = [
    Part.fraction("Q", mayBeObvious: true), Part.fraction("const", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("n-plus-1", "Divide by the number of rewards, the new one included."),
    .core("n-minus-1", "Divide by the number of rewards, the new one included."),
    .core("not-divided", "The step is 1/n: the estimate does not jump to the new reward."),
    .core("minus", "The estimate moves towards the new reward."),
    .optional("halves", "Old estimate and new reward do not count the same."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      rewards: dice.integers(dice.integer(in: 3...5), in: 0...10),
      alpha: dice.pick([1, 2, 3], over: 10))
    return p.last == p.old || p.alpha == Rational(1, p.count) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "rewards", p.rewards, count: 2...12)
      ?? positive("alpha", p.alpha, below: 1, denominators: 1000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.updated(by: Rational(1, p.count)), p.updated(by: p.alpha))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let alpha = p.alpha.value
    return AnswerKey(
      p.rewards.map(Double.init).mean, (1 - alpha) * p.old.value + alpha * p.last.value)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("n-plus-1", "Q", p.updated(by: Rational(1, p.count + 1)))
    Mistake("n-minus-1", "Q", p.updated(by: Rational(1, p.count - 1)))
    Mistake("not-divided", "Q", p.last)
    Mistake("minus", "Q", p.updated(by: Rational(-1, p.count)))
    Mistake("halves", "Q", p.updated(by: Rational(1, 2)))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    An action brought the rewards $\(tuple(Array(p.rewards.dropLast())))$, and the estimate $Q = \
    \(fraction(p.old))$ is their mean. Now it brings $\(p.rewards[p.count - 1])$.
    """
    ask("Q", "the new estimate, as the mean of all rewards")
    ask("const", "the new estimate with the constant step $α = \(fraction(p.alpha))$ instead")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "Q + \\frac{R - Q}{n} = \(fraction(p.old)) + \\frac{\(fraction(p.last)) - \(factor(p.old))}{\(p.count)} = \(shown(p.updated(by: Rational(1, p.count))))",
      "Q + α (R - Q) = \(shown(p.updated(by: p.alpha)))")
  }
}
