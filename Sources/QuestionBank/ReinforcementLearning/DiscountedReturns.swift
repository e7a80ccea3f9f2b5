import Calculus
import ExamModel
import Typesetting

/// Discounted returns: G_t = R_{t+1} + γ G_{t+1} (Sutton, Barto 2018, equation 3.9).
enum DiscountedReturns: QuestionFamily {
  static let heading = Heading("rl.returns", "Discounted returns", difficulty: 2)

  /// Rewards R₁ … R_T; with `repeat` the last one comes again for ever.
  struct Parameters: Codable, Sendable, Equatable {
    let gamma: Rational
    let rewards: [Int]
    let k: Int
    var isEndless: Bool?

    enum CodingKeys: String, CodingKey {
      case gamma, k
      case rewards = "R"
      case isEndless = "repeat"
    }

    var last: Rational { Rational(rewards[rewards.count - 1]) }
    var tail: Rational? { isEndless == true ? last / (1 - gamma) : nil }
    /// G_t for every t up to T, from the back.
    var returns: [Rational] {
      var g = [tail.map { gamma * $0 + last } ?? last]
      for reward in rewards.dropLast().reversed() {
        g.append(Rational(reward) + gamma * g[g.count - 1])
      }
      return g.reversed()
    }
  }

  static let leavesPartsOut = true
  static let parts = [
    Part.fraction("tail", to: 4),
    Part.fraction("Gk", to: 4),
    Part.fraction("G0", to: 4, weight: 2, dependsOn: ["Gk"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("discount-from-first", "The first reward after the state is not discounted."),
    .core("undiscounted", "Each later reward counts γ times less than the one before."),
    .core(
      "forward-accumulation",
      "The last reward is discounted most: work from the end, not from the beginning."),
    .optional("single-gamma", "The powers of γ grow: a reward two steps later carries γ²."),
    .optional("off-by-one-power", "The second reward carries γ to the power 1, not 2."),
    .optional("includes-earlier", "The return after a step counts only what comes after it."),
    .optional("gk-from-start", "Discount from that step on: the next reward carries no γ."),
    .core("tail-cut", "The rewards do not end: the tail still counts."),
    .optional(
      "tail-gamma", "The tail starts with the reward itself: divide it by 1 − γ, and no more."),
    .optional("tail-over-gamma", "The geometric series sums to its first term over 1 − γ."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let count = dice.integer(in: 3...5)
    let rewards = dice.integers(count, in: -4...8)
    let gamma = dice.pick([5, 5, 9, 1, 2, 8], over: 10)
    let isEndless = dice.below(10) < 3
    guard rewards[0] != 0, rewards[count - 1] != 0, Set(rewards).count > 1,
      rewards != rewards.reversed()
    else { return nil }
    return Parameters(
      gamma: gamma, rewards: rewards, k: dice.integer(in: 1...count - 2),
      isEndless: isEndless ? true : nil)
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "R", p.rewards, count: 2...8) ?? positive("gamma", p.gamma, below: 1)
      ?? within(1...p.rewards.count - 1, "k", p.k)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let returns = p.returns
    var first = returns[0].value
    // G₀ rests on G₁ only; a later return is too far away.
    if p.k == 1, let mine = key.own[1]?.firstEntry {
      first = Double(p.rewards[0]) + p.gamma.value * mine
    }
    key.write(p.tail, returns[p.k], first)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The sum with its powers; an endless tail is summed until nothing changes any more.
    let gamma = p.gamma.value
    func sum(from start: Int) -> Double {
      var (total, power) = (0.0, 1.0)
      for index in start..<(p.isEndless == true ? start + 4000 : p.rewards.count) {
        total += power * Double(p.rewards[min(index, p.rewards.count - 1)])
        power *= gamma
      }
      return total
    }
    return AnswerKey([
      p.isEndless == true ? .number(sum(from: p.rewards.count)) : nil,
      .number(sum(from: p.k)), .number(sum(from: 0)),
    ])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let r = p.rewards.map { Rational($0) }
    let (returns, count) = (p.returns, p.rewards.count)
    let sum = { (rewards: [Rational]) in
      rewards.reversed().reduce(0 as Rational) { $1 + p.gamma * $0 }
    }
    let power = { (n: Int) in (0..<n).reduce(1 as Rational) { power, _ in power * p.gamma } }
    let delayed = (1..<count).reduce(r[0]) { $0 + power($1 + 1) * r[$1] }
    let fromStart = (p.k..<count).reduce(0 as Rational) { $0 + power($1) * r[$1] }
    Mistake("discount-from-first", "G0", p.gamma * returns[0])
    Mistake("undiscounted", "G0", r.sum)
    Mistake("forward-accumulation", "G0", sum(r.reversed()))
    if let tail = p.tail {
      Mistake("tail-cut", "G0", sum(r))
      Mistake("tail-gamma", "tail", p.gamma * tail)
      Mistake("tail-over-gamma", "tail", p.last / p.gamma)
    }
    Mistake("single-gamma", "G0", r[0] + p.gamma * r.dropFirst().sum)
    Mistake("off-by-one-power", "G0", delayed)
    Mistake("includes-earlier", "Gk", returns[0])
    Mistake("gk-from-start", "Gk", fromStart)
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    let returns = p.returns
    var exact: [PartID: String] = ["G0": returns[0].description, "Gk": returns[p.k].description]
    exact["tail"] = p.tail?.description
    return exact
  }

  static func pose(_ p: Parameters) -> Prompt {
    let names = (1...p.rewards.count).map { "R_\($0)" }.joined(separator: ", ")
    let ending: Prose =
      p.isEndless == true
      ? "After that $R_\(p.rewards.count)$ repeats for ever, once a step."
      : "Then the episode ends."
    Block.paragraph(
      """
      From state $S_0$ on an agent receives the rewards \
      $\(names) = \(p.rewards.map(String.init).joined(separator: ", "))$.
      """ + " " + ending
        + " The discount factor is $γ = \(fraction(p.gamma))$, and $G_t$ is the return after step $t$, with $R_{t+1}$ undiscounted. Give fractions, or decimals to 4 places."
    )
    ask("Gk", "$G_\(p.k)$")
    ask("G0", "$G_0$")
    ask(
      "tail",
      "the value of the endless repetition alone, counted from its first reward (the one after $R_\(p.rewards.count)$)"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    let returns = p.returns
    var steps: [Step] = []
    if let tail = p.tail {
      steps.append(
        Step(
          "\\text{tail} = \\frac{\(p.rewards[p.rewards.count - 1])}{1 - \(fraction(p.gamma))} = \(shown(tail, decimals: 4))"
        ))
    }
    for t in p.rewards.indices.reversed() {
      let next = t + 1 < returns.count ? returns[t + 1] : p.tail ?? 0
      let isLast = t + 1 == returns.count && p.tail == nil
      steps.append(
        Step(
          isLast
            ? "G_\(t) = R_\(t + 1) = \(shown(returns[t], decimals: 4))"
            : "G_\(t) = \(p.rewards[t]) + \(fraction(p.gamma)) · \(factor(next)) = \(shown(returns[t], decimals: 4))"
        ))
    }
    return [
      .paragraph("Work backwards with $G_t = R_{t+1} + γ G_{t+1}$:"), .steps(steps),
    ]
  }
}
