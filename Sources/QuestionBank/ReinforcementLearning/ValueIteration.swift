import Calculus
import ExamModel
import Typesetting

/// Two synchronous sweeps of value iteration over two states with two actions each.
///
/// V′(s) = max_a [R(s, a) + γ Σ_s′ P(s′ | s, a) V(s′)] (Bellman's optimality equation).
enum ValueIteration: QuestionFamily {
  static let heading = Heading("rl.value-iteration", "Two sweeps of value iteration", difficulty: 4)

  /// `P0[s][a]` is the probability to come to state 0.
  struct Parameters: Codable, Sendable, Equatable {
    let toZero: [[Rational]]
    let rewards: [[Int]]
    let gamma: Rational

    enum CodingKeys: String, CodingKey {
      case toZero = "P0"
      case rewards = "R"
      case gamma
    }

    func next(_ s: Int, _ a: Int, _ v: [Rational]) -> Rational {
      toZero[s][a] * v[0] + (1 - toZero[s][a]) * v[1]
    }
    func q(_ s: Int, _ a: Int, _ v: [Rational]) -> Rational {
      Rational(rewards[s][a]) + gamma * next(s, a, v)
    }
    func sweep(_ v: [Rational]) -> [Rational] { [0, 1].map { s in max(q(s, 0, v), q(s, 1, v)) } }
    func policy(_ v: [Rational]) -> [String] {
      [0, 1].map { s in q(s, 1, v) > q(s, 0, v) ? "1" : "0" }
    }
  }

