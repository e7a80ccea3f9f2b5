import Calculus
import ExamModel
import Typesetting

/// The slope of a x² + b x y + c y² in a direction, and its steepest one.
enum DirectionalDerivative: QuestionFamily {
  static let heading = Heading(
    "math.directional-derivative", "A directional derivative", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let a, b, c: Int
    let at, u: [Int]
    var gradient: [Int] { [2 * a * at[0] + b * at[1], b * at[0] + 2 * c * at[1]] }
    var norm: Int { Int(Double(dot(u, u)).squareRoot().rounded()) }
    var along: Int { dot(gradient, u) }
    var steepest: Double { Double(dot(gradient, gradient)).squareRoot() }
  }

  static let parts = [Part.fraction("D", mayBeObvious: true), Part.real("max", mayBeObvious: true)]

  static let misconceptions: [Misconception] = [
    .core("not-normalised", "A direction has length 1: divide by the length of u."),
    .core("norm-squared", "Divide by the length of u, not by its square."),
    .optional("sum-of-partials", "Weigh the partial derivatives by the direction."),
    .core("max-as-sum", "The largest slope is the length of the gradient."),
    .core("max-squared", "Take the root of the sum of squares."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let u = dice.arranged(dice.pick([[3, 4], [5, 12], [6, 8]]))
    let n = dice.picks(5, from: [-3, -2, -1, 1, 2, 3])
    let p = Parameters(a: n[0], b: n[1], c: n[2], at: [n[3], n[4]], u: u)
    return p.along == 0 || p.gradient.contains(0) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "a, b and c", p.a, p.b, p.c) ?? within(-100...100, "at", p.at, count: 2)
      ?? within(-100...100, "u", p.u, count: 2)
      ?? unless(p.norm > 0 && p.norm * p.norm == dot(p.u, p.u), "the length of u is a whole number")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(Rational(p.along, p.norm), p.steepest)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // f along the line is a parabola, so its central difference is its slope; the steepest over
    // a direction and one at a right angle to it.
    func f(_ x: Double, _ y: Double) -> Double {
      Double(p.a) * x * x + Double(p.b) * x * y + Double(p.c) * y * y
    }
    func slope(_ dx: Double, _ dy: Double) -> Double {
      let (x, y) = (Double(p.at[0]), Double(p.at[1]))
      return (f(x + dx, y + dy) - f(x - dx, y - dy)) / 2
    }
    let unit = p.u.map { Double($0) / Double(p.norm) }
    let (along, across) = (slope(unit[0], unit[1]), slope(-unit[1], unit[0]))
    return AnswerKey(along, (along * along + across * across).squareRoot())
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let gradient = p.gradient
    Mistake("not-normalised", "D", Double(p.along))
    Mistake("norm-squared", "D", Rational(p.along, p.norm * p.norm))
    Mistake("sum-of-partials", "D", Double(gradient.sum))
    Mistake("max-as-sum", "max", Double(gradient.map(abs).sum))
    Mistake("max-squared", "max", Double(dot(gradient, gradient)))
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Let $f(x, y) = \(sum(of: (p.a, "x^2"), (p.b, "x y"), (p.c, "y^2")))$, at the point $\(tuple(p.at))$."
    ask("D", "the slope of $f$ in the direction of $u = \(tuple(p.u))$")
    ask("max", "the largest slope in any direction")
  }

  static func solve(_ p: Parameters) -> Document {
    "The gradient is $(\(sum(of: (2 * p.a, "x"), (p.b, "y"))), \(sum(of: (p.b, "x"), (2 * p.c, "y")))) = \(tuple(p.gradient))$, and $u$ has length $\(p.norm)$:"
    steps(
      "\\frac{∇f · u}{|u|} = \\frac{\(p.along)}{\(p.norm)} = \(shown(Rational(p.along, p.norm)))",
      "|∇f| = \\sqrt{\(dot(p.gradient, p.gradient))} = \(p.steepest, decimals: 3)")
  }
}
