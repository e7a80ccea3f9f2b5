import Calculus
import ExamModel
import Typesetting

/// Maximum-likelihood estimates of one parameter.
enum MaximumLikelihood: QuestionFamily {
  static let heading = Heading("ml.mle", "Maximum likelihood", difficulty: 2)

  enum Kind: String, Codable, Sendable, CaseIterable {
    case bernoulli, poisson, exponential, gaussian, geometric, uniform
  }

  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let x: [Int]

    var mean: Rational { Rational(x.sum, x.count) }
    var squares: Rational { x.reduce(0) { $0 + (Rational($1) - mean) * (Rational($1) - mean) } }
    var estimate: Rational {
      switch kind {
      case .bernoulli, .poisson: mean
      case .exponential, .geometric: 1 / mean
      case .gaussian: squares / Rational(x.count)
      case .uniform: Rational(x.max() ?? 0)
      }
    }
    var slip: Rational {
      switch kind {
      case .bernoulli: Rational(x.sum + 1, x.count + 2)
      case .poisson: 1 / mean
      case .exponential, .geometric: mean
      case .gaussian: squares / Rational(x.count - 1)
      case .uniform: 2 * mean
      }
    }
  }

  static let parts = [Part.fraction("est", mayBeObvious: true)]

  static let misconceptions: [Misconception] = [
    .core(
      "inverse-or-unbiased",
      "Set the derivative of the log-likelihood to 0; this is another estimate, such as the inverse, an unbiased or a smoothed one."
    ),
    .optional("sum", "Divide by the number of observations."),
    .optional("median", "The likelihood leads to the mean here, not to the median."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let kind = dice.pick(Kind.allCases)
    let count = dice.integer(in: 4...6)
    let range: ClosedRange<Int> =
      switch kind {
      case .bernoulli: 0...1
      case .gaussian: -3...8
      default: 1...9
      }
    let p = Parameters(kind: kind, x: dice.integers(count, in: range))
    return p.mean <= 0 || p.squares == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    let range =
      switch p.kind {
      case .bernoulli: 0...1
      case .gaussian: -1000...1000
      case .poisson: 0...1000
      default: 1...1000
      }
    return within(range, "x", p.x, count: 2...12)
      ?? unless(Set(p.x).count > 1, "x is not all equal")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.estimate) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Where the slope of the log-likelihood changes sign, by halving an interval.
    if p.kind == .uniform { return AnswerKey(Double(p.x.sorted()[p.x.count - 1])) }
    let (n, sum) = (Double(p.x.count), Double(p.x.sum))
    let squares = p.x.map { (Double($0) - sum / n) * (Double($0) - sum / n) }.sum
    func slope(_ t: Double) -> Double {
      switch p.kind {
      case .bernoulli: sum / t - (n - sum) / (1 - t)
      case .poisson: sum / t - n
      case .exponential: n / t - sum
      case .geometric: n / t - (sum - n) / (1 - t)
      case .gaussian, .uniform: squares / (t * t) - n / t
      }
    }
    var (low, high) = (1e-9, p.kind == .bernoulli || p.kind == .geometric ? 1 - 1e-12 : 1e6)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    return AnswerKey(nearFraction(low))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let sorted = p.x.sorted()
    Mistake("inverse-or-unbiased", "est", p.slip)
    Mistake("sum", "est", Double(p.x.sum))
    Mistake("median", "est", Rational(sorted[(p.x.count - 1) / 2] + sorted[p.x.count / 2], 2))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let asked: Prose =
      switch p.kind {
      case .bernoulli: "the probability of 1 of a Bernoulli distribution"
      case .poisson: "the mean $λ$ of a Poisson distribution"
      case .exponential: "the rate $λ$ of an exponential distribution, with density $λ e^{-λ x}$"
      case .gaussian: "the variance of a normal distribution whose mean is unknown as well"
      case .geometric:
        "the probability of success of a geometric distribution, which counts the tries up to the first success"
      case .uniform: "the upper end of a uniform distribution that starts at 0"
      }
    "The observations are $\(tuple(p.x))$, independent of one another."
    ask("est", "the maximum-likelihood estimate of " + asked)
  }

  static func solve(_ p: Parameters) -> Document {
    let line =
      switch p.kind {
      case .bernoulli, .poisson: "\\bar{x} = \\frac{\(p.x.sum)}{\(p.x.count)}"
      case .exponential, .geometric: "\\frac{1}{\\bar{x}} = \\frac{\(p.x.count)}{\(p.x.sum)}"
      case .gaussian: "\\frac{1}{n} \\sum (x_i - \\bar{x})^2"
      case .uniform: "\\max x_i"
      }
    return Document {
      if p.kind == .uniform {
        "The likelihood falls with the upper end, which must reach the largest observation:"
      } else {
        "The derivative of the log-likelihood is 0 at"
      }
      steps("\(line) = \(shown(p.estimate))")
    }
  }
}
