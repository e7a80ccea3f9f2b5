package import ExamModel
import Storage

/// A candidate whose points or verdicts another run changes.
package struct Move: Sendable, Hashable {
  /// One answer, before and after.
  package struct Part: Sendable, Hashable {
    /// Index into the legend's items.
    package var item: Int
    package var before: Verdict
    package var after: Verdict
  }

  package struct Verdict: Sendable, Hashable {
    /// An `OutcomeCode`.
    package var outcome: Int16
    package var awarded: Points
    package var possible: Points

    fileprivate init(_ result: ResultRecord, _ item: Int) {
      outcome = result.outcomes[item]
      awarded = Points(hundredths: Int(result.awardedEach[item]))
      possible = Points(hundredths: Int(result.possibleEach[item]))
    }
  }

  package var candidate: CandidateID
  package var line: Int
  package var before: Points
  package var after: Points
  package var possibleBefore: Points
  package var possibleAfter: Points
  package var parts: [Part]

  /// Nil where nothing differs.
  init?(from earlier: ResultRecord, to later: ResultRecord) {
    let items = later.outcomes.indices.filter { item in
      guard earlier.outcomes.indices.contains(item) else { return true }
      return earlier.outcomes[item] != later.outcomes[item]
        || earlier.awardedEach[item] != later.awardedEach[item]
        || earlier.possibleEach[item] != later.possibleEach[item]
    }
    guard !items.isEmpty, earlier.outcomes.count == later.outcomes.count else { return nil }
    candidate = later.candidate
    line = later.line
    (before, after) = (earlier.awarded, later.awarded)
    (possibleBefore, possibleAfter) = (earlier.possible, later.possible)
    parts = items.map {
      Part(item: $0, before: Verdict(earlier, $0), after: Verdict(later, $0))
    }
  }
}

/// How many move, and by how much together.
package struct MoveCount: Sendable, Hashable {
  package private(set) var compared = 0
  /// Candidates with any other verdict, whatever it comes to in points.
  package private(set) var changed = 0
  package private(set) var up = 0
  package private(set) var down = 0
  /// The sum of all changes.
  package private(set) var points = Points.zero

  mutating func add(_ move: Move?) {
    compared += 1
    guard let move else { return }
    changed += 1
    if move.after > move.before { up += 1 }
    if move.after < move.before { down += 1 }
    points.hundredths += move.after.hundredths - move.before.hundredths
  }
}
