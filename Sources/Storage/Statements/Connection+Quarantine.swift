internal import ExamModel

// Rows that wait for a person, and what becomes of them.
extension Connection {
  func quarantine(of test: TestID) throws(StoreError) -> [QuarantinedRow] {
    let rows = try rows(
      """
      select submission.batch_id, batch.file_name, submission.line, submission.candidate_id,
        \(dialect.microseconds("submission.submitted_at")), submission.disposition,
        submission.reason, submission.cells, submission.raw,
        settlement.decision, settlement.candidate_id, settlement.quarantine_reason,
        settlement.reason, settlement.settled_by, \(dialect.microseconds("settlement.settled_at"))
      from submission
      join batch on batch.test_id = submission.test_id and batch.batch_id = submission.batch_id
      left join settlement on settlement.test_id = submission.test_id
        and settlement.batch_id = submission.batch_id and settlement.line = submission.line
      where submission.test_id = \(test)
        and (submission.disposition = \(Int(Disposition.quarantined.rawValue))
          or settlement.decision is not null)
      order by submission.batch_id, submission.line
      """)
    var found: [QuarantinedRow] = []
    for row in rows {
      let record = SubmissionRecord(
        line: row.int(2), candidate: row.optionalText(3).map { CandidateID($0) },
        submittedMicroseconds: row.optionalInteger(4),
        disposition: Disposition(rawValue: Int16(row.int(5))) ?? .quarantined,
        reason: row.optionalText(6),
        cells: try decodedTexts(row.text(7), of: "the cells of line \(row.int(2))"),
        raw: try row.optionalText(8).map { text throws(StoreError) in
          try decodedTexts(text, of: "the raw text of line \(row.int(2))").first ?? ""
        })
      found.append(
        QuarantinedRow(
          batch: BatchKey(test: test, batch: row.integer(0)), fileName: row.text(1), row: record,
          settlement: row.isNull(9) ? nil : settlement(from: row)))
    }
    return found
  }

  private func settlement(from row: Row) -> Settlement {
    Settlement(
      decision: row.optionalText(10).map { .released(to: CandidateID($0)) } ?? .discarded,
      quarantineReason: row.text(11), reason: row.text(12), settledBy: row.text(13),
      settledMicroseconds: row.integer(14))
  }

  /// Carries a decision out; a released row is graded by a run of its own over the whole batch, so
  /// that what was published stays as it is until that run has finished.
  func settle(_ new: NewSettlement) throws(StoreError) -> ImportedBatch {
    try takeTurns(on: new.batch.test)
    guard let batch = try batch(new.batch) else {
      throw StoreError(
        .conflict, "\(place) has no import \(new.batch.batch) of \"\(new.batch.test)\"")
    }
    let key: SQL = "test_id = \(new.batch.test) and batch_id = \(new.batch.batch)"
    let row = try first(
      """
      select disposition, reason from submission where \(key) and line = \(new.line)
      """)
    guard let row, row.int(0) == Int(Disposition.quarantined.rawValue) else {
      throw StoreError(
        .conflict, "line \(new.line) is not in quarantine; \"gradus quarantine list\" shows what is"
      )
    }
    if try exists("select 1 from settlement where \(key) and line = \(new.line)") {
      throw StoreError(.conflict, "line \(new.line) was settled before; it stays as it was settled")
    }
    var candidate: CandidateID?
    if case .released(let id) = new.decision { candidate = id }
    _ = try rows(
      """
      insert into settlement (test_id, batch_id, line, decision, candidate_id, quarantine_reason,
        reason, settled_by, settled_at)
      values (\(new.batch.test), \(new.batch.batch), \(new.line), \(candidate == nil ? 1 : 0),
        \(candidate), \(row.optionalText(1) ?? ""), \(new.reason), \(new.settledBy), \(dialect.now))
      """)
    let noted = AuditNote(
      candidate == nil ? "quarantine.discarded" : "quarantine.released", of: new.batch.test,
      by: new.settledBy,
      [("import", .integer(Int(new.batch.batch))), ("line", .integer(new.line))])
    guard let candidate else {
      try note(noted)
      return batch
    }
    try refuseWhereNewerCounts(new.batch)
    try release(new, to: candidate, key: key)
    let graded = try regraded(batch)
    try note(noted)
    return graded
  }

  /// A row of a file that another has replaced would count for nobody.
  private func refuseWhereNewerCounts(_ batch: BatchKey) throws(StoreError) {
    let newer = try first(
      """
      select run.batch_id from test
      join run on run.test_id = test.test_id and run.run_id = test.published_run
      where test.test_id = \(batch.test) and run.batch_id > \(batch.batch)
      """)
    guard let newer else { return }
    throw StoreError(
      .conflict,
      "import \(newer.integer(0)) is newer than import \(batch.batch), and its results count; "
        + "release its own row")
  }

