import Calculus
import ExamModel
import Typesetting

/// First-visit and every-visit estimates of state A from one episode.
enum MonteCarloVisits: QuestionFamily {
  static let heading = Heading(
    "rl.mc-visits", "First-visit and every-visit Monte Carlo", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let states: [String]
    let rewards: [Int]
    let gamma: Rational

    /// The return from each step on.
    var returns: [Rational] {
      rewards.reversed().reduce(into: []) { returns, reward in
        returns.insert(Rational(reward) + gamma * (returns.first ?? 0), at: 0)
      }
    }
    var visits: [Int] { states.indices.filter { states[$0] == "A" } }
    func mean(_ xs: [Rational]) -> Rational { xs.reduce(0, +) / Rational(xs.count) }
  }

  static let parts = [
    Part.fraction("first", mayBeObvious: true), Part.fraction("every", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("every-for-first", "First-visit takes the return from the first visit alone."),
    .core("last-visit", "The first visit counts, not the last."),
    .optional("rewards-averaged", "Average the returns, not the rewards at the visits."),
    .optional("whole-episode", "The return counts from the visit on, not from the start."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let count = dice.integer(in: 5...6)
    let p = Parameters(
      states: dice.picks(count, from: ["A", "B"]), rewards: dice.integers(count, in: -2...6),
      gamma: dice.pick([2, 1], over: 2))
    return (2...4).contains(p.visits.count) ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "rewards", p.rewards, count: 1...10)
      ?? unless(
        p.states.count == p.rewards.count && p.states.allSatisfy(["A", "B"].contains)
          && !p.visits.isEmpty, "states are A or B, one for each reward, and A is visited")
      ?? positive("gamma", p.gamma, upTo: 1, denominators: 10)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let returns = p.returns
    key.write(returns[p.visits[0]], p.mean(p.visits.map { returns[$0] }))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Forwards from each visit.
    let returns = p.visits.map { start in
      var weight = 1.0
      return p.rewards[start...].map { reward in
        defer { weight *= p.gamma.value }
        return weight * Double(reward)
      }.sum
    }
    return AnswerKey(returns[0], returns.mean)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (returns, visits) = (p.returns, p.visits)
    Mistake("every-for-first", "first", p.mean(visits.map { returns[$0] }))
    Mistake("last-visit", "first", returns[visits[visits.count - 1]])
    Mistake("whole-episode", "first", returns[0])
    Mistake("rewards-averaged", "every", p.mean(visits.map { Rational(p.rewards[$0]) }))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = [
      ["state"] + p.states.map { "\(verbatim: $0)" }, ["reward"] + p.rewards.map { "$\($0)$" },
    ]
    "An episode visits these states, each followed by its reward, and then ends:"
    Block.table(header: [], rows: rows)
    "The discount is $γ = \(fraction(p.gamma))$."
    ask("first", "the first-visit estimate of the value of A")
    ask("every", "the every-visit estimate")
  }

  static func solve(_ p: Parameters) -> Document {
    let at = p.visits.map { p.returns[$0] }
    "From the end, the returns of all steps are $\(fractions(p.returns))$. Those from the visits of A on are $\(fractions(at))$:"
    steps("\\text{first} = \(shown(at[0]))", "\\text{every} = \(shown(p.mean(at)))")
  }
}
