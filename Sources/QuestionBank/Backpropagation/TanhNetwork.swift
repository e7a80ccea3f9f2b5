import Calculus
import ExamModel
import Typesetting

/// One tanh unit and one linear one: y = w₂ tanh(w₁ x + b₁) + b₂ with loss ½ (y − t)².
enum TanhNetwork: QuestionFamily {
  static let heading = Heading(
    "backprop.tanh-mlp", "Gradients through a tanh unit", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let w1, x, b1, w2, b2, t: Double
    var z: Double { w1 * x + b1 }
    var h: Double { Elementary.tanh(z) }
    func error(_ h: Double) -> Double { w2 * h + b2 - t }
  }

  static let parts = [
    Part.real("h"), Part.real("dw1", weight: 2, dependsOn: ["h"]),
    Part.real("dw2", dependsOn: ["h"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-square", "The slope of tanh is 1 − h², with the square."),
    .optional("sigmoid-slope", "h (1 − h) is the slope of the sigmoid; that of tanh is 1 − h²."),
    .core("no-outer-weight", "On the way back the error passes the weight w₂."),
    .core("no-slope", "Multiply by the slope of tanh, 1 − h²."),
    .optional("extra-2", "The loss has a factor ½, which cancels the 2 of the square."),
    .optional("no-input", "∂z/∂w₁ is x; its factor is missing."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let whole = { (dice: inout Dice, bound: Int) in Double(dice.integer(in: -bound...bound)) }
    let (w1, x) = (whole(&dice, 3), whole(&dice, 3))
    let z = dice.pick([0.25, 0.5, 0.75, 1, 1.25, 1.5]) * (dice.oneIn(2) ? -1 : 1)
    let p = Parameters(
      w1: w1, x: x, b1: z - w1 * x, w2: whole(&dice, 4), b2: whole(&dice, 3), t: whole(&dice, 3))
    let isFlat = w1 == 0 || x.magnitude < 2 || p.w2.magnitude < 2
    return isFlat || p.error(Elementary.tanh(z)).magnitude < 0.3 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "all numbers", p.w1, p.x, p.b1, p.w2, p.b2, p.t)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let h = key.number(p.h)
    key.write(p.error(h) * p.w2 * (1 - h * h) * p.x)
    key.write(p.error(h) * h)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // tanh by the exponential of 2z, and its slope as 1/cosh².
    let grown = Elementary.exp(2 * p.z)
    let h = (grown - 1) / (grown + 1)
    let cosh = (Elementary.exp(p.z) + Elementary.exp(-p.z)) / 2
    let error = p.w2 * h + (p.b2 - p.t)
    return AnswerKey(h, error * p.w2 * p.x / (cosh * cosh), error * h)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (h, error, slope) = (p.h, p.error(p.h), 1 - p.h * p.h)
    Mistake("no-square", "dw1", error * p.w2 * (1 - h) * p.x)
    Mistake("sigmoid-slope", "dw1", error * p.w2 * h * (1 - h) * p.x)
    Mistake("no-outer-weight", "dw1", error * slope * p.x)
    Mistake("no-slope", "dw1", error * p.w2 * p.x)
    Mistake("extra-2", "dw1", 2 * error * p.w2 * slope * p.x)
    Mistake("no-input", "dw1", error * p.w2 * slope)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A network computes $z = w_1 x + b_1$, $h = \\tanh(z)$ and $y = w_2 h + b_2$; its loss is \
    $L = \\frac{1}{2} (y - t)^2$. Here $x = \(p.x)$, $t = \(p.t)$, $w_1 = \(p.w1)$, $b_1 = \(p.b1)$, \
    $w_2 = \(p.w2)$ and $b_2 = \(p.b2)$.
    """
    ask("h", "$h$")
    ask("dw1", "$\\frac{∂L}{∂w_1}$")
    ask("dw2", "$\\frac{∂L}{∂w_2}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let (h, error) = (p.h, p.error(p.h))
    "Forward:"
    steps(
      "z = \(p.w1) · \(factor: p.x) + \(factor: p.b1) = \(p.z)",
      "h = \\tanh(\(p.z)) = \(h, decimals: 3)", "y - t = \(error, decimals: 3)")
    "Backward, with $\\tanh'(z) = 1 - h^2 = \(1 - h * h, decimals: 3)$:"
    steps(
      "\\frac{∂L}{∂w_1} = (y - t) w_2 (1 - h^2) x = \(error * p.w2 * (1 - h * h) * p.x, decimals: 3)",
      "\\frac{∂L}{∂w_2} = (y - t) h = \(error * h, decimals: 3)")
  }
}
