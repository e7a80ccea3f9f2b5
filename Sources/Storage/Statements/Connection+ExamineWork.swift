internal import ExamModel

// What stands still in a store: runs that nobody grades, what waits for a person, webhooks that do
// not go out, sessions in everybody's way.
extension Connection {
  /// Nothing of it where this role may not look at the tables.
  func examineWork() throws(StoreError) -> [Finding] {
    guard try mayRead(["run", "chunk", "submission", "settlement", "delivery", "endpoint"]) else {
      return []
    }
    return [try idleRuns(), try quarantine(), try webhooks()]
  }

  private func mayRead(_ tables: [String]) throws(StoreError) -> Bool {
    guard dialect == .postgres else { return true }
    for table in tables {
      guard try exists("select 1 where has_table_privilege(\(table), 'select')") else {
        return false
      }
    }
    return true
  }

  /// Time enough for a worker to have taken something.
  private static var patienceSeconds: Int { 600 }

  private func idleRuns() throws(StoreError) -> Finding {
    let open = try rows(
      """
      select test_id, run_id, case when paused_at is null then 0 else 1 end
      from run where state = 0 and (paused_at is not null
        or started_at < \(dialect.now(plusSeconds: -Self.patienceSeconds)) and not exists (
          select 1 from chunk where chunk.test_id = run.test_id and chunk.run_id = run.run_id
            and chunk.state = 1 and chunk.lease_until > \(dialect.now)))
      order by run_id, test_id
      """)
    let idle = open.filter { $0.int(2) == 0 }
    if let first = idle.first {
      return Finding(
        "runs", .bad,
        "\(idle.count == 1 ? "run" : "\(idle.count) runs, the first is run") \(first.integer(1)) of "
          + "\(first.text(0)), began over ten minutes ago, and no worker is at it; start "
          + "\"gradus worker\" with that test's workspace")
    }
    if let paused = open.first {
      return Finding(
        "runs", .advice,
        "\(open.count == 1 ? "a run is" : "\(open.count) runs are") paused and nobody grades; \"gradus "
          + "run resume \(paused.integer(1))\" lets run \(paused.integer(1)) of \(paused.text(0)) go on"
      )
    }
    return Finding("runs", .good, "all have ended, or a worker is at them")
  }

  private func quarantine() throws(StoreError) -> Finding {
    let count =
      try first(
        """
        select count(*) from submission where disposition = 2 and not exists (
          select 1 from settlement where settlement.test_id = submission.test_id
            and settlement.batch_id = submission.batch_id and settlement.line = submission.line)
        """)?.int(0) ?? 0
    return count == 0
      ? Finding("quarantine", .good, "no row waits for a person")
      : Finding(
        "quarantine", .advice,
        "\(count) row\(count == 1 ? " waits" : "s wait") for a person and count"
          + "\(count == 1 ? "s" : "") for nobody until then; \"gradus quarantine list\" shows them")
  }

  private func webhooks() throws(StoreError) -> Finding {
    let late = dialect.now(plusSeconds: -Self.patienceSeconds)
    let counts = try first(
      """
      select (select count(*) from endpoint where disabled_reason is not null),
        (select count(*) from delivery join endpoint using (endpoint_id)
          where state = 0 and next_at < \(late) and disabled_reason is null),
        (select count(*) from delivery where state = 2)
      """)
    guard let counts else { preconditionFailure("counts are a row") }
    if counts.int(1) > 0 {
      return Finding(
        "webhooks", .bad,
        "\(counts.int(1)) should have gone out ten minutes ago, and nobody sends; start \"gradus "
          + "deliver\", or \"gradus worker\"")
    }
    if counts.int(0) > 0 {
      return Finding(
        "webhooks", .advice,
        "receivers disabled: \(counts.int(0)), who hear nothing any more; \"gradus webhook list\" says "
          + "why, \"gradus webhook enable\" sends what waits")
    }
    return counts.int(2) == 0
      ? Finding("webhooks", .good, "none is late or was given up")
      : Finding(
        "webhooks", .advice,
        "\(counts.int(2)) could not be delivered in three days and were given up; \"gradus webhook "
          + "deliveries --state dead\" lists them, \"gradus webhook redeliver --dead\" sends them again"
      )
  }

