/// The parts of a quarantined row's reason that name candidates, written and found again in one
/// place: whoever is erased must not stay behind in them.
package enum SuggestedOwners {
  /// What a reason says when a candidate is no longer named.
  package struct Remainder: Hashable, Sendable {
    package var reason: String
    /// Whether nobody else was named beside them.
    package var wasAlone: Bool
  }

  private static let slip = "a slip away from "
  private static let shared = "those of "
  private static let sharedEnd = ": only an address tells whose the row is"
  private static let and = " and "

  /// Whose papers bear the codes that a mistyped one may have been meant for.
  package static func near(_ papers: [(code: PaperCode, candidate: CandidateID)]) -> String {
    slip + papers.map { "\($0.code) of \($0.candidate)" }.joined(separator: and)
  }

  /// Whose papers bear one code by chance.
  package static func sharing(_ candidates: [CandidateID]) -> String {
    shared + candidates.map(\.rawValue).joined(separator: and) + sharedEnd
  }

  /// - Returns: nil where the reason does not name the candidate.
  package static func erasing(_ candidate: CandidateID, from reason: String) -> Remainder? {
    for (start, before, end) in [(slip, " of ", ""), (shared, and, sharedEnd)] {
      guard let opening = reason.firstRange(of: start), reason.hasSuffix(end) else { continue }
      let names = and + reason[opening.upperBound...].dropLast(end.count) + and
      guard let found = names.firstRange(of: before + candidate.rawValue + and) else { continue }
      let code = before == and ? nil : names[..<found.lowerBound].ranges(of: and).last
      let kept = names[..<(code ?? found).lowerBound] + and + "(erased)" + and
      let rest = (kept + names[found.upperBound...]).dropFirst(and.count).dropLast(and.count)
      return Remainder(
        reason: reason[..<opening.upperBound] + rest + end, wasAlone: rest == "(erased)")
    }
    return nil
  }
}
