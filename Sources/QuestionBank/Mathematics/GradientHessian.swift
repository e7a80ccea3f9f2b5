import ExamModel
import Typesetting

/// Gradient and Hessian of f = a x³ + b x y + c y² + d x + e y.
enum GradientHessian: QuestionFamily {
  static let heading = Heading("math.gradient-hessian", "Gradient and Hessian", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let a, b, c, d, e: Int
    let at: [Int]
    var x: Int { at[0] }
    var y: Int { at[1] }
    /// With the cross terms b y and b x, or what stands in their place.
    func gradient(_ first: Int, _ second: Int) -> [Int] {
      [3 * a * x * x + first + d, second + 2 * c * y + e]
    }
    var gradient: [Int] { gradient(b * y, b * x) }
    var hessian: [[Int]] { [[6 * a * x, b], [b, 2 * c]] }
  }

  static let parts = [Part("grad", .vector), Part("hess", .matrix)]

  static let misconceptions: [Misconception] = [
    .core("swapped", "The derivative with respect to x comes first."),
    .core("cross-term-own-variable", "∂/∂x of b x y is b y: the other variable stays."),
    .core("cross-term-dropped", "b x y depends on both variables: it has both derivatives."),
    .core("cross-term-halved", "The mixed derivative of b x y is b."),
    .core("diagonal-only", "The mixed derivatives are not 0."),
    .optional("x-not-inserted", "Put the point in: the second derivative of a x³ is 6 a x."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let n = dice.picks(5, from: [-3, -2, -1, 1, 2, 3])
    return Parameters(
      a: n[0], b: n[1], c: n[2], d: n[3], e: n[4],
      at: [dice.pick([-2, -1, 2, 3]), dice.pick([-3, -2, -1, 1, 2])])
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "a, b, c, d and e", p.a, p.b, p.c, p.d, p.e)
      ?? within(-100...100, "at", p.at, count: 2)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.gradient, p.hessian) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Differences of a cubic, with the cubic's own error a h² taken off.
    func f(_ x: Int, _ y: Int) -> Int {
      p.a * x * x * x + p.b * x * y + p.c * y * y + p.d * x + p.e * y
    }
    let (x, y) = (p.x, p.y)
    let dx = (f(x + 1, y) - f(x - 1, y)) / 2 - p.a
    let dy = (f(x, y + 1) - f(x, y - 1)) / 2
    let xy = (f(x + 1, y + 1) - f(x + 1, y - 1) - f(x - 1, y + 1) + f(x - 1, y - 1)) / 4
    let xx = f(x + 1, y) - 2 * f(x, y) + f(x - 1, y)
    let yy = f(x, y + 1) - 2 * f(x, y) + f(x, y - 1)
    return AnswerKey([dx, dy], [[xx, xy], [xy, yy]])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let half = Double(p.b) / 2
    Mistake("swapped", "grad", [p.gradient[1], p.gradient[0]])
    Mistake("cross-term-own-variable", "grad", p.gradient(p.b * p.x, p.b * p.y))
    Mistake("cross-term-dropped", "grad", p.gradient(0, 0))
    Mistake(
      "cross-term-halved", "hess", [[Double(6 * p.a * p.x), half], [half, Double(2 * p.c)]])
    Mistake("diagonal-only", "hess", [[6 * p.a * p.x, 0], [0, 2 * p.c]])
    Mistake("x-not-inserted", "hess", [[6 * p.a, p.b], [p.b, 2 * p.c]])
  }

  static func pose(_ p: Parameters) -> Prompt {
    let function = sum(of: (p.a, "x^3"), (p.b, "x y"), (p.c, "y^2"), (p.d, "x"), (p.e, "y"))
    "Let $f(x, y) = \(function)$, at the point $(x, y) = \(tuple(p.at))$."
    ask("grad", "the gradient")
    ask("hess", "the Hessian")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\\frac{∂f}{∂x} = \(3 * p.a) x^2 + \(signed("\(p.b)")) y + \(signed("\(p.d)")) = \(p.gradient[0])",
      "\\frac{∂f}{∂y} = \(p.b) x + \(signed("\(2 * p.c)")) y + \(signed("\(p.e)")) = \(p.gradient[1])"
    )
    "The second derivatives are $\(6 * p.a) x$, $\(p.b)$ (mixed) and $\(2 * p.c)$:"
    steps("H = \(grid(p.hessian))")
  }
}
