import Calculus
import ExamModel
import Typesetting

/// Gradient descent on ½ λ x²: x shrinks by 1 − η λ in each step.
enum DescentConvergence: QuestionFamily {
  static let heading = Heading(
    "math.gd-convergence", "Gradient descent on a parabola", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let lambda: Int
    let eta: Rational
    let x0, k: Int
    func after(_ factor: Rational) -> Rational {
      (0..<k).reduce(Rational(x0)) { x, _ in x * factor }
    }
    var product: Rational { eta * Rational(lambda) }
    var xk: Rational { after(1 - product) }
    var limit: Rational { Rational(2, lambda) }
    var best: Rational { Rational(1, lambda) }
  }

  static let parts = [
    Part.fraction("xk", to: 4, mayBeObvious: true), Part.fraction("limit", mayBeObvious: true),
    Part.fraction("best", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("half-limit", "At 1/λ one step reaches the minimum; only beyond 2/λ it diverges."),
    .core("sign", "Descent subtracts the gradient: the factor is 1 − η λ."),
    .core("gradient-doubled", "With the factor ½ the gradient is λ x."),
    .optional("linear", "The steps shrink with x: the factor is applied k times."),
    .optional("one-step", "That is x after one step."),
    .core("best-is-limit", "2/λ is where it stops converging; the fastest is 1/λ."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      lambda: dice.integer(in: 2...16),
      eta: dice.pick([
        Rational(1, 20), Rational(1, 10), Rational(1, 5), Rational(1, 4), Rational(1, 3),
      ]),
      x0: dice.pick([-5, -4, -3, 2, 3, 4, 6]), k: dice.integer(in: 2...4))
    return [0, 1, -1].contains(1 - p.product) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...20, "lambda", p.lambda) ?? positive("eta", p.eta, upTo: 2, denominators: 20)
      ?? within(-100...100, "x0", p.x0) ?? within(1...6, "k", p.k)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.xk, p.limit, p.best) }

  static func exact(_ p: Parameters) -> [PartID: String] {
    ["xk": p.xk.description, "limit": p.limit.description, "best": p.best.description]
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Take the steps; the factor is −1 at the limit and 0 at the best rate.
    let lambda = Double(p.lambda)
    let x = (0..<p.k).reduce(Double(p.x0)) { x, _ in x - p.eta.value * lambda * x }
    return AnswerKey(x, (1 - -1) / lambda, (1 - 0) / lambda)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (x0, k) = (Rational(p.x0), Rational(p.k))
    Mistake("sign", "xk", p.after(1 + p.product))
    Mistake("gradient-doubled", "xk", p.after(1 - 2 * p.product))
    Mistake("linear", "xk", x0 * (1 - k * p.product))
    Mistake("one-step", "xk", x0 * (1 - p.product))
    Mistake("half-limit", "limit", p.best)
    Mistake("best-is-limit", "best", p.limit)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Gradient descent minimises $f(x) = \\frac{λ}{2} x^2$ with $λ = \(p.lambda)$, from $x_0 = \(p.x0)$ with \
    the learning rate $η = \(fraction(p.eta))$.
    """
    ask("xk", "$x_\(p.k)$")
    ask("limit", "the learning rate below which the iteration converges from everywhere")
    ask("best", "the learning rate that reaches the minimum in one step")
  }

  static func solve(_ p: Parameters) -> Document {
    "The gradient is $λ x$, so each step multiplies $x$ by $1 - η λ = \(fraction(1 - p.product))$:"
    steps("x_\(p.k) = \(p.x0) · (\(fraction(1 - p.product)))^\(p.k) = \(shown(p.xk, decimals: 4))")
    "It converges where the factor lies between −1 and 1, and is 0 at the best rate:"
    steps("η < \\frac{2}{λ} = \(shown(p.limit))", "η = \\frac{1}{λ} = \(shown(p.best))")
  }
}
