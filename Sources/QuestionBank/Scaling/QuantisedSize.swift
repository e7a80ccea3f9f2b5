import Calculus
import ExamModel
import Typesetting

/// The size of a model quantised in groups, each with a scale.
enum QuantisedSize: QuestionFamily {
  static let heading = Heading("scale.quantisation", "The size of a quantised model", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let params: Double
    let bits, group, scaleBits: Int
    var bitsPer: Rational { Rational(bits) + Rational(scaleBits, group) }
    func gigabytes(_ bits: Double) -> Double { params * bits / 8 / 1e9 }
  }

  static let parts = [
    Part.fraction("bitsPer", to: 4),
    Part.estimate("GB", within: 0.005, weight: 2, dependsOn: ["bitsPer"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("bits-as-bytes", "Those are bits: divide by 8."),
    .core("scales-forgotten", "Each group has a scale, which takes space as well."),
    .core("scale-per-weight", "A scale serves a whole group of weights."),
    .core("scale-over-bits", "The scale's bits are shared by the weights of the group."),
    .optional("half-precision", "That is the size with 16 bits for each weight."),
    .optional("GiB-for-GB", "GB were asked, 10⁹ bytes each; you divided by 2³⁰."),
  ]

  static let variants: Int? = 120

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      params: dice.pick([1e9, 3e9, 7e9, 8e9, 13e9, 70e9]), bits: dice.pick([2, 3, 4, 8]),
      group: dice.pick([32, 64, 128]), scaleBits: dice.pick([16, 32]))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1e15, "params", p.params) ?? within(1...16, "bits", p.bits)
      ?? within(1...10_000, "group", p.group) ?? within(1...64, "scaleBits", p.scaleBits)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.gigabytes(key.fraction(p.bitsPer.value)))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Group by group.
    let bytes = Double(p.group * p.bits + p.scaleBits) / 8
    return AnswerKey(8 * bytes / Double(p.group), p.params / Double(p.group) * bytes / 1e9)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let size = p.gigabytes(p.bitsPer.value)
    Mistake("scale-per-weight", "bitsPer", Double(p.bits + p.scaleBits))
    Mistake("scale-over-bits", "bitsPer", Rational(p.bits) + Rational(p.scaleBits, p.bits))
    Mistake("bits-as-bytes", "GB", 8 * size)
    Mistake("scales-forgotten", "GB", p.gigabytes(Double(p.bits)))
    Mistake("half-precision", "GB", p.gigabytes(16))
    Mistake("GiB-for-GB", "GB", size * 1e9 / 1_073_741_824)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A model with $\(large(p.params))$ weights is quantised to \(p.bits) bits. Each group of \(p.group) \
    weights shares a scale of \(p.scaleBits) bits. 1 GB has $10^9$ bytes.
    """
    ask("bitsPer", "the bits for each weight, scales included")
    ask("GB", "the size of the model in GB")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\(p.bits) + \\frac{\(p.scaleBits)}{\(p.group)} = \(shown(p.bitsPer, decimals: 4)) \\text{ bits}",
      "\\frac{\(large(p.params)) · \(fraction(p.bitsPer))}{8 · 10^9} = \(large(p.gigabytes(p.bitsPer.value))) \\text{ GB}"
    )
  }
}
