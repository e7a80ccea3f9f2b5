import Calculus
import ExamModel
import Typesetting

/// The least-squares line: w = S_xy / S_xx and b = ȳ − w x̄.
enum LinearRegression: QuestionFamily {
  static let heading = Heading("ml.linreg-closed-form", "The least-squares line", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let x, y: [Int]
    let at: Int

    var xs: [Double] { x.map(Double.init) }
    var ys: [Double] { y.map(Double.init) }
    /// Σ (a − ā)(b − b̄).
    func spread(_ a: [Double], _ b: [Double]) -> Double { dot(a, b) - a.sum * b.mean }
    var slope: Double { spread(xs, ys) / spread(xs, xs) }
    func intercept(_ slope: Double) -> Double { ys.mean - slope * xs.mean }
  }

  static let parts = [
    Part.fraction("slope", weight: 2, mayBeObvious: true),
    Part.fraction("intercept", mayBeObvious: true, dependsOn: ["slope"]),
    Part.fraction("pred", mayBeObvious: true, dependsOn: ["slope", "intercept"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("not-centred", "Σxy / Σx² is for lines through the origin; subtract the means first."),
    .core("x-on-y", "Divide by the spread of x; you predicted x from y."),
    .optional("inverse", "The slope is S_xy over S_xx, not the other way round."),
    .optional("endpoints", "All points count, not only the first and the last."),
    .core("intercept-sign", "The line passes through the means: b = ȳ − w x̄."),
    .optional("intercept-mean", "ȳ is the intercept only where x̄ is 0."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let x = dice.draw(dice.integer(in: 3...4), from: -3...6)
    let p = Parameters(x: x, y: dice.integers(x.count, in: -4...8), at: dice.pick([7, 8, 10]))
    return p.x.sum == 0 || p.spread(p.xs, p.ys) == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "x", p.x, count: 2...12)
      ?? within(-1000...1000, "y", p.y, count: p.x.count) ?? within(-1000...1000, "at", p.at)
      ?? unless(Set(p.x).count > 1 && Set(p.y).count > 1, "neither x nor y are all equal")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let slope = key.fraction(p.slope)
    let intercept = key.fraction(p.intercept(slope))
    key.fraction(slope * Double(p.at) + intercept)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The normal equations by Cramer's rule.
    let n = Double(p.x.count)
    let (sx, sy) = (p.xs.sum, p.ys.sum)
    let (sxx, sxy) = (dot(p.xs, p.xs), dot(p.xs, p.ys))
    let det = n * sxx - sx * sx
    let slope = (n * sxy - sx * sy) / det
    let intercept = (sxx * sy - sx * sxy) / det
    return AnswerKey(slope, intercept, intercept + slope * Double(p.at))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let last = p.x.count - 1
    Mistake("not-centred", "slope", dot(p.xs, p.ys) / dot(p.xs, p.xs))
    Mistake("x-on-y", "slope", p.spread(p.xs, p.ys) / p.spread(p.ys, p.ys))
    Mistake("inverse", "slope", 1 / p.slope)
    Mistake("endpoints", "slope", (p.ys[last] - p.ys[0]) / (p.xs[last] - p.xs[0]))
    Mistake("intercept-sign", "intercept", p.ys.mean + p.slope * p.xs.mean)
    Mistake("intercept-mean", "intercept", p.ys.mean)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A line $y = w x + b$ is fitted to the points with $x = \(tuple(p.x))$ and $y = \(tuple(p.y))$ by \
    least squares. Give fractions or decimals.
    """
    ask("slope", "the slope $w$")
    ask("intercept", "the intercept $b$")
    ask("pred", "the prediction for $x = \(p.at)$")
  }

  static func solve(_ p: Parameters) -> Document {
    let intercept = p.intercept(p.slope)
    "With the means $\\bar{x} = \(fraction(p.xs.mean))$ and $\\bar{y} = \(fraction(p.ys.mean))$:"
    steps(
      "S_{xx} = \\sum (x - \\bar{x})^2 = \(fraction(p.spread(p.xs, p.xs)))",
      "S_{xy} = \\sum (x - \\bar{x}) (y - \\bar{y}) = \(fraction(p.spread(p.xs, p.ys)))",
      "w = \\frac{S_{xy}}{S_{xx}} = \(shown(p.slope))",
      "b = \\bar{y} - w \\bar{x} = \(shown(intercept))",
      "\(p.at) w + b = \(shown(p.slope * Double(p.at) + intercept))")
  }
}
