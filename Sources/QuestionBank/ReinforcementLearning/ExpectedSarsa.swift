import Calculus
import ExamModel
import Typesetting

/// The target with the expected value of the next action under an ε-greedy policy.
enum ExpectedSarsa: QuestionFamily {
  static let heading = Heading("rl.expected-sarsa", "Expected Sarsa", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let next: [Int]
    let eps, gamma, alpha: Rational
    let reward, old: Int

    var best: Rational { Rational(next.max() ?? 0) }
    var mean: Rational { Rational(next.sum, next.count) }
    func mixed(_ random: Rational) -> Rational { (1 - eps) * best + eps * random }
    func target(_ value: Rational) -> Rational { Rational(reward) + gamma * value }
  }

  static let parts = [
    Part.fraction("target", to: 4, weight: 2, mayBeObvious: true),
    Part.fraction("Qnew", to: 4, mayBeObvious: true, dependsOn: ["target"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("max", "That is Q-learning; here the policy explores with probability ε."),
    .core("plain-average", "The policy is greedy with probability 1 − ε."),
    .core("no-share", "The random choice hits the best action as well."),
    .core("no-gamma", "The value of the next state is discounted."),
    .core("no-alpha", "The value moves towards the target by the share α."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      next: dice.draw(3, from: -2...9), eps: dice.pick([1, 2, 3], over: 10),
      gamma: dice.pick([5, 9, 8], over: 10), alpha: dice.pick([1, 2, 5], over: 10),
      reward: dice.integer(in: -3...6), old: dice.integer(in: -2...8))
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "next", p.next, count: 2...8)
      ?? within(-1000...1000, "reward and old", p.reward, p.old)
      ?? unless(p.next.count { Rational($0) == p.best } == 1, "next has one largest")
      ?? positive("eps, gamma and alpha", p.eps, p.gamma, p.alpha, upTo: 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let target = key.fraction(p.target(p.mixed(p.mean)).value)
    key.fraction(Double(p.old) + p.alpha.value * (target - Double(p.old)))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Action by action with its probability.
    let share = p.eps.value / Double(p.next.count)
    let best = p.next.max() ?? 0
    let value = p.next.map { Double($0) * ($0 == best ? 1 - p.eps.value + share : share) }.sum
    let target = Double(p.reward) + p.gamma.value * value
    return AnswerKey(target, (1 - p.alpha.value) * Double(p.old) + p.alpha.value * target)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let others = (Rational(p.next.sum) - p.best) / Rational(p.next.count - 1)
    Mistake("max", "target", p.target(p.best))
    Mistake("plain-average", "target", p.target(p.mean))
    Mistake("no-share", "target", p.target(p.mixed(others)))
    Mistake("no-gamma", "target", Rational(p.reward) + p.mixed(p.mean))
    Mistake("no-alpha", "Qnew", p.target(p.mixed(p.mean)))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    An agent learns by expected Sarsa with an $ε$-greedy policy, $ε = \(fraction(p.eps))$, whose random \
    choice is among all actions. In state $s$ it takes action $a$ with $Q(s, a) = \(p.old)$, gets the \
    reward $\(p.reward)$ and comes to a state with the action values $\(tuple(p.next))$. Let \
    $γ = \(fraction(p.gamma))$ and $α = \(fraction(p.alpha))$.
    """
    ask("target", "the target")
    ask("Qnew", "the new $Q(s, a)$")
  }

  static func solve(_ p: Parameters) -> Document {
    let target = p.target(p.mixed(p.mean))
    let new = Rational(p.old) + p.alpha * (target - Rational(p.old))
    "The next action is the best one with probability $1 - ε$ and a random one otherwise:"
    steps(
      "(1 - ε) \\max Q + ε \\bar{Q} = \(fraction(1 - p.eps)) · \(fraction(p.best)) + \(fraction(p.eps)) · \(factor(p.mean)) = \(shown(p.mixed(p.mean), decimals: 4))",
      "y = \(p.reward) + \(fraction(p.gamma)) · \(factor(p.mixed(p.mean))) = \(shown(target, decimals: 4))",
      "Q + α (y - Q) = \(shown(new, decimals: 4))")
  }
}
