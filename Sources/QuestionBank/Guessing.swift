package import ExamModel

/// Parts to which the same answer is right in more than one draw of ten, and why that must be so.
package struct FrequentAnswer: Sendable {
  package let parts: [PartID]
  /// A clause without a full stop.
  package let reason: String

  init(_ parts: PartID..., because reason: String) {
    self.parts = parts
    self.reason = reason
  }
}

/// What somebody gains who always gives the same answer to one part: the one that many draws had
/// most often.
package struct Guess: Sendable {
  package let part: PartID
  package let answer: AnswerValue
  /// In how many draws it was right, of how many that asked for the part.
  package let hits, draws: Int
  /// Which share of right guesses is no fault: one in ten, and for a choice a quarter more than one
  /// in the number of its options.
  package let limit: Double
  /// Why the family cannot do better; nil where it states nothing.
  package let reason: String?

  package var share: Double { Double(hits) / Double(draws) }

  /// Whether it is right more often than the limit, by more than three standard errors.
  package var isFrequent: Bool {
    let n = Double(draws)
    return Double(hits) > limit * n + 3 * (n * limit * (1 - limit)).squareRoot()
  }
}

/// Counts the right answers to one part over many draws.
struct GuessTally {
  private var counts: [AnswerValue: Int] = [:]
  private var draws = 0
  /// The draws' chances to choose the right option blindly, added up.
  private var chance = 0.0

  /// - Parameter options: What the draw offers in this part, in the paper's order.
  mutating func count(_ key: AnswerValue, in part: Part, options: [String]?) {
    draws += 1
    counts[Self.asTyped(key, in: part), default: 0] += 1
    if part.kind == .choice, let options { chance += 1 / Double(options.count) }
  }

  /// The best guess; nil where no draw asked.
  func guess(at part: PartID, reason: String?) -> Guess? {
    // Of equally frequent ones the same is told each time.
    let best = counts.max { ($0.value, $1.key.plainText) < ($1.value, $0.key.plainText) }
    return best.map { answer, hits in
      Guess(
        part: part, answer: answer, hits: hits, draws: draws,
        limit: max(0.1, 1.25 * chance / Double(draws)), reason: reason)
    }
  }

  /// The key to the decimals that count, as a guesser types it.
  private static func asTyped(_ key: AnswerValue, in part: Part) -> AnswerValue {
    guard case .decimals(let places) = part.tolerance else { return key }
    return key.roundedReals(to: Double.powerOfTen(-places))
  }
}
