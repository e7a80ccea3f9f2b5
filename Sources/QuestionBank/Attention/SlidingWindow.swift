import ExamModel
import Typesetting

/// Causal attention with a window: w T − w (w − 1) / 2 pairs.
enum SlidingWindow: QuestionFamily {
  static let heading = Heading(
    "attention.sliding-window", "Sliding-window attention", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let length, window: Int
    func pairs(window w: Int) -> Int { w * length - w * (w - 1) / 2 }
  }

  static let parts = [Part("pairs", .integer, weight: 2), Part("cache", .integer)]

  static let misconceptions: [Misconception] = [
    .core("full-band", "The first tokens have fewer than w tokens to look at."),
    .core("full-causal", "That is causal attention without a window."),
    .optional("both-sides", "Causal attention does not look ahead."),
    .optional("window-excludes-self", "The window of w tokens includes the token itself."),
    .optional("square", "Every one of the T tokens has a window, not only w of them."),
    .core("all-tokens-cached", "Keys that have left the window are not needed any more."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let window = dice.integer(in: 2...14)
    return Parameters(length: dice.integer(in: window + 2...30), window: window)
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "length", p.length) ?? within(1...p.length, "window", p.window)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.pairs(window: p.window), min(p.length, p.window))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Token by token: as many as there are so far, and w at most.
    let seen = (1...p.length).map { min($0, p.window) }
    return AnswerKey(seen.sum, seen.max())
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (t, w) = (p.length, p.window)
    Mistake("full-band", "pairs", t * w)
    Mistake("full-causal", "pairs", p.pairs(window: t))
    Mistake("both-sides", "pairs", 2 * p.pairs(window: w) - t)
    Mistake("window-excludes-self", "pairs", p.pairs(window: w + 1))
    Mistake("square", "pairs", w * w)
    Mistake("all-tokens-cached", "cache", t)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A decoder uses causal attention with a sliding window: each token attends to the last \
    $w = \(p.window)$ tokens, itself included. A text has $T = \(p.length)$ tokens.
    """
    ask("pairs", "how many pairs of a query and a key are computed for the whole text")
    ask("cache", "how many tokens' keys a cache must hold at most")
  }

  static func solve(_ p: Parameters) -> Document {
    let (t, w) = (p.length, p.window)
    "Full windows would make $w T$ pairs; the first $w - 1$ tokens lack $1 + 2 + … + (w - 1)$ of them:"
    steps("w T - \\frac{w (w - 1)}{2} = \(w) · \(t) - \(w * (w - 1) / 2) = \(p.pairs(window: w))")
    "Older keys are never looked at again, so the cache holds \(min(t, w)) tokens."
  }
}
