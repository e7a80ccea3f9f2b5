/// What each outcome earns, as a share of the part's points, how partly right answers are counted,
/// and which attempt counts.
package struct MarkingPolicy: Sendable, Hashable {
  package var blank = 0.0
  package var wrong = 0.0
  package var imprecise = 0.5
  package var followThrough = 1.0
  package var entries = EntryRule.proportional
  package var choices = ChoiceRule.subtract
  package var ordering = OrderRule.allOrNothing
  package var attempts = Attempts.latest
  /// Until when answers count; papers do not depend on it.
  package var deadline: Deadline?
  package var late = Late.quarantine

  /// What a vector or matrix with some right entries earns.
  package enum EntryRule: String, Sendable, Hashable, CaseIterable {
    /// Each entry its share; an entry that is too coarse earns `imprecise` of it.
    case proportional
    case allOrNothing = "all-or-nothing"
  }

  /// What a list of ticked options earns that is not the key.
  package enum ChoiceRule: String, Sendable, Hashable, CaseIterable {
    /// (right ticks − wrong ticks) / options to be ticked, and never less than 0.
    case subtract
    /// The share of all options that are treated as they should be, ticked or left alone.
    case proportional
    case allOrNothing = "all-or-nothing"
  }

  /// What an order earns that is not the key.
  package enum OrderRule: String, Sendable, Hashable, CaseIterable {
    case allOrNothing = "all-or-nothing"
    /// The share of pairs of items that stand in the right order: one half by chance.
    case pairs
    /// Kendall's tau, (pairs in order − pairs out of order) / pairs, and never less than 0.
    case kendall
  }

  /// Which of several submissions by one candidate is graded.
  package enum Attempts: String, Sendable, Hashable, CaseIterable {
    case latest, first
    /// The one with most points; of equal ones the latest.
    case best
  }

  /// What becomes of answers sent after the deadline.
  package enum Late: String, Sendable, Hashable, CaseIterable {
    /// They wait for a person.
    case quarantine
    case grade
  }

  package init() {}
}

extension MarkingPolicy {
  /// Reads the blueprint's `marking`.
  init(_ value: LocatedJSON, file: String) throws(SourceError) {
    var reader = try MemberReader(value, file: file, noun: "\"marking\"")
    self.init()
    blank = try reader.optionalNumber("blank", in: -1...1) ?? blank
    wrong = try reader.optionalNumber("wrong", in: -1...1) ?? wrong
    imprecise = try reader.optionalNumber("imprecise", in: 0...1) ?? imprecise
    followThrough = try reader.optionalNumber("followThrough", in: 0...1) ?? followThrough
    entries = try reader.optionalWord("entries", EntryRule.self) ?? entries
    choices = try reader.optionalWord("choices", ChoiceRule.self) ?? choices
    ordering = try reader.optionalWord("ordering", OrderRule.self) ?? ordering
    _ = try reader.optionalWord("unreadable", Unreadable.self)
    attempts = try reader.optionalWord("attempts", Attempts.self) ?? attempts
    if let place = reader.optional("deadline") {
      guard case .string(let text) = place.content, let deadline = Deadline(text) else {
        throw reader.error(
          at: place,
          "\"deadline\" is a time and a zone, such as \"2026-03-05T18:00 Europe/Berlin\" or "
            + "\"2026-03-05T18:00+01:00\"")
      }
      self.deadline = deadline
    }
    late = try reader.optionalWord("late", Late.self) ?? late
    try reader.finish()
  }

  /// What happens to an unreadable answer; so far a person always looks at it.
  private enum Unreadable: String, CaseIterable { case review }

  var canonicalJSON: JSON {
    .object([
      ("blank", .number(blank)), ("wrong", .number(wrong)), ("imprecise", .number(imprecise)),
      ("followThrough", .number(followThrough)), ("entries", .string(entries.rawValue)),
      ("choices", .string(choices.rawValue)), ("ordering", .string(ordering.rawValue)),
      ("attempts", .string(attempts.rawValue)),
    ])
  }
}
