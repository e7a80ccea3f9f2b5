import Calculus
import ExamModel
import Typesetting

/// Differences in place of the derivative of f(x) = a x³ + b x² + c x, and what they miss.
enum GradientCheck: QuestionFamily {
  static let heading = Heading(
    "backprop.gradient-check", "A gradient check by differences", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let a, b, c, x: Int
    let h: Rational

    func value(_ x: Rational) -> Rational {
      let (a, b, c) = (Rational(a), Rational(b), Rational(c))
      return ((a * x + b) * x + c) * x
    }
    var at: Rational { Rational(x) }
    var slope: Rational { Rational(3 * a * x * x + 2 * b * x + c) }
    var central: Rational { (value(at + h) - value(at - h)) / (2 * h) }
    var forward: Rational { (value(at + h) - value(at)) / h }
  }

  static let parts = [
    Part.fraction("central", to: 4), Part.fraction("forward", to: 4),
    Part.fraction("exact", to: 4, mayBeObvious: true),
    Part.fraction("error", to: 4, dependsOn: ["central"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("divided-by-h", "The two points lie 2h apart: divide by 2h."),
    .core("forward-for-central", "The central difference uses x − h, not x."),
    .core("exact-for-central", "That is the derivative, not the difference."),
    .optional("not-divided", "Divide the difference of the values by 2h."),
    .core("backward-difference", "The forward difference uses x + h and x."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      a: dice.pick([-3, -2, -1, 1, 2, 3]), b: dice.integer(in: -4...4), c: dice.integer(in: -4...4),
      x: dice.integer(in: -3...3),
      h: dice.pick([Rational(1, 2), Rational(1, 10), Rational(1, 100)]))
    return p.slope == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "a, b, c and x", p.a, p.b, p.c, p.x)
      ?? positive("h", p.h, upTo: 1, denominators: 1000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let central = key.fraction(p.central.value)
    key.fraction(p.forward.value)
    key.fraction(p.slope.value)
    key.fraction(central - p.slope.value)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By Taylor's theorem: a cubic has three derivatives.
    let (a, b, x, h) = (Double(p.a), Double(p.b), Double(p.x), p.h.value)
    let slope = 3 * a * x * x + 2 * b * x + Double(p.c)
    let error = a * h * h
    return AnswerKey(slope + error, slope + (3 * a * x + b) * h + error, slope, error)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let change = p.value(p.at + p.h) - p.value(p.at - p.h)
    Mistake("divided-by-h", "central", 2 * p.central)
    Mistake("forward-for-central", "central", p.forward)
    Mistake("exact-for-central", "central", p.slope)
    Mistake("not-divided", "central", change)
    Mistake("backward-difference", "forward", (p.value(p.at) - p.value(p.at - p.h)) / p.h)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let function = sum(of: (p.a, "x^3"), (p.b, "x^2"), (p.c, "x"))
    "A gradient is checked by differences, for $f(x) = \(function)$ at $x = \(p.x)$ with $h = \(plainNumber(p.h.value))$."
    ask("central", "the central difference $\\frac{f(x + h) - f(x - h)}{2 h}$")
    ask("forward", "the forward difference $\\frac{f(x + h) - f(x)}{h}$")
    ask("exact", "the derivative $f'(x)$")
    ask("error", "the central difference minus the derivative")
  }

  static func solve(_ p: Parameters) -> Document {
    let (plus, here, minus) = (p.value(p.at + p.h), p.value(p.at), p.value(p.at - p.h))
    steps(
      "f(x + h) = \(shown(plus, decimals: 4))", "f(x) = \(shown(here))",
      "f(x - h) = \(shown(minus, decimals: 4))")
    steps(
      "\\frac{f(x + h) - f(x - h)}{2 h} = \(shown(p.central, decimals: 4))",
      "\\frac{f(x + h) - f(x)}{h} = \(shown(p.forward, decimals: 4))")
    "The derivative is $f'(x) = 3 a x^2 + 2 b x + c = \(fraction(p.slope))$, so the error is"
    steps("a h^2 = \(shown(p.central - p.slope, decimals: 4))")
  }
}
