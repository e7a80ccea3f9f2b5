import Calculus
import ExamModel
import Typesetting

/// Sampling from the k likeliest tokens, or from the fewest that hold probability p.
enum SamplingFilter: QuestionFamily {
  static let heading = Heading("softmax.sampling-filter", "Top-k and top-p sampling", difficulty: 3)

  /// Weights `w` fall; probabilities are their shares.
  struct Parameters: Codable, Sendable, Equatable {
    let w: [Int]
    let k: Int
    let p: Rational

    /// Shares among the first few, and 0 for the rest.
    func shares(ofFirst count: Int) -> [Double] {
      let total = Double(w.prefix(count).sum)
      return w.indices.map { $0 < count ? Double(w[$0]) / total : 0 }
    }
    /// The fewest tokens from the top that hold at least p.
    var nucleus: Int {
      let all = w.sum
      return w.indices.first { Rational(w[...$0].sum, all) >= p }.map { $0 + 1 } ?? w.count
    }
  }

  static let parts = [
    Part.fraction("topk", .vector), Part.fraction("topp", .vector, weight: 2),
    Part("kept", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "crossing-token-dropped",
      "The token with which the sum reaches p is kept, so that the kept ones hold at least p."),
    .core("not-renormalised", "The kept probabilities are divided by their sum, to add up to 1."),
    .optional(
      "single-token-threshold", "The threshold p is for the running sum, not for a single token."),
    .core("topk-not-renormalised", "After the cut the k probabilities must add up to 1 again."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("kept", because: "of five tokens the nucleus keeps two, three or four")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      w: dice.draw(5, from: 1...12).sorted(by: >), k: dice.integer(in: 2...4),
      p: dice.pick([6, 7, 8, 9], over: 10))
    let total = p.w.sum
    let isAmbiguous = p.w.indices.contains { Rational(p.w[...$0].sum, total) == p.p }
    return isAmbiguous || p.nucleus == 1 || p.nucleus == 5 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "w", p.w, count: 2...20)
      ?? unless(zip(p.w, p.w.dropFirst()).allSatisfy { $0 > $1 }, "w falls")
      ?? within(1...p.w.count, "k", p.k) ?? positive("p", p.p, upTo: 1, denominators: 1000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.shares(ofFirst: p.k), p.shares(ofFirst: p.nucleus), p.nucleus)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Drop tokens from the bottom for as long as the rest still holds p.
    var kept = p.w
    while Double(kept.dropLast().sum) / Double(p.w.sum) >= p.p.value - 1e-12 { kept.removeLast() }
    func spread(_ top: some Collection<Int>) -> [Double] {
      let scale = 1 / Double(top.sum)
      return (top.map { Double($0) * scale } + p.w.map { _ in 0 }).prefix(p.w.count).map { $0 }
    }
    return AnswerKey(spread(p.w.prefix(p.k)), spread(kept), kept.count)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let all = p.shares(ofFirst: p.w.count)
    let cut = { (count: Int) in all.indices.map { $0 < count ? all[$0] : 0 } }
    Mistake("crossing-token-dropped", "topp", p.shares(ofFirst: p.nucleus - 1))
    Mistake("not-renormalised", "topp", cut(p.nucleus))
    Mistake("topk-not-renormalised", "topk", cut(p.k))
    Mistake("single-token-threshold", "kept", all.count { $0 >= p.p.value })
  }

  static func twins(_ p: Parameters) -> [Set<PartID>] {
    p.k == p.nucleus ? [["topk", "topp"]] : []
  }

  static func pose(_ p: Parameters) -> Prompt {
    let total = p.w.sum
    let shares = p.w.map { "\\frac{\($0)}{\(total)}" }.joined(separator: ", ")
    """
    A model gives five tokens the probabilities $(\(shares))$. Before sampling, the unlikely ones \
    are set to 0, and the rest is scaled to add up to 1. Top-$p$ keeps the fewest likeliest tokens \
    that together have probability $p$ or more. Give all five numbers each time, as fractions or \
    decimals.
    """
    ask("topk", "the probabilities after top-$k$ with $k = \(p.k)$")
    ask("topp", "the probabilities after top-$p$ with $p = \(plainNumber(p.p.value))$")
    ask("kept", "how many tokens top-$p$ keeps")
  }

  static func solve(_ p: Parameters) -> Document {
    let total = Double(p.w.sum)
    let sums = p.w.indices.map { Double(p.w[...$0].sum) / total }
    "Top-$k$ keeps \(p.k) tokens and divides by their sum:"
    steps("\(shown(p.shares(ofFirst: p.k)))")
    "The running sums of the probabilities are"
    steps("\(tuple(sums, decimals: 3))")
    "They reach \(plainNumber(p.p.value)) with token \(p.nucleus), so \(p.nucleus) tokens are kept:"
    steps("\(shown(p.shares(ofFirst: p.nucleus)))")
  }
}
