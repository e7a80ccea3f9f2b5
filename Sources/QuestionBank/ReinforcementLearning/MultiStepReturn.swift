import Calculus
import ExamModel
import Typesetting

/// Rewards of n steps, then the estimated value of where they lead.
enum MultiStepReturn: QuestionFamily {
  static let heading = Heading("rl.n-step-return", "An n-step return", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let rewards: [Int]
    let gamma: Rational
    let valueAfter, valueBefore: Int
    let alpha: Rational

    func power(_ n: Int) -> Rational { (0..<n).reduce(1) { product, _ in product * gamma } }
    var discounted: Rational {
      rewards.enumerated().reduce(0) { $0 + power($1.offset) * Rational($1.element) }
    }
    func target(_ weight: Rational) -> Rational { discounted + weight * Rational(valueAfter) }
    var right: Rational { target(power(rewards.count)) }
  }

  static let parts = [
    Part.fraction("G", to: 4, weight: 2, mayBeObvious: true),
    Part.fraction("Vnew", to: 4, mayBeObvious: true, dependsOn: ["G"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("bootstrap-undiscounted", "The value stands n steps ahead: discount it by γⁿ."),
    .core("bootstrap-one-gamma", "The value stands n steps ahead: γⁿ, not γ."),
    .core("no-bootstrap", "The value of the state reached is missing."),
    .core("one-power-too-many", "After n rewards the value has the weight γⁿ."),
    .optional("undiscounted", "Rewards and value are discounted by powers of γ."),
    .core("no-alpha", "The value moves towards the target by the share α."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      rewards: dice.integers(dice.integer(in: 2...4), in: -3...6),
      gamma: dice.pick([5, 8, 9], over: 10), valueAfter: dice.integer(in: -4...10),
      valueBefore: dice.integer(in: -3...8), alpha: dice.pick([1, 2, 5], over: 10))
    return p.valueAfter == 0 || p.right == Rational(p.valueBefore) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "rewards", p.rewards, count: 1...6)
      ?? within(-1000...1000, "valueAfter and valueBefore", p.valueAfter, p.valueBefore)
      ?? positive("gamma and alpha", p.gamma, p.alpha, upTo: 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let target = key.fraction(p.right.value)
    let old = Double(p.valueBefore)
    key.fraction(old + p.alpha.value * (target - old))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Backwards from the value.
    let target = p.rewards.reversed().reduce(Double(p.valueAfter)) {
      Double($1) + p.gamma.value * $0
    }
    return AnswerKey(target, (1 - p.alpha.value) * Double(p.valueBefore) + p.alpha.value * target)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("bootstrap-undiscounted", "G", p.target(1))
    Mistake("bootstrap-one-gamma", "G", p.target(p.gamma))
    Mistake("no-bootstrap", "G", p.discounted)
    Mistake("one-power-too-many", "G", p.target(p.power(p.rewards.count + 1)))
    Mistake("undiscounted", "G", Double(p.rewards.sum + p.valueAfter))
    Mistake("no-alpha", "Vnew", p.right)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let n = p.rewards.count
    """
    From a state with $V = \(p.valueBefore)$ an agent collects the rewards $\(tuple(p.rewards))$ and \
    comes to a state with $V = \(p.valueAfter)$, which is not terminal. Let \
    $γ = \(fraction(p.gamma))$ and $α = \(fraction(p.alpha))$.
    """
    ask("G", "the \(n)-step return of the first state")
    ask("Vnew", "its new value after the update")
  }

  static func solve(_ p: Parameters) -> Document {
    let terms = p.rewards.enumerated().map { "\(fraction(p.power($0))) · \(signed("\($1)"))" }
    let n = p.rewards.count
    let new = Rational(p.valueBefore) + p.alpha * (p.right - Rational(p.valueBefore))
    steps(
      "G = \(terms.joined(separator: " + ")) + \(fraction(p.power(n))) · \(signed("\(p.valueAfter)")) = \(shown(p.right, decimals: 4))",
      "V + α (G - V) = \(p.valueBefore) + \(fraction(p.alpha)) (\(fraction(p.right)) - \(signed("\(p.valueBefore)"))) = \(shown(new, decimals: 4))"
    )
  }
}
