import ExamModel
import Typesetting

/// Shape and parameters of a two-dimensional convolution, as PyTorch's `Conv2d` defines them.
///
/// H′ = ⌊(H + 2P − D(K − 1) − 1)/S⌋ + 1; a filter has C_in·K² weights and a bias.
enum Convolution: QuestionFamily {
  static let heading = Heading(
    "matdim.conv2d", "Output and parameters of a convolution", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let batch, channelsIn, channelsOut, height, kernel, stride, padding, dilation: Int

    enum CodingKeys: String, CodingKey {
      case batch = "N"
      case channelsIn = "Cin"
      case channelsOut = "Cout"
      case height = "H"
      case kernel = "K"
      case stride = "S"
      case padding = "P"
      case dilation = "D"
    }

    var reach: Int { dilation * (kernel - 1) + 1 }
    var out: Int { positions() }
    var weights: Int { channelsOut * channelsIn * kernel * kernel }

    /// How many places the window has; with other settings where somebody forgets one.
    func positions(
      stride: Int? = nil, room: Int? = nil, reach: Int? = nil, roundingUp: Bool = false
    ) -> Int {
      let steps = height + (room ?? 2 * padding) - (reach ?? self.reach)
      let stride = stride ?? self.stride
      return (roundingUp ? (steps + stride - 1) / stride : steps / stride) + 1
    }
  }

  static let parts = [
    Part("H", .integer), Part("shape", .shape, dependsOn: ["H"]), Part("params", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-plus-1", "Between n + 1 positions there are n steps: add 1."),
    .optional("pad-once", "The padding is added on both sides, so it counts twice."),
    .optional("ceil", "A window that no longer fits is dropped: round down."),
    .optional("no-stride", "The window moves by the stride; divide the steps by it."),
    .optional("no-dilation", "Dilation spreads the kernel: it reaches over D(K − 1) + 1 places."),
    .optional("no-padding", "The padding makes the input larger before the window moves."),
    .optional(
      "channels-kept", "Each filter makes one output channel, so there are as many as filters."),
    .optional("channels-last", "PyTorch puts the channels before height and width."),
    .core("no-input-channels", "A filter spans all input channels: C_in·K² weights."),
    .core("no-bias", "Every filter has a bias as well."),
    .core("one-bias", "There is a bias for each filter, not one in all."),
    .optional("one-filter", "That is one filter; there is one for each output channel."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let kernel = dice.pick([2, 3, 3, 5, 7])
    let channels = dice.draw(2, from: [2, 3, 4, 6, 8, 16, 32])
    let padding = dice.integer(in: 0...3)
    guard padding <= kernel / 2 + 1 else { return nil }
    let p = Parameters(
      batch: dice.pick([1, 2, 4, 8, 16]), channelsIn: channels[0],
      channelsOut: dice.oneIn(10) ? 1 : channels[1], height: dice.integer(in: 7...64),
      kernel: kernel, stride: dice.pick([1, 1, 2, 2, 3]), padding: padding,
      dilation: dice.pick([1, 1, 1, 2]))
    return p.height + 2 * padding - p.reach >= 0 ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    within(1...10_000, "B and channels", p.batch, p.channelsIn, p.channelsOut)
      ?? within(1...10_000, "H, K, S and D", p.height, p.kernel, p.stride, p.dilation)
      ?? within(0...10_000, "P", p.padding)
      ?? unless(
        p.height + 2 * p.padding >= p.reach,
        "the kernel reaches over \(p.reach) places and does not fit into H + 2P")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let out = key.integer(p.out)
    key.write(.shape([p.batch, p.channelsOut, out, out]))
    key.write(p.weights + p.channelsOut)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Slide the window and count.
    var (count, start) = (0, -p.padding)
    while start + p.reach <= p.height + p.padding { (count, start) = (count + 1, start + p.stride) }
    let filter = (0..<p.channelsIn).reduce(1) { sum, _ in sum + p.kernel * p.kernel }
    return AnswerKey(
      count, AnswerValue.shape([p.batch, p.channelsOut, count, count]), p.channelsOut * filter)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (k2, out) = (p.kernel * p.kernel, p.out)
    func height(_ id: MisconceptionID, _ value: Int) -> Mistake? {
      value > 0 ? Mistake(id, "H", .integer(value)) : nil
    }
    return [
      Mistake("no-plus-1", "H", .integer(out - 1)),
      height("pad-once", p.positions(room: p.padding)),
      height("ceil", p.positions(roundingUp: true)), height("no-stride", p.positions(stride: 1)),
      height("no-dilation", p.positions(reach: p.kernel)),
      height("no-padding", p.positions(room: 0)),
      Mistake("channels-kept", "shape", .shape([p.batch, p.channelsIn, out, out])),
      Mistake("channels-last", "shape", .shape([p.batch, out, out, p.channelsOut])),
      Mistake("no-input-channels", "params", .integer(p.channelsOut * (k2 + 1))),
      Mistake("no-bias", "params", .integer(p.weights)),
      Mistake("one-bias", "params", .integer(p.weights + 1)),
      Mistake("one-filter", "params", .integer(p.channelsIn * k2 + 1)),
    ].compactMap { $0 }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    The layer `Conv2d(\(p.channelsIn), \(p.channelsOut), \(p.kernel), stride=\(p.stride), \
    padding=\(p.padding), dilation=\(p.dilation))` with biases is applied to an input of shape \
    `(\(p.batch), \(p.channelsIn), \(p.height), \(p.height))`, given as (batch, channels, height, \
    width).
    """
    ask("H", "the height of the output")
    ask("shape", "the shape of the output, as (batch, channels, height, width)")
    ask("params", "the number of trainable parameters of the layer")
  }

  static func solve(_ p: Parameters) -> Document {
    let room = p.height + 2 * p.padding - p.reach
    "With dilation the kernel reaches over $\(p.dilation) · (\(p.kernel) - 1) + 1 = \(p.reach)$ places."
    steps(
      """
      H' = \\lfloor \\frac{\(p.height) + 2 · \(p.padding) - \(p.reach)}{\(p.stride)} \\rfloor + 1 = \
      \\lfloor \\frac{\(room)}{\(p.stride)} \\rfloor + 1 = \(room / p.stride) + 1 = \(p.out)
      """)
    "Each filter makes one channel, so the output has shape `(\(p.batch), \(p.channelsOut), \(p.out), \(p.out))`."
    "A filter has a weight for each place of each input channel, and one bias:"
    steps(
      """
      \(p.channelsOut) · (\(p.channelsIn) · \(p.kernel)^2 + 1) = \(p.channelsOut) · \
      \(p.channelsIn * p.kernel * p.kernel + 1) = \(p.weights + p.channelsOut)
      """)
  }
}
