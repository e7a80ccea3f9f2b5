import Calculus
import ExamModel
import Typesetting

/// How small a gradient gets behind L sigmoid layers: at most (w/4)^L.
enum VanishingProduct: QuestionFamily {
  static let heading = Heading(
    "backprop.vanishing-product", "A vanishing gradient", difficulty: 2, version: 2)

  /// Weights `w` of each of `L` layers; asked is also when the bound falls below 10^−k.
  struct Parameters: Codable, Sendable, Equatable {
    let w: Rational
    let layers, k: Int
    func power(_ x: Double) -> Double { (0..<layers).reduce(1) { product, _ in product * x } }
  }

  static let parts = [Part("bound", .number, tolerance: .significant(3)), Part("depth", .integer)]

  static let misconceptions: [Misconception] = [
    .core("half-not-quarter", "The sigmoid is ½ at 0, but its slope there is ¼."),
    .core("weight-ignored", "On the way back each layer multiplies by its weight too."),
    .optional("added", "Layers in a row multiply their slopes."),
    .optional("one-too-few", "There the bound is not yet below: round up."),
  ]

  private static let weights = [Rational(1, 2), 1, Rational(3, 2), 2, Rational(5, 2), 3]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(w: dice.pick(weights), layers: dice.integer(in: 3...8), k: dice.integer(in: 2...10))
  }

  static func objection(to p: Parameters) -> String? {
    positive("w", p.w, below: 4) ?? within(1...100, "layers", p.layers) ?? within(1...12, "k", p.k)
  }

  private static func depth(_ p: Parameters) -> Int {
    Int(Double(p.k) * Elementary.log(10) / Elementary.log(4 / p.w.value)) + 1
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.power(p.w.value / 4), depth(p))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Layer by layer, until it is small enough.
    var (bound, count) = (1.0, 0)
    while bound >= Double.powerOfTen(-p.k) {
      (bound, count) = (bound * p.w.value * 0.25, count + 1)
    }
    return AnswerKey(p.power(p.w.value) * p.power(0.25), count)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("half-not-quarter", "bound", p.power(p.w.value / 2))
    Mistake("weight-ignored", "bound", p.power(0.25))
    Mistake("added", "bound", Double(p.layers) * p.w.value / 4)
    Mistake("one-too-few", "depth", depth(p) - 1)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A gradient flows back through layers $h ← σ(w h)$ of one number each, with the sigmoid and the \
    weight $w = \(fraction(p.w))$ in all of them. The slope of $σ$ is largest at 0.
    """
    ask("bound", "the largest factor that $\(p.layers)$ layers can put on it")
    ask("depth", "from how many layers on this factor is below $10^{-\(p.k)}$ for sure")
  }

  static func solve(_ p: Parameters) -> Document {
    let rate = p.w / 4
    "The slope of $σ$ is at most $\\frac{1}{4}$, so each layer multiplies by at most $\\frac{w}{4} = \(fraction(rate))$:"
    steps("(\(fraction(rate)))^{\(p.layers)} = \(large(p.power(rate.value)))")
    "It is below $10^{-\(p.k)}$ as soon as"
    steps(
      "L > \\frac{\(p.k) \\ln 10}{\\ln (4 / w)} = \(Double(p.k) * Elementary.log(10) / Elementary.log(4 / p.w.value), decimals: 2)",
      "L = \(depth(p))")
  }
}
