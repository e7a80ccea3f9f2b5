import Calculus
import ExamModel
import Typesetting

/// How GPUs are shared among data, tensor and pipeline parallelism.
enum ParallelLayout: QuestionFamily {
  static let heading = Heading(
    "scale.parallel-layout", "A layout of three parallelisms", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let gpus, tensor, pipeline, globalBatch, microBatch, layers, heads, length: Int
    var data: Int { gpus / (tensor * pipeline) }
  }

  static let parts = [
    Part("dp", .integer), Part("micro", .integer, dependsOn: ["dp"]),
    Part("layersPerStage", .integer), Part("heads", .integer), Part("tokens", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core("tensor-forgotten", "Divide by the tensor-parallel size too."),
    .core("pipeline-forgotten", "Divide by the number of pipeline stages too."),
    .core("dp-is-gpus", "A replica of the model spans several GPUs."),
    .optional("dp-forgotten", "The batch is shared among the replicas first."),
    .optional("micro-size-forgotten", "A micro-batch holds several samples."),
    .core("layers-by-tp", "Tensor parallelism cuts within layers; stages share out the layers."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (tensor, pipeline) = (dice.pick([2, 4, 8]), dice.pick([2, 4, 8]))
    let (data, micro) = (dice.integer(in: 2...16), dice.pick([1, 2, 3, 4]))
    guard tensor != pipeline else { return nil }
    return Parameters(
      gpus: tensor * pipeline * data, tensor: tensor, pipeline: pipeline,
      globalBatch: data * micro * dice.integer(in: 5...24), microBatch: micro,
      layers: pipeline * dice.integer(in: 2...16), heads: tensor * dice.integer(in: 2...16),
      length: dice.pick([1024, 2048, 4096]))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1_000_000, "gpus, tensor and pipeline", p.gpus, p.tensor, p.pipeline)
      ?? within(1...1_000_000, "batches and length", p.globalBatch, p.microBatch, p.length)
      ?? within(1...1_000_000, "layers and heads", p.layers, p.heads)
      ?? unless(p.gpus % (p.tensor * p.pipeline) == 0, "tensor times pipeline divides gpus")
      ?? unless(p.globalBatch % (p.data * p.microBatch) == 0, "micro-batches divide the batch")
      ?? unless(p.layers % p.pipeline == 0, "pipeline divides layers")
      ?? unless(p.heads % p.tensor == 0, "tensor divides heads")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let data = max(1, min(key.integer(p.data), 1_000_000))
    key.write(p.globalBatch / (data * p.microBatch))
    key.write(p.layers / p.pipeline)
    key.write(p.heads / p.tensor)
    key.write(p.globalBatch * p.length)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Deal out: replicas, micro-batches, stages and head groups, counted by steps.
    func count(_ total: Int, by step: Int) -> Int {
      stride(from: 0, to: total, by: step).map { $0 }.count
    }
    let replicas = count(p.gpus, by: p.tensor * p.pipeline)
    return AnswerKey(
      replicas, count(count(p.globalBatch, by: replicas), by: p.microBatch),
      count(p.layers, by: p.pipeline), count(p.heads, by: p.tensor), p.length * p.globalBatch)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("tensor-forgotten", "dp", p.gpus / p.pipeline)
    Mistake("pipeline-forgotten", "dp", p.gpus / p.tensor)
    Mistake("dp-is-gpus", "dp", p.gpus)
    Mistake("dp-forgotten", "micro", p.globalBatch / p.microBatch)
    Mistake("micro-size-forgotten", "micro", p.globalBatch / p.data)
    Mistake("layers-by-tp", "layersPerStage", Rational(p.layers, p.tensor))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A Transformer with \(p.layers) layers and \(p.heads) heads is trained on \(p.gpus) GPUs: tensor \
    parallelism of size \(p.tensor), \(p.pipeline) pipeline stages, and the rest for data parallelism. \
    A step has \(p.globalBatch) sequences of \(p.length) tokens, in micro-batches of \(p.microBatch).
    """
    ask("dp", "the number of data-parallel replicas")
    ask("micro", "how many micro-batches each replica runs in a step")
    ask("layersPerStage", "the layers of each pipeline stage")
    ask("heads", "the attention heads on each GPU")
    ask("tokens", "the tokens of a whole step")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\\frac{\(p.gpus)}{\(p.tensor) · \(p.pipeline)} = \(p.data) \\text{ replicas}",
      "\\frac{\(p.globalBatch)}{\(p.data) · \(p.microBatch)} = \(p.globalBatch / (p.data * p.microBatch)) \\text{ micro-batches}",
      "\\frac{\(p.layers)}{\(p.pipeline)} = \(p.layers / p.pipeline) \\text{ layers}",
      "\\frac{\(p.heads)}{\(p.tensor)} = \(p.heads / p.tensor) \\text{ heads}",
      "\(p.globalBatch) · \(p.length) = \(p.globalBatch * p.length) \\text{ tokens}")
  }
}
