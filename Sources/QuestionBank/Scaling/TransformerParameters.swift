import Calculus
import ExamModel
import Typesetting

/// Parameters of a decoder: per layer 12d² + 13d in the manner of GPT-2, and a gated, grouped kind.
enum TransformerParameters: QuestionFamily {
  static let heading = Heading(
    "scale.transformer-params", "Counting the parameters of a transformer", difficulty: 3,
    version: 2)

  enum Kind: String, Codable, Sendable { case gpt, llama }

  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let layers, width, heads, vocabulary: Int
    var positions, kvHeads, inner: Int?

    enum CodingKeys: String, CodingKey {
      case kind
      case layers = "L"
      case width = "d"
      case heads = "h"
      case vocabulary = "V"
      case positions = "T"
      case kvHeads = "kv"
      case inner = "F"
    }

    var kvWidth: Int { (kvHeads ?? heads) * (width / heads) }
    /// Entries of the four projections of attention, biases aside.
    var attention: Int { 2 * width * width + 2 * width * kvWidth }
    var gatedMLP: Int { 3 * width * (inner ?? 0) }
    var share: Rational { Rational(attention, attention + gatedMLP) }
    var perLayer: Int {
      switch kind {
      case .gpt: 12 * width * width + 13 * width
      case .llama: attention + gatedMLP + 2 * width
      }
    }
    var outside: Int {
      switch kind {
      case .gpt: (vocabulary + (positions ?? 0)) * width + 2 * width
      case .llama: 2 * vocabulary * width + width
      }
    }
    var total: Int { outside + layers * perLayer }
  }

  static let leavesPartsOut = true
  static let parts = [
    Part("perLayer", .integer, weight: 2),
    Part("total", .integer, weight: 2, dependsOn: ["perLayer"]),
    Part.fraction("attnShare"),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "eight-d-squared",
      "4d² are missing: attention has four d × d matrices, and the MLP two of size d × 4d."),
    .core("no-biases", "Biases and norms are parameters too."),
    .optional("times-heads", "The heads share the d × d matrices; they do not have one each."),
    .core("untied", "The output shares the embedding's matrix; count it once."),
    .core("tied", "The output has a matrix of its own here."),
    .optional("positions-forgotten", "The learned position embeddings are parameters too."),
    .optional("embeddings-forgotten", "The embeddings are parameters too."),
    .optional("one-layer", "Multiply by the number of layers."),
    .core("gate-forgotten", "A gated MLP has three matrices, not two."),
    .optional("gqa-ignored", "Keys and values have fewer heads, so their matrices are smaller."),
    .core("no-attention", "The attention's matrices are missing."),
    .optional("norms-forgotten", "Each layer has two norms with d weights."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (width, heads) = dice.pick([
      (512, 8), (768, 12), (1024, 16), (1280, 20), (1536, 16), (1792, 28), (2048, 16), (2560, 32),
      (3072, 24), (4096, 32), (5120, 40),
    ])
    let layers = dice.pick([6, 12, 24, 32])
    if dice.oneIn(2) {
      return Parameters(
        kind: .gpt, layers: layers, width: width, heads: heads,
        vocabulary: dice.pick([32000, 50257]), positions: dice.pick([512, 1024, 2048]))
    }
    return Parameters(
      kind: .llama, layers: layers, width: width, heads: heads,
      vocabulary: dice.pick([32000, 50257, 128256]), kvHeads: heads / dice.pick([1, 2, 4]),
      inner: width / 4 * dice.pick([10, 11, 13, 14, 15]))
  }

  static func objection(to p: Parameters) -> String? {
    guard (1...1000).contains(p.layers), (1...100_000).contains(p.width), p.heads > 0,
      (1...10_000_000).contains(p.vocabulary)
    else { return "L lies up to 1000, d up to 100000 and V up to 10000000, all from 1" }
    guard p.width.isMultiple(of: p.heads) else { return "h divides d" }
    switch p.kind {
    case .gpt:
      guard let positions = p.positions, p.kvHeads == nil, p.inner == nil else {
        return "kind \"gpt\" takes T, and neither kv nor F"
      }
      return (1...10_000_000).contains(positions) ? nil : "T lies between 1 and 10000000"
    case .llama:
      guard let kv = p.kvHeads, let inner = p.inner, p.positions == nil else {
        return "kind \"llama\" takes kv and F, and no T"
      }
      guard kv > 0, p.heads.isMultiple(of: kv) else { return "kv divides h" }
      return (1...1_000_000).contains(inner) ? nil : "F lies between 1 and 1000000"
    }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let layer = key.integer(p.perLayer)
    let all = layer.multipliedReportingOverflow(by: p.layers)
    key.write(.integer(all.overflow ? p.total : p.outside &+ all.partialValue))
    // In the manner of GPT-2 it is a third whatever the sizes.
    key.write(p.kind == .llama ? .number(p.share.value) : nil)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Module by module, as a program would list them.
    func linear(_ rows: Int, _ columns: Int, bias: Bool) -> Int {
      rows * columns + (bias ? columns : 0)
    }
    let d = p.width
    let isGPT = p.kind == .gpt
    let attention =
      linear(d, d, bias: isGPT) + 2 * linear(d, isGPT ? d : p.kvWidth, bias: isGPT)
      + linear(d, d, bias: isGPT)
    let mlp =
      isGPT
      ? linear(d, 4 * d, bias: true) + linear(4 * d, d, bias: true)
      : 3 * linear(d, p.inner ?? 0, bias: false)
    let norm = isGPT ? 2 * d : d
    let layer = attention + mlp + norm + norm
    var total = p.vocabulary * d + norm
    total += isGPT ? (p.positions ?? 0) * d : d * p.vocabulary
    for _ in 0..<p.layers { total += layer }
    return AnswerKey([
      .integer(layer), .integer(total),
      isGPT ? nil : .number(Double(attention) / Double(attention + mlp)),
    ])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (d, v, layer, total) = (p.width, p.vocabulary, p.perLayer, p.total)
    let per = { (id: MisconceptionID, value: Int) in Mistake(id, "perLayer", value) }
    let all = { (id: MisconceptionID, value: Int) in Mistake(id, "total", value) }
    let single = all("one-layer", total - (p.layers - 1) * layer)
    switch p.kind {
    case .gpt:
      let positions = (p.positions ?? 0) * d
      per("eight-d-squared", 8 * d * d + 9 * d)
      per("no-biases", 12 * d * d)
      per("times-heads", layer + (p.heads - 1) * 4 * d * d)
      all("untied", total + v * d)
      all("positions-forgotten", total - positions)
      all("embeddings-forgotten", p.layers * layer)
      single
    case .llama:
      let inner = p.inner ?? 0
      per("gate-forgotten", layer - d * inner)
      per("no-attention", 3 * d * inner + 2 * d)
      per("norms-forgotten", layer - 2 * d)
      all("tied", total - v * d)
      single
      if p.kvHeads != p.heads { per("gqa-ignored", 4 * d * d + 3 * d * inner + 2 * d) }
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    switch p.kind {
    case .gpt:
      """
      A decoder in the manner of GPT-2 has \(p.layers) layers of width $d = \(p.width)$ with \
      \(p.heads) heads. Each layer has attention with four projections, an MLP that widens to \
      $4 d$ and back, and two LayerNorms (a weight and a bias for each feature); all linear maps \
      have biases. The vocabulary has \(p.vocabulary) tokens, there are \(p.positions ?? 0) learned \
      positions, the output shares the embedding's matrix and has no bias, and a last LayerNorm \
      stands before it.
      """
    case .llama:
      """
      A decoder in the manner of Llama has \(p.layers) layers of width $d = \(p.width)$ with \
      \(p.heads) query heads and \(p.kvHeads ?? p.heads) KV heads. Each layer has attention with four \
      projections, a gated MLP with three matrices of inner width \(p.inner ?? 0), and two RMSNorms \
      (a weight for each feature); there are no biases. The vocabulary has \(p.vocabulary) tokens, \
      embedding and output have a matrix each, positions have no parameters, and a last RMSNorm \
      stands before the output.
      """
    }
    ask("perLayer", "the parameters of one layer, exactly")
    ask("total", "the parameters of the whole model, exactly")
    ask(
      "attnShare",
      "the share of a layer's matrix entries, norms aside, that belongs to attention, as a fraction or to 3 decimals"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    let (d, v) = (p.width, p.vocabulary)
    switch p.kind {
    case .gpt:
      return [
        .paragraph(
          "Attention has four d × d matrices with biases, $4 d^2 + 4 d$; the MLP has $8 d^2 + 5 d$; two norms have $4 d$:"
        ),
        .steps([
          Step("12 d^2 + 13 d = 12 · \(d)^2 + 13 · \(d) = \(p.perLayer)"),
          Step(
            "\\text{outside} = \(v) · \(d) + \(p.positions ?? 0) · \(d) + 2 · \(d) = \(p.outside)"),
          Step("\\text{total} = \(p.outside) + \(p.layers) · \(p.perLayer) = \(p.total)"),
        ]),
      ]
    case .llama:
      return [
        .paragraph(
          "Queries and output take $2 d^2$, keys and values $2 d · \(p.kvWidth)$, the gated MLP $3 d F$, the norms $2 d$:"
        ),
        .steps([
          Step(
            "2 · \(d)^2 + 2 · \(d) · \(p.kvWidth) + 3 · \(d) · \(p.inner ?? 0) + 2 · \(d) = \(p.perLayer)"
          ),
          Step("\\text{outside} = 2 · \(v) · \(d) + \(d) = \(p.outside)"),
          Step("\\text{total} = \(p.outside) + \(p.layers) · \(p.perLayer) = \(p.total)"),
          Step(
            "\\text{share} = \\frac{\(p.attention)}{\(p.attention) + \(p.gatedMLP)} = \(shown(p.share))"
          ),
        ]),
      ]
    }
  }
}
