package import ExamModel

/// A row that waits for a person, or waited for one.
package struct QuarantinedRow: Sendable, Hashable {
  package var batch: BatchKey
  package var fileName: String
  package var row: SubmissionRecord
  /// What was decided; nil while it waits.
  package var settlement: Settlement?
}

/// What a person decided about a quarantined row.
package struct Settlement: Sendable, Hashable {
  package enum Decision: Sendable, Hashable {
    /// Its answers are graded as this candidate's.
    case released(to: CandidateID)
    /// It counts for nobody, for good.
    case discarded
  }

  package var decision: Decision
  /// Why the row had been set aside.
  package var quarantineReason: String
  package var reason: String
  package var settledBy: String
  /// Microseconds since 1970 in UTC.
  package var settledMicroseconds: Int64
}

/// A decision that is about to be made.
package struct NewSettlement: Sendable {
  package var batch: BatchKey
  package var line: Int
  package var decision: Settlement.Decision
  package var reason: String
  package var settledBy: String
  /// Whether a row of the candidate's that counts so far is superseded by this one.
  package var replacesOther: Bool

  package init(
    batch: BatchKey, line: Int, decision: Settlement.Decision, reason: String, settledBy: String,
    replacesOther: Bool = false
  ) {
    self.batch = batch
    self.line = line
    self.decision = decision
    self.reason = reason
    self.settledBy = settledBy
    self.replacesOther = replacesOther
  }
}
