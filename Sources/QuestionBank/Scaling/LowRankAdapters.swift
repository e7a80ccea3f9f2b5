import Calculus
import ExamModel
import Typesetting

/// LoRA: r (in + out) parameters beside a matrix of in · out (Hu et al. 2021).
enum LowRankAdapters: QuestionFamily {
  static let heading = Heading(
    "scale.lora-params", "Parameters of low-rank adapters", difficulty: 1)

  struct Parameters: Codable, Sendable, Equatable {
    let inputs, outputs, rank, matrices, layers: Int
    var each: Int { rank * (inputs + outputs) }
  }

  static let parts = [
    Part("perMatrix", .integer), Part("total", .integer, dependsOn: ["perMatrix"]),
    Part.fraction("share", to: 4, dependsOn: ["perMatrix"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("one-factor", "There are two factors, one for the inputs and one for the outputs."),
    .core("full-matrix", "That is the matrix itself, which is frozen."),
    .optional("rank-squared", "The rank stands once: r × in and out × r."),
    .core("product", "The factors' sizes add up; their product is what they save."),
    .core("one-layer", "Every layer has adapters."),
    .optional("share-2r-over-d", "2r/d is right for square matrices only."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      inputs: dice.pick([512, 768, 1024, 2048, 4096]),
      outputs: dice.pick([512, 768, 1024, 2048, 4096]), rank: dice.pick([4, 8, 16, 32]),
      matrices: dice.pick([2, 4, 7]), layers: dice.pick([4, 12, 24, 32]))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "all numbers", p.inputs, p.outputs, p.rank, p.matrices, p.layers)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let each = max(-1_000_000_000, min(key.integer(p.each), 1_000_000_000))
    key.write(each * p.matrices * p.layers)
    key.fraction(Double(each) / Double(p.inputs * p.outputs))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The two factors, A of r × in and B of out × r; the share by 1/in + 1/out.
    let (a, b) = (p.rank * p.inputs, p.outputs * p.rank)
    let share = Double(p.rank) * (1 / Double(p.inputs) + 1 / Double(p.outputs))
    return AnswerKey(a + b, (0..<p.layers * p.matrices).map { _ in a + b }.sum, share)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("one-factor", "perMatrix", p.rank * p.inputs)
    Mistake("full-matrix", "perMatrix", p.inputs * p.outputs)
    Mistake("rank-squared", "perMatrix", p.rank * p.each)
    Mistake("product", "perMatrix", p.rank * p.inputs * p.outputs)
    Mistake("one-layer", "total", p.each * p.matrices)
    if p.inputs != p.outputs { Mistake("share-2r-over-d", "share", Rational(2 * p.rank, p.inputs)) }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    LoRA adapters of rank \(p.rank) are put beside \(p.matrices) matrices in each of \(p.layers) \
    layers; each matrix maps \(p.inputs) inputs to \(p.outputs) outputs.
    """
    ask("perMatrix", "the trainable parameters for each matrix")
    ask("total", "the trainable parameters of all layers")
    ask("share", "the adapter's size as a share of its matrix")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "r (\\text{in} + \\text{out}) = \(p.rank) · (\(p.inputs) + \(p.outputs)) = \(p.each)",
      "\(p.each) · \(p.matrices) · \(p.layers) = \(p.each * p.matrices * p.layers)",
      "\\frac{\(p.each)}{\(p.inputs) · \(p.outputs)} = \(shown(Rational(p.each, p.inputs * p.outputs), decimals: 4))"
    )
  }
}
