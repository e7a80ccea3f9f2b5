import Calculus
import ExamModel
import Typesetting

/// Inverted dropout: what is kept is divided by 1 − p in training, and nothing happens afterwards.
enum DropoutScaling: QuestionFamily {
  static let heading = Heading(
    "torch.dropout", "Dropout in training and evaluation", difficulty: 2, version: 2)

  /// `p` is the probability to drop; a `mask` of 1 keeps.
  struct Parameters: Codable, Sendable, Equatable {
    let p: Rational
    let x, mask: [Int]

    var keep: Double { 1 - p.value }
    func masked(_ scale: Double) -> [Double] {
      zip(x, mask).map { nearFraction(Double($0 * $1) * scale) }
    }
    var first: Double { Double(x[0]) }
  }

  static let parts = [
    Part.fraction("train", .vector), Part.fraction("eval", .vector),
    Part.fraction("mean", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("not-rescaled", "PyTorch divides what is kept by 1 − p, so that the mean stays."),
    .core("rescaled-by-p", "Divide by the probability to keep, 1 − p, not by p."),
    .core("times-keep", "Divide by 1 − p: what is kept grows."),
    .core(
      "rescaled-in-eval", "In evaluation dropout does nothing; it was made up for in training."),
    .optional("mean-shrinks", "The division by 1 − p keeps the mean as it is."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      p: dice.pick([Rational(1, 4), Rational(1, 5), Rational(3, 5)]),
      x: dice.picks(4, from: [-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
      mask: (0..<4).map { _ in dice.below(2) })
    return Set(p.mask).count < 2 || Set(p.x).count < 3 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "x", p.x, count: 1...12)
      ?? within(0...1, "mask", p.mask, count: p.x.count) ?? positive("p", p.p, below: 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.masked(1 / p.keep), p.x, p.first)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Over all masks, each with its probability, the mean of the first output.
    let count = p.x.count
    let scaled = p.x.map { Double($0) / p.keep }
    let mean = (0..<1 << count).reduce(0.0) { sum, bits in
      let kept = p.x.indices.filter { bits >> $0 & 1 == 1 }
      let chance = p.x.indices.reduce(1.0) { $0 * (bits >> $1 & 1 == 1 ? p.keep : p.p.value) }
      return kept.contains(0) ? sum + chance * scaled[0] : sum
    }
    return AnswerKey(zip(scaled, p.mask).map { $1 == 1 ? $0 : 0 }, p.x, mean)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("not-rescaled", "train", p.masked(1))
    Mistake("rescaled-by-p", "train", p.masked(1 / p.p.value))
    Mistake("times-keep", "train", p.masked(p.keep))
    Mistake("rescaled-in-eval", "eval", p.x.map { Double($0) * p.keep })
    Mistake("mean-shrinks", "mean", p.first * p.keep)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    `nn.Dropout(p=\(plainNumber(p.p.value)))` of PyTorch gets $x = \(tuple(p.x))$. In training it \
    happens to draw the mask $\(tuple(p.mask))$, in which 1 means kept.
    """
    ask("train", "the output in training")
    ask("eval", "the output in evaluation")
    ask("mean", "the expected value of the first output in training, over all masks")
  }

  static func solve(_ p: Parameters) -> Document {
    "What is kept is divided by $1 - p = \(fraction(1 - p.p))$:"
    steps("\(shown(p.masked(1 / p.keep)))")
    "In evaluation the input passes unchanged: $\(tuple(p.x))$. In training each entry is kept with probability $1 - p$ and divided by it, so its expected value is the entry itself:"
    steps("(1 - p) · \\frac{\(p.x[0])}{1 - p} = \(p.x[0])")
  }
}
