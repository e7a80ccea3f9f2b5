package import ExamModel

/// One time at which a schedule fires.
package struct Firing: Sendable, Hashable {
  package var test: TestID
  /// What people call the schedule, `nightly`.
  package var schedule: String
  /// The beginning of its period, in microseconds since 1970 in UTC.
  package var dueMicroseconds: Int64
  /// Who fires it, `host/4711`.
  package var firedBy: String
  package init(test: TestID, schedule: String, dueMicroseconds: Int64, firedBy: String) {
    self.test = test
    self.schedule = schedule
    self.dueMicroseconds = dueMicroseconds
    self.firedBy = firedBy
  }
}
