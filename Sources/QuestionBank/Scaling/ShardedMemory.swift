import ExamModel
import Typesetting

/// Memory of each GPU under ZeRO: stage by stage more of the 16 bytes of a parameter are shared out.
enum ShardedMemory: QuestionFamily {
  static let heading = Heading(
    "scale.zero-sharding", "Memory with sharded training state", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let paramsBillion, gpus, stage: Int

    /// Bytes of a parameter that every GPU keeps, and that are shared out.
    static func bytes(_ stage: Int) -> (whole: Double, shared: Double) {
      switch stage {
      case 1: (4, 12)
      case 2: (2, 14)
      default: (0, 16)
      }
    }
    func memory(_ stage: Int) -> Double {
      let bytes = Self.bytes(stage)
      return Double(paramsBillion) * (bytes.whole + bytes.shared / Double(gpus))
    }
  }

  static let parts = [Part.estimate("perGpuGB")]

  static let misconceptions: [Misconception] = [
    .core("all-sharded", "Only stage 3 shares out everything, weights and gradients too."),
    .core("none-sharded", "That is what every GPU would need without sharding."),
    .core(
      "wrong-stage",
      "Stage 1 shares the optimiser's state, stage 2 the gradients too, stage 3 all."),
    .core("optimizer-only", "Weights and gradients take memory as well."),
  ]

  static let variants: Int? = 104

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      paramsBillion: dice.pick([1, 3, 7, 8, 13, 30, 70]), gpus: dice.pick([4, 8, 16, 32, 64]),
      stage: dice.integer(in: 1...3))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "paramsBillion", p.paramsBillion) ?? within(2...100_000, "gpus", p.gpus)
      ?? within(1...3, "stage", p.stage)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.memory(p.stage)) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Tensor by tensor: weights, gradients, then master weights and two moments.
    let share = 1 / Double(p.gpus)
    let tensors = [(2.0, 3), (2.0, 2), (4.0, 1), (4.0, 1), (4.0, 1)]
    let bytes = tensors.map { size, from in p.stage >= from ? size * share : size }.sum
    return AnswerKey(bytes * Double(p.paramsBillion))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let n = Double(p.paramsBillion)
    Mistake("none-sharded", "perGpuGB", 16 * n)
    if p.stage < 3 { Mistake("all-sharded", "perGpuGB", p.memory(3)) }
    Mistake("wrong-stage", "perGpuGB", p.memory(p.stage == 2 ? 1 : 2))
    Mistake("optimizer-only", "perGpuGB", 12 * n / Double(p.gpus))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A model with \(p.paramsBillion) billion parameters is trained on \(p.gpus) GPUs with ZeRO stage \
    \(p.stage). For each parameter there are 2 bytes of weights, 2 bytes of gradients and 12 bytes of \
    optimiser state, master weights included. Stage 1 shares out the optimiser state, stage 2 the \
    gradients as well, stage 3 also the weights. 1 GB has $10^9$ bytes.
    """
    ask("perGpuGB", "the memory that this takes on each GPU, in GB, within 1 %")
  }

  static func solve(_ p: Parameters) -> Document {
    let bytes = Parameters.bytes(p.stage)
    "Every GPU keeps $\(bytes.whole)$ bytes of each parameter whole and its share of the other $\(bytes.shared)$:"
    steps(
      "\(p.paramsBillion) · (\(bytes.whole) + \\frac{\(bytes.shared)}{\(p.gpus)}) = \(large(p.memory(p.stage)))"
    )
  }
}
