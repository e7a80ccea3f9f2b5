import ExamModel
import Typesetting

/// A token embedding and the output head: a table of V rows of d numbers, looked up and multiplied.
enum EmbeddingShapes: QuestionFamily {
  static let heading = Heading(
    "matdim.embedding", "Embedding and output head", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let batch, length, width, vocabulary: Int
    let tied: Bool
    var table: Int { vocabulary * width }
  }

  static let parts = [
    Part("out", .shape), Part("params", .integer), Part("logits", .shape),
    Part("paramsWithHead", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core("one-hot-width", "A token id becomes a vector of d numbers, not of V."),
    .optional("flattened", "Batch and positions stay two axes; d is added behind them."),
    .core("times-length", "The table has a row for each word of the vocabulary."),
    .optional("length-and-vocab", "The same table serves every position; T plays no part."),
    .core(
      "tying-ignored",
      "A tied head uses the embedding table again; one that is not tied has V · d numbers of its own."
    ),
    .optional("last-only", "There are logits at every position, not only at the last."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      batch: dice.pick([2, 4, 8, 16]), length: dice.pick([5, 10, 16, 32, 64]),
      width: dice.pick([12, 16, 24, 32, 48, 64, 96, 128, 192, 256]),
      vocabulary: dice.pick([100, 300, 500, 700, 1000, 3000, 5000]), tied: dice.oneIn(2))
    return Set([p.batch, p.length, p.width]).count == 3 ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1_000_000, "all numbers", p.batch, p.length, p.width, p.vocabulary)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.shape([p.batch, p.length, p.width]))
    key.write(p.table)
    key.write(.shape([p.batch, p.length, p.vocabulary]))
    key.write(p.tied ? p.table : 2 * p.table)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Entry by entry: every row of the table, and of the head where it has one.
    let table = Array(repeating: p.width, count: p.vocabulary).sum
    let head = p.tied ? 0 : Array(repeating: p.vocabulary, count: p.width).sum
    let ids = [p.batch, p.length]
    return AnswerKey(
      AnswerValue.shape(ids + [p.width]), table, AnswerValue.shape(ids + [p.vocabulary]),
      table + head)
  }

  static func twins(_ p: Parameters) -> [Set<PartID>] {
    p.tied ? [["params", "paramsWithHead"]] : []
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("one-hot-width", "out", .shape([p.batch, p.length, p.vocabulary]))
    Mistake("flattened", "out", .shape([p.batch * p.length, p.width]))
    Mistake("times-length", "params", p.length * p.width)
    Mistake("length-and-vocab", "params", p.table * p.length)
    Mistake("tying-ignored", "paramsWithHead", p.tied ? 2 * p.table : p.table)
    Mistake("last-only", "logits", .shape([p.batch, p.vocabulary]))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A language model embeds token ids of shape `(\(p.batch), \(p.length))` with \
    `Embedding(\(p.vocabulary), \(p.width))`. At the end a head without bias maps each vector of \
    \(p.width) numbers to \(p.vocabulary) logits; its weight is \
    \(p.tied ? "tied to the embedding" : "not tied to the embedding").
    """
    ask("out", "the shape of the embedding's output")
    ask("params", "the parameters of the embedding")
    ask("logits", "the shape of the logits")
    ask("paramsWithHead", "the parameters of embedding and head together")
  }

  static func solve(_ p: Parameters) -> Document {
    """
    Each id is replaced by its row of the table, so an axis of \(p.width) is added: \
    `(\(p.batch), \(p.length), \(p.width))`. The head turns it into one of \(p.vocabulary): \
    `(\(p.batch), \(p.length), \(p.vocabulary))`.
    """
    steps(
      "\\text{embedding} = V d = \(p.vocabulary) · \(p.width) = \(p.table)",
      p.tied
        ? "\\text{with the tied head} = \(p.table)"
        : "\\text{with the head} = 2 · \(p.table) = \(2 * p.table)")
  }
}
