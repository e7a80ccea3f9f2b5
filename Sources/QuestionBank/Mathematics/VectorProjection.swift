import Calculus
import ExamModel
import Typesetting

/// The projection of b onto a: (a·b / a·a) a.
enum VectorProjection: QuestionFamily {
  static let heading = Heading("math.projection", "A projection onto a vector", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let a, b: [Int]
    var coefficient: Rational { Rational(dot(a, b), dot(a, a)) }
    func along(_ v: [Int], _ factor: Rational) -> [Rational] { v.map { Rational($0) * factor } }
  }

  static let parts = [
    Part.fraction("coef", mayBeObvious: true), Part.fraction("proj", .vector, dependsOn: ["coef"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("onto-b", "That is the projection of a onto b."),
    .core("norm-not-squared", "Divide by a·a, the square of the length."),
    .core("not-normalised", "Divide by a·a."),
    .optional("residual", "That is what is left of b; the projection lies along a."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let size = dice.integer(in: 2...3)
    let p = Parameters(a: dice.integers(size, in: -3...4), b: dice.integers(size, in: -3...4))
    guard dot(p.a, p.a) > 1, dot(p.b, p.b) > 1 else { return nil }
    return dot(p.a, p.b) == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "a", p.a, count: 2...5) ?? within(-1000...1000, "b", p.b, count: p.a.count)
      ?? unless(dot(p.a, p.a) > 0, "a is not zero")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let coefficient = key.fraction(p.coefficient.value)
    key.fractions(p.a.map { Double($0) * coefficient })
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // With the projection matrix a aᵀ / aᵀa; the residual is at a right angle to a.
    let (a, b) = (p.a.map(Double.init), p.b.map(Double.init))
    let square = dot(a, a)
    let projected = a.map { x in dot(a.map { x * $0 / square }, b) }
    let length = dot(projected, a) / square
    return AnswerKey(length, projected)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let product = dot(p.a, p.b)
    let root = Double(dot(p.a, p.a)).squareRoot()
    let right = p.along(p.a, p.coefficient)
    if dot(p.b, p.b) > 0 {
      Mistake("onto-b", "proj", p.along(p.b, Rational(product, dot(p.b, p.b))))
    }
    Mistake("norm-not-squared", "proj", p.a.map { Double($0 * product) / root })
    Mistake("not-normalised", "proj", p.a.map { $0 * product })
    Mistake("residual", "proj", zip(p.b, right).map { Rational($0) - $1 })
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Let $a = \(tuple(p.a))$ and $b = \(tuple(p.b))$."
    ask("coef", "the number $c$ for which the projection is $c a$")
    ask("proj", "the projection of $b$ onto $a$")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "c = \\frac{a · b}{a · a} = \\frac{\(dot(p.a, p.b))}{\(dot(p.a, p.a))} = \(shown(p.coefficient))",
      "c a = \(shown(p.along(p.a, p.coefficient).map(\.value)))")
  }
}
