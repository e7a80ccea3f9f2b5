import Calculus
import ExamModel
import Typesetting

/// Beam search over two tokens with a beam of two, beside greedy decoding.
enum BeamSearch: QuestionFamily {
  static let heading = Heading("nlp.beam-search", "Beam search", difficulty: 3)

  /// Probabilities of the first token, and of the second after each first one.
  struct Parameters: Codable, Sendable, Equatable {
    let first: [Rational]
    let second: [[Rational]]

    /// First tokens, the likeliest first.
    var ranked: [Int] { first.indices.sorted { first[$0] > first[$1] } }
    func joint(_ i: Int, _ j: Int) -> Rational { first[i] * second[i][j] }
    func best(from starts: some Sequence<Int>) -> (i: Int, j: Int) {
      let all = starts.flatMap { i in second[i].indices.map { (i, $0) } }
      return all.max { joint($0.0, $0.1) < joint($1.0, $1.1) } ?? (0, 0)
    }
    var beam: (i: Int, j: Int) { best(from: ranked.prefix(2)) }
    var greedy: (i: Int, j: Int) { best(from: ranked.prefix(1)) }
    var whole: (i: Int, j: Int) { best(from: ranked) }
  }

  private static let tokens = ["x", "y", "z"]
  private static func text(_ path: (i: Int, j: Int)) -> AnswerValue {
    .text(tokens[path.i] + tokens[path.j])
  }

  static let parts = [
    Part("greedy", .text), Part("best", .text, weight: 2),
    Part.fraction("prob", to: 4, dependsOn: ["best"]),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "greedy-answer", "That is greedy decoding; the beam keeps the second-best start as well."),
    .optional(
      "exhaustive", "The start of that text was dropped from the beam after the first token."),
    .core("last-step-only", "Multiply by the probability of the first token."),
    .core("added", "Probabilities of a sequence multiply."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("greedy", "best", because: "three tokens make nine texts")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    func shares(_ weights: [Int]) -> [Rational] { weights.map { Rational($0, weights.sum) } }
    let first = shares(dice.draw(3, from: 3...8))
    let second = (0..<3).map { _ in shares(dice.draw(3, from: 1...9)) }
    let p = Parameters(first: first, second: second)
    let joint = (0..<3).flatMap { i in (0..<3).map { p.joint(i, $0) } }
    guard joint.areDistinct, p.beam != p.greedy else { return nil }
    return dice.oneIn(2) || p.whole != p.beam ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    guard p.first.count == 3, p.second.count == 3,
      ([p.first] + p.second).allSatisfy({ row in
        row.count == 3 && row.sum == 1 && row.allSatisfy { $0 > 0 && $0.denominator <= 1000 }
      })
    else { return "first and the three rows of second hold three positive fractions with sum 1" }
    return p.first.areDistinct ? nil : "no two first tokens are equally likely"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    var path = p.beam
    if case .text(let mine)? = key.own[1], let carried = read(mine) { path = carried }
    key.write(text(p.greedy), text(p.beam), p.joint(path.i, path.j))
  }

  private static func read(_ mine: String) -> (i: Int, j: Int)? {
    let places = mine.lowercased().compactMap { tokens.firstIndex(of: String($0)) }
    return places.count == 2 && mine.count == 2 ? (places[0], places[1]) : nil
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // With sums of logarithms, sorted.
    let first = p.first.map { Elementary.log($0.value) }
    let kept = first.indices.sorted { first[$0] > first[$1] }.prefix(2)
    let scored = kept.flatMap { i in
      (0..<3).map { j in (score: first[i] + Elementary.log(p.second[i][j].value), i: i, j: j) }
    }
    guard let best = scored.max(by: { $0.score < $1.score }),
      let greedy = scored.filter({ $0.i == kept[0] }).max(by: { $0.score < $1.score })
    else { return nil }
    return AnswerKey(text((greedy.i, greedy.j)), text((best.i, best.j)), Elementary.exp(best.score))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (i, j) = p.beam
    Mistake("greedy-answer", "best", text(p.greedy))
    Mistake("exhaustive", "best", text(p.whole))
    Mistake("last-step-only", "prob", p.second[i][j])
    Mistake("added", "prob", p.first[i] + p.second[i][j])
  }

  static func pose(_ p: Parameters) -> Prompt {
    let names: [Prose] = ["first token", "after x", "after y", "after z"]
    "A language model gives the next token these probabilities:"
    Block.table(
      header: ["", "x", "y", "z"],
      rows: zip(names, [p.first] + p.second).map { [$0] + $1.map { "$\(fraction($0))$" } })
    """
    Texts of two tokens are decoded: greedily, and by beam search with a beam of 2, which keeps the \
    two likeliest first tokens.
    """
    ask("greedy", "the text of greedy decoding, such as `xy`")
    ask("best", "the text that beam search finds")
    ask("prob", "the probability of that text")
  }

  static func solve(_ p: Parameters) -> Document {
    let lines = p.ranked.prefix(2).flatMap { i in
      (0..<3).map { j in
        "P(\(tokens[i]) \(tokens[j])) = \(fraction(p.first[i])) · \(fraction(p.second[i][j])) = \(shown(p.joint(i, j), decimals: 4))"
      }
    }
    let (best, greedy) = (p.beam, p.greedy)
    "The beam keeps \(tokens[p.ranked[0]]) and \(tokens[p.ranked[1]]), and scores all that can follow:"
    Block.steps(lines.map { Step(stringLiteral: $0) })
    "The likeliest is \(tokens[best.i])\(tokens[best.j]). Greedy decoding only follows \(tokens[greedy.i]), and ends with \(tokens[greedy.i])\(tokens[greedy.j])."
  }
}
