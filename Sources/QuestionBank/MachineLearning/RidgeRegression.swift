import Calculus
import ExamModel
import Typesetting

/// min Σ (w x − y)² + λ w² over one weight: w = Σxy / (Σx² + λ).
enum RidgeRegression: QuestionFamily {
  static let heading = Heading("ml.ridge-1d", "Ridge regression with one weight", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let x, y: [Int]
    let lambda: Rational
    var xy: Rational { Rational(dot(x, y)) }
    var xx: Rational { Rational(dot(x, x)) }
  }

  static let parts = [Part.fraction("w", to: 4)]

  static let misconceptions: [Misconception] = [
    .core("no-penalty", "The penalty λ w² is missing: it adds λ in the denominator."),
    .core("penalty-subtracted", "The penalty shrinks the weight: λ is added below."),
    .core("penalty-times-n", "The sum of squares is not averaged, so λ stands once."),
    .optional("halved", "The derivative of λ w² is 2 λ w; the 2 cancels everywhere."),
    .optional("shrunk-afterwards", "Dividing by 1 + λ is right only where Σx² is 1."),
    .optional("lasso-shift", "Subtracting λ above is what a penalty on |w| does."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let count = dice.integer(in: 3...4)
    let p = Parameters(
      x: dice.picks(count, from: [-3, -2, -1, 1, 2, 3]), y: dice.integers(count, in: -5...5),
      lambda: dice.pick([1, 2, 3, 5, Rational(1, 2)]))
    return p.xy == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "x", p.x, count: 1...12)
      ?? within(-100...100, "y", p.y, count: p.x.count) ?? unless(p.xx > 0, "x is not all 0")
      ?? positive("lambda", p.lambda, upTo: 1000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.xy / (p.xx + p.lambda))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Ridge is least squares with one more point, (√λ, 0).
    let xs = p.x.map(Double.init) + [p.lambda.value.squareRoot()]
    let ys = p.y.map(Double.init) + [0]
    return AnswerKey(dot(xs, ys) / dot(xs, xs))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (xy, xx, lambda) = (p.xy, p.xx, p.lambda)
    Mistake("no-penalty", "w", xy / xx)
    if xx != lambda { Mistake("penalty-subtracted", "w", xy / (xx - lambda)) }
    Mistake("penalty-times-n", "w", xy / (xx + Rational(p.x.count) * lambda))
    Mistake("halved", "w", xy / (xx + lambda / 2))
    Mistake("shrunk-afterwards", "w", xy / (xx * (1 + lambda)))
    Mistake("lasso-shift", "w", (xy - lambda) / xx)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    $\\sum_i (w x_i - y_i)^2 + λ w^2$ is minimised over $w$ for the data $x = \(tuple(p.x))$, \
    $y = \(tuple(p.y))$ and $λ = \(fraction(p.lambda))$.
    """
    ask("w", "the minimising $w$")
  }

  static func solve(_ p: Parameters) -> Document {
    "The derivative $2 \\sum x_i (w x_i - y_i) + 2 λ w$ is 0 at"
    steps(
      "w = \\frac{\\sum x_i y_i}{\\sum x_i^2 + λ} = \\frac{\(fraction(p.xy))}{\(fraction(p.xx)) + \(fraction(p.lambda))} = \(shown(p.xy / (p.xx + p.lambda), decimals: 4))"
    )
  }
}
