import ExamModel
import QuestionBank

extension Part {
  /// The part with the tolerance that the last correction about it gives it.
  func corrected(by corrections: [Correction]) -> Part {
    let tolerance = corrections.last { isMeant(by: $0) && $0.tolerance != nil }?.tolerance
    return tolerance.map(tolerating) ?? self
  }

  func isMeant(by correction: Correction) -> Bool {
    correction.part == nil || correction.part == field
  }
}

extension Marker {
  /// Whether an answer that is not the key is taken for right by a correction: as a known mistake,
  /// as the same value, or letter by letter where it could not be read.
  func isAccepted(
    _ reading: Reading, _ outcome: Outcome, of part: Part, typed: String,
    by corrections: [Correction], _ context: ReadingContext
  ) -> Bool {
    corrections.contains { correction in
      part.isMeant(by: correction)
        && correction.accept.contains { accepted in
          if case .misconception(let id) = outcome, id.rawValue == accepted { return true }
          if Roster.folded(typed) == Roster.folded(accepted) { return true }
          guard let mine = reading.value,
            let other = Reading(accepted, as: part.kind, in: context).value
          else { return false }
          return Acceptance.accepts(
            mine, key: other, tolerance: part.tolerance, names: context.names)
        }
    }
  }
}
