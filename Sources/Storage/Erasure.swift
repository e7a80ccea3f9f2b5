package import ExamModel

/// What was removed of one person, or would be.
package struct Erasure: Sendable, Hashable {
  /// Rows of exports, graded or not.
  package var submissions = 0
  /// Results in all runs, earlier ones too.
  package var results = 0
  package var overrules = 0
  /// Decisions about quarantined rows.
  package var settlements = 0
  /// Events of the outbox that named the person.
  package var events = 0

  package init() {}

  package var isEmpty: Bool { self == Erasure() }
}

/// A test with the time of its last import.
package struct TestAge: Sendable, Hashable {
  package var test: TestID
  /// Microseconds since 1970 in UTC.
  package var lastImportMicroseconds: Int64
}
