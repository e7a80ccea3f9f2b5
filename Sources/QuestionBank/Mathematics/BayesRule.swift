import Calculus
import ExamModel
import Typesetting

/// The posterior after a positive test: P(D | +) = P(+ | D) P(D) / P(+) (Bayes' theorem).
enum BayesRule: QuestionFamily {
  static let heading = Heading("math.bayes", "A positive test and Bayes' theorem", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let prior, sensitivity, falsePositive: Rational

    var hit: Rational { prior * sensitivity }
    var falseAlarm: Rational { (1 - prior) * falsePositive }
    var evidence: Rational { hit + falseAlarm }
    var posterior: Rational { hit / evidence }
  }

  static let parts = [
    Part.fraction("evidence", to: 4),
    Part.fraction("posterior", to: 4, weight: 2, dependsOn: ["evidence"]),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "base-rate-ignored",
      "That is P(+ | D). The question asks for P(D | +), which also depends on how rare D is."),
    .core(
      "prior-not-normalised",
      "That is the share of people with D and a positive test; divide it by P(+)."),
    .optional("complement-of-fp", "1 minus the false positive rate is P(− | not D), not P(D | +)."),
    .core("equal-priors", "You weighed both groups alike; use the prior of D."),
    .optional(
      "false-positive-as-complement",
      "Healthy people test positive with the false positive rate itself, not with 1 minus it."),
    .optional(
      "one-minus-sensitivity",
      "Healthy people test positive with the false positive rate; 1 − sensitivity is about the ill."
    ),
    .core("prior-in-both", "The healthy are weighed by 1 − P(D), not by P(D) as well."),
  ]

  private static let priors = [1, 2, 5, 10, 20].map { Rational($0, 100) }
  private static let sensitivities = [80, 90, 95, 99].map { Rational($0, 100) }
  private static let falsePositives = [1, 2, 5, 10].map { Rational($0, 100) }
  static let variants: Int? = 64

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      prior: dice.pick(priors), sensitivity: dice.pick(sensitivities),
      falsePositive: dice.pick(falsePositives))
    return p.sensitivity == 1 - p.falsePositive ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    let all = [p.prior, p.sensitivity, p.falsePositive]
    guard all.allSatisfy({ $0 >= 0 && $0 <= 1 && $0.denominator <= 10_000 }) else {
      return
        "prior, sensitivity and falsePositive are fractions from 0 to 1 with denominators up to 10000"
    }
    return p.evidence > 0 ? nil : "a positive test must be possible"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let evidence = key.number(p.evidence.value)
    key.write(p.hit.value / evidence)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Whole people: a crowd in which all counts are integers.
    let crowd = p.prior.denominator * p.sensitivity.denominator * p.falsePositive.denominator
    let ill = crowd / p.prior.denominator * p.prior.numerator
    let found = ill / p.sensitivity.denominator * p.sensitivity.numerator
    let alarmed = (crowd - ill) / p.falsePositive.denominator * p.falsePositive.numerator
    return AnswerKey(
      Double(found + alarmed) / Double(crowd), Double(found) / Double(found + alarmed))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (a, s, f) = (p.prior.value, p.sensitivity.value, p.falsePositive.value)
    let posterior = { (alarm: Double) in a * s / (a * s + (1 - a) * alarm) }
    Mistake("base-rate-ignored", "posterior", s)
    Mistake("prior-not-normalised", "posterior", a * s)
    Mistake("complement-of-fp", "posterior", 1 - f)
    Mistake("equal-priors", "posterior", s / (s + f))
    Mistake("false-positive-as-complement", "posterior", posterior(1 - f))
    Mistake("one-minus-sensitivity", "posterior", posterior(1 - s))
    Mistake("prior-in-both", "evidence", a * s + a * f)
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    ["evidence": p.evidence.description, "posterior": p.posterior.description]
  }

  private static func percent(_ x: Rational) -> String { plainNumber((x * 100).value) + " \\%" }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A condition $D$ is present in $\(percent(p.prior))$ of a population. A test is positive for \
    $\(percent(p.sensitivity))$ of those who have it and for $\(percent(p.falsePositive))$ of \
    those who do not. Somebody drawn at random tests positive.
    """
    "Answer with probabilities (not percent), as fractions or decimals."
    ask("evidence", "the probability $P(+)$ of a positive test, to 4 decimals")
    ask("posterior", "the probability $P(D \\mid +)$ that this person has $D$, to 4 decimals")
  }

  static func solve(_ p: Parameters) -> Document {
    "A positive test comes from those who have $D$ and from those who do not:"
    steps(
      "P(+) = P(+ \\mid D) P(D) + P(+ \\mid \\text{not } D) (1 - P(D))",
      """
      P(+) = \(fraction(p.sensitivity)) · \(fraction(p.prior)) + \(fraction(p.falsePositive)) · \
      \(fraction(1 - p.prior)) = \(shown(p.evidence, decimals: 4))
      """)
    "Of these, the share with $D$ is"
    steps(
      """
      P(D \\mid +) = \\frac{P(+ \\mid D) P(D)}{P(+)} = \\frac{\(plainNumber(p.hit.value))}\
      {\(plainNumber(p.evidence.value))} = \(shown(p.posterior, decimals: 4))
      """)
  }
}
