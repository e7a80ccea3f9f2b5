import Calculus
import ExamModel
import Typesetting

/// BLEU-2 with one reference: clipped precisions and the brevity penalty (Papineni et al. 2002).
enum BleuScore: QuestionFamily {
  static let heading = Heading("nlp.bleu", "BLEU with bigrams", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let candidate, reference: [String]

    var overlap: WordOverlap { WordOverlap(candidate: candidate, reference: reference) }
    func precision(_ n: Int) -> Rational { Rational(overlap.clipped(n), candidate.count - n + 1) }
    var ratio: Double { Double(reference.count) / Double(candidate.count) }
    var brevity: Double { Elementary.exp(1 - ratio) }
  }

  static let parts = [
    Part.fraction("p1", mayBeObvious: true), Part.fraction("p2", mayBeObvious: true),
    Part.real("bp"),
    Part.real("bleu2", weight: 2, mayBeObvious: true, dependsOn: ["p1", "p2", "bp"]),
  ]

  static let misconceptions: [Misconception] = [
    .optional("not-clipped", "A word counts at most as often as the reference has it."),
    .core("recall", "Precision divides by the length of the candidate."),
    .optional("types", "Every occurrence counts, not every different word."),
    .optional("arithmetic-mean", "BLEU takes the geometric mean of the precisions."),
    .core("no-brevity", "A short candidate is punished: multiply by the brevity penalty."),
    .core("length-ratio", "The penalty is e to the power 1 − r/c, not c/r."),
    .core("brevity-inverted", "The exponent is 1 − r/c: reference over candidate."),
    .core("product", "Take the root of the product of the two precisions."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "p1", "p2", "bp",
      because: "sentences that are compared by hand have few words, so few fractions occur")
  ]

  private static let words = ["a", "the", "cat", "dog", "mat", "sat", "on"]

  static func draw(from dice: inout Dice) -> Parameters? {
    let length = dice.integer(in: 6...8)
    var candidate: [String] = []
    // Half of the time go on as the reference does, so that bigrams match.
    let reference = dice.picks(length, from: words)
    for _ in 0..<dice.integer(in: 4...length - 1) {
      let after = candidate.last.flatMap { last in
        reference.dropLast().firstIndex(of: last).map { reference[$0 + 1] }
      }
      candidate.append(dice.oneIn(2) ? after ?? dice.pick(words) : dice.pick(words))
    }
    let p = Parameters(candidate: candidate, reference: reference)
    guard Set(candidate).count < candidate.count, p.precision(2) > 0,
      p.precision(2) < p.precision(1)
    else { return nil }
    return dice.oneIn(3) || p.overlap.clipped(1) < p.overlap.unclipped(1) ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    WordOverlap.objection(p.candidate, p.reference)
      ?? unless(
        p.candidate.count < p.reference.count, "the candidate is shorter than the reference")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let p1 = key.fraction(p.precision(1).value)
    let p2 = key.fraction(p.precision(2).value)
    let brevity = key.number(p.brevity)
    key.write(brevity * max(0, p1 * p2).squareRoot())
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Strike each match out of the reference.
    func matches(_ n: Int) -> Double {
      var left = WordOverlap.grams(p.reference, n)
      return Double(
        WordOverlap.grams(p.candidate, n).count { gram in
          guard let place = left.firstIndex(of: gram) else { return false }
          left.remove(at: place)
          return true
        })
    }
    let count = Double(p.candidate.count)
    let (p1, p2) = (matches(1) / count, matches(2) / (count - 1))
    let bp = Elementary.exp((count - Double(p.reference.count)) / count)
    guard p2 > 0 else { return AnswerKey(p1, p2, bp, 0.0) }
    return AnswerKey(p1, p2, bp, Elementary.exp((Elementary.log(p1) + Elementary.log(p2)) / 2) * bp)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (overlap, count) = (p.overlap, p.candidate.count)
    let (p1, p2) = (p.precision(1).value, p.precision(2).value)
    let types = Set(p.candidate)
    Mistake("not-clipped", "p1", Rational(overlap.unclipped(1), count))
    Mistake("recall", "p1", Rational(overlap.clipped(1), p.reference.count))
    Mistake("types", "p1", Rational(types.intersection(p.reference).count, types.count))
    Mistake("length-ratio", "bp", 1 / p.ratio)
    Mistake("brevity-inverted", "bp", Elementary.exp(1 - 1 / p.ratio))
    Mistake("arithmetic-mean", "bleu2", p.brevity * (p1 + p2) / 2)
    Mistake("no-brevity", "bleu2", (p1 * p2).squareRoot())
    Mistake("product", "bleu2", p.brevity * p1 * p2)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "A translation is compared with one reference:"
    Block.code(
      "candidate: \(p.candidate.joined(separator: " "))\nreference: \(p.reference.joined(separator: " "))"
    )
    ask("p1", "the clipped unigram precision")
    ask("p2", "the clipped bigram precision")
    ask("bp", "the brevity penalty")
    ask("bleu2", "BLEU from unigrams and bigrams")
  }

  static func solve(_ p: Parameters) -> Document {
    let (p1, p2) = (p.precision(1), p.precision(2))
    """
    Of \(p.candidate.count) words \(p.overlap.clipped(1)) are matched, and of \(p.candidate.count - 1) \
    bigrams \(p.overlap.clipped(2)), each at most as often as the reference has it:
    """
    steps(
      "p_1 = \(shown(p1)), p_2 = \(shown(p2))",
      "\\text{BP} = e^{1 - \(p.reference.count) / \(p.candidate.count)} = \(p.brevity, decimals: 3)",
      "\\text{BP} \\sqrt{p_1 p_2} = \(p.brevity * (p1.value * p2.value).squareRoot(), decimals: 3)")
  }
}
