import Calculus
import ExamModel
import Typesetting

/// Generalised advantage estimation over three steps (Schulman et al. 2016).
enum AdvantageEstimation: QuestionFamily {
  static let heading = Heading(
    "rl.gae", "Generalised advantage estimation", difficulty: 4, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let rewards, values: [Int]
    let gamma, lambda: Rational

    func errors(last: Int? = nil) -> [Double] {
      rewards.indices.map { t in
        let next = t == rewards.count - 1 ? last ?? values[t + 1] : values[t + 1]
        return Double(rewards[t]) + gamma.value * Double(next) - Double(values[t])
      }
    }
    /// Σ δ_t decay^t, from the end.
    func sum(_ errors: [Double], _ decay: Double) -> Double {
      errors.reversed().reduce(0) { $1 + decay * $0 }
    }
    var decay: Double { (gamma * lambda).value }
  }

  static let parts = [
    Part.fraction("delta", .vector),
    Part.fraction("A0", weight: 2, mayBeObvious: true, dependsOn: ["delta"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("lambda-only", "The weights are powers of γλ, not of λ alone."),
    .core("gamma-only", "The weights are powers of γλ, not of γ alone."),
    .core("td-only", "The later errors count as well, with falling weight."),
    .optional(
      "no-bootstrap", "The last state is not terminal: its value goes into the last error."),
    .optional("undiscounted", "The later errors count less and less, by powers of γλ."),
    .core("value-not-subtracted", "The error is target minus value: subtract V of the state."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      rewards: dice.integers(3, in: -2...5), values: dice.integers(4, in: -2...6),
      gamma: dice.pick([5, 9, 8], over: 10), lambda: dice.pick([5, 9, 8], over: 10))
    return p.gamma == p.lambda || p.values[3] == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "rewards", p.rewards, count: 1...6)
      ?? within(-1000...1000, "values", p.values, count: p.rewards.count + 1)
      ?? positive("gamma and lambda", p.gamma, p.lambda, upTo: 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let errors = key.fractions(p.errors())
    key.fraction(p.sum(errors, p.decay))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // A mixture of the n-step advantages with the weights (1 − λ) λ^(n − 1), the rest on the last.
    let (gamma, lambda, steps) = (p.gamma.value, p.lambda.value, p.rewards.count)
    func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { product, _ in product * x } }
    func advantage(_ n: Int) -> Double {
      (0..<n).map { power(gamma, $0) * Double(p.rewards[$0]) }.sum
        + power(gamma, n) * Double(p.values[n]) - Double(p.values[0])
    }
    let mixed = (1...steps).map { n in
      (n == steps ? power(lambda, n - 1) : (1 - lambda) * power(lambda, n - 1)) * advantage(n)
    }.sum
    let errors = (0..<steps).map { t in
      Double(p.rewards[t] - p.values[t]) + gamma * Double(p.values[t + 1])
    }
    return AnswerKey(errors, mixed)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let errors = p.errors()
    let targets = zip(errors, p.values).map { $0 + Double($1) }
    Mistake("value-not-subtracted", "delta", targets)
    Mistake("lambda-only", "A0", p.sum(errors, p.lambda.value))
    Mistake("gamma-only", "A0", p.sum(errors, p.gamma.value))
    Mistake("td-only", "A0", errors[0])
    Mistake("no-bootstrap", "A0", p.sum(p.errors(last: 0), p.decay))
    Mistake("undiscounted", "A0", errors.sum)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let steps = p.rewards.count
    """
    A rollout of \(steps) steps has the rewards $r = \(tuple(p.rewards))$; a critic gives its states \
    the values $V = \(tuple(p.values))$, the last of them for the state where the rollout was cut \
    off. Let $γ = \(fraction(p.gamma))$ and $λ = \(fraction(p.lambda))$.
    """
    ask("delta", "the TD errors $(δ_0, …, δ_\(steps - 1))$")
    ask("A0", "the advantage estimate $A_0$")
  }

  static func solve(_ p: Parameters) -> Document {
    let errors = p.errors()
    let terms = errors.enumerated().map {
      "(\(fraction(p.gamma * p.lambda)))^\($0) · \(signed(fraction($1)))"
    }
    "$δ_t = r_t + γ V(s_{t + 1}) - V(s_t)$:"
    steps("δ = \(shown(errors))")
    "The weights are powers of $γ λ = \(fraction(p.gamma * p.lambda))$:"
    steps("A_0 = \(terms.joined(separator: " + "))", "= \(shown(p.sum(errors, p.decay)))")
  }
}
