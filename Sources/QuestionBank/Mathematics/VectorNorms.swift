import Calculus
import ExamModel
import Typesetting

/// Three norms of a vector, and its cosine with another.
enum VectorNorms: QuestionFamily {
  static let heading = Heading("math.norms-cosine", "Norms and cosine", difficulty: 1, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let a, b: [Int]
    static func norm(_ v: [Int]) -> Double { Double(dot(v, v)).squareRoot() }
    var product: Double { Double(dot(a, b)) }
    var norms: Double { Self.norm(a) * Self.norm(b) }
    var sum: Int { a.map(abs).sum }
    var largest: Int { a.map(abs).max() ?? 0 }
  }

  static let parts = [
    Part("l1", .integer), Part("l2", .integer), Part("linf", .integer),
    Part.fraction("cos", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("cos-not-normalised", "Divide the dot product by both lengths."),
    .core("cos-one-norm", "Divide by the lengths of both vectors."),
    .core("cos-squared-norms", "Divide by the lengths, not by their squares."),
    .core("l2-squared", "Take the root of the sum of squares."),
    .optional("l1-signed", "The 1-norm sums magnitudes."),
    .optional("linf-signed", "The maximum norm takes the largest magnitude."),
    .optional("distance-for-cos", "That is the distance of the two vectors."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let triples: [[Int]] = [
      [1, 2, 2], [2, 3, 6], [4, 4, 7], [2, 4, 4], [2, 6, 9], [2, 10, 11], [8, 9, 12], [1, 6, 18],
      [4, 13, 16], [3, 6, 22], [2, 7, 26], [9, 12, 20],
    ]
    let p = Parameters(a: dice.arranged(dice.pick(triples)), b: dice.arranged(dice.pick(triples)))
    return p.product == 0 || abs(p.product) == p.norms ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "a", p.a, count: 2...5) ?? within(-1000...1000, "b", p.b, count: p.a.count)
      ?? unless(
        [p.a, p.b].map(Parameters.norm).allSatisfy { $0 > 0 && $0 == $0.rounded() },
        "the lengths of a and b are whole numbers")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.sum, Int(Parameters.norm(p.a)), p.largest, nearFraction(p.product / p.norms))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Signs flipped one by one; the cosine by the law of cosines.
    let flipped = p.a.map { $0 < 0 ? -$0 : $0 }
    let (aa, bb) = (dot(p.a, p.a), dot(p.b, p.b))
    let gap = zip(p.a, p.b).map { ($0 - $1) * ($0 - $1) }.sum
    let length = (0...2000).first { $0 * $0 >= aa }
    return AnswerKey(
      flipped.sum, length, flipped.sorted().last,
      Double(aa + bb - gap) / (2 * Double(aa * bb).squareRoot()))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let gap = zip(p.a, p.b).map { $0 - $1 }
    Mistake("cos-not-normalised", "cos", p.product)
    Mistake("cos-one-norm", "cos", p.product / Parameters.norm(p.a))
    Mistake("cos-squared-norms", "cos", p.product / (p.norms * p.norms))
    Mistake("distance-for-cos", "cos", Parameters.norm(gap))
    Mistake("l2-squared", "l2", dot(p.a, p.a))
    Mistake("l1-signed", "l1", p.a.sum)
    Mistake("linf-signed", "linf", p.a.max() ?? 0)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Let $a = \(tuple(p.a))$ and $b = \(tuple(p.b))$."
    ask("l1", "$|a|_1$")
    ask("l2", "$|a|_2$")
    ask("linf", "$|a|_∞$")
    ask("cos", "the cosine of the angle between $a$ and $b$")
  }

  static func solve(_ p: Parameters) -> Document {
    let magnitudes = p.a.map { "\(abs($0))" }.joined(separator: " + ")
    steps(
      "|a|_1 = \(magnitudes) = \(p.sum)",
      "|a|_2 = \\sqrt{\(dot(p.a, p.a))} = \(Parameters.norm(p.a))", "|a|_∞ = \(p.largest)",
      "\\frac{a · b}{|a| |b|} = \\frac{\(p.product)}{\(Parameters.norm(p.a)) · \(Parameters.norm(p.b))} = \(shown(p.product / p.norms))"
    )
  }
}
