import Calculus
import ExamModel
import Typesetting

/// Perplexity of a text whose tokens have probabilities 2^−e: 2 to the mean bits per token.
enum Perplexity: QuestionFamily {
  static let heading = Heading("info.perplexity", "Perplexity of a text", difficulty: 3)

  /// `probs` repeats `exponents` as fractions, for whoever reads the numbers.
  struct Parameters: Codable, Sendable, Equatable {
    let exponents: [Int]
    var probs: [Rational]?

    var total: Int { exponents.sum }
    var bits: Rational { Rational(total, exponents.count) }
    var shares: [Rational] { exponents.map { Rational(1, 1 << $0) } }
  }

  static let parts = [
    Part("seqprob", .number, tolerance: .significant(3), isFraction: true),
    Part.fraction("bits", mayBeObvious: true),
    Part.real("nats", dependsOn: ["bits"]),
    Part.fraction("ppl", weight: 2, dependsOn: ["bits"]),
  ]

  static let misconceptions: [Misconception] = [
    .optional("nats-for-bits", "That is in nats; bits use log₂."),
    .optional("summed-not-averaged", "Divide by the number of tokens: bits per token are a mean."),
    .core(
      "mean-of-inverses",
      "The perplexity is the geometric mean of the inverse probabilities, not the arithmetic one."),
    .core("inverse-of-mean", "Average the logarithms, not the probabilities, before you invert."),
    .core("no-root", "Take the mean over the tokens first: the whole text's bits are too many."),
    .core("e-to-bits", "Bits belong to powers of 2; e belongs to nats."),
    .optional("2-to-nats", "Nats belong to powers of e; 2 belongs to bits."),
    .core("inverse", "That is the mean probability; the perplexity is its inverse."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "seqprob", "bits", "nats", "ppl",
      because:
        "the bits of all tokens add up to a whole number for each, so that the perplexity is a power of 2"
    )
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let e = dice.integers(dice.integer(in: 3...5), in: 0...5)
    guard Set(e).count > 1, e.sum.isMultiple(of: e.count), e.sum > 0 else { return nil }
    return Parameters(exponents: e, probs: e.map { Rational(1, 1 << $0) })
  }

  static func objection(to p: Parameters) -> String? {
    within(0...20, "exponents", p.exponents, count: 1...20) ?? within(0...60, "their sum", p.total)
      ?? unless(p.total.isMultiple(of: p.exponents.count), "they sum to a multiple of their number")
      ?? unless(
        p.probs == nil || p.probs == p.shares, "probs are the powers of 1/2 with these exponents")
  }

  private static let ln2 = Elementary.log(2)

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(Double.powerOfTwo(-p.total))
    let bits = key.number(p.bits.value)
    key.write(bits * ln2)
    key.write(
      .number(
        bits == bits.rounded() && bits.magnitude < 1000
          ? Double.powerOfTwo(Int(bits)) : Elementary.exp(bits * ln2)))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let shares = p.exponents.map { _ in 0.5 }
    var product = 1.0
    for (half, e) in zip(shares, p.exponents) { for _ in 0..<e { product *= half } }
    let nats = -Elementary.log(product) / Double(p.exponents.count)
    return AnswerKey(product, nats / ln2, nats, Elementary.exp(nats))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (bits, count) = (p.bits.value, Double(p.exponents.count))
    let inverses = p.exponents.map { Double.powerOfTwo($0) }
    Mistake("nats-for-bits", "bits", bits * ln2)
    Mistake("summed-not-averaged", "bits", Double(p.total))
    Mistake("mean-of-inverses", "ppl", inverses.sum / count)
    Mistake("inverse-of-mean", "ppl", count / inverses.reduce(0) { $0 + 1 / $1 })
    Mistake("no-root", "ppl", Double.powerOfTwo(p.total))
    Mistake("e-to-bits", "ppl", Elementary.exp(bits))
    Mistake("2-to-nats", "ppl", Elementary.exp(bits * ln2 * ln2))
    Mistake("inverse", "ppl", Elementary.exp(-bits * ln2))
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    [
      "seqprob": Rational(1, 1 << p.total).description, "bits": p.bits.description,
      "ppl": "\(1 << p.bits.numerator)",
    ]
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A language model gives the \(p.exponents.count) tokens of a text, one after the other, the \
    probabilities $\(p.shares.map { fraction($0) }.joined(separator: ", "))$.
    """
    ask("seqprob", "the probability of the whole text, as a fraction or to 3 significant digits")
    ask("bits", "the mean number of bits per token, $-\\log_2$ of the probabilities")
    ask("nats", "the same in nats, to 3 decimals")
    ask("ppl", "the perplexity")
  }

  static func solve(_ p: Parameters) -> Document {
    let bits = p.bits
    "The probabilities multiply, so the exponents of 2 add up:"
    steps(
      "\(p.exponents.map(String.init).joined(separator: " + ")) = \(p.total), \\quad 2^{-\(p.total)} = \(fraction(Rational(1, 1 << p.total)))",
      "\\text{bits per token} = \\frac{\(p.total)}{\(p.exponents.count)} = \(shown(bits))",
      "\\text{nats per token} = \(fraction(bits)) · \\ln 2 = \(plainNumber(bits.value * ln2, decimals: 3))",
      "\\text{perplexity} = 2^{\(fraction(bits))} = \(1 << bits.numerator)")
    "The perplexity is the geometric mean of the inverse probabilities: as unsure as among that many equally likely tokens."
  }
}