  /// Why a row is superseded by one that was released.
  static func reasonToReplace(by line: Int) -> String {
    "a person released line \(line) in its place"
  }

  private func release(
    _ new: NewSettlement, to candidate: CandidateID, key: SQL
  ) throws(StoreError) {
    let counting: SQL =
      "\(key) and candidate_id = \(candidate) and disposition = \(Int(Disposition.toGrade.rawValue))"
    if let other = try first("select line from submission where \(counting)") {
      guard new.replacesOther else {
        throw StoreError(
          .conflict,
          "\(candidate) is graded by line \(other.int(0)); with --replace, line \(new.line) counts "
            + "instead")
      }
      let reason = Self.reasonToReplace(by: new.line)
      _ = try rows(
        """
        update submission set disposition = \(Int(Disposition.superseded.rawValue)), chunk = null,
          reason = \(reason)
        where \(counting)
        """)
    }
    _ = try rows(
      """
      update submission set disposition = \(Int(Disposition.toGrade.rawValue)), reason = null,
        candidate_id = \(candidate),
        chunk = (select coalesce(max(other.chunk), 0) from submission as other
          where other.test_id = \(new.batch.test) and other.batch_id = \(new.batch.batch))
      where \(key) and line = \(new.line)
      """)
  }

  /// A run over the batch as it now is: one that nobody has begun, or a new one.
  private func regraded(_ batch: ImportedBatch) throws(StoreError) -> ImportedBatch {
    let latest: SQL = "test_id = \(batch.run.test) and run_id = \(batch.run.run)"
    let isAlone: SQL = dialect == .postgres ? "for no key update" : ""
    let state = try first("select state, key_version from run where \(latest) \(isAlone)")
    guard let state else { preconditionFailure("a batch has a run") }
    var imported = batch
    if state.int(0) == Int(RunState.running.rawValue) {
      // None is claimed from here on.
      _ = try rows("select 1 from chunk where \(latest) \(dialect.locking(inOrderOf: "chunk"))")
      guard try !exists("select 1 from chunk where \(latest) and token > 0") else {
        throw StoreError(
          .conflict,
          "run \(batch.run.run) is being graded; settle rows when \"gradus status\" says that it "
            + "has finished")
      }
      _ = try rows("delete from chunk where \(latest)")
    } else {
      let inserted = try first(
        """
        insert into run (test_id, batch_id, key_version, started_at)
        values (\(batch.batch.test), \(batch.batch.batch), \(state.text(1)), \(dialect.now))
        returning run_id
        """)
      guard let inserted else { preconditionFailure("an insert that returns has a row") }
      imported.run = RunKey(test: batch.batch.test, run: inserted.integer(0))
      // Whoever was promised never to have less keeps that.
      _ = try rows(
        """
        insert into regrade (test_id, run_id, earlier_run, policy, reason, begun_by)
        select test_id, \(cast: imported.run.run), run_id, policy, reason, begun_by
        from regrade where \(latest) and policy <> 0
        """)
      for (table, columns) in [
        ("run_item", "item, question, part_id, family_id, family_version"),
        ("run_mistake", "mistake, family_id, misconception_id"),
      ] {
        _ = try rows(
          """
          insert into \(verbatim: table) (test_id, run_id, \(verbatim: columns))
          select test_id, \(cast: imported.run.run), \(verbatim: columns)
          from \(verbatim: table) where \(latest)
          """)
      }
    }
    try countAndDeal(imported)
    return imported
  }

  /// Counts the rows that a run leaves out, makes chunks of the others and calls for workers.
  func countAndDeal(_ batch: ImportedBatch) throws(StoreError) {
    try allowTime()
    let key: SQL = "test_id = \(batch.batch.test) and batch_id = \(batch.batch.batch)"
    _ = try rows(
      """
      update run set
        superseded_count = (select count(*) from submission where \(key) and disposition = 1),
        quarantined_count = (select count(*) from submission where \(key) and disposition = 2)
      where test_id = \(batch.run.test) and run_id = \(batch.run.run)
      """)
    _ = try rows(
      """
      insert into chunk (test_id, run_id, chunk, first_line, last_line, run_after)
      select test_id, \(cast: batch.run.run), chunk, min(line), max(line), \(dialect.now)
      from submission where \(key) and disposition = 0 group by test_id, chunk
      """)
    try wakeWorkers()
  }
}
