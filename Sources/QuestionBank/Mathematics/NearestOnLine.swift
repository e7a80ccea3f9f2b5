import Calculus
import ExamModel
import Typesetting

/// min x² + y² subject to a x + b y = c, by Lagrange's multiplier.
enum NearestOnLine: QuestionFamily {
  static let heading = Heading("math.lagrange", "A minimum with a constraint", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let a, b, c: Int
    var square: Int { a * a + b * b }
    func scaled(_ factor: Rational) -> [Rational] { [Rational(a) * factor, Rational(b) * factor] }
  }

  static let parts = [
    Part.fraction("x", .vector, weight: 2), Part.fraction("min", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("unnormalised", "Divide by a² + b², so that the constraint holds."),
    .core("equal-split", "Equal values need not be nearest; the point lies along (a, b)."),
    .optional("norm-not-squared", "Divide by a² + b², not by its root."),
    .core("sign", "The constraint fixes the sign: a x + b y is c."),
    .core("distance-for-square", "x² + y² is the squared distance."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      a: dice.pick([-4, -3, -2, -1, 1, 2, 3, 4]), b: dice.pick([-4, -3, -2, -1, 1, 2, 3, 4]),
      c: dice.integer(in: 2...12))
    return p.a + p.b == 0 || p.a == p.b || p.c * p.c == p.square ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "a, b and c", p.a, p.b, p.c)
      ?? unless(p.square > 0, "a and b are not both 0")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.scaled(Rational(p.c, p.square)), Rational(p.c * p.c, p.square))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Along the line: the foot of the perpendicular from 0, from any point of it.
    let (a, b, c) = (Double(p.a), Double(p.b), Double(p.c))
    let start = a != 0 ? [c / a, 0] : [0, c / b]
    let t = -dot(start, [-b, a]) / dot([-b, a], [-b, a])
    let foot = [start[0] - b * t, start[1] + a * t]
    return AnswerKey(foot, dot(foot, foot))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let root = Double(p.square).squareRoot()
    Mistake("unnormalised", "x", p.scaled(Rational(p.c)))
    if p.a + p.b != 0 {
      Mistake("equal-split", "x", [Rational(p.c, p.a + p.b), Rational(p.c, p.a + p.b)])
    }
    Mistake("norm-not-squared", "x", [Double(p.a * p.c) / root, Double(p.b * p.c) / root])
    Mistake("sign", "x", p.scaled(Rational(-p.c, p.square)))
    Mistake("distance-for-square", "min", Double(abs(p.c)) / root)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "$x^2 + y^2$ is minimised subject to $\(sum(of: (p.a, "x"), (p.b, "y"))) = \(p.c)$."
    ask("x", "the minimising $(x, y)$")
    ask("min", "the minimum")
  }

  static func solve(_ p: Parameters) -> Document {
    let point = p.scaled(Rational(p.c, p.square)).map(\.value)
    "Lagrange: $2 x = λ · \(signed("\(p.a)"))$ and $2 y = λ · \(signed("\(p.b)"))$, so $(x, y)$ is a multiple of $(a, b)$; the constraint fixes it:"
    steps(
      "(x, y) = \\frac{\(p.c)}{\(p.square)} \(tuple([p.a, p.b])) = \(shown(point))",
      "x^2 + y^2 = \\frac{\(p.c)^2}{\(p.square)} = \(shown(Rational(p.c * p.c, p.square)))")
  }
}
