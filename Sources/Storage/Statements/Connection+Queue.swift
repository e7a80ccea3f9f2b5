internal import ExamModel

// The life of a chunk: 0 ready → 1 claimed → 2 done, or back to ready, or into parts, or 3 set aside.
//
// Every change of a claimed chunk names the token it was claimed with. Whoever was thought dead
// and wakes up holds an older one and changes nothing. Tokens follow the clock, so that none is given
// twice: not where a claim is lost with its server, and not where a run's rows are dealt anew.
extension Connection {
  func claimChunk(
    of run: RunKey?, as worker: String, lease: LeaseTerms
  ) throws(StoreError) -> ChunkClaim? {
    if let claim = try claim(ready, of: run, as: worker, lease: lease) {
      return claim
    }
    try endSessions(where: "\(expired) \(restriction(to: run))")
    if try retireLost(of: run), let claim = try claim(ready, of: run, as: worker, lease: lease) {
      return claim
    }
    return try claim(expired, of: run, as: worker, lease: lease)
  }

  private var ready: SQL { "state = 0 and run_after <= \(dialect.now)" }

  /// Claimed, but for longer than the holder was allowed.
  var expired: SQL {
    let now = dialect.now
    return "state = 1 and (lease_until <= \(now) or deadline <= \(now))"
  }

  private func claim(
    _ condition: SQL, of run: RunKey?, as worker: String, lease: LeaseTerms
  ) throws(StoreError) -> ChunkClaim? {
    let deadline = dialect.now(plusSeconds: lease.deadlineSeconds)
    let until = dialect.earlier(dialect.now(plusSeconds: lease.leaseSeconds), deadline)
    let row = try first(
      """
      with next as materialized (
        select test_id, run_id, chunk, token from chunk
        where \(condition) \(restriction(to: run)) and not exists (
          select 1 from run where run.test_id = chunk.test_id and run.run_id = chunk.run_id
            and paused_at is not null)
        order by run_after, test_id, run_id, chunk
        limit 1 \(dialect.skippingLocked("chunk")))
      update chunk set
        state = 1, token = \(dialect.larger("chunk.token + 1", dialect.nowMicroseconds)), attempt = attempt + 1, owner = \(worker),
        lease_until = \(until), deadline = \(deadline) \(sessionAssignment)
      from next
      where chunk.test_id = next.test_id and chunk.run_id = next.run_id
        and chunk.chunk = next.chunk and chunk.token = next.token and state < 2
      returning \(claimColumns)
      """)
    return row.map(claim)
  }

  private var claimColumns: SQL {
    """
    chunk.test_id, chunk.run_id, chunk.chunk, chunk.token, attempt, (
      select batch_id from run where run.test_id = chunk.test_id and run.run_id = chunk.run_id)
    """
  }

  private func claim(_ row: Row) -> ChunkClaim {
    let test = TestID(row.text(0))
    return ChunkClaim(
      run: RunKey(test: test, run: row.integer(1)),
      batch: BatchKey(test: test, batch: row.integer(5)),
      chunk: row.int(2), token: row.integer(3), attempt: row.int(4))
  }

  /// What a worker claimed last and was not told of, as the connection was lost: its own still, so
  /// that nobody waits for its lease and no attempt is counted that was never made.
  func lastClaim(
    of run: RunKey?, by worker: String, lease: LeaseTerms
  ) throws(StoreError) -> ChunkClaim? {
    let now = dialect.now
    let row = try first(
      """
      update chunk set lease_until = \(dialect.earlier(
        dialect.now(plusSeconds: lease.leaseSeconds), "deadline")) \(sessionAssignment)
      where state = 1 and owner = \(worker) and deadline > \(now) \(restriction(to: run))
        and deadline = (
          select max(deadline) from chunk
          where state = 1 and owner = \(worker) \(restriction(to: run)))
      returning \(claimColumns)
      """)
    return row.map(claim)
  }

  func restriction(to run: RunKey?) -> SQL {
    run.map { "and test_id = \($0.test) and run_id = \($0.run)" } ?? ""
  }

  /// The chunk, as long as it is the claim's.
  func held(_ claim: ChunkClaim) -> SQL {
    "\(key(of: claim)) and state = 1 and token = \(claim.token)"
  }

  func key(of claim: ChunkClaim) -> SQL {
    "test_id = \(claim.run.test) and run_id = \(claim.run.run) and chunk = \(claim.chunk)"
  }

  func heartbeat(_ claim: ChunkClaim, lease: LeaseTerms) throws(StoreError) -> Bool {
    let until = dialect.earlier(dialect.now(plusSeconds: lease.leaseSeconds), "deadline")
    return try changes(
      """
      update chunk set lease_until = \(until) \(sessionAssignment)
      where \(held(claim)) and deadline > \(dialect.now) returning 1
      """)
  }

  /// The fence: completes the chunk where it is still the claim's.
  func complete(_ claim: ChunkClaim, graded: Int) throws(StoreError) -> Bool {
    try changes(
      """
      update chunk set state = 2, lease_until = null, deadline = null, error = null,
        graded_count = \(graded)
      where \(held(claim)) returning 1
      """)
  }

  func isHeld(_ claim: ChunkClaim) throws(StoreError) -> Bool {
    try exists("select 1 from chunk where \(held(claim))")
  }

  func giveBack(_ claim: ChunkClaim) throws(StoreError) {
    _ = try rows(
      """
      update chunk set state = 0, lease_until = null, deadline = null, attempt = attempt - 1
      where \(held(claim))
      """)
  }

  func hasFinished(_ run: RunKey) throws(StoreError) -> Bool {
    try exists(
      "select 1 from run where test_id = \(run.test) and run_id = \(run.run) and state > 0")
  }

  func finish(_ run: RunKey, events: [NewEvent]) throws(StoreError) -> Bool {
    // Two runs that end at once: a statement that has waited for the other's would judge by the
    // runs as they were when it began.
    try takeTurns(on: run.test)
    try allowTime()
    let key: SQL = "test_id = \(run.test) and run_id = \(run.run)"
    let isOurs = try changes(
      """
      update run set finished_at = \(dialect.now), state = case
        when exists (select 1 from chunk where \(key) and state = 3) then 2 else 1 end
      where \(key) and state = 0 and not exists (
        select 1 from chunk where \(key) and state < 2)
      returning 1
      """)
    guard isOurs else { return false }
    for event in events { try enqueue(event, for: nil) }
    // A regrade that could not grade everybody takes nothing away from those it left out, what
    // comes late nothing from a newer import or a later run over the same one, and what has graded
    // nobody nothing from anybody.
    let isPublished = try changes(
      """
      update test set published_run = \(run.run) where test_id = \(run.test)
        and (published_run is null or exists (select 1 from result where \(key)))
        and not exists (
          select 1 from regrade join run using (test_id, run_id)
          where test_id = \(run.test) and run_id = \(run.run) and state = 2)
        and not exists (
          select 1 from run as published join run as ours on ours.test_id = published.test_id
          where published.test_id = test.test_id and published.run_id = test.published_run
            and ours.run_id = \(run.run)
            and (published.batch_id, published.run_id) > (ours.batch_id, ours.run_id))
      returning 1
      """)
    guard isPublished else { return true }
    try enqueueSubmissions(of: run)
    try note(AuditNote("run.published", of: run.test, [("run", .integer(Int(run.run)))]))
    return true
  }
}
