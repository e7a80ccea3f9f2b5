import Calculus
import ExamModel
import Typesetting

/// Expected squared error at one point = bias² + variance + noise.
enum BiasVariance: QuestionFamily {
  static let heading = Heading("ml.bias-variance", "Bias and variance at one point", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let predictions: [Int]
    let truth, noiseVar: Int

    var count: Int { predictions.count }
    var mean: Rational { Rational(predictions.sum, count) }
    var bias: Rational { mean - Rational(truth) }
    var squares: Rational {
      predictions.reduce(0) { $0 + (Rational($1) - mean) * (Rational($1) - mean) }
    }
    var variance: Rational { squares / Rational(count) }
  }

  static let parts = [
    Part.fraction("bias2"), Part.fraction("variance"),
    Part.fraction("mse", dependsOn: ["bias2", "variance"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("bias-not-squared", "The squared bias was asked for."),
    .core("mean-squared-error-as-bias", "Average the predictions first, then square."),
    .core("unbiased-variance", "The data sets listed are all there are: divide by their number."),
    .core("noise-forgotten", "New observations are noisy: add the noise's variance."),
    .optional("std-not-variance", "The variance is the square of the standard deviation."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      predictions: dice.integers(dice.integer(in: 4...5), in: -2...8),
      truth: dice.integer(in: 0...6), noiseVar: dice.integer(in: 1...4))
    return p.bias == 0 || p.bias == 1 || p.squares == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "predictions", p.predictions, count: 2...10)
      ?? within(-1000...1000, "truth", p.truth) ?? within(0...1000, "noiseVar", p.noiseVar)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let bias = key.fraction((p.bias * p.bias).value)
    let variance = key.fraction(p.variance.value)
    key.fraction(bias + variance + Double(p.noiseVar))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The mean squared error directly, and the variance from all pairs of models.
    let xs = p.predictions.map(Double.init)
    let n = Double(p.count)
    let pairs = xs.flatMap { a in xs.map { b in (a - b) * (a - b) } }.sum / (2 * n * n)
    let error = xs.map { ($0 - Double(p.truth)) * ($0 - Double(p.truth)) }.mean
    return AnswerKey(error - pairs, pairs, error + Double(p.noiseVar))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let sum = p.bias * p.bias + p.variance
    Mistake("bias-not-squared", "bias2", p.bias)
    Mistake("mean-squared-error-as-bias", "bias2", sum)
    Mistake("unbiased-variance", "variance", p.squares / Rational(p.count - 1))
    Mistake("noise-forgotten", "mse", sum)
    Mistake("std-not-variance", "variance", p.variance.value.squareRoot())
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Models trained on \(p.count) equally likely data sets predict $\(tuple(p.predictions))$ at one \
    point. The true value there is $\(p.truth)$; observations have additional noise of variance \
    $\(p.noiseVar)$.
    """
    ask("bias2", "the squared bias")
    ask("variance", "the variance of the predictions")
    ask("mse", "the expected squared error against a new noisy observation")
  }

  static func solve(_ p: Parameters) -> Document {
    let squared = p.bias * p.bias
    "The mean prediction is $\(fraction(p.mean))$:"
    steps(
      "(\(fraction(p.mean)) - \(signed("\(p.truth)")))^2 = \(shown(squared))",
      "\\frac{1}{\(p.count)} \\sum (f - \\bar{f})^2 = \(shown(p.variance))",
      "\(fraction(squared)) + \(fraction(p.variance)) + \(p.noiseVar) = \(shown(squared + p.variance + Rational(p.noiseVar)))"
    )
  }
}