  static let parts = [
    Part.fraction("V1", .vector),
    Part.fraction("V2", .vector, weight: 2, dependsOn: ["V1"]),
    Part("policy", .ordering, dependsOn: ["V1"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("averaged-actions", "Value iteration takes the best action, not the mean of all."),
    .core("no-gamma", "The value of the next state is discounted by γ."),
    .core("in-place", "A synchronous sweep uses the old values of all states."),
    .core("one-sweep", "That is the first sweep; a second one was asked for."),
    .optional("gamma-on-reward", "The reward itself is not discounted."),
    .optional(
      "best-next-state", "The next state is not chosen: weigh its values by their probabilities."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("policy", because: "two states with two actions each have four policies")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let shares = [Rational(1, 4), Rational(1, 2), Rational(3, 4), 1]
    let p = Parameters(
      toZero: (0..<2).map { _ in [dice.pick(shares), dice.pick(shares)] },
      rewards: dice.rows(2, of: 2, in: -3...8), gamma: dice.pick([5, 8, 9], over: 10))
    let v = p.sweep([0, 0])
    // Ties hide which action is the better one.
    guard p.rewards.allSatisfy({ $0[0] != $0[1] }), v[0] != v[1],
      [0, 1].allSatisfy({ p.q($0, 0, v) != p.q($0, 1, v) })
    else { return nil }
    return p
  }

  static func objection(to p: Parameters) -> String? {
    guard p.toZero.count == 2, p.rewards.count == 2, p.toZero.allSatisfy({ $0.count == 2 }),
      p.rewards.allSatisfy({ $0.count == 2 })
    else { return "P0 and R have two rows, one for each state, of two actions" }
    guard p.toZero.joined().allSatisfy({ $0 >= 0 && $0 <= 1 && $0.denominator <= 100 }) else {
      return "P0 holds probabilities with denominators of at most 100"
    }
    guard p.rewards.joined().allSatisfy((-1000...1000).contains) else {
      return "R holds numbers from -1000 to 1000"
    }
    return p.gamma > 0 && p.gamma <= 1 && p.gamma.denominator <= 100
      ? nil : "gamma is a fraction above 0 and up to 1"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let first = p.sweep([0, 0])
    let exact = first.map(\.value)
    let used = key.vector(exact)
    guard used != exact else {
      return key.write(.vector(p.sweep(first).map(\.value)), .ordering(p.policy(first)))
    }
    func q(_ s: Int, _ a: Int) -> Double {
      let share = p.toZero[s][a].value
      return Double(p.rewards[s][a]) + p.gamma.value * (share * used[0] + (1 - share) * used[1])
    }
    key.write([0, 1].map { max(q($0, 0), q($0, 1)) })
    key.write(.ordering([0, 1].map { q($0, 1) > q($0, 0) ? "1" : "0" }))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The best of all plans of two steps, tried one by one.
    func value(_ s: Int, _ steps: Int) -> (best: Double, action: Int) {
      guard steps > 0 else { return (0, 0) }
      let values = [0, 1].map { a in
        let share = p.toZero[s][a].value
        return Double(p.rewards[s][a]) + p.gamma.value
          * (share * value(0, steps - 1).best + (1 - share) * value(1, steps - 1).best)
      }
      return values[1] > values[0] ? (values[1], 1) : (values[0], 0)
    }
    return AnswerKey(
      [value(0, 1).best, value(1, 1).best], [value(0, 2).best, value(1, 2).best],
      AnswerValue.ordering([0, 1].map { String(value($0, 2).action) }))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let v1 = p.sweep([0, 0])
    func each(_ value: (Int) -> Rational) -> [Rational] { [value(0), value(1)] }
    func mean(_ v: [Rational]) -> [Rational] { each { (p.q($0, 0, v) + p.q($0, 1, v)) / 2 } }
    func undiscounted(_ v: [Rational]) -> [Rational] {
      each { s in
        max(
          Rational(p.rewards[s][0]) + p.next(s, 0, v), Rational(p.rewards[s][1]) + p.next(s, 1, v))
      }
    }
    var inPlace: [Rational] = [0, 0]
    for _ in 0..<2 { for s in [0, 1] { inPlace[s] = max(p.q(s, 0, inPlace), p.q(s, 1, inPlace)) } }
    let discounted = each { s in
      max(
        p.gamma * (Rational(p.rewards[s][0]) + p.next(s, 0, v1)),
        p.gamma * (Rational(p.rewards[s][1]) + p.next(s, 1, v1)))
    }
    let hopeful = each { s in
      Rational(max(p.rewards[s][0], p.rewards[s][1])) + p.gamma * max(v1[0], v1[1])
    }
    let list: [(MisconceptionID, [Rational])] = [
      ("averaged-actions", mean(mean([0, 0]))), ("no-gamma", undiscounted(v1)),
      ("in-place", inPlace),
      ("one-sweep", v1), ("gamma-on-reward", discounted), ("best-next-state", hopeful),
    ]
    return list.map { Mistake($0, "V2", .vector($1.map(\.value))) }
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    let v1 = p.sweep([0, 0])
    return ["V1": list(v1), "V2": list(p.sweep(v1))]
  }

  static func pose(_ p: Parameters) -> Prompt {
    let row = { (s: Int, a: Int) -> [Prose] in
      ["\(s)", "\(a)", "$\(p.rewards[s][a])$"]
        + [p.toZero[s][a], 1 - p.toZero[s][a]].map { "$\(fraction($0))$" }
    }
    "A decision process has the states 0 and 1 and in each the actions 0 and 1:"
    Block.table(
      header: ["state", "action", "reward", "to state 0", "to state 1"],
      rows: [row(0, 0), row(0, 1), row(1, 0), row(1, 1)])
    """
    The discount is $γ = \(fraction(p.gamma))$. Value iteration starts with $V_0 = (0, 0)$ and \
    updates both states at once from the old values. Give vectors in the order of the states, as \
    fractions or with 3 decimals.
    """
    ask("V1", "$V_1$")
    ask("V2", "$V_2$")
    ask(
      "policy",
      "the greedy actions with respect to $V_1$: that of state 0, then that of state 1, such as `0, 1`"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    let v1 = p.sweep([0, 0])
    let v2 = p.sweep(v1)
    var steps: [Step] = []
    for s in [0, 1] {
      for a in [0, 1] {
        steps.append(
          Step(
            """
            Q(\(s), \(a)) = \(p.rewards[s][a]) + \(fraction(p.gamma)) · (\(fraction(p.toZero[s][a])) · \
            \(factor(v1[0])) + \(fraction(1 - p.toZero[s][a])) · \(factor(v1[1]))) = \(shown(p.q(s, a, v1)))
            """))
      }
    }
    return [
      .paragraph("With $V_0 = 0$ the first sweep takes the larger reward of each state:"),
      .steps([Step("V_1 = \(tuple(v1.map(\.value)))")]),
      .paragraph("The second sweep looks one step further, with the old values of both states:"),
      .steps(steps),
      .steps([Step("V_2 = \(fractions(v2)) = \(tuple(v2.map(\.value), decimals: 3))")]),
      .paragraph(
        "The greedy actions are \(p.policy(v1)[0]) in state 0 and \(p.policy(v1)[1]) in state 1."),
    ]
  }
}
