package import ExamModel

/// The machine's finding on one answer, before it is put into words.
///
/// Marking a cohort makes millions of these, so a mark holds no text of its own: `verdict` writes it.
package struct Mark: Sendable, Hashable {
  /// Which comparison settled the outcome.
  package enum Rule: Sendable, Hashable {
    case key
    /// Another answer that the question takes for right.
    case alternative
    /// What the key is when earlier values are rounded to one place more than asked.
    case roundedOnTheWay
    /// What follows from the candidate's own earlier answers, which were right but rounded.
    case fromOwnRounded
    /// What follows from the candidate's own wrong answers.
    case fromOwn([PartID])
    case mistake
    case coarse
    /// No comparison held.
    case none
    /// Neither shown to be the key nor to differ from it; the text says what stands in the way.
    case undecided(String)
    case notRead
  }

  package var part: Part
  package var reading: Reading
  package var outcome: Outcome
  package var rule: Rule
  /// What is right in an answer that is not; nil where there are no pieces to count.
  package var partial: PartialCredit?
  package var awarded: Points
  package var possible: Points

  /// The mark in words. `key` is shown by what differs, never printed itself.
  package func verdict(key: AnswerValue, feedback: String?) -> Verdict {
    Verdict(
      part: part.id, outcome: outcome, reading: reading.value, awarded: awarded,
      possible: possible, feedback: feedback, reasons: reasons(key: key))
  }

  private func reasons(key: AnswerValue) -> [String] {
    var reasons: [String] = []
    switch reading {
    case .value(let value, _): reasons.append("read as \(value.plainText)")
    case .blank: reasons.append("nothing was answered")
    case .unreadable(let why): reasons.append("not read: \(why); a person will look at it")
    }
    switch rule {
    case .key: reasons.append(agreement(key))
    case .alternative: reasons.append("another answer than the key, and right as well")
    case .roundedOnTheWay:
      reasons.append("agrees with the key when values on the way are rounded")
    case .fromOwnRounded: reasons.append("agrees with what follows from your own rounded answers")
    case .fromOwn(let parts):
      reasons.append("follows from your own \(parts.map(\.rawValue).joined(separator: ", "))")
    case .mistake: reasons.append("equals what a known mistake gives")
    case .coarse:
      reasons.append("right, but rounded more coarsely than \(part.tolerance.words)")
    case .none: reasons.append(disagreement(key))
    case .undecided(let why): reasons.append("not decided: \(why); a person will look at it")
    case .notRead: break
    }
    if outcome != .correct, let partial { reasons.append(partial.words) }
    if outcome != .unreadable { reasons.append("earns \(awarded) of \(possible)") }
    return reasons
  }

  private func agreement(_ key: AnswerValue) -> String {
    switch (key, part.tolerance) {
    case (.undefined, _): "nothing is defined here, and you say so"
    case (.expression, _): "agrees with the key as a function"
    case (.shape, _), (.symbolicShape, _), (.integer, _), (_, .exact): "equals the key"
    default: "agrees with the key \(part.tolerance.words)"
    }
  }

  private func disagreement(_ key: AnswerValue) -> String {
    guard let value = reading.value else { return "does not agree with the key" }
    if value == .undefined { return "there is an answer here" }
    if key == .undefined { return "nothing is defined here" }
    guard key.isNumeric else { return "does not agree with the key" }
    guard value.hasSameLayout(as: key) else { return "has another layout than the key" }
    guard key.entries.count > 1, key.kind != .shape else { return "does not agree with the key" }
    let places = Acceptance.differences(value, key: key, tolerance: part.tolerance)
    let width: Int? = if case .matrix(let rows) = key { rows.first?.count } else { nil }
    let names = places.map { place in
      width.map { "row \((place - 1) / $0 + 1) column \((place - 1) % $0 + 1)" } ?? "\(place)"
    }
    return names.count == key.entries.count
      ? "no entry agrees with the key"
      : "these entries do not agree with the key: \(names.joined(separator: ", "))"
  }
}
