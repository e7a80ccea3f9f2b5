import Calculus
import ExamModel
import Typesetting

/// Scaling a test value by what the training values say.
enum FeatureScaling: QuestionFamily {
  static let heading = Heading("ml.standardise", "Scaling a feature", difficulty: 1)

  struct Parameters: Codable, Sendable, Equatable {
    let train: [Int]
    let test: Int

    var stats: Normalising { Normalising(train.map(Double.init)) }
    var value: Double { Double(test) }
    var low: Int { train.min() ?? 0 }
    var high: Int { train.max() ?? 0 }
  }

  static let parts = [
    Part.fraction("z", mayBeObvious: true), Part.fraction("minmax", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("test-included", "Mean and deviation come from the training values alone."),
    .core("variance-for-std", "Divide by the standard deviation, not by the variance."),
    .optional("sample-std", "The deviation here divides by n, not by n − 1."),
    .core("not-centred", "Subtract the mean first."),
    .optional("clipped", "A test value may leave the range from 0 to 1; nothing is cut."),
    .core("divided-by-max", "Subtract the minimum, and divide by the range."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    guard let train = Normalising.pleasant(dice.integer(in: 4...5), from: &dice) else { return nil }
    let p = Parameters(train: train, test: dice.integer(in: -6...12))
    return p.stats.mean == 0 || p.low == 0 || p.value == p.stats.mean ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "test", p.test) ?? Normalising.objection(to: p.train, called: "train")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(nearFraction((p.value - p.stats.mean) / p.stats.std))
    key.write(Rational(p.test - p.low, p.high - p.low))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let n = Double(p.train.count)
    let (sum, squares) = (Double(p.train.sum), Double(dot(p.train, p.train)))
    let sorted = p.train.sorted()
    return AnswerKey(
      (n * p.value - sum) / (n * squares - sum * sum).squareRoot(),
      1 - Double(sorted[sorted.count - 1] - p.test) / Double(sorted[sorted.count - 1] - sorted[0]))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (s, n) = (p.stats, Double(p.train.count))
    let all = Normalising((p.train + [p.test]).map(Double.init))
    Mistake("test-included", "z", (p.value - all.mean) / all.std)
    Mistake("variance-for-std", "z", (p.value - s.mean) / (s.std * s.std))
    Mistake("sample-std", "z", (p.value - s.mean) / (s.std * (n / (n - 1)).squareRoot()))
    Mistake("not-centred", "z", p.value / s.std)
    Mistake(
      "clipped", "minmax", Double(min(max(p.test, p.low), p.high) - p.low) / Double(p.high - p.low))
    if p.high != 0 { Mistake("divided-by-max", "minmax", Rational(p.test, p.high)) }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A feature has the training values $\(tuple(p.train))$ and the test value $\(p.test)$. Standard \
    deviations divide by the number of values, as scikit-learn does.
    """
    ask("z", "the test value standardised: $\\frac{x - μ}{σ}$")
    ask("minmax", "the test value scaled so that the training values fill the range from 0 to 1")
  }

  static func solve(_ p: Parameters) -> Document {
    let s = p.stats
    "The training values have mean $\(s.mean)$, standard deviation $\(s.std)$, minimum $\(p.low)$ and maximum $\(p.high)$:"
    steps(
      "\\frac{\(p.test) - \(factor: s.mean)}{\(s.std)} = \(shown((p.value - s.mean) / s.std))",
      "\\frac{\(p.test) - \(factor: p.low)}{\(p.high) - \(factor: p.low)} = \(shown(Rational(p.test - p.low, p.high - p.low)))"
    )
  }
}
