import Calculus
import ExamModel
import Typesetting

/// One update of Q-learning and one of SARSA: Q + α(r + γ·next − Q).
enum TemporalDifference: QuestionFamily {
  static let heading = Heading("rl.td-update", "Q-learning and SARSA updates", difficulty: 3)

  /// `Q` holds the values of s and of s′; actions are counted from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let q: [[Int]]
    let a, aNext, r: Int
    let alpha, gamma: Rational
    let terminal: Bool

    enum CodingKeys: String, CodingKey {
      case q = "Q"
      case a, aNext, r, alpha, gamma, terminal
    }

    var old: Rational { Rational(q[0][a]) }
    var best: Rational { Rational(q[1].max() ?? 0) }
    func goal(_ next: Rational) -> Rational { Rational(r) + (terminal ? 0 : gamma * next) }
    func step(_ goal: Rational) -> Rational { old + alpha * (goal - old) }
    var target: Rational { goal(best) }
    var sarsa: Rational { step(goal(Rational(q[1][aNext]))) }
  }

  static let parts = [
    Part.fraction("target"),
    Part.fraction("delta", dependsOn: ["target"]),
    Part.fraction("Qnew", weight: 2, dependsOn: ["target", "delta"]),
    Part.fraction("sarsa", weight: 2),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "sarsa-for-q",
      "Q-learning takes the best next action, not the one that is taken; that is SARSA."),
    .core("no-gamma", "The value of the next state is discounted by γ."),
    .core("no-alpha", "Move only the share α of the way towards the target."),
    .core("old-not-subtracted", "The step is α times the difference between target and old value."),
    .optional("minus-delta", "The value moves towards the target, not away from it."),
    .optional("alpha-on-old", "α weighs the target and 1 − α the old value."),
    .optional("max-of-current-state", "The target looks at the next state s′, not at s."),
    .optional("average-of-next", "Q-learning takes the largest next value, not their mean."),
    .optional("gamma-on-all", "The reward itself is not discounted."),
    .core("max-for-sarsa", "SARSA uses the action that is taken next, not the best one."),
    .core("terminal-bootstrapped", "After a terminal state nothing follows: the target is r."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let now = dice.integers(3, in: -4...10)
    let next = dice.integers(3, in: -4...10)
    let p = Parameters(
      q: [now, next], a: dice.below(3), aNext: dice.below(3),
      r: dice.pick(Array(-5...10).filter { $0 != 0 }), alpha: dice.pick([10, 5, 4, 2], over: 20),
      gamma: dice.pick([5, 8, 9], over: 10), terminal: dice.oneIn(5))
    guard next.areDistinct, next.max() != 0, next[p.aNext] != next.max(), now[p.a] != 0,
      now.max() != next.max()
    else { return nil }
    return p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...10, "the number of actions", p.q.first?.count ?? 0)
      ?? within(-1000...1000, "Q", p.q, rows: 2, columns: p.q[0].count)
      ?? within(-1000...1000, "r", p.r) ?? within(0...p.q[0].count - 1, "a and aNext", p.a, p.aNext)
      ?? positive("alpha and gamma", p.alpha, p.gamma, upTo: 1, denominators: 1000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let target = key.number(p.target.value)
    let isOwnTarget = target != p.target.value
    let delta = key.number(isOwnTarget ? target - p.old.value : (p.target - p.old).value)
    let isOwn = isOwnTarget || key.own[1] != nil
    key.write(.number(isOwn ? p.old.value + p.alpha.value * delta : p.step(p.target).value))
    key.write(p.sarsa.value)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // As a weighted mean of the old value and the target.
    func mean(_ target: Double) -> Double {
      (1 - p.alpha.value) * Double(p.q[0][p.a]) + p.alpha.value * target
    }
    let factor = p.terminal ? 0 : p.gamma.value
    let target = p.q[1].map { Double(p.r) + factor * Double($0) }
    let best = target.max() ?? 0
    return AnswerKey(best, best - Double(p.q[0][p.a]), mean(best), mean(target[p.aNext]))
  }

  /// After a terminal state both rules have the target r.
  static func twins(_ p: Parameters) -> [Set<PartID>] { p.terminal ? [["Qnew", "sarsa"]] : [] }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let target = p.target
    let plain = p.terminal ? Rational(p.r) : Rational(p.r) + p.best
    Mistake("no-alpha", "Qnew", target)
    Mistake("old-not-subtracted", "Qnew", p.old + p.alpha * target)
    if p.terminal {
      Mistake("terminal-bootstrapped", "Qnew", p.step(Rational(p.r) + p.gamma * p.best))
    } else {
      let (top, mean) = (Rational(p.q[0].max() ?? 0), Rational(p.q[1].sum, p.q[1].count))
      Mistake("sarsa-for-q", "Qnew", p.sarsa)
      Mistake("no-gamma", "Qnew", p.step(plain))
      Mistake("max-of-current-state", "Qnew", p.step(p.goal(top)))
      Mistake("average-of-next", "Qnew", p.step(p.goal(mean)))
      Mistake("max-for-sarsa", "sarsa", p.step(target))
    }
    Mistake("minus-delta", "Qnew", p.old - p.alpha * (target - p.old))
    Mistake("alpha-on-old", "Qnew", p.alpha * p.old + (1 - p.alpha) * target)
    Mistake("gamma-on-all", "target", p.gamma * plain)
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    [
      "target": p.target.description, "delta": (p.target - p.old).description,
      "Qnew": p.step(p.target).description, "sarsa": p.sarsa.description,
    ]
  }

  static func pose(_ p: Parameters) -> Prompt {
    let names = p.q[0].indices.map { "$a_\($0 + 1)$" as Prose }
    "An agent knows these action values:"
    Block.table(
      header: [""] + names,
      rows: [["$Q(s, ·)$"] + p.q[0].map { "$\($0)$" }, ["$Q(s', ·)$"] + p.q[1].map { "$\($0)$" }])
    """
    In state $s$ it takes $a_\(p.a + 1)$, receives $r = \(p.r)$ and comes to \
    $s'$\(p.terminal ? ", which is terminal" : ""). \
    \(p.terminal ? "The table lists values for it all the same." : "There it takes $a_\(p.aNext + 1)$ next.") \
    The step size is $α = \(fraction(p.alpha))$ and the discount $γ = \(fraction(p.gamma))$. Give \
    fractions, or decimals to 3 places.
    """
    ask("target", "the target of Q-learning")
    ask("delta", "its error: target minus old value")
    ask("Qnew", "the new value $Q(s, a_\(p.a + 1))$ by Q-learning")
    ask("sarsa", "the new value $Q(s, a_\(p.a + 1))$ by SARSA instead")
  }

  static func solve(_ p: Parameters) -> Document {
    let (old, target) = (fraction(p.old), p.target)
    let next = Rational(p.q[1][p.aNext])
    let (y, a) = (fraction(p.gamma), fraction(p.alpha))
    let goal = p.goal(next)
    Block.paragraph(
      p.terminal
        ? "After a terminal state nothing follows, so both targets are the reward alone."
        : "Q-learning looks at the best next action, SARSA at the one taken:")
    steps(
      Step(
        p.terminal
          ? "\\text{target} = r = \(shown(target))"
          : "\\text{target} = \(p.r) + \(y) · \(factor(p.best)) = \(shown(target))"),
      "δ = \(fraction(target)) - \(factor(p.old)) = \(shown(target - p.old))",
      "Q_{new} = \(old) + \(a) · \(factor(target - p.old)) = \(shown(p.step(target)))",
      Step(
        p.terminal
          ? "\\text{SARSA}: \(old) + \(a) · (\(fraction(goal)) - \(factor(p.old))) = \(shown(p.sarsa))"
          : "\\text{SARSA}: \(old) + \(a) · (\(p.r) + \(y) · \(factor(next)) - \(factor(p.old))) = \(shown(p.sarsa))"
      ))
  }
}
