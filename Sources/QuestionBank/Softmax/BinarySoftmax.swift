import Calculus
import ExamModel
import Typesetting

/// A softmax of two logits is a sigmoid of their difference.
enum BinarySoftmax: QuestionFamily {
  static let heading = Heading(
    "softmax.binary-sigmoid", "Two classes: softmax and sigmoid", difficulty: 2)

  /// The logits are ln a and ln b.
  struct Parameters: Codable, Sendable, Equatable {
    let n: [Int]
    var a: Double { Double(n[0]) }
    var b: Double { Double(n[1]) }
  }

  static let parts = [Part.fraction("p1"), Part.real("gap")]

  static let misconceptions: [Misconception] = [
    .optional("linear", "The softmax compares exponentials of the logits, not the logits."),
    .core("sum-for-difference", "The sigmoid takes the difference of the logits."),
    .core("second-ignored", "That is the sigmoid of the first logit; the other is not 0."),
    .core("other-class", "That is the probability of the second class."),
    .optional("probability-gap", "That is the difference of the probabilities, not of the logits."),
  ]

  static let variants: Int? = 70

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(n: dice.draw(2, from: 2...10))
  }

  static func objection(to p: Parameters) -> String? { within(1...1000, "n", p.n, count: 2) }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(Rational(p.n[0], p.n[0] + p.n[1]), Elementary.log(p.a / p.b))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let gap = Elementary.log(p.a) - Elementary.log(p.b)
    return AnswerKey(Elementary.sigmoid(gap), gap)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (a, b) = (p.a, p.b)
    let (first, second) = (Elementary.log(a), Elementary.log(b))
    Mistake("linear", "p1", first / (first + second))
    Mistake("sum-for-difference", "p1", a * b / (1 + a * b))
    Mistake("second-ignored", "p1", a / (1 + a))
    Mistake("other-class", "p1", b / (a + b))
    Mistake("probability-gap", "gap", (a - b) / (a + b))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A classifier gives the logits $z = (\\ln \(p.n[0]), \\ln \(p.n[1]))$ to two classes, and \
    $σ(u) = \\frac{1}{1 + e^{-u}}$.
    """
    ask("p1", "the probability of the first class")
    ask("gap", "the number $u$ for which this probability is $σ(u)$")
  }

  static func solve(_ p: Parameters) -> Document {
    let (a, b) = (p.n[0], p.n[1])
    steps(
      "p_1 = \\frac{e^{z_1}}{e^{z_1} + e^{z_2}} = \\frac{\(a)}{\(a) + \(b)} = \(shown(Rational(a, a + b)))"
    )
    "Dividing both by the first exponential leaves the sigmoid of the difference:"
    steps("u = z_1 - z_2 = \\ln \\frac{\(a)}{\(b)} = \(Elementary.log(p.a / p.b), decimals: 3)")
  }
}
