import Calculus
import ExamModel
import Typesetting

/// Micro-batches with different numbers of tokens: the mean of means is not the mean.
enum TokenMeanAccumulation: QuestionFamily {
  static let heading = Heading(
    "torch.token-mean-accumulation", "The loss of micro-batches of unequal length", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let tokens: [Int]
    let meanLoss: [Rational]
    var total: Rational { zip(tokens, meanLoss).reduce(0) { $0 + Rational($1.0) * $1.1 } }
    var lossSum: Rational { meanLoss.reduce(0, +) }
    var right: Rational { total / Rational(tokens.sum) }
    var naive: Rational { lossSum / Rational(meanLoss.count) }
  }

  static let parts = [
    Part.fraction("right", weight: 2, mayBeObvious: true),
    Part.fraction("naive", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("mean-of-means", "Each token counts the same: weigh the means by their tokens."),
    .core("summed", "The mean was asked for, not the sum of the means."),
    .core("total-over-steps", "Divide the summed loss by the tokens, not by the steps."),
    .optional("swapped", "The program only divides each mean by the number of steps."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let count = dice.integer(in: 2...4)
    let p = Parameters(
      tokens: dice.integers(count, in: 1...10),
      meanLoss: (0..<count).map { _ in Rational(dice.integer(in: 1...8)) })
    return p.right == p.naive ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "tokens", p.tokens, count: 1...16)
      ?? unless(
        p.meanLoss.count == p.tokens.count
          && p.meanLoss.allSatisfy { $0 > 0 && $0 < 1000 && $0.denominator <= 100 },
        "meanLoss holds a fraction between 0 and 1000 for each of tokens")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.right, p.naive) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Token by token.
    let losses = zip(p.tokens, p.meanLoss).flatMap { Array(repeating: $1.value, count: $0) }
    let steps = Double(p.tokens.count)
    return AnswerKey(losses.mean, p.meanLoss.map { $0.value / steps }.sum)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("mean-of-means", "right", p.naive)
    Mistake("summed", "right", p.lossSum)
    Mistake("total-over-steps", "right", p.total / Rational(p.tokens.count))
    Mistake("swapped", "naive", p.right)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = p.tokens.indices.map {
      ["\($0 + 1)", "\(p.tokens[$0])", "$\(fraction(p.meanLoss[$0]))$"]
    }
    "Gradients are accumulated over \(p.tokens.count) micro-batches that hold different numbers of tokens:"
    Block.table(header: ["micro-batch", "tokens", "mean loss per token"], rows: rows)
    ask("right", "the mean loss over all tokens of the step")
    ask(
      "naive",
      "the loss that the program works with, each mean divided by the number of micro-batches")
  }

  static func solve(_ p: Parameters) -> Document {
    let terms = zip(p.tokens, p.meanLoss).map { "\($0) · \(fraction($1))" }
    steps(
      "\\frac{\(terms.joined(separator: " + "))}{\(p.tokens.map(String.init).joined(separator: " + "))} = \(shown(p.right))",
      "\\frac{\(p.meanLoss.map { fraction($0) }.joined(separator: " + "))}{\(p.meanLoss.count)} = \(shown(p.naive))"
    )
    "The second gives a token of a short micro-batch more weight than one of a long one."
  }
}
