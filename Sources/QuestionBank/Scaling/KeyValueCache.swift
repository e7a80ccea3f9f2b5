import Calculus
import ExamModel
import Typesetting

/// Memory of a key-value cache: 2 · layers · KV heads · head size · bytes for each token.
enum KeyValueCache: QuestionFamily {
  static let heading = Heading(
    "scale.kv-cache", "The size of a key-value cache", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let layers, heads, kvHeads, headSize, length, batch, bytes: Int
    var window: Int?

    enum CodingKeys: String, CodingKey {
      case layers = "L"
      case heads = "h"
      case kvHeads = "kv"
      case headSize = "dh"
      case length = "T"
      case batch = "B"
      case bytes, window
    }

    var perToken: Int { 2 * layers * kvHeads * headSize * bytes }
    var kept: Int { min(length, window ?? length) }
    var total: Int { perToken * kept * batch }
  }

  static let parts = [
    Part("perToken", .integer), Part("total", .integer, dependsOn: ["perToken"]),
    Part.estimate("GiB", dependsOn: ["total"]),
    Part.fraction("ratio"),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "one-2-missing",
      "A factor 2 is missing: keys and values are two tensors, and an element has 2 bytes."),
    .core("no-factor-2", "Keys and values are both kept: that is a factor 2."),
    .core("no-dtype", "Multiply by the bytes of an element."),
    .core("query-heads", "Only the KV heads are cached, not every query head."),
    .core("one-layer", "Every layer has a cache of its own."),
    .optional("bits", "Bytes are asked for, not bits."),
    .optional("head-dim-forgotten", "Each head keeps a vector of its size for every token."),
    .optional("batch-forgotten", "Each sequence of the batch has a cache of its own."),
    .optional("window-ignored", "With a sliding window only its last positions are kept."),
    .optional("GB-for-GiB", "A GiB has 2³⁰ bytes, a GB has 10⁹."),
    .optional("ratio-inverted", "The cache is smaller by the factor heads over KV heads."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let heads = dice.pick([16, 24, 32, 40, 48, 56, 64, 72, 80, 96, 112, 128])
    let length = dice.pick([1024, 2048, 4096, 8192, 16384, 32768])
    return Parameters(
      layers: dice.pick([16, 24, 32, 40, 48, 64, 80]), heads: heads,
      kvHeads: dice.pick([1, 2, 4, 8]),
      headSize: dice.pick([64, 128]), length: length, batch: dice.pick([1, 2, 4, 8, 16]),
      bytes: dice.pick([2, 2, 1, 4]), window: dice.oneIn(4) ? length / 4 : nil)
  }

  static func objection(to p: Parameters) -> String? {
    within(1...10_000, "L, h, kv, dh and B", p.layers, p.heads, p.kvHeads, p.headSize, p.batch)
      ?? within(1...10_000_000, "T", p.length)
      ?? unless(p.heads.isMultiple(of: p.kvHeads), "kv divides h")
      ?? unless([1, 2, 4, 8].contains(p.bytes), "bytes is 1, 2, 4 or 8")
      ?? within(1...10_000_000, "window", p.window ?? 1)
      ?? unless(
        Double(p.perToken) * Double(p.kept) * Double(p.batch) * Double(p.heads) < 1e17,
        "the cache grows too large")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let token = key.integer(p.perToken)
    let product = token.multipliedReportingOverflow(by: p.kept * p.batch)
    let total = key.integer(product.overflow ? p.total : product.partialValue)
    key.write(Double(total) / 1_073_741_824)
    key.write(Double(p.heads) / Double(p.kvHeads))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Tensor by tensor, as a program would allocate them.
    var (token, shared) = (0, 0)
    for _ in 0..<p.layers {
      for _ in ["keys", "values"] {
        token += p.kvHeads * p.headSize * p.bytes
        shared += p.heads * p.headSize * p.bytes
      }
    }
    let total = (0..<p.batch).reduce(0) { sum, _ in sum + token * p.kept }
    return AnswerKey(
      token, total, Double(total) / 1024 / 1024 / 1024, Double(shared) / Double(token))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let token = p.perToken
    let slip = { (id: MisconceptionID, value: Int) in Mistake(id, "perToken", value) }
    slip(p.bytes == 2 ? "one-2-missing" : "no-factor-2", token / 2)
    // Half of 4 bytes is what the other slip gives; only a quarter tells.
    if p.bytes == 4 { slip("no-dtype", token / 4) }
    if p.heads != p.kvHeads { slip("query-heads", token / p.kvHeads * p.heads) }
    slip("one-layer", token / p.layers)
    slip("bits", token * 8)
    slip("head-dim-forgotten", token / p.headSize)
    Mistake("batch-forgotten", "total", token * p.kept)
    if p.window != nil { Mistake("window-ignored", "total", token * p.length * p.batch) }
    Mistake("GB-for-GiB", "GiB", Double(p.total) / 1e9)
    Mistake("ratio-inverted", "ratio", Double(p.kvHeads) / Double(p.heads))
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    ["ratio": Rational(p.heads, p.kvHeads).description]
  }

  static func pose(_ p: Parameters) -> Prompt {
    let kept: Prose =
      p.window.map {
        " Its attention looks at a sliding window of the last \($0) tokens, and the cache keeps no more than these."
      } ?? ""
    Block.paragraph(
      """
      A decoder has \(p.layers) layers with \(p.heads) query heads and \(p.kvHeads) KV \
      \(p.kvHeads == 1 ? "head" : "heads") each, all of size \(p.headSize). Keys and values are \
      cached with \(p.bytes) \(p.bytes == 1 ? "byte" : "bytes") per element, for \(p.batch) \
      \(p.batch == 1 ? "sequence" : "sequences") of \(p.length) tokens.
      """ + kept)
    ask("perToken", "the bytes that one token of one sequence takes")
    ask("total", "the bytes of the whole cache")
    ask("GiB", "the same in GiB, within 1 %")
    ask("ratio", "how many times smaller the cache is than with as many KV heads as query heads")
  }

  static func solve(_ p: Parameters) -> Document {
    "Every layer keeps a key and a value for each KV head:"
    steps(
      "\\text{per token} = 2 · \(p.layers) · \(p.kvHeads) · \(p.headSize) · \(p.bytes) = \(p.perToken)",
      "\\text{total} = \(p.perToken) · \(p.kept) · \(p.batch) = \(p.total)",
      "\\text{in GiB} = \\frac{\(p.total)}{2^{30}} = \(large(Double(p.total) / 1_073_741_824))",
      "\\text{ratio} = \\frac{\(p.heads)}{\(p.kvHeads)} = \(shown(Rational(p.heads, p.kvHeads)))")
  }
}
