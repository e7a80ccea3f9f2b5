import Calculus
import ExamModel
import Typesetting

/// REINFORCE with a baseline for a softmax policy: ∇ log π(a) = e_a − π.
enum PolicyGradient: QuestionFamily {
  static let heading = Heading("rl.policy-gradient", "A policy-gradient step", difficulty: 4)

  /// Probabilities are shares of `n`; actions count from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let n: [Int]
    let action, payoff, baseline: Int
    let alpha: Rational

    var policy: [Double] { n.map { Double($0) / Double(n.sum) } }
    var chosen: [Double] { n.indices.map { $0 == action ? 1 : 0 } }
    func gradient(_ policy: [Double]) -> [Double] { zip(chosen, policy).map { $0 - $1 } }
    func step(_ advantage: Int, _ gradient: [Double]) -> [Double] {
      gradient.map { alpha.value * Double(advantage) * $0 }
    }
  }

  static let parts = [
    Part.fraction("pi", .vector), Part.fraction("grad", .vector, weight: 2, dependsOn: ["pi"]),
    Part.fraction("theta", .vector, dependsOn: ["grad"]),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "probability-not-subtracted",
      "The normalisation depends on θ too: subtract the probabilities."),
    .core("sign", "The gradient raises the logit of the action taken."),
    .core("gradient-of-pi", "That is the gradient of π(a); divide by π(a) for its logarithm."),
    .core("chosen-only", "The other actions' logits change as well: by minus their probabilities."),
    .core("baseline-forgotten", "The baseline is subtracted from the return."),
    .core("baseline-added", "The baseline is subtracted from the return, not added."),
    .core("descent", "The expected return is to grow: go along the gradient."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      n: dice.integers(3, in: 1...6), action: dice.below(3), payoff: dice.integer(in: -5...8),
      baseline: dice.integer(in: -3...4), alpha: dice.pick([10, 5, 2], over: 20))
    return p.payoff == 0 || p.baseline == 0 || p.payoff == p.baseline ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "n", p.n, count: 2...6) ?? within(0...p.n.count - 1, "action", p.action)
      ?? within(-1000...1000, "payoff and baseline", p.payoff, p.baseline)
      ?? positive("alpha", p.alpha, upTo: 10, denominators: 1000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let policy = key.fractions(p.policy)
    let gradient = key.fractions(p.gradient(policy))
    key.fractions(p.step(p.payoff - p.baseline, gradient))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Central differences of log π(a) = θ_a − logsumexp θ.
    let theta = p.n.map { Elementary.log(Double($0)) }
    func logPolicy(_ theta: [Double]) -> Double {
      theta[p.action] - Elementary.log(theta.map { Elementary.exp($0) }.sum)
    }
    let gradient = theta.indices.map { i in
      // Fourth-order differences: the error is far below the rounding.
      let h = 2e-3
      func at(_ steps: Double) -> Double {
        var moved = theta
        moved[i] += steps * h
        return logPolicy(moved)
      }
      return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)
    }
    let step = gradient.map { p.alpha.value * $0 * Double(p.payoff - p.baseline) }
    return AnswerKey(Elementary.softmax(theta), gradient, step)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (policy, chosen) = (p.policy, p.chosen)
    let gradient = p.gradient(policy)
    let right = p.step(p.payoff - p.baseline, gradient)
    Mistake("probability-not-subtracted", "grad", chosen)
    Mistake("sign", "grad", gradient.map { -$0 })
    Mistake("gradient-of-pi", "grad", gradient.map { $0 * policy[p.action] })
    Mistake("chosen-only", "grad", zip(chosen, gradient).map { $0 * $1 })
    Mistake("baseline-forgotten", "theta", p.step(p.payoff, gradient))
    Mistake("baseline-added", "theta", p.step(p.payoff + p.baseline, gradient))
    Mistake("descent", "theta", right.map { -$0 })
  }

  static func pose(_ p: Parameters) -> Prompt {
    let logits = p.n.map { "\\ln \($0)" }.joined(separator: ", ")
    """
    A softmax policy has the logits $θ = (\(logits))$ for the actions 0, 1 and 2. Action \(p.action) \
    is taken and brings the return $G = \(p.payoff)$; the baseline is $b = \(p.baseline)$ and the \
    learning rate $α = \(fraction(p.alpha))$. Give fractions or decimals.
    """
    ask("pi", "the policy $π$")
    ask("grad", "$∇_θ \\ln π(\(p.action))$")
    ask("theta", "the change of $θ$: $α (G - b) ∇_θ \\ln π(a)$")
  }

  static func solve(_ p: Parameters) -> Document {
    let gradient = p.gradient(p.policy)
    let advantage = p.payoff - p.baseline
    steps("π = \(shown(p.policy))")
    "The gradient of the logarithm is 1 for the action taken, minus the policy:"
    steps(
      "∇ \\ln π(\(p.action)) = \(shown(gradient))",
      "\(fraction(p.alpha)) · \(signed("\(advantage)")) · ∇ \\ln π(\(p.action)) = \(shown(p.step(advantage, gradient)))"
    )
  }
}
