import ExamModel
import Typesetting

/// The roofline: a kernel takes as long as the slower of computing and moving.
enum Roofline: QuestionFamily {
  static let heading = Heading("scale.roofline", "The roofline", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let peak, bandwidth, flops, bytes: Double
    /// Milliseconds.
    var compute: Double { flops / peak * 1000 }
    var memory: Double { bytes / bandwidth * 1000 }
    var bound: String { compute > memory ? "compute" : "memory" }
  }

  static let parts = [
    Part.estimate("ridge"), Part("bound", .choice),
    Part.estimate("timeMs"),
  ]

  static let misconceptions: [Misconception] = [
    .core("summed", "Computing and moving overlap: the longer of the two counts."),
    .core("other-limit", "The longer of the two times counts, not the shorter."),
    .core("ridge-inverted", "FLOPs per byte: peak over bandwidth."),
    .core("wrong-side", "Below the ridge the memory limits, above it the computing."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      peak: dice.pick([100e12, 150e12, 200e12, 300e12, 400e12, 500e12, 700e12, 1000e12]),
      bandwidth: dice.pick([1e12, 1.2e12, 2e12, 2.5e12, 3.35e12, 4e12]),
      flops: dice.pick([1e12, 2e12, 3e12, 4e12, 5e12, 7e12, 9e12, 12e12]),
      bytes: dice.pick([2e9, 5e9, 10e9, 20e9, 30e9, 50e9, 70e9, 100e9]))
    let ratio = p.compute / p.memory
    return ratio > 0.5 && ratio < 2 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1e30, "all numbers", p.peak, p.bandwidth, p.flops, p.bytes)
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["bound": Options(["memory", "compute"], isShuffled: false)]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.peak / p.bandwidth, AnswerValue.choice(p.bound), max(p.compute, p.memory))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By the attainable speed: min(peak, intensity times bandwidth).
    let intensity = p.flops / p.bytes
    let speed = min(p.peak, intensity * p.bandwidth)
    return AnswerKey(
      1 / (p.bandwidth / p.peak), AnswerValue.choice(speed == p.peak ? "compute" : "memory"),
      p.flops / speed * 1e3)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("summed", "timeMs", p.compute + p.memory)
    Mistake("other-limit", "timeMs", min(p.compute, p.memory))
    Mistake("ridge-inverted", "ridge", p.bandwidth / p.peak)
    Mistake("wrong-side", "bound", .choice(p.bound == "memory" ? "compute" : "memory"))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    An accelerator does $\(large(p.peak))$ FLOPs a second and moves $\(large(p.bandwidth))$ bytes a \
    second at most, both at the same time. A kernel needs $\(large(p.flops))$ FLOPs and moves \
    $\(large(p.bytes))$ bytes.
    """
    ask("ridge", "the intensity at the ridge, in FLOPs per byte, within 1 %")
    ask("bound", "what limits the kernel")
    ask("timeMs", "the least time it takes, in milliseconds, within 1 %")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\\frac{\(large(p.peak))}{\(large(p.bandwidth))} = \(large(p.peak / p.bandwidth)) \\text{ FLOPs per byte}",
      "\\frac{\(large(p.flops))}{\(large(p.peak))} = \(large(p.compute)) \\text{ ms of computing}",
      "\\frac{\(large(p.bytes))}{\(large(p.bandwidth))} = \(large(p.memory)) \\text{ ms of moving}")
    "The longer one counts: the kernel is limited by \(p.bound == "memory" ? "the memory" : "the computing")."
  }
}
