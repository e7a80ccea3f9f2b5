internal import ExamModel

// In which order runs are graded, and whether they are.
extension Connection {
  func arrange(
    _ run: RunKey, _ change: RunArrangement, by person: String
  ) throws(StoreError) -> Bool {
    let key: SQL = "test_id = \(run.test) and run_id = \(run.run)"
    guard try exists("select 1 from run where \(key)") else { throw unknown(run) }
    let (assignment, kind, details): (SQL, String, [(String, JSON)]) =
      switch change {
      case .priority(let priority):
        ("priority = \(Int(priority))", "run.priority", [("priority", .integer(Int(priority)))])
      case .paused: ("paused_at = coalesce(paused_at, \(dialect.now))", "run.paused", [])
      case .resumed: ("paused_at = null", "run.resumed", [])
      case .cancelled:
        (
          """
          paused_at = null, cancelled_at = \(dialect.now), finished_at = \(dialect.now),
          state = \(Int(RunState.incomplete.rawValue))
          """, "run.cancelled", []
        )
      }
    // Whoever holds a chunk that is gone lands nothing.
    let open: SQL = "delete from chunk where \(key) and state < 2"
    if change == .cancelled {
      try takeTurns(on: run.test)
      _ = try rows(open)
    }
    guard
      try changes(
        """
        update run set \(assignment)
        where \(key) and state = \(Int(RunState.running.rawValue)) returning 1
        """)
    else { return false }
    switch change {
    case .paused: break
    // Chunks that were parted in the meantime.
    case .cancelled: _ = try rows(open)
    default: try wakeWorkers()
    }
    try note(
      AuditNote(
        kind, of: run.test, by: person, [("run", .integer(Int(run.run)))] + details))
    return true
  }

  /// Makes a run that has ended the one whose results count; false where it is so already.
  func publish(_ run: RunKey, by person: String) throws(StoreError) -> Bool {
    try takeTurns(on: run.test)
    try allowTime()
    switch try progress(of: run).state {
    case .finished, .incomplete: break
    case .running:
      throw StoreError(.conflict, "run \(run.run) has not ended; then it is published by itself")
    case .cancelled:
      throw StoreError(.conflict, "run \(run.run) was cancelled: it has not graded everybody")
    }
    guard try publishedRun(of: run.test) != run else { return false }
    _ = try rows("update test set published_run = \(run.run) where test_id = \(run.test)")
    try enqueueSubmissions(of: run)
    try note(
      AuditNote("run.published", of: run.test, by: person, [("run", .integer(Int(run.run)))]))
    return true
  }

  /// Lets those who decide about the runs and rows of one test do so one after another; workers and
  /// imports go on beside them. SQLite has one writer anyway.
  func takeTurns(on test: TestID) throws(StoreError) {
    guard dialect == .postgres else { return }
    _ = try rows("select 1 from test where test_id = \(test) for no key update")
  }

  func openRuns(of test: TestID) throws(StoreError) -> [OpenRun] {
    try rows(
      """
      select run.run_id, run.batch_id, batch.digest, run.key_version, run.paused_at is not null
      from run join batch using (test_id, batch_id)
      where run.test_id = \(test) and run.state = \(Int(RunState.running.rawValue))
      order by run.priority desc, run.run_id
      """
    ).map { row in
      OpenRun(
        run: RunKey(test: test, run: row.integer(0)),
        batch: BatchKey(test: test, batch: row.integer(1)), digest: row.text(2),
        keyVersion: row.text(3), isPaused: row.flag(4))
    }
  }

  func hasMoreUrgentWork(than run: RunKey) throws(StoreError) -> Bool {
    try exists(
      """
      select 1 from run as other
      where other.test_id = \(run.test) and other.state = \(Int(RunState.running.rawValue))
        and other.paused_at is null and other.priority > (
          select priority from run where run.test_id = \(run.test) and run.run_id = \(run.run))
        and exists (
          select 1 from chunk where chunk.test_id = other.test_id and chunk.run_id = other.run_id
            and chunk.state = 0 and chunk.run_after <= \(dialect.now))
      """)
  }
}
