import ExamModel
import Typesetting

/// Shapes, parameters and cost of multi-head attention with grouped key and value heads.
///
/// W_Q and W_O are d × d, W_K and W_V are d × g·d_h; Q Kᵀ costs 2·B·h·T²·d_h operations.
enum MultiHeadShapes: QuestionFamily {
  static let heading = Heading(
    "attention.mha-shapes", "Shapes of multi-head attention", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let batch, length, width, heads, kvHeads: Int
    let bias: Bool

    enum CodingKeys: String, CodingKey {
      case batch = "B"
      case length = "T"
      case width = "d"
      case heads = "h"
      case kvHeads = "kv"
      case bias
    }

    var headWidth: Int { width / heads }
    var kvWidth: Int { kvHeads * headWidth }
    var kvParams: Int { 2 * width * kvWidth + (bias ? 2 * kvWidth : 0) }
    var params: Int { 2 * width * width + (bias ? 2 * width : 0) + kvParams }
  }

  static let parts = [
    Part("dh", .integer), Part("q", .shape, dependsOn: ["dh"]),
    Part("scores", .shape), Part("out", .shape), Part("params", .integer, weight: 2),
    Part("kvParams", .integer), Part("flopsQK", .integer, dependsOn: ["dh"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("head-is-model", "The heads divide the model width among them: each has d/h."),
    .optional("heads-last", "The heads come before the positions: (B, heads, T, d_h)."),
    .core("heads-forgotten", "Every head has a score matrix of its own."),
    .optional("scores-dh", "A score belongs to a query and a key: the last two axes are T and T."),
    .optional("not-merged", "The heads are joined and projected back to the model width."),
    .core("forgot-output-projection", "There is a fourth matrix, the output projection W_O."),
    .core("times-heads", "The heads share the d × d matrix; they do not have one each."),
    .optional("no-bias", "These projections have biases as well."),
    .optional("ignored-gqa", "Keys and values have fewer heads, so their matrices are smaller."),
    .optional("kv-one-matrix", "Keys and values have a matrix each."),
    .optional("kv-per-query-head", "Only the KV heads have keys and values, not every query head."),
    .core("flops-no-2", "A multiply-add counts as two operations."),
    .optional("flops-full-width-per-head", "A head's dot products have d_h terms, not d."),
    .optional("flops-one-head", "All heads compute scores."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let heads = dice.pick([2, 4, 8])
    let headWidth = dice.pick([4, 6, 8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96])
    let p = Parameters(
      batch: dice.pick([1, 2, 4, 8]), length: dice.pick([5, 10, 16, 20, 64, 128]),
      width: heads * headWidth, heads: heads,
      kvHeads: dice.pick([heads, heads, heads, heads / 2, 2, 1]), bias: dice.oneIn(3))
    guard heads.isMultiple(of: p.kvHeads), ![p.width, headWidth, heads].contains(p.length),
      p.batch != heads, headWidth != heads
    else { return nil }
    return p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "B, T, d, h and kv", p.batch, p.length, p.width, p.heads, p.kvHeads)
      ?? unless(p.width.isMultiple(of: p.heads), "h divides d")
      ?? unless(p.heads.isMultiple(of: p.kvHeads), "kv divides h")
      ?? unless(p.batch * p.heads < 1 << 20, "B and h are too large together")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let dh = key.integer(p.headWidth)
    key.write(.shape([p.batch, p.heads, p.length, dh]))
    key.write(.shape([p.batch, p.heads, p.length, p.length]))
    key.write(.shape([p.batch, p.length, p.width]))
    key.write(p.params)
    key.write(p.kvParams)
    let pairs = 2 * p.batch * p.heads * p.length * p.length
    key.write(pairs.multipliedReportingOverflow(by: dh).partialValue)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Head by head.
    let dh = p.width / p.heads
    let b = p.bias ? 1 : 0
    let head = (p.width + b) * dh
    let kv = (0..<p.kvHeads).reduce(0) { sum, _ in sum + 2 * head }
    let queries = (0..<p.heads).reduce(0) { sum, _ in sum + head }
    let output = (p.width + b) * p.width
    let flops = (0..<p.heads).reduce(0) { sum, _ in sum + p.batch * p.length * p.length * (dh + dh)
    }
    return AnswerKey(
      dh, AnswerValue.shape([p.batch, p.heads, p.length, dh]),
      AnswerValue.shape([p.batch, p.heads, p.length, p.length]),
      AnswerValue.shape([p.batch, p.length, p.heads * dh]), queries + kv + output, kv, flops)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (batch, length, d, h, dh) = (p.batch, p.length, p.width, p.heads, p.headWidth)
    let output = d * d + (p.bias ? d : 0)
    let pairs = batch * length * length
    Mistake("head-is-model", "q", .shape([batch, h, length, d]))
    Mistake("heads-last", "q", .shape([batch, length, h, dh]))
    Mistake("heads-forgotten", "scores", .shape([batch, length, length]))
    Mistake("scores-dh", "scores", .shape([batch, h, dh, dh]))
    Mistake("not-merged", "out", .shape([batch, length, dh]))
    Mistake("forgot-output-projection", "params", p.params - output)
    Mistake("times-heads", "params", 4 * h * d * d)
    Mistake("kv-one-matrix", "kvParams", p.kvParams / 2)
    Mistake("flops-no-2", "flopsQK", pairs * h * dh)
    Mistake("flops-full-width-per-head", "flopsQK", 2 * pairs * h * d)
    Mistake("flops-one-head", "flopsQK", 2 * pairs * dh)
    if p.bias { Mistake("no-bias", "params", 2 * d * d + 2 * d * p.kvWidth) }
    if p.kvHeads != h {
      Mistake("ignored-gqa", "params", 4 * output)
      Mistake("kv-per-query-head", "kvParams", 2 * output)
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Multi-head self-attention is applied to an input of shape `(\(p.batch), \(p.length), \
    \(p.width))`, given as (batch B, positions T, width d). It has \(p.heads) query heads and \
    \(p.kvHeads) key and value \(p.kvHeads == 1 ? "head" : "heads"), all of the same size. Its \
    four projections W_Q, W_K, W_V and W_O have \(p.bias ? "biases" : "no biases").
    """
    ask("dh", "the size $d_h$ of a head")
    ask("q", "the shape of the queries after splitting, as (B, heads, T, d_h)")
    ask("scores", "the shape of the attention scores of all query heads")
    ask("out", "the shape of the output, after the output projection")
    ask("params", "the number of parameters of the four projections")
    ask("kvParams", "the number of parameters of W_K and W_V together")
    ask("flopsQK", "the operations in $Q K^\\top$ for all query heads, a multiply-add counted as 2")
  }

  static func solve(_ p: Parameters) -> Document {
    let (batch, length, d, h, dh) = (p.batch, p.length, p.width, p.heads, p.headWidth)
    let biasQ = p.bias ? " + 2 · \(d)" : ""
    let biasK = p.bias ? " + 2 · \(p.kvWidth)" : ""
    steps("d_h = \\frac{d}{h} = \\frac{\(d)}{\(h)} = \(dh)")
    """
    Queries are split into heads: `(\(batch), \(h), \(length), \(dh))`. Each head scores every query against \
    every key: `(\(batch), \(h), \(length), \(length))`. Joined and projected, the output has the shape of the \
    input, `(\(batch), \(length), \(d))`.
    """
    "$W_Q$ and $W_O$ are \(d) × \(d); $W_K$ and $W_V$ have only \(p.kvHeads) · \(dh) = \(p.kvWidth) columns:"
    steps(
      "\\text{K and V} = 2 · \(d) · \(p.kvWidth)\(biasK) = \(p.kvParams)",
      "\\text{all} = 2 · \(d) · \(d)\(biasQ) + \(p.kvParams) = \(p.params)")
    "Each score is a dot product of $d_h$ terms:"
    steps("2 · \(batch) · \(h) · \(length)^2 · \(dh) = \(2 * batch * h * length * length * dh)")
  }
}
