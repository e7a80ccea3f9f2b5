import Calculus
import ExamModel
import Typesetting

/// The mean of −[y ln p + (1 − y) ln(1 − p)] over a small batch.
enum BinaryCrossEntropy: QuestionFamily {
  static let heading = Heading("info.bce", "Binary cross-entropy of a batch", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let p: [Double]
    let y: [Int]

    /// The probability that each label was given.
    var given: [Double] { zip(p, y).map { $1 == 1 ? $0 : 1 - $0 } }
    var losses: [Double] { given.map { -Elementary.log($0) } }
  }

  static let parts = [Part.real("loss")]

  static let misconceptions: [Misconception] = [
    .core("positives-only", "Samples with y = 0 count too, with −ln(1 − p)."),
    .core("summed", "The mean was asked for: divide by the number of samples."),
    .optional("no-log", "The loss is the negative logarithm of the label's probability."),
    .core("log-p-for-all", "For y = 0 the label has the probability 1 − p."),
    .core("log2", "Nats were asked: use the natural logarithm."),
    .optional("log10", "Use the natural logarithm, not that to base 10."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let count = dice.integer(in: 3...4)
    let p = Parameters(
      p: (0..<count).map { _ in Double(dice.integer(in: 1...9)) / 10 },
      y: (0..<count).map { _ in dice.below(2) })
    return Set(p.y).count == 2 && Set(p.p).count > 1 ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    guard (1...20).contains(p.p.count), p.p.count == p.y.count else {
      return "p and y have 1 to 20 entries, one for each sample"
    }
    return p.p.allSatisfy { $0 > 0 && $0 < 1 } && p.y.allSatisfy((0...1).contains)
      ? nil : "p lies between 0 and 1, and y is 0 or 1"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.losses.mean) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    AnswerKey(-Elementary.log(p.given.reduce(1, *)) / Double(p.p.count))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let n = Double(p.p.count)
    let positive = zip(p.losses, p.y).map { $1 == 1 ? $0 : 0 }
    Mistake("positives-only", "loss", positive.mean)
    Mistake("summed", "loss", p.losses.sum)
    Mistake("no-log", "loss", p.given.map { 1 - $0 }.mean)
    Mistake("log-p-for-all", "loss", -Elementary.log(p.p.reduce(1, *)) / n)
    Mistake("log2", "loss", p.losses.mean / Elementary.log(2))
    Mistake("log10", "loss", p.losses.mean / Elementary.log(10))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A classifier gives the samples of a batch the probabilities $p = \(tuple(p.p))$ of class 1; their \
    labels are $y = \(tuple(p.y))$.
    """
    ask("loss", "the mean binary cross-entropy in nats")
  }

  static func solve(_ p: Parameters) -> Document {
    let terms = p.given.map { "\\ln \(plainNumber(nearFraction($0)))" }
    "Each label was given the probability $p$, or $1 - p$ where it is 0:"
    steps(
      "L = -\\frac{1}{\(p.p.count)} (\(terms.joined(separator: " + ")))",
      "= \\frac{\(p.losses.sum, decimals: 4)}{\(p.p.count)} = \(p.losses.mean, decimals: 3)")
  }
}
