import Calculus
import ExamModel
import Typesetting

/// softmax(z / T) of logarithms: shares of n^(1/T).
enum SoftmaxTemperature: QuestionFamily {
  static let heading = Heading("softmax.temperature", "Softmax with a temperature", difficulty: 2)

  /// T is 1/2 or 2; with 2 all numbers are squares.
  struct Parameters: Codable, Sendable, Equatable {
    let n: [Int]
    let temperature: Rational

    enum CodingKeys: String, CodingKey {
      case n
      case temperature = "T"
    }

    /// n^(1/T) in whole numbers.
    var powers: [Int] {
      n.map { temperature == 2 ? Int(Double($0).squareRoot().rounded()) : $0 * $0 }
    }
  }

  static let parts = [Part.fraction("p", .vector)]

  static let misconceptions: [Misconception] = [
    .core("multiplied-by-T", "Divide the logits by the temperature; you multiplied."),
    .core("temperature-ignored", "The logits are divided by the temperature before the softmax."),
    .core(
      "after-softmax",
      "The temperature divides the logits, not the probabilities; those must still sum to 1."),
    .optional("flat", "Only an infinite temperature makes all classes equally likely."),
  ]

  private static let squares = [1, 4, 9, 16, 25, 36]
  static let variants: Int? = 240

  static func draw(from dice: inout Dice) -> Parameters? {
    dice.oneIn(2)
      ? Parameters(n: dice.draw(3, from: squares), temperature: 2)
      : Parameters(n: dice.draw(3, from: 1...6), temperature: Rational(1, 2))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "n", p.n, count: 2...10)
      ?? unless(p.temperature == 2 || p.temperature == Rational(1, 2), "T is 2 or 1/2")
      ?? unless(
        p.temperature != 2 || zip(p.powers, p.n).allSatisfy { $0 * $0 == $1 },
        "with T = 2 all of n are square numbers")
  }

  private static func shares(_ xs: [Int]) -> [Rational] { xs.map { Rational($0, xs.sum) } }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(shares(p.powers)) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    AnswerKey(Elementary.softmax(p.n.map { Elementary.log(Double($0)) / p.temperature.value }))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let wrong = p.n.map { n in p.temperature == 2 ? Double(n * n) : Double(n).squareRoot() }
    let plain = shares(p.n).map(\.value)
    Mistake("multiplied-by-T", "p", wrong.map { $0 / wrong.sum })
    Mistake("temperature-ignored", "p", plain)
    Mistake("after-softmax", "p", plain.map { $0 / p.temperature.value })
    Mistake("flat", "p", p.n.map { _ in 1 / Double(p.n.count) })
  }

  static func exact(_ p: Parameters) -> [PartID: String] { ["p": list(shares(p.powers))] }

  static func pose(_ p: Parameters) -> Prompt {
    let logits = p.n.map { "\\ln \($0)" }.joined(separator: ", ")
    """
    A model samples with temperature $T = \(fraction(p.temperature))$ from the logits \
    $z = (\(logits))$. Give fractions, or decimals to 3 places, in order and in brackets.
    """
    ask("p", "the probabilities $\\softmax(z / T)$")
  }

  static func solve(_ p: Parameters) -> Document {
    let powers = p.powers
    let rule = p.temperature == 2 ? "\\sqrt{n}" : "n^2"
    """
    Dividing by $T$ turns $\\ln n$ into $\(rule)$ under the exponential, since \
    $\\exp(\\frac{\\ln n}{T}) = n^{1/T}$:
    """
    steps(
      "n^{1/T} = \(tuple(powers.map(Double.init)))",
      "p = \(fractions(shares(powers))) = \(tuple(shares(powers).map(\.value), decimals: 3))")
    "A low temperature sharpens towards the largest logit, a high one flattens towards equal shares."
  }
}
