import Calculus
import ExamModel
import Typesetting

/// a x² + b x y + c y² is convex exactly where a, c ≥ 0 and b² ≤ 4 a c.
enum QuadraticConvexity: QuestionFamily {
  static let heading = Heading(
    "math.convexity", "Convexity of a quadratic form", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let a, b, c: Int
    var root: Int { Int(Double(a * c).squareRoot().rounded()) }
    var isConvex: Bool { a >= 0 && c >= 0 && b * b <= 4 * a * c }
  }

  private static let words = ["convex", "not convex"]

  static let parts = [Part("psd", .choice), Part.fraction("kmin")]

  static let misconceptions: [Misconception] = [
    .core("diagonal-only", "Positive a and c are not enough: the mixed term may outweigh them."),
    .core(
      "boundary-sign", "The Hessian has b off the diagonal, and 2a and 2c on it: |b| ≤ 2√(ac)."),
    .optional("squared", "That is the largest b²; take the root."),
    .core("no-root", "The bound on |b| is a root: 2√(ac)."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (s, t) = (dice.integer(in: 1...5), dice.integer(in: 1...5))
    let scale = dice.integer(in: 1...5)
    let (a, c) = (scale * s * s, scale * t * t)
    let limit = 2 * scale * s * t
    let size = dice.oneIn(2) ? dice.integer(in: 0...limit - 1) : limit + dice.integer(in: 1...9)
    let p = Parameters(a: a, b: dice.oneIn(2) ? -size : size, c: c)
    return p.b * p.b == 4 * a * c || a * c <= 4 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "a and c", p.a, p.c) ?? within(-5000...5000, "b", p.b)
      ?? unless(p.root * p.root == p.a * p.c, "a times c is a square number")
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["psd": Options(words, isShuffled: false)]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(AnswerValue.choice(words[p.isConvex ? 0 : 1]), Rational(2 * p.root))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The smaller eigenvalue of the Hessian; and the largest b for which it is not negative.
    func smallest(_ b: Double) -> Double {
      let (u, v) = (2 * Double(p.a), 2 * Double(p.c))
      return (u + v - ((u - v) * (u - v) + 4 * b * b).squareRoot()) / 2
    }
    var (low, high) = (0.0, 4.0 * Double(p.a + p.c))
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if smallest(middle) >= 0 { low = middle } else { high = middle }
    }
    return AnswerKey(
      AnswerValue.choice(words[smallest(Double(p.b)) >= 0 ? 0 : 1]),
      nearFraction((low * 1e9).rounded() / 1e9))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let product = p.a * p.c
    if !p.isConvex { Mistake("diagonal-only", "psd", .choice(words[0])) }
    Mistake("boundary-sign", "kmin", Double(p.root))
    Mistake("squared", "kmin", Double(4 * product))
    Mistake("no-root", "kmin", Double(product))
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Let $f(x, y) = \(sum(of: (p.a, "x^2"), (p.b, "x y"), (p.c, "y^2")))$."
    ask("psd", "whether $f$ is convex")
    ask("kmin", "the largest $k$ for which $\(p.a) x^2 + k x y + \(p.c) y^2$ is convex")
  }

  static func solve(_ p: Parameters) -> Document {
    "The Hessian is"
    Block.formula("H = \(grid([[2 * p.a, p.b], [p.b, 2 * p.c]]))")
    "With a positive diagonal it is positive semidefinite where its determinant is not negative:"
    steps("4 a c - b^2 = \(4 * p.a * p.c) - \(p.b * p.b) = \(4 * p.a * p.c - p.b * p.b)")
    "So $f$ is \(words[p.isConvex ? 0 : 1]). The determinant is 0 at"
    steps("k = 2 \\sqrt{a c} = 2 · \(p.root) = \(2 * p.root)")
  }
}
