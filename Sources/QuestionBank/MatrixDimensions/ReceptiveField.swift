import ExamModel
import Typesetting

/// How many inputs one output of a stack of convolutions sees: r = 1 + Σ (k − 1) · strides before.
enum ReceptiveField: QuestionFamily {
  static let heading = Heading(
    "matdim.receptive-field", "Receptive field of a stack of convolutions", difficulty: 3,
    version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let kernels, strides: [Int]

    /// The product of the strides before each layer, and of all at the end.
    var jumps: [Int] { strides.reduce(into: [1]) { $0.append($0[$0.count - 1] * $1) } }

    /// Whether windows lie so far apart that a later layer's window leaves inputs out.
    var leavesGaps: Bool { zip(kernels, strides).dropLast().contains { $0 < $1 } }
  }

  static let parts = [Part("r", .integer), Part("jump", .integer)]

  static let misconceptions: [Misconception] = [
    .core(
      "strides-ignored",
      "A step of a later layer spans several inputs: weigh k − 1 by the strides before it."),
    .optional("kernels-summed", "Neighbouring windows overlap: each layer adds k − 1, not k."),
    .core(
      "own-stride-too",
      "A layer's own stride moves its windows apart; it does not widen one of them."),
    .optional("no-plus-1", "Without any layer an output already sees one input."),
    .optional("product", "The kernel sizes do not multiply; the strides do."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let count = dice.integer(in: 3...4)
    let p = Parameters(
      kernels: dice.picks(count, from: [2, 3, 5, 7]),
      strides: dice.picks(count, from: [1, 2, 3, 4, 5]))
    let plain = p.strides.dropLast().allSatisfy { $0 == 1 } || p.strides.last == 1
    return plain || p.leavesGaps ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...20, "kernels", p.kernels, count: 1...8)
      ?? within(1...20, "strides", p.strides, count: p.kernels.count)
      ?? unless(
        !p.leavesGaps,
        "no stride is larger than its kernel, except the last; else inputs are left out")
  }

  private static func field(_ p: Parameters, _ jumps: some Sequence<Int>) -> Int {
    1 + zip(p.kernels, jumps).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(field(p, p.jumps), p.jumps.last)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Backwards from one output: a window of r outputs needs (r − 1) s + k inputs.
    func width(_ outputs: Int) -> Int {
      zip(p.kernels, p.strides).reversed().reduce(outputs) { ($0 - 1) * $1.1 + $1.0 }
    }
    return AnswerKey(width(1), width(2) - width(1))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("strides-ignored", "r", field(p, p.kernels.map { _ in 1 }))
    Mistake("kernels-summed", "r", p.kernels.sum)
    Mistake("own-stride-too", "r", field(p, p.jumps.dropFirst()))
    Mistake("no-plus-1", "r", field(p, p.jumps) - 1)
    Mistake("product", "r", p.kernels.reduce(1, *))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let layers = zip(p.kernels, p.strides).map { "Conv1d(1, 1, kernel_size=\($0), stride=\($1))" }
    "A signal goes through convolutions without padding or dilation:"
    Block.code(layers.joined(separator: "\n"))
    ask("r", "the receptive field: how many neighbouring inputs one output depends on")
    ask("jump", "how many inputs the windows of two neighbouring outputs are apart")
  }

  static func solve(_ p: Parameters) -> Document {
    let terms = zip(p.kernels, p.jumps).map { "\($0 - 1) · \($1)" }
    "Each layer adds $k - 1$ steps of its input, and a step is as long as all strides before it:"
    steps("r = 1 + \(terms.joined(separator: " + ")) = \(field(p, p.jumps))")
    "The outputs lie as far apart as all strides together:"
    steps("\(p.strides.map(String.init).joined(separator: " · ")) = \(p.jumps[p.strides.count])")
  }
}
