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
      }
    guard
      try changes(
        """
        update run set \(assignment)
        where \(key) and state = \(Int(RunState.running.rawValue)) returning 1
        """)
    else { return false }
    if change != .paused { try wakeWorkers() }
    try note(
      AuditNote(
        kind, of: run.test, by: person, [("run", .integer(Int(run.run)))] + details))
    return true
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
