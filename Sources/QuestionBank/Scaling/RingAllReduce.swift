import ExamModel
import Typesetting

/// A ring all-reduce: each GPU sends 2 (G − 1)/G of the data.
enum RingAllReduce: QuestionFamily {
  static let heading = Heading(
    "scale.allreduce-time", "The time of a ring all-reduce", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let gpus: Int
    let bytes, bandwidth: Double
    var sent: Double { 2 * Double(gpus - 1) * bytes / Double(gpus) }
    func milliseconds(_ bytes: Double) -> Double { bytes / bandwidth * 1000 }
  }

  static let parts = [
    Part.estimate("bytes"),
    Part.estimate("ms", dependsOn: ["bytes"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("one-phase", "There are two rounds: one adds the parts up, one hands the sums on."),
    .optional("no-ring-factor", "Each GPU sends 2 (G − 1)/G of the data, not all of it once."),
    .optional("whole-twice", "Of G parts, G − 1 are sent in each round: (G − 1)/G of the data."),
    .core("times-gpus", "All GPUs send at the same time."),
    .optional("bits", "The bandwidth is given in bytes a second."),
  ]

  static let variants: Int? = 120

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      gpus: dice.pick([2, 4, 8, 16]), bytes: dice.pick([1e9, 2e9, 4e9, 8e9, 14e9, 16e9]),
      bandwidth: dice.pick([25e9, 50e9, 100e9, 200e9, 400e9]))
  }

  static func objection(to p: Parameters) -> String? {
    within(2...100_000, "gpus", p.gpus)
      ?? within(1...1e18, "bytes and bandwidth", p.bytes, p.bandwidth)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.milliseconds(key.number(p.sent)))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Run the ring: G − 1 steps to add, G − 1 to hand on, a G-th of the data in each.
    let part = p.bytes / Double(p.gpus)
    let steps = (1..<p.gpus).map { _ in part } + (1..<p.gpus).map { _ in part }
    return AnswerKey(steps.sum, steps.map { $0 / p.bandwidth * 1000 }.sum)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let time = p.milliseconds(p.sent)
    Mistake("one-phase", "ms", time / 2)
    Mistake("times-gpus", "ms", time * Double(p.gpus))
    Mistake("no-ring-factor", "ms", p.milliseconds(p.bytes))
    Mistake("whole-twice", "ms", p.milliseconds(2 * p.bytes))
    Mistake("bits", "ms", 8 * time)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    \(p.gpus) GPUs all-reduce gradients of $\(large(p.bytes))$ bytes in a ring: first every part is \
    added up around the ring, then the sums are handed round. Each GPU sends \
    $\(large(p.bandwidth))$ bytes a second; latency does not count.
    """
    ask("bytes", "how many bytes each GPU sends, within 1 %")
    ask("ms", "how long that takes in milliseconds, within 1 %")
  }

  static func solve(_ p: Parameters) -> Document {
    "Each of the two rounds has $G - 1$ steps, in which each GPU sends a $G$-th of the data:"
    steps(
      "2 · \\frac{\(p.gpus) - 1}{\(p.gpus)} · \(large(p.bytes)) = \(large(p.sent)) \\text{ bytes}",
      "\\frac{\(large(p.sent))}{\(large(p.bandwidth))} · 1000 = \(large(p.milliseconds(p.sent))) \\text{ ms}"
    )
  }
}
