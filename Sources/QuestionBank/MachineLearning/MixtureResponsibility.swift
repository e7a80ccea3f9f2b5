import Calculus
import ExamModel
import Typesetting

/// How much a point belongs to the first of two components of a mixture.
enum MixtureResponsibility: QuestionFamily {
  static let heading = Heading(
    "ml.gmm-responsibility", "Responsibilities in a mixture", difficulty: 3)

  /// The density of the first component over that of the second, and the first one's weight.
  struct Parameters: Codable, Sendable, Equatable {
    let densityRatio, pi1: Rational
    func share(_ weight: Rational) -> Rational {
      weight * densityRatio / (weight * densityRatio + 1 - weight)
    }
  }

  static let parts = [Part.fraction("r1")]

  static let misconceptions: [Misconception] = [
    .core("no-prior", "Weigh the densities by the components' weights."),
    .core("prior-only", "The densities at the point count, not only the weights."),
    .optional("hard-assignment", "EM divides a point among the components; only k-means decides."),
    .core("priors-swapped", "The first component has the weight π₁."),
    .core("not-normalised", "Divide by the sum over both components."),
  ]

  static let variants: Int? = 44

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      densityRatio: dice.pick([Rational(1, 8), Rational(1, 4), Rational(1, 2), 2, 4, 8]),
      pi1: dice.pick([
        Rational(1, 5), Rational(1, 4), Rational(3, 10), Rational(1, 3), Rational(2, 5),
        Rational(3, 5), Rational(2, 3), Rational(3, 4), Rational(4, 5),
      ]))
  }

  static func objection(to p: Parameters) -> String? {
    positive("densityRatio", p.densityRatio, below: 1000, denominators: 1000)
      ?? positive("pi1", p.pi1, below: 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.share(p.pi1)) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let odds = p.densityRatio.value * p.pi1.value / (1 - p.pi1.value)
    return AnswerKey(Elementary.sigmoid(Elementary.log(odds)))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("no-prior", "r1", p.densityRatio / (1 + p.densityRatio))
    Mistake("prior-only", "r1", p.pi1)
    Mistake("hard-assignment", "r1", p.densityRatio > 1 ? 1.0 : 0.0)
    Mistake("priors-swapped", "r1", p.share(1 - p.pi1))
    Mistake("not-normalised", "r1", p.pi1 * p.densityRatio)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A mixture of two Gaussians has the weights $π_1 = \(fraction(p.pi1))$ and \
    $π_2 = \(fraction(1 - p.pi1))$. At some point the density of the first component is \
    $\(fraction(p.densityRatio))$ times that of the second.
    """
    ask("r1", "the responsibility of the first component for this point")
  }

  static func solve(_ p: Parameters) -> Document {
    "With the second density as the unit:"
    steps(
      "r_1 = \\frac{π_1 N_1}{π_1 N_1 + π_2 N_2} = \\frac{\(fraction(p.pi1)) · \(fraction(p.densityRatio))}{\(fraction(p.pi1)) · \(fraction(p.densityRatio)) + \(fraction(1 - p.pi1))} = \(shown(p.share(p.pi1)))"
    )
  }
}
