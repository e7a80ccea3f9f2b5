import Calculus
import ExamModel
import Typesetting

/// MSE, MAE, RMSE and R² of five predictions.
enum RegressionMetrics: QuestionFamily {
  static let heading = Heading(
    "ml.regression-metrics", "Metrics of a regression", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let y, pred: [Int]

    var errors: [Int] { zip(pred, y).map { $0 - $1 } }
    var sse: Int { dot(errors, errors) }
    var count: Int { y.count }
    /// Σ (y − ȳ)², times the count.
    var spread: Int { count * dot(y, y) - y.sum * y.sum }
    var r2: Rational { 1 - Rational(count * sse, spread) }
    var mse: Rational { Rational(sse, count) }
    var mae: Rational { Rational(errors.map(abs).sum, count) }
  }

  static let parts = [
    Part.fraction("mse", mayBeObvious: true), Part.fraction("mae", mayBeObvious: true),
    Part.real("rmse", mayBeObvious: true, dependsOn: ["mse"]), Part.fraction("r2"),
  ]

  static let misconceptions: [Misconception] = [
    .core("not-averaged", "That is the sum of squares; divide by the number of samples."),
    .core("signed-errors", "Errors of opposite sign must not cancel: take magnitudes."),
    .core("r2-as-ratio", "R² is 1 minus the ratio of the sums of squares."),
    .core("root-of-sum", "Take the mean before the root."),
    .optional("mae-for-rmse", "That is the mean absolute error."),
    .optional("correlation-squared", "R² compares with the mean; it is r² only for fitted lines."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let y = dice.integers(5, in: -3...9)
    let p = Parameters(y: y, pred: y.map { $0 + dice.integer(in: -7...7) })
    return p.spread == 0 || p.errors.sum == 0 || Set(p.errors.map(abs)).count < 2 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "y", p.y, count: 2...12)
      ?? within(-1000...1000, "pred", p.pred, count: p.count)
      ?? unless(p.spread > 0, "y is not all equal")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let mse = key.fraction(p.mse.value)
    key.fraction(p.mae.value)
    key.write(mse.squareRoot())
    key.fraction(p.r2.value)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let y = p.y.map(Double.init)
    let e = zip(p.pred, y).map { Double($0) - $1 }
    let total = y.map { ($0 - y.mean) * ($0 - y.mean) }.mean
    let mse = e.map { $0 * $0 }.mean
    return AnswerKey(mse, e.map(\.magnitude).mean, mse.squareRoot(), (total - mse) / total)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let n = p.count
    let mixed = Double(n * dot(p.y, p.pred) - p.y.sum * p.pred.sum)
    let other = Double(n * dot(p.pred, p.pred) - p.pred.sum * p.pred.sum)
    Mistake("not-averaged", "mse", Double(p.sse))
    Mistake("signed-errors", "mae", Rational(p.errors.sum, n))
    Mistake("root-of-sum", "rmse", Double(p.sse).squareRoot())
    Mistake("mae-for-rmse", "rmse", p.mae)
    Mistake("r2-as-ratio", "r2", 1 - p.r2)
    if other > 0 {
      Mistake("correlation-squared", "r2", mixed * mixed / (other * Double(p.spread)))
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    "A regression predicts $\(tuple(p.pred))$ where the true values are $\(tuple(p.y))$."
    ask("mse", "the mean squared error")
    ask("mae", "the mean absolute error")
    ask("rmse", "the root mean squared error")
    ask("r2", "$R^2 = 1 - \\frac{\\text{SSE}}{\\text{SST}}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let sst = Rational(p.spread, p.count)
    "The errors are $\(tuple(p.errors))$, with squares that add up to $\(p.sse)$:"
    steps(
      "\\text{MSE} = \\frac{\(p.sse)}{\(p.count)} = \(shown(p.mse))",
      "\\text{MAE} = \\frac{\(p.errors.map(abs).sum)}{\(p.count)} = \(shown(p.mae))",
      "\\text{RMSE} = \\sqrt{\(fraction(p.mse))} = \(p.mse.value.squareRoot(), decimals: 3)",
      "R^2 = 1 - \\frac{\(p.sse)}{\(fraction(sst))} = \(shown(p.r2))")
  }
}
