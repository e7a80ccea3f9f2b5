import ExamModel
import Typesetting

/// Shapes where the queries come from one sequence and the keys from another.
enum CrossAttention: QuestionFamily {
  static let heading = Heading("attention.cross-shapes", "Shapes in cross-attention", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable { let batch, queries, keys, width, heads: Int }

  static let parts = [Part("scores", .shape), Part("out", .shape), Part("kShape", .shape)]

  static let misconceptions: [Misconception] = [
    .core("swapped", "Rows are queries, columns are keys: the decoder's length comes first."),
    .core("self-length", "The keys come from the encoder and have its length."),
    .core("out-key-length", "There is one output for each query."),
    .core("k-query-length", "Keys are made from the encoder's output, with its length."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let lengths = dice.draw(2, from: [5, 7, 10, 12, 20, 24])
    let heads = dice.pick([2, 4, 8])
    return Parameters(
      batch: dice.pick([2, 3, 4, 8, 16]), queries: lengths[0], keys: lengths[1],
      width: heads * dice.pick([8, 16, 32]), heads: heads)
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "all sizes", p.batch, p.queries, p.keys, p.width, p.heads)
      ?? unless(p.width % p.heads == 0, "heads divide the width")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.shape([p.batch, p.heads, p.queries, p.keys]))
    key.write(.shape([p.batch, p.queries, p.width]))
    key.write(.shape([p.batch, p.heads, p.keys, p.width / p.heads]))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Follow the shapes: split, multiply by the transposed keys, multiply by the values, merge.
    func split(_ length: Int) -> [Int] { [p.batch, p.heads, length, p.width / p.heads] }
    let (q, k) = (split(p.queries), split(p.keys))
    let scores = Array(q.dropLast()) + [k[2]]
    let mixed = scores.dropLast() + [k[3]]
    return AnswerKey(
      AnswerValue.shape(scores), AnswerValue.shape([mixed[0], mixed[2], mixed[1] * mixed[3]]),
      AnswerValue.shape(k))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("swapped", "scores", .shape([p.batch, p.heads, p.keys, p.queries]))
    Mistake("self-length", "scores", .shape([p.batch, p.heads, p.queries, p.queries]))
    Mistake("out-key-length", "out", .shape([p.batch, p.keys, p.width]))
    Mistake("k-query-length", "kShape", .shape([p.batch, p.heads, p.queries, p.width / p.heads]))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    In a translation model a layer of cross-attention with \(p.heads) heads has queries from the \
    decoder, `(\(p.batch), \(p.queries), \(p.width))`, and keys and values from the encoder, \
    `(\(p.batch), \(p.keys), \(p.width))`.
    """
    ask("scores", "the shape of the scores, as (batch, heads, …)")
    ask("out", "the shape of the layer's output")
    ask("kShape", "the shape of the keys after splitting, as (batch, heads, length, head size)")
  }

  static func solve(_ p: Parameters) -> Document {
    let size = p.width / p.heads
    """
    Each head has size $\(p.width) / \(p.heads) = \(size)$. Split, the queries are \
    `(\(p.batch), \(p.heads), \(p.queries), \(size))` and the keys `(\(p.batch), \(p.heads), \(p.keys), \(size))`.
    """
    """
    Every query meets every key: `(\(p.batch), \(p.heads), \(p.queries), \(p.keys))`. The output has \
    one row for each query: `(\(p.batch), \(p.queries), \(p.width))`.
    """
  }
}
