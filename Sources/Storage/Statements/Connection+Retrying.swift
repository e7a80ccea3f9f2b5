internal import ExamModel

/// A chunk that was tried and not landed.
private struct TriedChunk {
  let run: RunKey
  let batch: Int64
  let chunk: Int64
  let source: Int64
  let lines: ClosedRange<Int>
  let attempt: Int
  let error: String?

  var key: SQL { "test_id = \(run.test) and run_id = \(run.run) and chunk = \(chunk)" }

  var rows: SQL {
    """
    test_id = \(run.test) and batch_id = \(batch) and chunk = \(source)
    and line between \(lines.lowerBound) and \(lines.upperBound)
    """
  }
}

// What becomes of a chunk that fails: twice it is tried whole, once in parts of about the square
// root of its size, and then row by row, so that after five attempts the row that is to blame stands
// alone and is set aside. Every other row is graded on the way.
extension Connection {
  /// Attempts after which a row is set aside.
  private var attemptLimit: Int { 5 }
  /// Attempts after which more than one row are parted.
  private var wholeAttempts: Int { 2 }

  /// Notes a failed attempt, and what follows from it.
  func fail(_ claim: ChunkClaim, error: String) throws(StoreError) {
    guard let chunk = try tried(where: held(claim), limit: 1).first else { return }
    let pauseSeconds = 1 << max(0, min(chunk.attempt, attemptLimit) - 1)
    guard try !retire(chunk, error: error, pauseSeconds: pauseSeconds) else { return }
    _ = try rows(
      """
      update chunk set state = 0, lease_until = null, deadline = null, error = \(error),
        run_after = \(dialect.now(plusSeconds: pauseSeconds))
      where \(chunk.key)
      """)
  }

  /// Parts or sets aside chunks whose workers crashed or hung too often; false where there are none.
  func retireLost(of run: RunKey?) throws(StoreError) -> Bool {
    let lost = try tried(
      where: """
        \(expired) \(restriction(to: run)) and (attempt >= \(attemptLimit)
          or attempt >= \(wholeAttempts) and first_line < last_line)
        """, limit: 100)
    for chunk in lost {
      let lost = "workers took it and none came back"
      let known = chunk.error.flatMap { $0.hasSuffix(lost) ? nil : $0 }
      let error = known ?? "\(chunk.attempt) \(lost)"
      _ = try retire(chunk, error: error, pauseSeconds: 0)
    }
    return !lost.isEmpty
  }

  /// Passes by chunks that somebody is about to land.
  private func tried(where condition: SQL, limit: Int) throws(StoreError) -> [TriedChunk] {
    try rows(
      """
      select test_id, run_id, chunk, coalesce(source, chunk), first_line, last_line, attempt, error,
        (select batch_id from run where run.test_id = chunk.test_id and run.run_id = chunk.run_id)
      from chunk where \(condition)
      order by test_id, run_id, chunk limit \(limit) \(dialect.skippingLocked("chunk"))
      """
    ).map { row in
      TriedChunk(
        run: RunKey(test: TestID(row.text(0)), run: row.integer(1)), batch: row.integer(8),
        chunk: row.integer(2), source: row.integer(3), lines: row.int(4)...row.int(5),
        attempt: row.int(6), error: row.optionalText(7))
    }
  }

  /// False where the chunk is to be tried again as it is.
  private func retire(
    _ chunk: TriedChunk, error: String, pauseSeconds: Int
  ) throws(StoreError) -> Bool {
    if chunk.attempt >= wholeAttempts, chunk.lines.count > 1 {
      try part(chunk, error: error, pauseSeconds: pauseSeconds)
    } else if chunk.attempt >= attemptLimit {
      try setAside(chunk, error: error)
    } else {
      return false
    }
    return true
  }

  /// Puts smaller chunks, numbered after all others, in a chunk's place.
  private func part(
    _ chunk: TriedChunk, error: String, pauseSeconds: Int
  ) throws(StoreError) {
    let run: SQL = "test_id = \(chunk.run.test) and run_id = \(chunk.run.run)"
    // One at a time numbers a run's chunks.
    _ = try rows("update run set priority = priority where \(run)")
    let count = try first("select count(*) from submission where \(chunk.rows)")?.int(0) ?? 0
    let parts =
      chunk.attempt > wholeAttempts ? count : Int(Double(count).squareRoot().rounded(.up))
    _ = try rows(
      """
      insert into chunk (test_id, run_id, chunk, source, first_line, last_line, attempt, error,
        run_after)
      select \(chunk.run.test), \(cast: chunk.run.run), last.chunk + part.number,
        \(cast: chunk.source), min(part.line), max(part.line), \(chunk.attempt), \(error),
        \(dialect.now(plusSeconds: pauseSeconds))
      from (
        select line, ntile(\(max(parts, 1))) over (order by line) as number
        from submission where \(chunk.rows)) as part
      cross join (select max(chunk) as chunk from chunk where \(run)) as last
      group by last.chunk, part.number
      """)
    _ = try rows("delete from chunk where \(chunk.key)")
  }

  /// Ends a chunk without a result. Its row goes to quarantine, where a person can release it, unless
  /// an earlier run has graded it: then the regrade fails and what is published stays.
  private func setAside(_ chunk: TriedChunk, error: String) throws(StoreError) {
    _ = try rows(
      """
      update chunk set state = 3, lease_until = null, deadline = null, error = \(error)
      where \(chunk.key)
      """)
    let reason = "it could not be graded: \(error)"
    let isQuarantined = try changes(
      """
      update submission set disposition = \(Int(Disposition.quarantined.rawValue)), chunk = null,
        reason = \(reason)
      where \(chunk.rows) and not exists (
        select 1 from run join result on result.test_id = run.test_id and result.run_id = run.run_id
        where run.test_id = submission.test_id and run.batch_id = submission.batch_id
          and result.candidate_id = submission.candidate_id and result.line = submission.line)
      returning 1
      """)
    guard isQuarantined else { return }
    let run: SQL = "test_id = \(chunk.run.test) and run_id = \(chunk.run.run)"
    // The batch counts as its first run does.
    _ = try rows(
      """
      update batch set quarantined_count = quarantined_count + 1
      where test_id = \(chunk.run.test) and batch_id = \(chunk.batch) and \(chunk.run.run) = (
        select min(run_id) from run
        where run.test_id = batch.test_id and run.batch_id = batch.batch_id)
      """)
    _ = try rows(
      "update run set quarantined_count = quarantined_count + 1 where \(run)")
    try note(
      AuditNote(
        "quarantine.failed", of: chunk.run.test,
        [
          ("import", .integer(Int(chunk.batch))), ("run", .integer(Int(chunk.run.run))),
          ("line", .integer(chunk.lines.lowerBound)),
        ]))
    try pauseIfAllFail(chunk.run)
  }

  /// Pauses a run of which more rows were set aside than graded, twenty at a time: that is no row's
  /// fault but the workers', and a person should see to them.
  private func pauseIfAllFail(_ run: RunKey) throws(StoreError) {
    let key: SQL = "test_id = \(run.test) and run_id = \(run.run)"
    let counts = try first(
      """
      select count(case when state = 3 then 1 end), cast(sum(graded_count) as bigint)
      from chunk where \(key)
      """)
    guard let counts, counts.int(0) % 20 == 0, counts.int(0) > counts.int(1) else { return }
    _ = try arrange(run, .paused, by: "gradus")
  }
}
