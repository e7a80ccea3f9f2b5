import ExamModel
import Typesetting

/// FLOPs for each byte moved in a product of matrices.
enum MatmulIntensity: QuestionFamily {
  static let heading = Heading(
    "scale.matmul-intensity", "Arithmetic intensity of a product", difficulty: 2, version: 2)

  /// (m × k)(k × n), with `bytes` for each entry.
  struct Parameters: Codable, Sendable, Equatable {
    let m, k, n, bytes: Int
    var flops: Int { 2 * m * k * n }
    var entries: Int { m * k + k * n + m * n }
    var intensity: Double { Double(flops) / Double(bytes * entries) }
  }

  static let parts = [
    Part("flops", .integer), Part("bytes", .integer),
    Part.estimate("intensity", dependsOn: ["flops", "bytes"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-2", "A multiplication and an addition count as 2 FLOPs."),
    .optional("output-forgotten", "The result is written too."),
    .optional("elements-not-bytes", "Count bytes, not entries."),
    .optional("batch-rule", "That the intensity is the batch size holds only where it is small."),
    .core("inverted", "FLOPs for each byte: divide the work by the traffic."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      m: dice.pick([1, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512]),
      k: dice.pick([1024, 1536, 2048, 3072, 4096, 5120, 8192]),
      n: dice.pick([1024, 1536, 2048, 3072, 4096, 5120, 8192]), bytes: dice.pick([1, 2, 2, 4]))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "m, k and n", p.m, p.k, p.n)
      ?? unless([1, 2, 4, 8].contains(p.bytes), "bytes are 1, 2, 4 or 8")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let flops = key.integer(p.flops)
    let bytes = key.integer(p.bytes * p.entries)
    key.write(bytes == 0 ? 0 : Double(flops) / Double(bytes))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Output by output: k multiply-adds each; operand by operand.
    let flops = (0..<p.m).map { _ in p.n * (p.k + p.k) }.sum
    let (m, k, n) = (Double(p.m), Double(p.k), Double(p.n))
    let harmonic = 2 / (Double(p.bytes) * (1 / n + 1 / m + 1 / k))
    return AnswerKey(flops, [p.m * p.k, p.k * p.n, p.m * p.n].map { $0 * p.bytes }.sum, harmonic)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("no-2", "intensity", p.intensity / 2)
    Mistake(
      "output-forgotten", "intensity", Double(p.flops) / Double(p.bytes * (p.m * p.k + p.k * p.n)))
    if p.bytes > 1 { Mistake("elements-not-bytes", "intensity", p.intensity * Double(p.bytes)) }
    Mistake("batch-rule", "intensity", Double(p.m))
    Mistake("inverted", "intensity", 1 / p.intensity)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A matrix of shape `(\(p.m), \(p.k))` is multiplied by one of shape `(\(p.k), \(p.n))`, with \
    \(p.bytes) \(p.bytes == 1 ? "byte" : "bytes") for each entry. Each operand is read once, and the \
    result is written once.
    """
    ask("flops", "the FLOPs, a multiplication and an addition counting as 2")
    ask("bytes", "the bytes that are read and written at least")
    ask("intensity", "the arithmetic intensity in FLOPs per byte, within 1 %")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "2 · \(p.m) · \(p.k) · \(p.n) = \(p.flops)",
      "\(p.bytes) · (\(p.m) · \(p.k) + \(p.k) · \(p.n) + \(p.m) · \(p.n)) = \(p.bytes * p.entries)",
      "\\frac{\(p.flops)}{\(p.bytes * p.entries)} = \(large(p.intensity))")
  }
}
