import ExamModel
import Typesetting

/// Parameters of a mixture of experts: all of them, and those that a token uses.
enum ExpertParameters: QuestionFamily {
  static let heading = Heading(
    "scale.moe-params", "Parameters of a mixture of experts", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let experts, topK, expertParams, sharedPerLayer, layers: Int
    func count(_ used: Int) -> Int { layers * (sharedPerLayer + used * expertParams) }
  }

  static let parts = [Part("total", .integer), Part("active", .integer)]

  static let misconceptions: [Misconception] = [
    .core("all-active", "A token goes through k experts only."),
    .optional("one-expert", "A token goes through k experts, not one."),
    .core("shared-times-experts", "Attention and norms exist once in each layer."),
    .core("share-k-over-E", "The shared parameters are used by every token."),
    .core("experts-only", "The shared parameters are used too."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      experts: dice.pick([4, 8, 16, 64]), topK: dice.pick([1, 2, 2, 4]),
      expertParams: 1_000_000 * dice.pick([2, 4, 10, 25]),
      sharedPerLayer: 1_000_000 * dice.pick([3, 5, 12, 18]), layers: dice.pick([4, 12, 24, 32]))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...10_000, "experts", p.experts) ?? within(1...p.experts, "topK", p.topK)
      ?? within(1...1_000_000_000, "parameters", p.expertParams, p.sharedPerLayer)
      ?? within(1...1000, "layers", p.layers)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.count(p.experts), p.count(p.topK))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // What a token skips is taken off the whole.
    let total = (0..<p.layers).map { _ in p.sharedPerLayer + p.experts * p.expertParams }.sum
    return AnswerKey(total, total - p.layers * (p.experts - p.topK) * p.expertParams)
  }

  static func twins(_ p: Parameters) -> [Set<PartID>] {
    p.topK == p.experts ? [["total", "active"]] : []
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let total = p.count(p.experts)
    if p.topK < p.experts {
      Mistake("all-active", "active", total)
      Mistake("share-k-over-E", "active", Double(total * p.topK) / Double(p.experts))
    }
    if p.topK > 1 { Mistake("one-expert", "active", p.count(1)) }
    Mistake(
      "shared-times-experts", "total", p.layers * p.experts * (p.sharedPerLayer + p.expertParams))
    Mistake("experts-only", "active", p.layers * p.topK * p.expertParams)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Each of the \(p.layers) layers of a mixture of experts has $\(large(Double(p.sharedPerLayer)))$ shared \
    parameters (attention, norms, router) and \(p.experts) experts of $\(large(Double(p.expertParams)))$ \
    parameters each. Every token is sent to \(p.topK == 1 ? "one expert" : "\(p.topK) experts") in each layer. Embeddings do not count.
    """
    ask("total", "the parameters of all layers")
    ask("active", "the parameters of all layers that one token uses")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\(p.layers) · (\(p.sharedPerLayer) + \(p.experts) · \(p.expertParams)) = \(p.count(p.experts))",
      "\(p.layers) · (\(p.sharedPerLayer) + \(p.topK) · \(p.expertParams)) = \(p.count(p.topK))")
  }
}
