import ExamModel
import Typesetting

/// A decoding step reads all weights and the cache; it is bound by the memory.
enum DecodeLatency: QuestionFamily {
  static let heading = Heading(
    "scale.decode-latency", "The time of a decoding step", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let params: Double
    let bytes: Int
    let bandwidth, peak: Double
    let batch: Int
    let kvBytesPerSeq: Double

    var weights: Double { params * Double(bytes) }
    var cache: Double { Double(batch) * kvBytesPerSeq }
    func milliseconds(_ traffic: Double) -> Double { traffic / bandwidth * 1000 }
    var time: Double { milliseconds(weights + cache) }
  }

  static let parts = [
    Part.estimate("ms", weight: 2),
    Part.estimate("tokens", dependsOn: ["ms"]),
    Part.estimate("critical"),
  ]

  static let misconceptions: [Misconception] = [
    .core("compute-for-memory", "The step is bound by the memory: divide bytes by bandwidth."),
    .core("no-kv", "Each sequence's KV cache is read as well."),
    .optional("weights-per-sequence", "The weights are read once for the whole batch."),
    .optional("elements-not-bytes", "Count the bytes of the weights, not their number."),
    .optional("single-stream", "Every sequence of the batch gains a token in each step."),
    .core(
      "ridge-inverted",
      "Where computing 2 N B takes as long as reading the weights: peak over bandwidth."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      params: dice.pick([7e9, 8e9, 13e9, 70e9]), bytes: dice.pick([1, 2, 2]),
      bandwidth: dice.pick([1e12, 1.5e12, 2e12, 2.5e12, 3.35e12, 4.8e12]),
      peak: dice.pick([200e12, 300e12, 400e12, 500e12, 700e12, 1000e12]),
      batch: dice.pick([1, 4, 8, 16, 32]), kvBytesPerSeq: dice.pick([0.5e9, 1e9, 2e9]))
    return p.cache < 0.05 * p.weights ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1e20, "all numbers", p.params, p.bandwidth, p.peak, p.kvBytesPerSeq)
      ?? within(1...100_000, "batch", p.batch)
      ?? unless([1, 2, 4].contains(p.bytes), "bytes are 1, 2 or 4")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let time = key.number(p.time)
    key.write(Double(p.batch) / time * 1000)
    key.write(p.peak * Double(p.bytes) / (2 * p.bandwidth))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Reading one thing after another; and the batch at which computing takes as long.
    let reads = [p.weights] + (0..<p.batch).map { _ in p.kvBytesPerSeq }
    let seconds = reads.map { $0 / p.bandwidth }.sum
    let critical = (p.weights / p.bandwidth) / (2 * p.params / p.peak)
    return AnswerKey(1000 * seconds, Double(p.batch) / seconds, critical)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let batch = Double(p.batch)
    Mistake("compute-for-memory", "ms", 2 * p.params * batch / p.peak * 1000)
    Mistake("no-kv", "ms", p.milliseconds(p.weights))
    if p.batch > 1 {
      Mistake("weights-per-sequence", "ms", p.milliseconds(batch * p.weights + p.cache))
      Mistake("single-stream", "tokens", 1000 / p.time)
    }
    if p.bytes > 1 { Mistake("elements-not-bytes", "ms", p.milliseconds(p.params + p.cache)) }
    Mistake("ridge-inverted", "critical", p.bandwidth / p.peak)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A model with $\(large(p.params))$ parameters of \(p.bytes) \(p.bytes == 1 ? "byte" : "bytes") \
    decodes a batch of \(p.batch); each sequence has a KV cache of $\(large(p.kvBytesPerSeq))$ bytes. \
    The accelerator reads $\(large(p.bandwidth))$ bytes and does $\(large(p.peak))$ FLOPs a second. A \
    token takes 2 FLOPs for each parameter.
    """
    ask("ms", "the time of a step, bound by the memory, in milliseconds, within 1 %")
    ask("tokens", "the tokens a second of the whole batch, within 1 %")
    ask(
      "critical",
      "the batch size at which computing takes as long as reading the weights, leaving the cache aside, within 1 %"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    "Each step reads the weights once and the cache of every sequence:"
    steps(
      "\\frac{\(large(p.weights)) + \(p.batch) · \(large(p.kvBytesPerSeq))}{\(large(p.bandwidth))} · 1000 = \(large(p.time)) \\text{ ms}",
      "\\frac{\(p.batch) · 1000}{\(large(p.time))} = \(large(Double(p.batch) / p.time * 1000)) \\text{ tokens a second}"
    )
    "Computing takes $2 N B / P$, reading the weights $N b / W$ seconds, so"
    steps("B = \\frac{P b}{2 W} = \(large(p.peak * Double(p.bytes) / (2 * p.bandwidth)))")
  }
}
