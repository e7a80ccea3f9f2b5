package import ExamModel

/// What a test may ask in any of its draws, and how it is marked: by this a format says what it
/// cannot carry, the same whoever's papers are written.
package struct TestOutline: Sendable {
  /// Every part that some draw may ask.
  package var parts: [Part]
  package var marking: MarkingPolicy
  /// What points are multiplied with where they must be whole.
  package var pointScale: Int
  /// Whether one file is for several papers.
  package var isForSeveral: Bool

  package init(
    parts: [Part], marking: MarkingPolicy = MarkingPolicy(), pointScale: Int = 1,
    isForSeveral: Bool = false
  ) {
    self.parts = parts
    self.marking = marking
    self.pointScale = pointScale
    self.isForSeveral = isForSeveral
  }

  func asks(_ kinds: AnswerKind...) -> Bool { parts.contains { kinds.contains($0.kind) } }

  /// Whether a number may be a fraction that can be typed as it is.
  var asksFractions: Bool { parts.contains { $0.isFraction && $0.kind.isOneNumber } }
}

/// What a system that marks by itself makes of several ticked options.
enum TickMarking {
  /// Right ticks less wrong ones, as `subtract` does.
  case subtracted
  /// The same where the test says `subtract`; where it says `all-or-nothing`, any wrong tick takes
  /// everything.
  case weighted
  /// Everything for all right ones and no other.
  case together
}

extension TestOutline {
  /// Which of the test's rules a system that marks by itself does not follow, in sentences.
  func unfollowedRules(by name: String, ticks: TickMarking) -> [String] {
    partialCredit(lostIn: name) + outcomes(lostIn: name) + tickRule(lostIn: name, ticks)
  }

  private func partialCredit(lostIn name: String) -> [String] {
    let rules = [
      (marking.followThrough > 0, "what follows from an earlier mistake"),
      (marking.imprecise > 0, "what is rounded too coarsely"),
      (
        marking.entries == .proportional && asks(.vector, .matrix),
        "a vector or matrix with some right entries"
      ),
      (marking.ordering != .allOrNothing && asks(.ordering), "an order with some right pairs"),
    ]
    let lost = rules.filter(\.0).map(\.1)
    guard let last = lost.last else { return [] }
    let list = lost.count == 1 ? last : lost.dropLast().joined(separator: ", ") + " or " + last
    return [
      "\(name): \(list) earns nothing there; \"gradus grade\" marks it by the test's rules"
    ]
  }

  /// What wrong and empty answers earn beside nothing.
  func outcomes(lostIn name: String) -> [String] {
    let shares = [("wrong", marking.wrong), ("empty", marking.blank)].filter { $0.1 != 0 }
    guard !shares.isEmpty else { return [] }
    let kinds = shares.map(\.0).joined(separator: " and ")
    let values = shares.map { JSON.number($0.1).text }.joined(separator: " and ")
    return [
      "\(name): \(kinds) answers earn nothing there and lose nothing; the test gives them \(values) of their points"
    ]
  }

  func tickRule(lostIn name: String, _ ticks: TickMarking) -> [String] {
    guard asks(.choices) else { return [] }
    let rule = "\"\(marking.choices.rawValue)\""
    switch (ticks, marking.choices) {
    case (.subtracted, .subtract), (.weighted, .subtract), (.together, .allOrNothing): return []
    case (.weighted, .allOrNothing):
      return [
        "\(name): some right options and no wrong one earn their share there, not \(rule)"
      ]
    case (.subtracted, _), (.weighted, .proportional):
      return ["\(name): several choices earn what \"subtract\" gives there, not \(rule)"]
    case (.together, _):
      return ["\(name): several choices earn their points only together there, not \(rule)"]
    }
  }

  /// That fractions may not be typed, where the system reads numbers with decimals only.
  func fractions(lostIn name: String) -> [String] {
    asksFractions
      ? ["\(name): numbers are typed with decimals there; fractions are not read"] : []
  }
}
