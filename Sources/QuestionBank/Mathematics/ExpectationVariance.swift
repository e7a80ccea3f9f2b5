import Calculus
import ExamModel
import Typesetting

/// Mean and variance of three values, and of a linear function of them.
enum ExpectationVariance: QuestionFamily {
  static let heading = Heading(
    "math.expectation-variance", "Expectation and variance", difficulty: 2)

  /// Probabilities are shares of `weights`; Y = a X + b.
  struct Parameters: Codable, Sendable, Equatable {
    let x, weights: [Int]
    let a, b: Int

    func expectation(_ f: (Int) -> Int) -> Rational {
      Rational(dot(x.map(f), weights), weights.sum)
    }
    var mean: Rational { expectation { $0 } }
    var square: Rational { expectation { $0 * $0 } }
    var variance: Rational { square - mean * mean }
  }

  static let parts = [
    Part.fraction("E", mayBeObvious: true),
    Part.fraction("Var", mayBeObvious: true, dependsOn: ["E"]),
    Part.fraction("EY", mayBeObvious: true, dependsOn: ["E"]),
    Part.fraction("VarY", dependsOn: ["Var"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("uniform-weights", "Weigh each value by its probability."),
    .core("square-not-subtracted", "That is E[X²]; subtract the square of the mean."),
    .core("mean-not-squared", "Subtract the square of the mean, not the mean."),
    .optional("sample-variance", "The distribution is known: nothing is divided by n − 1."),
    .core("a-not-squared", "The variance grows with the square of the factor."),
    .core("b-added", "Adding a constant does not change the variance."),
    .core("a-ignored", "Stretching by a multiplies the variance by a²."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      x: dice.draw(3, from: -4...8), weights: dice.integers(3, in: 1...5),
      a: dice.pick([-3, -2, 2, 3]), b: dice.pick([-4, -3, -2, 1, 2, 3, 5]))
    return p.mean == 0 || p.mean == 1 || Set(p.weights).count == 1 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "x", p.x, count: 2...6)
      ?? within(1...1000, "weights", p.weights, count: p.x.count)
      ?? within(-1000...1000, "a and b", p.a, p.b)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let mean = key.fraction(p.mean.value)
    let variance = key.fraction(p.square.value - mean * mean)
    key.fraction(Double(p.a) * mean + Double(p.b))
    key.fraction(Double(p.a * p.a) * variance)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // From the definition, for X and for Y by itself.
    let shares = p.weights.map { Double($0) / Double(p.weights.sum) }
    func moments(_ values: [Double]) -> (Double, Double) {
      let mean = dot(values, shares)
      return (mean, dot(values.map { ($0 - mean) * ($0 - mean) }, shares))
    }
    let (x, y) = (moments(p.x.map(Double.init)), moments(p.x.map { Double(p.a * $0 + p.b) }))
    return AnswerKey(x.0, x.1, y.0, y.1)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (a, total) = (Rational(p.a), p.weights.sum)
    Mistake("uniform-weights", "E", Rational(p.x.sum, p.x.count))
    Mistake("square-not-subtracted", "Var", p.square)
    Mistake("mean-not-squared", "Var", p.square - p.mean)
    if total > 1 { Mistake("sample-variance", "Var", p.variance * Rational(total, total - 1)) }
    Mistake("a-not-squared", "VarY", a * p.variance)
    Mistake("b-added", "VarY", a * a * p.variance + Rational(p.b))
    Mistake("a-ignored", "VarY", p.variance)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = [
      ["value"] + p.x.map { "$\($0)$" },
      ["probability"] + p.weights.map { "$\\frac{\($0)}{\(p.weights.sum)}$" },
    ]
    "A random variable $X$ has this distribution:"
    Block.table(header: [], rows: rows)
    "Let $Y = \(p.a) X \(p.b < 0 ? "-" : "+") \(abs(p.b))$. Give fractions or decimals."
    ask("E", "$E[X]$")
    ask("Var", "$\\operatorname{Var}(X)$")
    ask("EY", "$E[Y]$")
    ask("VarY", "$\\operatorname{Var}(Y)$")
  }

  static func solve(_ p: Parameters) -> Document {
    let a = Rational(p.a)
    steps(
      "E[X] = \(shown(p.mean))", "E[X^2] = \(shown(p.square))",
      "\\operatorname{Var}(X) = E[X^2] - E[X]^2 = \(shown(p.variance))",
      "E[Y] = a E[X] + b = \(shown(a * p.mean + Rational(p.b)))",
      "\\operatorname{Var}(Y) = a^2 \\operatorname{Var}(X) = \(shown(a * a * p.variance))")
  }
}
