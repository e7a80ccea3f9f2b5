import ExamModel
import Typesetting

/// Memory of weights, gradients and optimiser for each parameter, by training recipe.
enum TrainingMemory: QuestionFamily {
  static let heading = Heading("scale.train-memory", "Memory for training", difficulty: 2)

  enum Recipe: String, Codable, Sendable, CaseIterable {
    case mixed, fp32
    case wideGradients = "bf16-fp32-grad"
    case momentum = "sgd-momentum-fp32"

    /// Bytes for each parameter.
    var weights: Int { self == .mixed || self == .wideGradients ? 2 : 4 }
    var gradients: Int { self == .mixed ? 2 : 4 }
    var master: Int { self == .mixed || self == .wideGradients ? 4 : 0 }
    var moments: [Int] { self == .momentum ? [4] : [4, 4] }
    var perParameter: Int { weights + gradients + master + moments.sum }

    var words: String {
      switch self {
      case .mixed:
        "weights and gradients in bf16 (2 bytes), a master copy of the weights in fp32 (4 bytes) and Adam's two moments in fp32"
      case .fp32: "weights, gradients and Adam's two moments in fp32 (4 bytes each)"
      case .wideGradients:
        "weights in bf16 (2 bytes), gradients in fp32 (4 bytes), a master copy of the weights in fp32 and Adam's two moments in fp32"
      case .momentum: "weights, gradients and the momentum of SGD in fp32 (4 bytes each)"
      }
    }
  }

  struct Parameters: Codable, Sendable, Equatable {
    let paramsBillion: Int
    let recipe: Recipe

    var total: Double { Double(paramsBillion * recipe.perParameter) }
  }

  static let parts = [
    Part("bytesPer", .integer),
    Part.estimate("GB", weight: 2, dependsOn: ["bytesPer"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("weights-only", "Training also keeps gradients and the optimiser's state."),
    .core("no-optimizer", "The optimiser keeps state for every parameter as well."),
    .optional("no-master", "The fp32 master copy of the weights is missing."),
    .optional("one-moment", "Adam keeps two moments for every parameter, not one."),
    .optional("no-gradients", "The gradients take memory too."),
    .optional("GiB-for-GB", "GB are asked for, 10⁹ bytes each; you divided by 2³⁰."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "bytesPer", because: "the four usual recipes take few different numbers of bytes")
  ]

  private static let sizes = [1, 2, 3, 7, 8, 13, 20, 34, 70]
  static let variants: Int? = 36

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(paramsBillion: dice.pick(sizes), recipe: dice.pick(Recipe.allCases))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "paramsBillion", p.paramsBillion)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let bytes = key.integer(p.recipe.perParameter)
    key.write(Double(p.paramsBillion) * Double(bytes))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Bit by bit: what each recipe keeps, in bits of one parameter.
    let bits: [Int]
    switch p.recipe {
    case .mixed: bits = [16, 16, 32, 32, 32]
    case .fp32: bits = [32, 32, 32, 32]
    case .wideGradients: bits = [16, 32, 32, 32, 32]
    case .momentum: bits = [32, 32, 32]
    }
    let bytes = bits.sum / 8
    return AnswerKey(bytes, Double(p.paramsBillion) * 1e9 * Double(bytes) / 1e9)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (n, r) = (p.paramsBillion, p.recipe)
    let gb = { (id: MisconceptionID, bytes: Int) in Mistake(id, "GB", Double(n * bytes)) }
    gb("weights-only", r.weights)
    gb("no-optimizer", r.weights + r.gradients)
    Mistake("GiB-for-GB", "GB", p.total * 1e9 / 1_073_741_824)
    if r.master > 0 { gb("no-master", r.perParameter - r.master) }
    if r.moments.count > 1 {
      r == .fp32
        ? gb("one-moment", r.perParameter - 4)
        : Mistake("one-moment", "bytesPer", .integer(r.perParameter - 4))
    }
    // With 4 bytes for each this is the same as one moment, which goes first.
    gb("no-gradients", r.perParameter - r.gradients)
  }

  static func pose(_ p: Parameters) -> Prompt {
    Block.paragraph(
      Prose(
        verbatim:
          "A model with \(p.paramsBillion) billion parameters is trained with \(p.recipe.words). Activations do not count here, and 1 GB has 10⁹ bytes."
      ))
    ask("bytesPer", "the bytes that are kept for each parameter")
    ask("GB", "the memory for the whole model in GB, within 1 %")
  }

  static func solve(_ p: Parameters) -> Document {
    let r = p.recipe
    let terms =
      ["\(r.weights)", "\(r.gradients)"] + (r.master > 0 ? ["\(r.master)"] : [])
      + r.moments.map(String.init)
    Block.paragraph(
      r.master > 0
        ? "Weights, gradients, master weights and moments add up:"
        : "Weights, gradients and the optimiser's state add up:")
    steps(
      "\\text{bytes per parameter} = \(terms.joined(separator: " + ")) = \(r.perParameter)",
      "\\text{GB} = \(p.paramsBillion) · 10^9 · \\frac{\(r.perParameter)}{10^9} = \(p.paramsBillion * r.perParameter)"
    )
  }
}
