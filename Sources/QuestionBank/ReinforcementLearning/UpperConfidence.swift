import Calculus
import ExamModel
import Typesetting

/// UCB1: the value plus c √(ln t / n).
enum UpperConfidence: QuestionFamily {
  static let heading = Heading("rl.ucb", "Upper confidence bounds", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let values: [Double]
    let counts: [Int]
    let t: Int
    let c: Double

    func bounds(_ bonus: (Double) -> Double) -> [Double] {
      zip(values, counts).map { $0 + c * bonus(Double($1)) }
    }
    var log: Double { Elementary.log(Double(t)) }
    var ucb: [Double] { bounds { (log / $0).squareRoot() } }
  }

  static let parts = [
    Part.real("ucb", .vector, weight: 2),
    Part("choice", .integer, mayBeObvious: true, dependsOn: ["ucb"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-root", "The bonus is a square root."),
    .core("log-base", "The logarithm is natural."),
    .core("root-of-count-only", "The logarithm stands below the root as well."),
    .core("own-count-logged", "Above stands the number of all tries, below that of the action."),
    .optional("greedy", "The bonus decides too, not only the value so far."),
    .optional("least-tried", "The value so far decides too, not only the number of tries."),
  ]

  static let frequentAnswers = [FrequentAnswer("choice", because: "there are three arms")]

  static func draw(from dice: inout Dice) -> Parameters? {
    let counts = dice.integers(3, in: 1...12)
    let p = Parameters(
      values: (0..<3).map { _ in Double(dice.integer(in: 0...8)) / 4 }, counts: counts,
      t: counts.sum, c: dice.pick([0.5, 1, 2]))
    let sorted = p.ucb.sorted(by: >)
    return Set(counts).count < 3 || sorted[0] - sorted[1] < 0.02 || p.t < 8 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "counts", p.counts, count: 2...8)
      ?? unless(
        p.values.count == p.counts.count && p.values.allSatisfy { $0.magnitude <= 1000 },
        "values has a number within 1000 for each of counts")
      ?? within(2...1_000_000, "t", p.t) ?? unless(p.c > 0 && p.c <= 100, "c is positive")
  }

  private static func best(_ xs: [Double]) -> Int { xs.firstIndex(of: xs.max() ?? 0) ?? 0 }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(best(key.vector(p.ucb))) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The root by halving the logarithm.
    let bounds = zip(p.values, p.counts).map { value, count in
      value + p.c * Elementary.exp((Elementary.log(p.log) - Elementary.log(Double(count))) / 2)
    }
    return AnswerKey(bounds, bounds.indices.max { bounds[$0] < bounds[$1] })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (log, t) = (p.log, Double(p.t))
    Mistake("no-root", "ucb", p.bounds { log / $0 })
    Mistake("log-base", "ucb", p.bounds { (log / Elementary.log(10) / $0).squareRoot() })
    Mistake("root-of-count-only", "ucb", p.bounds { log / $0.squareRoot() })
    Mistake("own-count-logged", "ucb", p.bounds { (Elementary.log($0) / t).squareRoot() })
    Mistake("greedy", "choice", best(p.values))
    Mistake("least-tried", "choice", best(p.counts.map { -Double($0) }))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    The three actions of a bandit have the mean rewards $Q = \(tuple(p.values))$ after \
    $n = \(tuple(p.counts))$ tries, \(p.t) in all. An agent takes the action with the largest \
    $Q + c \\sqrt{\\frac{\\ln t}{n}}$ for $t = \(p.t)$ and $c = \(p.c)$.
    """
    ask("ucb", "the upper confidence bounds of the three actions")
    ask("choice", "the action that is chosen, counted from 0")
  }

  static func solve(_ p: Parameters) -> Document {
    let bonus = p.counts.map { p.c * (p.log / Double($0)).squareRoot() }
    "$\\ln \(p.t) = \(p.log, decimals: 4)$, so the bonuses are $\(tuple(bonus, decimals: 3))$:"
    steps("\(tuple(p.ucb, decimals: 3))")
    "The largest is that of action \(best(p.ucb))."
  }
}
