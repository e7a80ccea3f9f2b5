import Calculus
import ExamModel
import Typesetting

/// The values of a chain of two states: V = (I − γ P)⁻¹ R.
enum BellmanEvaluation: QuestionFamily {
  static let heading = Heading(
    "rl.bellman-evaluation", "Values of a two-state chain", difficulty: 4)

  struct Parameters: Codable, Sendable, Equatable {
    let transitions: [[Rational]]
    let rewards: [Int]
    let gamma: Rational

    var r: [Rational] { rewards.map { Rational($0) } }
    /// Cramer's rule for (I − γ P) V = R.
    func values(_ p: [[Rational]]) -> [Rational] {
      let (a, b) = (1 - gamma * p[0][0], -gamma * p[0][1])
      let (c, d) = (-gamma * p[1][0], 1 - gamma * p[1][1])
      let det = a * d - b * c
      return [(d * r[0] - b * r[1]) / det, (a * r[1] - c * r[0]) / det]
    }
  }

  static let parts = [Part.fraction("V", .vector)]

  static let misconceptions: [Misconception] = [
    .core("one-sweep", "That is one step of the equation; the values must satisfy it."),
    .core("transposed", "Row s of P says where state s leads."),
    .optional("no-gamma-once", "The values include what comes later, not only the first reward."),
    .core("self-loop-only", "The states lead to each other as well."),
    .core("gamma-on-reward", "The reward of the state itself is not discounted."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (stay, leave) = (dice.pick([1, 2, 3], over: 4), dice.pick([1, 2, 3], over: 4))
    let p = Parameters(
      transitions: [[stay, 1 - stay], [leave, 1 - leave]],
      rewards: dice.integers(2, in: -4...6),
      gamma: dice.pick([5, 8, 9], over: 10))
    return p.rewards[0] == p.rewards[1] || 1 - stay == leave || p.rewards.contains(0) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    unless(
      p.transitions.count == 2
        && p.transitions.allSatisfy { row in
          row.count == 2 && row[0] + row[1] == 1
            && row.allSatisfy { $0 >= 0 && $0.denominator <= 100 }
        }, "transitions has two rows of two probabilities that add up to 1")
      ?? within(-1000...1000, "rewards", p.rewards, count: 2)
      ?? positive("gamma", p.gamma, below: 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.values(p.transitions)) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The series R + γP R + (γP)² R + …, twice as many terms each time.
    var (v, m) = (p.rewards.map(Double.init), p.transitions.map { $0.map { ($0 * p.gamma).value } })
    for _ in 0..<10 {
      v = [0, 1].map { v[$0] + dot(m[$0], v) }
      m = m.map { row in [0, 1].map { j in dot(row, [m[0][j], m[1][j]]) } }
    }
    return AnswerKey(v)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (right, r) = (p.values(p.transitions), p.r)
    let next = p.transitions.map { $0[0] * r[0] + $0[1] * r[1] }
    Mistake("one-sweep", "V", zip(r, next).map { $0 + p.gamma * $1 })
    Mistake("transposed", "V", p.values(transposed(p.transitions)))
    Mistake("no-gamma-once", "V", r)
    Mistake("self-loop-only", "V", r.map { $0 / (1 - p.gamma) })
    Mistake("gamma-on-reward", "V", right.map { p.gamma * $0 })
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = [0, 1].map { s in
      ["\(s)", "$\(p.rewards[s])$"] + p.transitions[s].map { "$\(fraction($0))$" }
    }
    "In a process without choices each state gives a reward and leads on with these probabilities:"
    Block.table(header: ["state", "reward", "to state 0", "to state 1"], rows: rows)
    "The discount is $γ = \(fraction(p.gamma))$; the process goes on for ever. Give fractions or decimals."
    ask("V", "the values $(V(0), V(1))$")
  }

  static func solve(_ p: Parameters) -> Document {
    let lines = [0, 1].map { s in
      "V(\(s)) = \(p.rewards[s]) + \(fraction(p.gamma)) (\(fraction(p.transitions[s][0])) V(0) + \(fraction(p.transitions[s][1])) V(1))"
    }
    "The values satisfy Bellman's equations:"
    Block.steps(lines.map { Step(stringLiteral: $0) })
    "These are two linear equations, with the solution"
    steps("V = \(shown(p.values(p.transitions).map(\.value)))")
  }
}
