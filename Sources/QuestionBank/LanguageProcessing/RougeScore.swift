import Calculus
import ExamModel
import Typesetting

/// ROUGE-1 recall and ROUGE-L of a summary (Lin 2004).
enum RougeScore: QuestionFamily {
  static let heading = Heading("nlp.rouge", "ROUGE of a summary", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let candidate, reference: [String]
    var overlap: WordOverlap { WordOverlap(candidate: candidate, reference: reference) }
    var total: Int { candidate.count + reference.count }
  }

  static let parts = [
    Part("lcs", .integer, weight: 2), Part.fraction("rouge1r", mayBeObvious: true),
    Part.fraction("rougeLf", mayBeObvious: true, dependsOn: ["lcs"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("substring", "A subsequence may have gaps; only the order counts."),
    .optional("bag-overlap", "The common words must stand in the same order in both."),
    .core("precision", "Recall divides by the length of the reference."),
    .optional("not-clipped", "A word counts at most as often as the reference has it."),
    .core("recall-only", "F1 combines precision and recall: 2 L / (c + r)."),
    .optional("arithmetic-mean", "F1 is the harmonic mean."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "lcs", "rouge1r", "rougeLf",
      because: "sentences that are compared by hand have few words, so few fractions occur")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let letters = ["a", "b", "c", "d", "e", "f"]
    let p = Parameters(
      candidate: dice.picks(dice.integer(in: 4...5), from: letters),
      reference: dice.picks(dice.integer(in: 6...7), from: letters))
    return p.overlap.longest < 2 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    WordOverlap.objection(p.candidate, p.reference)
      ?? unless(p.candidate.count != p.reference.count, "candidate and reference differ in length")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let longest = key.integer(p.overlap.longest)
    key.fraction(Double(p.overlap.clipped(1)) / Double(p.reference.count))
    key.fraction(2 * Double(longest) / Double(p.total))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Try all ways to leave words of the candidate out.
    let count = p.candidate.count
    guard count <= 12 else { return nil }
    let longest =
      (0..<1 << count).filter { bits in
        var rest = p.reference[...]
        return p.candidate.indices.filter { bits >> $0 & 1 == 1 }.allSatisfy { i in
          guard let place = rest.firstIndex(of: p.candidate[i]) else { return false }
          rest = rest[(place + 1)...]
          return true
        }
      }.map { $0.nonzeroBitCount }.max() ?? 0
    var left = p.reference
    for word in p.candidate { if let place = left.firstIndex(of: word) { left.remove(at: place) } }
    let (length, total) = (Double(longest), Double(p.reference.count))
    let (precision, recall) = (length / Double(count), length / total)
    return AnswerKey(
      longest, 1 - Double(left.count) / total, 2 * precision * recall / (precision + recall))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (overlap, c, r) = (p.overlap, p.candidate.count, p.reference.count)
    let longest = Double(overlap.longest)
    Mistake("substring", "lcs", overlap.longestRun)
    Mistake("bag-overlap", "lcs", overlap.clipped(1))
    Mistake("precision", "rouge1r", Rational(overlap.clipped(1), c))
    Mistake("not-clipped", "rouge1r", Rational(overlap.unclipped(1), r))
    Mistake("recall-only", "rougeLf", longest / Double(r))
    Mistake("arithmetic-mean", "rougeLf", (longest / Double(c) + longest / Double(r)) / 2)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "A summary is compared with one reference; letters stand for words:"
    Block.code(
      "candidate: \(p.candidate.joined(separator: " "))\nreference: \(p.reference.joined(separator: " "))"
    )
    ask("lcs", "the length of the longest common subsequence")
    ask("rouge1r", "ROUGE-1 recall")
    ask("rougeLf", "ROUGE-L as F1")
  }

  static func solve(_ p: Parameters) -> Document {
    let (longest, common) = (p.overlap.longest, p.overlap.clipped(1))
    "The longest sequence of words that both have in this order, with gaps, has length \(longest). \(common) words of the reference are found:"
    steps(
      "\\frac{\(common)}{\(p.reference.count)} = \(shown(Rational(common, p.reference.count)))",
      "\\frac{2 L}{c + r} = \\frac{2 · \(longest)}{\(p.candidate.count) + \(p.reference.count)} = \(shown(Rational(2 * longest, p.total)))"
    )
  }
}
