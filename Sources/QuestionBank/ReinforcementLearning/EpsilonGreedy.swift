import Calculus
import ExamModel
import Typesetting

/// ε-greedy choice, where the random choice may hit the greedy action too.
enum EpsilonGreedy: QuestionFamily {
  static let heading = Heading("rl.epsilon-greedy", "ε-greedy choice", difficulty: 1, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let eps: Rational
    let values: [Int]

    var count: Rational { Rational(values.count) }
    var best: Int { values.max() ?? 0 }
    var mean: Rational { Rational(values.sum, values.count) }
    var meanOfOthers: Rational { Rational(values.sum - best, values.count - 1) }
  }

  static let parts = [
    Part.fraction("pGreedy", to: 4), Part.fraction("pOther", to: 4), Part.fraction("expected"),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-share", "The random choice hits the greedy action as well: add ε / n."),
    .core("shared-among-others", "ε is shared by all n actions, the greedy one too."),
    .optional("uniform", "Each action is drawn at random only with probability ε."),
    .core("eps-is-other", "ε is shared among the actions."),
    .core("greedy-value", "Random choices lower the expected value."),
    .core("no-share-expected", "The random choice averages over all actions."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      eps: Rational(dice.integer(in: 1...12), 20),
      values: dice.draw(dice.integer(in: 3...6), from: 1...15))
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "values", p.values, count: 2...10)
      ?? unless(p.values.count { $0 == p.best } == 1, "values have one largest")
      ?? positive("eps", p.eps, below: 1, denominators: 1000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(1 - p.eps + p.eps / p.count)
    key.write(p.eps / p.count)
    key.write((1 - p.eps) * Rational(p.best) + p.eps * p.mean)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Action by action.
    let share = p.eps.value / Double(p.values.count)
    let policy = p.values.map { $0 == p.best ? share + 1 - p.eps.value : share }
    return AnswerKey(policy.max() ?? 0, policy.min() ?? 0, dot(policy, p.values.map(Double.init)))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("no-share", "pGreedy", 1 - p.eps)
    Mistake("shared-among-others", "pOther", p.eps / (p.count - 1))
    Mistake("uniform", "pOther", 1 / p.count)
    Mistake("eps-is-other", "pOther", p.eps)
    Mistake("greedy-value", "expected", Double(p.best))
    Mistake(
      "no-share-expected", "expected", (1 - p.eps) * Rational(p.best) + p.eps * p.meanOfOthers)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    The actions of a state have the values $Q = \(tuple(p.values))$. An agent chooses \
    $ε$-greedily with $ε = \(plainNumber(p.eps.value))$: with probability $ε$ it draws one of all \
    actions at random, the greedy one included.
    """
    ask("pGreedy", "the probability of the greedy action")
    ask("pOther", "the probability of each other action")
    ask("expected", "the expected value of the action chosen")
  }

  static func solve(_ p: Parameters) -> Document {
    let n = p.values.count
    let expected = (1 - p.eps) * Rational(p.best) + p.eps * p.mean
    steps(
      "1 - ε + \\frac{ε}{\(n)} = \(shown(1 - p.eps + p.eps / p.count, decimals: 4))",
      "\\frac{ε}{\(n)} = \(shown(p.eps / p.count, decimals: 4))",
      "(1 - ε) · \(p.best) + ε · \(fraction(p.mean)) = \(shown(expected))")
  }
}
