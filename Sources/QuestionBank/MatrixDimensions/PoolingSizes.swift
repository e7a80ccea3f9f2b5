import ExamModel
import Typesetting

/// Sizes after pooling and after a transposed convolution.
enum PoolingSizes: QuestionFamily {
  static let heading = Heading(
    "matdim.pool-upsample", "Sizes after pooling and upsampling", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let height, poolKernel, poolStride, upKernel, upStride, upPadding: Int

    var pooled: Int { (height - poolKernel) / poolStride + 1 }
    var upsampled: Int { (height - 1) * upStride - 2 * upPadding + upKernel }
  }

  static let parts = [Part("pool", .integer), Part("up", .integer)]

  static let misconceptions: [Misconception] = [
    .optional("ceil", "A window that does not fit whole is left out: round down."),
    .optional("divide-only", "Count the windows: the first one stands at 0, so add 1 at the end."),
    .optional("stride-is-kernel", "The windows move by the stride, not by their own size."),
    .core(
      "conv-formula",
      "A transposed convolution enlarges: it turns the formula of the convolution round."),
    .core("no-minus-1", "n inputs lie n − 1 strides apart, not n."),
    .optional("pad-added", "Padding of a transposed convolution cuts the output: subtract 2P."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      height: dice.integer(in: 12...60), poolKernel: dice.pick([2, 3, 3]),
      poolStride: dice.pick([2, 2, 3]), upKernel: dice.pick([2, 3, 4]),
      upStride: dice.pick([2, 3]), upPadding: dice.pick([0, 1, 1]))
    return p.poolKernel == p.poolStride && (p.height - p.poolKernel) % p.poolStride == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...10_000, "height", p.height)
      ?? within(1...100, "kernels and strides", p.poolKernel, p.poolStride, p.upKernel, p.upStride)
      ?? within(0...100, "upPadding", p.upPadding)
      ?? unless(p.height >= p.poolKernel && p.upsampled > 0, "nothing is left of the input")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.pooled, p.upsampled) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Count the windows, and find the size that a convolution would shrink to the input.
    let windows = stride(from: 0, through: p.height - p.poolKernel, by: p.poolStride).map { $0 }
    let up = (1...p.height * p.upStride + p.upKernel).first { size in
      let room = size + 2 * p.upPadding - p.upKernel
      return room >= 0 && room / p.upStride + 1 == p.height
    }
    return AnswerKey(windows.count, up)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let room = p.height - p.poolKernel
    Mistake("ceil", "pool", (room + p.poolStride - 1) / p.poolStride + 1)
    Mistake("divide-only", "pool", p.height / p.poolStride)
    Mistake("stride-is-kernel", "pool", room / p.poolKernel + 1)
    Mistake("conv-formula", "up", (p.height + 2 * p.upPadding - p.upKernel) / p.upStride + 1)
    Mistake("no-minus-1", "up", p.upsampled + p.upStride)
    if p.upPadding > 0 { Mistake("pad-added", "up", p.upsampled + 4 * p.upPadding) }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A feature map has height \(p.height). It is given to two layers, each for itself: \
    `MaxPool2d(\(p.poolKernel), stride=\(p.poolStride))` without padding, and \
    `ConvTranspose2d(…, kernel_size=\(p.upKernel), stride=\(p.upStride), padding=\(p.upPadding))`.
    """
    ask("pool", "the height after the pooling")
    ask("up", "the height after the transposed convolution")
  }

  static func solve(_ p: Parameters) -> Document {
    "The pooling counts the windows of height $k$, $s$ apart, that fit whole into the height $H$:"
    steps(
      """
      \\lfloor \\frac{H - k}{s} \\rfloor + 1 = \\lfloor \\frac{\(p.height) - \(p.poolKernel)}{\(p.poolStride)} \
      \\rfloor + 1 = \(p.pooled)
      """)
    "The transposed convolution lays $H$ windows of height $K$, $S$ apart, and cuts the padding $P$ off at both ends:"
    steps(
      """
      (H - 1) S - 2 P + K = \(p.height - 1) · \(p.upStride) - 2 · \(p.upPadding) + \(p.upKernel) = \
      \(p.upsampled)
      """)
  }
}
