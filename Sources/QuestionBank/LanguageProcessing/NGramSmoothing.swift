import Calculus
import ExamModel
import Typesetting

/// A bigram probability with add-k smoothing: (c(a b) + k) / (c(a) + k·V), V with the end symbol.
enum NGramSmoothing: QuestionFamily {
  static let heading = Heading(
    "nlp.ngram-smoothing", "Add-k smoothing of bigrams", difficulty: 2, version: 2)

  /// `second` is the count of the second bigram and of its context.
  struct Parameters: Codable, Sendable, Equatable {
    let vocabulary: Int
    let k: Rational
    let countBigram, countContext, tokens: Int
    let second: [Int]

    enum CodingKeys: String, CodingKey {
      case vocabulary = "V"
      case k, countBigram, countContext, tokens, second
    }

    func smoothed(_ count: Int, of context: Int, classes: Rational) -> Rational {
      (Rational(count) + k) / (Rational(context) + k * classes)
    }
    var first: Rational { smoothed(countBigram, of: countContext, classes: Rational(vocabulary)) }
    var next: Rational { smoothed(second[0], of: second[1], classes: Rational(vocabulary)) }
    var mle: Rational { Rational(countBigram, countContext) }
  }

  static let parts = [
    Part.fraction("mle", mayBeObvious: true),
    Part.fraction("smoothed", weight: 2),
    Part.fraction("sentence", to: 4, dependsOn: ["smoothed"]),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "denominator-not-smoothed",
      "Each of the V words gets k more, so the denominator grows by k·V; else the probabilities do not sum to 1."
    ),
    .core("numerator-not-smoothed", "The count of the bigram itself grows by k as well."),
    .core("one-not-V", "The denominator grows by k for every word of the vocabulary, not once."),
    .optional(
      "types-seen-only",
      "V is the whole vocabulary with the end symbol: every word that could follow gets its k."),
    .core(
      "joint",
      "That is the share of the bigram among all tokens; divide by the count of the context word."),
    .optional(
      "context-reversed", "The bigram stands above and its context below, not the other way round."),
    .core("added", "The probabilities of successive words multiply; they do not add."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let context = dice.integer(in: 5...13)
    let other = dice.integer(in: 5...12)
    return Parameters(
      vocabulary: dice.integer(in: 4...9), k: dice.pick([1, 1, Rational(1, 2), Rational(1, 4)]),
      countBigram: dice.oneIn(12) ? 0 : dice.integer(in: 1...min(8, context - 1)),
      countContext: context, tokens: dice.integer(in: 2 * (context + other)...60),
      second: [dice.integer(in: 1...4), other])
  }

  static func objection(to p: Parameters) -> String? {
    guard (2...100_000).contains(p.vocabulary) else { return "V lies between 2 and 100000" }
    guard p.k > 0, p.k <= 10, p.k.denominator <= 1000 else {
      return "k is a positive fraction of at most 10"
    }
    guard p.second.count == 2, p.second[1] <= 1_000_000, p.countContext <= 1_000_000,
      p.countContext > 0, p.second[1] > 0
    else { return "second is a count and its context's; contexts are counted from 1 to 1000000" }
    guard (0...p.countContext).contains(p.countBigram), (0...p.second[1]).contains(p.second[0])
    else { return "a bigram does not occur more often than its first word" }
    return (p.countContext...1_000_000_000).contains(p.tokens)
      ? nil : "there are at least as many tokens as contexts"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.mle.value)
    let smoothed = key.number(p.first.value)
    let isOwn = smoothed != p.first.value
    key.write(.number(isOwn ? smoothed * p.next.value : (p.first * p.next).value))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // A mixture: the counts' own estimate and the uniform one, weighed by c and k·V.
    func mixed(_ count: Int, _ context: Int) -> Double {
      let pseudo = p.k.value * Double(p.vocabulary)
      let share = Double(context) / (Double(context) + pseudo)
      return share * Double(count) / Double(context) + (1 - share) / Double(p.vocabulary)
    }
    let first = mixed(p.countBigram, p.countContext)
    return AnswerKey(
      Double(p.countBigram) / Double(p.countContext), first, first * mixed(p.second[0], p.second[1])
    )
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (c, n, k) = (Rational(p.countBigram), Rational(p.countContext), p.k)
    Mistake("denominator-not-smoothed", "smoothed", ((c + k) / n).value)
    Mistake("numerator-not-smoothed", "smoothed", (c / (n + k * Rational(p.vocabulary))).value)
    Mistake("one-not-V", "smoothed", ((c + k) / (n + k)).value)
    // The end symbol is what people leave out.
    Mistake(
      "types-seen-only", "smoothed",
      p.smoothed(p.countBigram, of: p.countContext, classes: Rational(p.vocabulary - 1)).value)
    Mistake("added", "sentence", (p.first + p.next).value)
    if p.countBigram > 0 {
      Mistake("joint", "mle", Double(p.countBigram) / Double(p.tokens))
      Mistake("context-reversed", "mle", (n / c).value)
    }
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    [
      "mle": p.mle.description, "smoothed": p.first.description,
      "sentence": (p.first * p.next).description,
    ]
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A bigram model was counted on a text of $\(p.tokens)$ tokens. Its vocabulary has \
    $V = \(p.vocabulary)$ words, the end symbol included. The counts are
    """
    Block.table(
      header: ["first word", "its count", "bigram", "its count"],
      rows: [
        ["*a*", "\(p.countContext)", "*a b*", "\(p.countBigram)"],
        ["*b*", "\(p.second[1])", "*b c*", "\(p.second[0])"],
      ])
    "Answer with fractions or decimals."
    ask("mle", "the unsmoothed estimate (maximum likelihood) of $P(b \\mid a)$, to 3 decimals")
    ask(
      "smoothed",
      "the estimate of $P(b \\mid a)$ with add-$\(fraction(p.k))$ smoothing, to 3 decimals")
    ask(
      "sentence",
      "the probability that *b c* follows after *a*, $P(b \\mid a) · P(c \\mid b)$, both smoothed like that, to 4 decimals"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    let (k, v) = (fraction(p.k), "\(p.vocabulary)")
    "Unsmoothed, the count of the bigram is divided by the count of its first word:"
    steps("P(b \\mid a) = \\frac{\(p.countBigram)}{\(p.countContext)} = \(shown(p.mle))")
    "Smoothing adds $k$ to the count of each of the $V$ words that could follow, so $k V$ below:"
    steps(
      "P(b \\mid a) = \\frac{\(p.countBigram) + \(k)}{\(p.countContext) + \(k) · \(v)} = \(shown(p.first))",
      "P(c \\mid b) = \\frac{\(p.second[0]) + \(k)}{\(p.second[1]) + \(k) · \(v)} = \(shown(p.next))",
      """
      P(b \\mid a) · P(c \\mid b) = \(fraction(p.first)) · \(fraction(p.next)) = \
      \(shown(p.first * p.next, decimals: 4))
      """)
  }
}
