import ExamModel
import Typesetting

/// Shapes and parameters of a stack of linear layers, as PyTorch stores them.
///
/// `Linear(i, o)` keeps a weight of shape (o, i) and a bias of shape (o,), and computes x Wᵀ + b.
enum LinearLayers: QuestionFamily {
  static let heading = Heading(
    "matdim.mlp-params", "Shapes and parameters of an MLP", difficulty: 2)

  /// Widths `dims`, and the asked `layer`, from 1.
  struct Parameters: Codable, Sendable, Equatable {
    let dims: [Int]
    let batch, layer: Int

    var pairs: [(width: Int, out: Int)] { Array(zip(dims, dims.dropFirst())) }
    var weights: Int { pairs.reduce(0) { $0 + $1.width * $1.out } }
    var biases: Int { dims.dropFirst().sum }
  }

  static let parts = [
    Part("weightShape", .shape), Part("outShape", .shape), Part("params", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "in-by-out",
      "That is W in x W. PyTorch stores the weight as (out, in) and computes x Wᵀ + b."),
    .optional(
      "with-batch", "A weight does not depend on the batch: every sample uses the same one."),
    .optional(
      "features-first", "Rows are samples: the batch size comes first, the features follow."),
    .optional(
      "batch-times-in", "That is what enters the layer; it leaves with the layer's own width."),
    .core("no-biases", "Every output unit has a bias as well."),
    .core("bias-per-input", "A layer has one bias for each output, not for each input."),
    .core("one-bias-per-layer", "A layer has a bias for each output unit, not one in all."),
    .core("times-batch", "The same weights serve every sample; the batch adds none."),
    .optional("forgot-last-layer", "The last layer has weights and biases too."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let dims: [Int]
    if dice.below(10) < 7 {
      dims = dice.draw(dice.integer(in: 3...5), from: 2...12)
    } else {
      dims = [dice.pick([784, 256, 100]), dice.pick([128, 64, 32, 16]), 10]
    }
    let p = Parameters(
      dims: dims, batch: dice.pick([2, 4, 5, 8, 16, 32]),
      layer: dice.integer(in: 1...dims.count - 1))
    return dims.contains(p.batch) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "dims", p.dims, count: 2...10) ?? within(1...100_000, "batch", p.batch)
      ?? within(1...p.dims.count - 1, "layer", p.layer)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.shape([p.dims[p.layer], p.dims[p.layer - 1]]))
    key.write(.shape([p.batch, p.dims[p.layer]]))
    key.write(p.weights + p.biases)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // A bias is a weight of an input that is always 1.
    let count = p.pairs.reduce(0) { $0 + ($1.width + 1) * $1.out }
    var shape = [p.batch, p.dims[0]]
    for layer in 1...p.layer { shape[1] = p.dims[layer] }
    return AnswerKey(
      AnswerValue.shape([shape[1], p.dims[p.layer - 1]]), AnswerValue.shape(shape), count)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (enters, leaves) = (p.dims[p.layer - 1], p.dims[p.layer])
    let key = p.weights + p.biases
    let last = p.pairs[p.pairs.count - 1]
    Mistake("in-by-out", "weightShape", .shape([enters, leaves]))
    Mistake("with-batch", "weightShape", .shape([p.batch, leaves]))
    Mistake("features-first", "outShape", .shape([leaves, p.batch]))
    Mistake("batch-times-in", "outShape", .shape([p.batch, enters]))
    Mistake("no-biases", "params", p.weights)
    Mistake("bias-per-input", "params", p.weights + p.dims.dropLast().sum)
    Mistake("one-bias-per-layer", "params", p.weights + p.pairs.count)
    Mistake("times-batch", "params", p.batch * key)
    Mistake("forgot-last-layer", "params", key - (last.width + 1) * last.out)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let layers = p.pairs.enumerated().map { index, pair in
      "    Linear(\(pair.width), \(pair.out))," + (index < p.pairs.count - 1 ? "\n    ReLU()," : "")
    }
    "A PyTorch model is built from linear layers with biases:"
    Block.code("model = Sequential(\n\(layers.joined(separator: "\n"))\n)")
    "Its input is a batch `x` of shape `(\(p.batch), \(p.dims[0]))`: rows are samples."
    ask("weightShape", "the shape of the weight of linear layer \(p.layer), as PyTorch stores it")
    ask("outShape", "the shape of the output of linear layer \(p.layer)")
    ask("params", "the number of trainable parameters of the model, biases included")
  }

  static func solve(_ p: Parameters) -> Document {
    let terms = p.pairs.map { "(\($0.width) + 1) · \($0.out)" }
    let counts = p.pairs.map { "\(($0.width + 1) * $0.out)" }
    """
    Layer \(p.layer) maps \(p.dims[p.layer - 1]) features to \(p.dims[p.layer]). PyTorch stores its \
    weight as (out, in), here `(\(p.dims[p.layer]), \(p.dims[p.layer - 1]))`, and computes \
    $x W^\\top + b$, so a batch leaves with shape `(\(p.batch), \(p.dims[p.layer]))`.
    """
    "Each output unit has a weight for every input and one bias:"
    steps(
      "\(terms.joined(separator: " + "))",
      "= \(counts.joined(separator: " + ")) = \(p.weights + p.biases)")
  }
}
