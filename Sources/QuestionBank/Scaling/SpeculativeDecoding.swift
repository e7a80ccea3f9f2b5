import Calculus
import ExamModel
import Typesetting

/// Tokens gained by each check of k drafted tokens: (1 − α^(k+1)) / (1 − α).
enum SpeculativeDecoding: QuestionFamily {
  static let heading = Heading("scale.speculative", "Speculative decoding", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let accept: Rational
    let draft: Int
    func power(_ n: Int) -> Rational { (0..<n).reduce(1) { product, _ in product * accept } }
    var expected: Rational { (0...draft).reduce(0) { $0 + power($1) } }
  }

  static let parts = [Part.fraction("tokens")]

  static let misconceptions: [Misconception] = [
    .core("no-bonus", "Every check yields one more token, from the large model itself."),
    .core("linear", "A token counts only if all before it were accepted."),
    .core("linear-plus-1", "A token counts only if all before it were accepted."),
    .core("all-or-nothing", "Tokens up to the first refusal are kept."),
    .core("infinite", "That is for drafts without end."),
  ]

  static let variants: Int? = 31

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      accept: dice.pick([10, 12, 14, 15, 16, 17, 18], over: 20), draft: dice.integer(in: 2...6))
  }

  static func objection(to p: Parameters) -> String? {
    positive("accept", p.accept, below: 1, denominators: 20) ?? within(1...10, "draft", p.draft)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.expected) }

  static func exact(_ p: Parameters) -> [PartID: String] { ["tokens": p.expected.description] }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Over where the first refusal comes.
    let a = p.accept.value
    var (mean, reached) = (0.0, 1.0)
    for kept in 0..<p.draft {
      mean += reached * (1 - a) * Double(kept + 1)
      reached *= a
    }
    return AnswerKey(mean + reached * Double(p.draft + 1))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let k = Rational(p.draft)
    Mistake("no-bonus", "tokens", p.expected - 1)
    Mistake("linear", "tokens", k * p.accept)
    Mistake("linear-plus-1", "tokens", k * p.accept + 1)
    Mistake("all-or-nothing", "tokens", 1 + k * p.power(p.draft))
    Mistake("infinite", "tokens", 1 / (1 - p.accept))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A small model drafts \(p.draft) tokens, which a large one checks at once. Each is accepted with \
    probability $\(fraction(p.accept))$, independently; from the first refusal on the draft is dropped. \
    The large model adds one token of its own in any case.
    """
    ask("tokens", "the expected number of tokens gained by each check")
  }

  static func solve(_ p: Parameters) -> Document {
    "With $α = \(fraction(p.accept))$, the $i$-th drafted token is kept with probability $α^i$, and one token is certain:"
    steps(
      "1 + α + … + α^{\(p.draft)} = \\frac{1 - α^{\(p.draft + 1)}}{1 - α} = \(shown(p.expected))")
  }
}
