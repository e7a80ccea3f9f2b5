import ExamModel
import Typesetting

/// Work of one attention layer, forward: 4 B T² d for the scores and the mix, 8 B T d² around them.
enum AttentionFlops: QuestionFamily {
  static let heading = Heading(
    "attention.flops", "The work of an attention layer", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let batch, length, width, heads: Int
    /// B T² d, once.
    var square: Int { batch * length * length * width }
    var tokens: Int { batch * length }
  }

  static let parts = [
    Part("scoresAndMix", .integer), Part("projections", .integer), Part("equalT", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "half", "A factor 2 is missing: there are two products, and each multiply-add counts as 2."),
    .optional("quarter", "There are two products, and each multiply-add counts as 2."),
    .core("full-width-per-head", "The heads share the width d: each has d / h of it."),
    .core("linear-in-T", "Each of T queries meets T keys."),
    .core("three-projections", "Queries, keys, values and the output: four projections."),
    .optional("equal-at-d", "4 B T² d equals 8 B T d² where T is twice d."),
    .optional("equal-at-4d", "4 B T² d equals 8 B T d² where T is twice d."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (heads, size) = (
      dice.pick([2, 3, 4, 5, 6, 8, 10, 12, 16]), dice.pick([8, 16, 20, 24, 32, 40, 64])
    )
    let p = Parameters(
      batch: dice.pick([1, 2, 4, 8]), length: dice.pick([16, 24, 32, 48, 64, 100, 128, 200, 256]),
      width: heads * size, heads: heads)
    return p.length == 2 * p.width ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...10_000, "batch, length, width and heads", p.batch, p.length, p.width, p.heads)
      ?? unless(p.width % p.heads == 0, "heads divide the width")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(4 * p.square, 8 * p.tokens * p.width * p.width, 2 * p.width)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Product by product, head by head: (m × k)(k × n) takes 2 m k n.
    let (t, size) = (p.length, p.width / p.heads)
    let head = 2 * t * size * t + 2 * t * t * size
    let projection = 2 * p.tokens * p.width * p.width
    return AnswerKey(
      Array(repeating: head, count: p.batch * p.heads).sum,
      Array(repeating: projection, count: 4).sum, 8 * p.width / 4)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("half", "scoresAndMix", 2 * p.square)
    Mistake("quarter", "scoresAndMix", p.square)
    Mistake("full-width-per-head", "scoresAndMix", 4 * p.square * p.heads)
    Mistake("linear-in-T", "scoresAndMix", 4 * p.tokens * p.width)
    Mistake("three-projections", "projections", 6 * p.tokens * p.width * p.width)
    Mistake("equal-at-d", "equalT", p.width)
    Mistake("equal-at-4d", "equalT", 4 * p.width)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A layer of multi-head attention has width \(p.width) and \(p.heads) heads; its input has shape \
    `(\(p.batch), \(p.length), \(p.width))`. Count the forward pass, a multiplication and an addition \
    as 2 FLOPs; no mask is used to save work, and the softmax does not count.
    """
    ask("scoresAndMix", "FLOPs of $Q K^\\top$ and of weights times $V$ together, over all heads")
    ask("projections", "FLOPs of the four projections $W_Q$, $W_K$, $W_V$ and $W_O$ together")
    ask("equalT", "the length at which the two would be equal")
  }

  static func solve(_ p: Parameters) -> Document {
    let projections = 8 * p.tokens * p.width * p.width
    "Over all heads, each of the two products takes $2 B T^2 d$, for $B$ sequences of length $T$ and the width $d$:"
    steps("4 · \(p.batch) · \(p.length)^2 · \(p.width) = \(4 * p.square)")
    "Each projection takes $2 B T d^2$:"
    steps("4 · 2 · \(p.batch) · \(p.length) · \(p.width)^2 = \(projections)")
    "They are equal where $4 T^2 = 8 T d$, at $T = 2 d = \(2 * p.width)$."
  }
}
