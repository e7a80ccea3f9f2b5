import Calculus
import ExamModel
import Typesetting

/// At least one success in n tries: 1 − (1 − p)ⁿ.
enum AtLeastOnce: QuestionFamily {
  static let heading = Heading("math.at-least-one", "At least one success", difficulty: 1)

  struct Parameters: Codable, Sendable, Equatable {
    let p: Rational
    let n: Int
    func power(_ x: Rational) -> Rational { (0..<n).reduce(1) { product, _ in product * x } }
  }

  static let parts = [Part.fraction("p", to: 4)]

  static let misconceptions: [Misconception] = [
    .core("n-times-p", "Probabilities of events that can both happen do not add up."),
    .core("all-succeed", "That is the probability that all tries succeed."),
    .core("none", "That is the probability that no try succeeds; take it from 1."),
    .core("complement-of-all", "The opposite of at least one is none, not all."),
    .optional("exactly-one", "Several successes count as well."),
  ]

  static let variants: Int? = 34

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      p: dice.pick([
        Rational(1, 10), Rational(1, 6), Rational(1, 5), Rational(1, 4), Rational(3, 10),
        Rational(1, 3), Rational(2, 5),
      ]), n: dice.integer(in: 2...6))
    return p.p == Rational(1, 2) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    positive("p", p.p, below: 1, denominators: 20) ?? within(1...10, "n", p.n)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(1 - p.power(1 - p.p)) }

  static func exact(_ p: Parameters) -> [PartID: String] {
    ["p": (1 - p.power(1 - p.p)).description]
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By the try at which the first success comes.
    let q = p.p.value
    return AnswerKey(
      (0..<p.n).reduce((sum: 0.0, left: 1.0)) { state, _ in
        (state.sum + state.left * q, state.left * (1 - q))
      }.sum)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let none = p.power(1 - p.p)
    Mistake("n-times-p", "p", Rational(p.n) * p.p)
    Mistake("all-succeed", "p", p.power(p.p))
    Mistake("none", "p", none)
    Mistake("complement-of-all", "p", 1 - p.power(p.p))
    Mistake("exactly-one", "p", Rational(p.n) * p.p * none / (1 - p.p))
  }

  static func pose(_ p: Parameters) -> Prompt {
    "A try succeeds with probability $\(fraction(p.p))$. It is repeated \(p.n) times, independently."
    ask("p", "the probability of at least one success")
  }

  static func solve(_ p: Parameters) -> Document {
    "The opposite is that all tries fail:"
    steps("1 - (1 - \(fraction(p.p)))^{\(p.n)} = \(shown(1 - p.power(1 - p.p), decimals: 4))")
  }
}