  // MARK: What stands in the way

  func wholeness(ofFile path: String) throws(StoreError) -> Finding {
    let faults = try rows("pragma quick_check(1)").map { $0.text(0) }.filter { $0 != "ok" }
    guard let fault = faults.first?.split(whereSeparator: \.isNewline).last else {
      return Finding("integrity", .good, "the file's pages fit together")
    }
    return Finding(
      "integrity", .bad,
      "the file is damaged (\(fault)); stop what uses it and put a backup in its place, or save "
        + "what can be read with \"sqlite3 \(path) .recover\"")
  }

  /// Whether the file can be written to within a second.
  func writing() throws(StoreError) -> Finding {
    _ = try rows("pragma busy_timeout = 1000")
    // Where this fails the connection does, and the next statement says so.
    defer { _ = try? rows("pragma busy_timeout = 10000") }
    do throws(StoreError) {
      try begin()
      rollback()
      return Finding("locks", .good, "nobody keeps others from writing")
    } catch {
      guard error.kind == .busy else { throw error }
      return Finding(
        "locks", .advice,
        "another program has held the file for writing for a second, and all others wait; \"fuser "
          + "\(place)\" names it")
    }
  }

  /// - Parameter seconds: how long a transaction may be open without being mentioned.
  func examineSessions(openFor seconds: Int = 300) throws(StoreError) -> [Finding] {
    let open = try first(
      """
      select pid, cast(extract(epoch from clock_timestamp() - xact_start) as bigint)
      from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend'
        and xact_start < clock_timestamp() - make_interval(secs => \(seconds))
      order by xact_start limit 1
      """)
    let lock =
      open.map {
        Finding(
          "locks", .advice,
          "session \($0.int(0)) has a transaction open for \($0.int(1)) s, which others may wait for "
            + "and which keeps old rows from being cleared away; if nobody needs it, \"select "
            + "pg_terminate_backend(\($0.int(0)))\" ends it")
      } ?? Finding("locks", .good, "no transaction has been open for long")
    return [lock, try room(), try wholeness()]
  }

  private func room() throws(StoreError) -> Finding {
    let row = try first(
      """
      select least(
        cast(current_setting('max_connections') as integer)
          - cast(current_setting('superuser_reserved_connections') as integer)
          - (select count(*) from pg_stat_activity where backend_type = 'client backend'),
        (select case when datconnlimit < 0 then 1000000 else datconnlimit - (
          select count(*) from pg_stat_activity where datname = current_database()) end
          from pg_database where datname = current_database()))
      """)
    let left = row?.int(0) ?? 0
    return left >= 10
      ? Finding("connections", .good, "there is room for more")
      : Finding(
        "connections", .advice,
        "there is room for \(max(0, left)) more; a worker takes one for each lane and three beside, "
          + "and runs slower with fewer: raise max_connections or the database's limit")
  }

  private func wholeness() throws(StoreError) -> Finding {
    let invalid = try rows(
      "select cast(indexrelid as regclass) from pg_index where not indisvalid order by 1"
    ).map { $0.text(0) }
    guard invalid.isEmpty else {
      return Finding(
        "integrity", .bad,
        "not valid: \(invalid.joined(separator: ", ")), so that promises such as \"nobody is graded "
          + "twice\" do not hold; run REINDEX for each")
    }
    return try exists("select 1 where current_setting('data_checksums') = 'on'")
      ? Finding("integrity", .good, "indexes are valid, and pages have checksums")
      : Finding(
        "integrity", .advice,
        "pages have no checksums, so that a failing disk is not noticed; with the server stopped, "
          + "\"pg_checksums --enable\" adds them")
  }
}
