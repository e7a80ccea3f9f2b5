internal import ExamModel

// The audit trail: one chain for each test, written in the transactions that it tells of.
extension Connection {
  /// Adds an entry behind the last one of its test's trail.
  ///
  /// Called last in its transaction, as others who would add to the trail wait for its end. Where
  /// the wait is not to be had, the key refuses the second of two entries with one number.
  func note(_ note: AuditNote) throws(StoreError) {
    let test = note.test?.rawValue ?? ""
    try lockTrail(of: test)
    let last = try first(
      "select number, hash from audit where test_id = \(test) order by number desc limit 1")
    let present = try first("select \(dialect.nowMicroseconds), \(dialect.sessionName)")
    var entry = AuditEntry(
      test: note.test, number: (last?.int(0) ?? 0) + 1,
      recordedMicroseconds: present?.integer(0) ?? 0, kind: note.kind, actor: note.actor,
      session: present?.text(1) ?? "", details: note.details.text,
      previousHash: last?.text(1) ?? AuditEntry.beginning, hash: "")
    entry.hash = entry.expectedHash
    _ = try rows(
      """
      insert into audit (test_id, number, recorded_us, kind, actor, session_name, details,
        previous_hash, hash)
      values (\(test), \(entry.number), \(entry.recordedMicroseconds), \(entry.kind),
        \(entry.actor), \(entry.session), \(entry.details), \(entry.previousHash), \(entry.hash))
      """)
  }

  /// SQLite has one writer; PostgreSQL is asked to let one at a time in.
  private func lockTrail(of test: String) throws(StoreError) {
    guard case .postgres = dialect else { return }
    _ = try rows("select pg_advisory_xact_lock(1196573780, hashtext(\(test)))")
  }

  func auditTrails() throws(StoreError) -> [TestID?] {
    try rows("select test_id from audit union select test_id from batch order by test_id").map {
      $0.text(0).isEmpty ? nil : TestID($0.text(0))
    }
  }

  func auditEntries(
    of test: TestID?, after number: Int, limit: Int
  ) throws(StoreError) -> [AuditEntry] {
    try rows(
      """
      select number, recorded_us, kind, actor, session_name, details, previous_hash, hash
      from audit where test_id = \(test?.rawValue ?? "") and number > \(number)
      order by number limit \(limit)
      """
    ).map {
      AuditEntry(
        test: test, number: $0.int(0), recordedMicroseconds: $0.integer(1), kind: $0.text(2),
        actor: $0.text(3), session: $0.text(4), details: $0.text(5), previousHash: $0.text(6),
        hash: $0.text(7))
    }
  }
}
