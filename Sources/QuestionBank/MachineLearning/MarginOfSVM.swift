import Calculus
import ExamModel
import Typesetting

/// Margin, distance and hinge loss of a linear classifier.
enum MarginOfSVM: QuestionFamily {
  static let heading = Heading("ml.svm-margin", "Margin and hinge loss", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let w: [Int]
    let b: Int
    let x: [Int]
    let y: Int

    var value: Int { dot(w, x) + b }
    var margin: Rational { Rational(2, norm) }
    var distance: Rational { Rational(abs(value), norm) }
    var hinge: Int { max(0, 1 - y * value) }
    var norm: Int { Int(Double(dot(w, w)).squareRoot().rounded()) }
  }

  static let parts = [
    Part.fraction("margin"), Part.fraction("dist", mayBeObvious: true),
    Part("hinge", .integer, mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("half-margin", "That is from the boundary to one side; the whole width is 2 / ‖w‖."),
    .core("norm-squared", "Divide by the norm, not by its square."),
    .core("norm-not-inverse", "A longer w makes a narrower margin: divide by the norm."),
    .core("not-normalised", "The distance is |w·x + b| divided by the norm of w."),
    .optional("bias-forgotten", "The bias b belongs to the value of the classifier."),
    .optional("label-ignored", "The hinge loss multiplies the value by the label y."),
    .optional("no-max", "A loss is never negative: take the maximum with 0."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "hinge", because: "about half of the points lie beyond their margin, where nothing is lost")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let triples: [[Int]] = [
      [3, 4], [5, 12], [6, 8], [7, 24], [8, 15], [9, 12], [9, 40], [10, 24], [12, 16], [12, 35],
      [20, 21], [18, 24], [16, 30], [11, 60],
    ]
    let w = dice.arranged(dice.pick(triples))
    let p = Parameters(
      w: w, b: dice.integer(in: -6...6), x: dice.integers(2, in: -2...3), y: dice.pick([-1, 1]))
    return p.b == 0 || p.value == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "w", p.w, count: 1...6)
      ?? within(-1000...1000, "x", p.x, count: p.w.count) ?? within(-1000...1000, "b", p.b)
      ?? unless([-1, 1].contains(p.y), "y is 1 or -1")
      ?? unless(p.norm > 0 && p.norm * p.norm == dot(p.w, p.w), "the norm of w is a whole number")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.margin, p.distance, p.hinge)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Walk from x to the boundary along w, and from one margin to the other.
    let square = Double(dot(p.w, p.w))
    let step = Double(p.value) / square
    let walk = p.w.map { Double($0) * step }
    let across = p.w.map { Double($0) * 2 / square }
    let signed = Double(p.y) * Double(p.value)
    return AnswerKey(
      dot(across, across).squareRoot(), dot(walk, walk).squareRoot(),
      signed >= 1 ? 0 : Int(1 - signed))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let norm = p.norm
    Mistake("half-margin", "margin", Rational(1, norm))
    Mistake("norm-squared", "margin", Rational(2, norm * norm))
    Mistake("norm-not-inverse", "margin", Double(2 * norm))
    Mistake("not-normalised", "dist", Double(abs(p.value)))
    Mistake("bias-forgotten", "dist", Rational(abs(p.value - p.b), norm))
    Mistake("label-ignored", "hinge", max(0, 1 - p.value))
    Mistake("no-max", "hinge", 1 - p.y * p.value)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A support vector machine has $f(x) = w · x + b$ with $w = \(tuple(p.w))$ and $b = \(p.b)$. A point \
    $x = \(tuple(p.x))$ has the label $y = \(p.y)$.
    """
    ask("margin", "the width of the margin, between $f = -1$ and $f = 1$")
    ask("dist", "the distance of the point from the boundary $f = 0$")
    ask("hinge", "the hinge loss of the point")
  }

  static func solve(_ p: Parameters) -> Document {
    "Here $|w| = \(p.norm)$ and $f(x) = \(dot(p.w, p.x)) + \(signed("\(p.b)")) = \(p.value)$:"
    steps(
      "\\frac{2}{|w|} = \(shown(p.margin))", "\\frac{|f(x)|}{|w|} = \(shown(p.distance))",
      "\\max(0, 1 - y f(x)) = \\max(0, \(1 - p.y * p.value)) = \(p.hinge)")
  }
}
