import Calculus
import ExamModel
import Typesetting

/// Binary cross-entropy behind a sigmoid: the slope at the logit is p − y.
enum BinaryCrossEntropyLogit: QuestionFamily {
  static let heading = Heading(
    "backprop.bce-logit", "Binary cross-entropy at the logit", difficulty: 2, version: 2)

  /// `expz` is e^z of the logit z = w x + b.
  struct Parameters: Codable, Sendable, Equatable {
    let expz: Rational
    let y, x: Int
    var p: Double { expz.value / (1 + expz.value) }
  }

  static let parts = [
    Part.fraction("p"), Part.fraction("dz", dependsOn: ["p"]),
    Part.fraction("dw", dependsOn: ["dz"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("sign", "The slope is p − y: too small a p must be raised."),
    .core("mse-slope", "p (1 − p) belongs to the squared error; here it cancels."),
    .optional("stopped-at-p", "That is the slope at p; go on through the sigmoid."),
    .optional("slope-only", "That is the sigmoid's slope alone, without the loss."),
    .core("no-input", "∂z/∂w is the input x."),
  ]

  private static let powers = [
    Rational(1, 9), Rational(1, 5), Rational(1, 4), Rational(1, 3), Rational(1, 2), Rational(2, 3),
    Rational(3, 2), 2, 3, 4, 5, 9,
  ]

  static let variants: Int? = 133

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(expz: dice.pick(powers), y: dice.below(2), x: dice.pick([-4, -3, -2, 2, 3, 4]))
  }

  static func objection(to p: Parameters) -> String? {
    positive("expz", p.expz, below: 1000, denominators: 999) ?? within(0...1, "y", p.y)
      ?? within(-1000...1000, "x", p.x)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let probability = key.fraction(p.p)
    let slope = key.fraction(probability - Double(p.y))
    key.fraction(slope * Double(p.x))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The chain rule written out, through the probability.
    let q = 1 / (1 + 1 / p.expz.value)
    let loss = p.y == 1 ? -1 / q : 1 / (1 - q)
    let slope = loss * q * (1 - q)
    return AnswerKey(q, slope, slope * Double(p.x))
  }

  static func twins(_ p: Parameters) -> [Set<PartID>] { p.y == 0 ? [["p", "dz"]] : [] }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (q, y) = (p.p, Double(p.y))
    Mistake("sign", "dz", y - q)
    Mistake("mse-slope", "dz", (q - y) * q * (1 - q))
    Mistake("stopped-at-p", "dz", p.y == 1 ? -1 / q : 1 / (1 - q))
    Mistake("slope-only", "dz", q * (1 - q))
    Mistake("no-input", "dw", q - y)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A classifier computes $z = w x + b$ and $p = σ(z)$; its loss for the label $y = \(p.y)$ is \
    $L = -y \\ln p - (1 - y) \\ln (1 - p)$. For the input $x = \(p.x)$ it happens that \
    $e^z = \(fraction(p.expz))$.
    """
    ask("p", "$p$")
    ask("dz", "$\\frac{∂L}{∂z}$")
    ask("dw", "$\\frac{∂L}{∂w}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let q = p.p
    steps(
      "p = \\frac{e^z}{1 + e^z} = \(shown(q))",
      "\\frac{∂L}{∂z} = p - y = \(shown(q - Double(p.y)))",
      "\\frac{∂L}{∂w} = (p - y) x = \(shown((q - Double(p.y)) * Double(p.x)))")
  }
}
