import ExamModel
import Typesetting

/// Why scores are divided by √d: the variance of a dot product grows with d.
enum ScoreVariance: QuestionFamily {
  static let heading = Heading(
    "attention.score-variance", "The variance of attention scores", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let d, sigmaQ, sigmaK: Int
    var product: Int { sigmaQ * sigmaK }
    var variance: Int { d * product * product }
  }

  static let parts = [
    Part.fraction("var"), Part.fraction("scaledVar", dependsOn: ["var"]), Part.real("std"),
  ]

  static let misconceptions: [Misconception] = [
    .optional("dimension-squared", "Independent terms add their variances: a factor d, not d²."),
    .core("not-multiplied", "There are d products, and their variances add up."),
    .core(
      "variances-added",
      "For means of 0 the variance of a product is the product of the variances."),
    .core("sigma-not-squared", "Standard deviations are given; square them."),
    .core("scaled-by-dk", "Dividing by √d divides the variance by d."),
    .core("std-times-d", "The standard deviation grows with √d."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      d: dice.pick([4, 9, 16, 25, 64]), sigmaQ: dice.integer(in: 1...8),
      sigmaK: dice.integer(in: 1...8))
    return p.product == 1 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...10_000, "d", p.d) ?? within(1...100, "sigmaQ and sigmaK", p.sigmaQ, p.sigmaK)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let variance = key.fraction(Double(p.variance))
    key.fraction(variance / Double(p.d))
    key.write(Double(p.variance).squareRoot())
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Entries ±σ: of four equally likely sign pairs each product is ±σσ; d of them add up.
    let signs = [-1, 1].flatMap { a in [-1, 1].map { b in a * p.sigmaQ * b * p.sigmaK } }
    let one = Double(signs.map { $0 * $0 }.sum) / 4 - Double(signs.sum * signs.sum) / 16
    return AnswerKey(
      Double(p.d) * one, one, Double(p.d).squareRoot() * Double(p.sigmaQ) * Double(p.sigmaK))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (d, s) = (Double(p.d), Double(p.product))
    let sum = Double(p.sigmaQ * p.sigmaQ + p.sigmaK * p.sigmaK)
    Mistake("dimension-squared", "var", d * d * s * s)
    Mistake("not-multiplied", "var", s * s)
    Mistake("variances-added", "var", d * sum)
    Mistake("sigma-not-squared", "var", d * s)
    Mistake("scaled-by-dk", "scaledVar", s * s / d)
    Mistake("std-times-d", "std", d * s)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Queries and keys have $d = \(p.d)$ entries, all independent with mean 0; those of a query have \
    standard deviation $\(p.sigmaQ)$, those of a key $\(p.sigmaK)$.
    """
    ask("var", "the variance of $q · k$")
    ask("scaledVar", "the variance of $\\frac{q · k}{\\sqrt{d}}$")
    ask("std", "the standard deviation of $q · k$")
  }

  static func solve(_ p: Parameters) -> Document {
    "Each product has variance $σ_q^2 σ_k^2 = \(p.product * p.product)$, and the $d$ of them are independent:"
    steps(
      "\\operatorname{Var}(q · k) = \(p.d) · \(p.product * p.product) = \(p.variance)",
      "\\operatorname{Var}(\\frac{q · k}{\\sqrt{d}}) = \\frac{\(p.variance)}{\(p.d)} = \(p.product * p.product)",
      "\\sqrt{\(p.variance)} = \(Double(p.variance).squareRoot(), decimals: 3)")
  }
}
