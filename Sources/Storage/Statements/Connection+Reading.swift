internal import ExamModel

extension Connection {
  func progress(of run: RunKey) throws(StoreError) -> RunProgress {
    let found = try progress(where: "run.test_id = \(run.test) and run.run_id = \(run.run)")
    guard let progress = found.first else { throw unknown(run) }
    return progress
  }

  func runs(of test: TestID?) throws(StoreError) -> [RunProgress] {
    try progress(where: test.map { "run.test_id = \($0)" } ?? "true")
  }

  func situation(of test: TestID?) throws(StoreError) -> Situation {
    let ofTest: SQL = test.map { "and test_id = \($0)" } ?? ""
    let held = try rows(
      """
      select test_id, run_id, chunk, owner, attempt, \(dialect.microseconds("lease_until"))
      from chunk where state = 1 \(ofTest) order by run_id desc, test_id, chunk
      """)
    let runs = try runs(of: test)
    guard let now = try first("select \(dialect.nowMicroseconds)") else {
      preconditionFailure("there is always a present")
    }
    return Situation(
      nowMicroseconds: now.integer(0), runs: runs,
      held: held.map {
        HeldChunk(
          run: RunKey(test: TestID($0.text(0)), run: $0.integer(1)), chunk: $0.int(2),
          owner: $0.optionalText(3) ?? "", attempt: $0.int(4), leaseUntilMicroseconds: $0.integer(5)
        )
      })
  }

  private func progress(where condition: SQL) throws(StoreError) -> [RunProgress] {
    let errors: SQL =
      switch dialect {
      case .sqlite: "json_group_array(error)"
      case .postgres: "cast(coalesce(json_agg(error order by chunk), '[]') as text)"
      }
    let rows = try rows(
      """
      select
        run.test_id, run.run_id, run.batch_id, batch.file_name, run.state,
        count(chunk.chunk), count(case when chunk.state = 2 then 1 end),
        count(case when chunk.state = 3 then 1 end),
        batch.row_count, cast(coalesce(sum(chunk.graded_count), 0) as bigint),
        coalesce(run.superseded_count, batch.superseded_count),
        coalesce(run.quarantined_count, batch.quarantined_count),
        (select \(errors) from (
          select chunk, error from chunk as aside
          where aside.test_id = run.test_id and aside.run_id = run.run_id and aside.state = 3
          order by chunk) as aside),
        \(dialect.microseconds("run.started_at")), \(dialect.microseconds("run.finished_at")),
        run.priority, \(dialect.microseconds("run.paused_at")), batch.digest,
        run.cancelled_at is not null
      from run
      join batch on batch.test_id = run.test_id and batch.batch_id = run.batch_id
      left join chunk on chunk.test_id = run.test_id and chunk.run_id = run.run_id
      where \(condition)
      group by run.test_id, run.run_id, batch.test_id, batch.batch_id
      order by run.run_id desc, run.test_id
      """)
    var runs: [RunProgress] = []
    for row in rows { runs.append(try progress(from: row)) }
    return runs
  }

  private func progress(from row: Row) throws(StoreError) -> RunProgress {
    let test = TestID(row.text(0))
    guard let kept = RunState(rawValue: Int16(row.int(4))) else {
      preconditionFailure("a constraint keeps other states out")
    }
    let state = row.flag(18) ? .cancelled : kept
    return RunProgress(
      run: RunKey(test: test, run: row.integer(1)),
      batch: BatchKey(test: test, batch: row.integer(2)),
      fileName: row.text(3), digest: row.text(17), state: state, chunks: row.int(5),
      chunksDone: row.int(6),
      chunksSetAside: row.int(7), rows: row.int(8), graded: row.int(9), superseded: row.int(10),
      quarantined: row.int(11),
      errors: try decodedTexts(row.text(12), of: "the errors of run \(row.integer(1))"),
      startedMicroseconds: row.integer(13), finishedMicroseconds: row.optionalInteger(14),
      priority: row.int(15), pausedMicroseconds: row.optionalInteger(16))
  }

  func unknown(_ run: RunKey) -> StoreError {
    StoreError(
      .conflict,
      "\(place) has no run \(run.run) of test \"\(run.test)\"; \"gradus status\" lists the runs")
  }

  func publishedRun(of test: TestID) throws(StoreError) -> RunKey? {
    try first("select published_run from test where test_id = \(test)")?
      .optionalInteger(0).map { RunKey(test: test, run: $0) }
  }

  func legend(of run: RunKey) throws(StoreError) -> RunLegend {
    let key: SQL = "test_id = \(run.test) and run_id = \(run.run)"
    guard try exists("select 1 from run where \(key)") else { throw unknown(run) }
    let items = try rows(
      """
      select question, part_id, family_id, family_version from run_item where \(key) order by item
      """)
    let mistakes = try rows(
      "select family_id, misconception_id from run_mistake where \(key) order by mistake")
    return RunLegend(
      items: items.map {
        .init(
          question: $0.int(0), part: PartID($0.text(1)), family: FamilyID($0.text(2)),
          version: $0.int(3))
      },
      mistakes: mistakes.map {
        .init(family: FamilyID($0.text(0)), misconception: MisconceptionID($0.text(1)))
      })
  }

  func tallies(of run: RunKey) throws(StoreError) -> [ItemTally] {
    try rows(
      """
      select item, outcome, cast(sum(result_count) as bigint),
        cast(sum(awarded_hundredths) as bigint)
      from item_tally where test_id = \(run.test) and run_id = \(run.run)
      group by item, outcome order by item, outcome
      """
    ).map {
      ItemTally(
        item: $0.int(0), outcome: Int16($0.int(1)), count: $0.int(2),
        awarded: Points(hundredths: $0.int(3)))
    }
  }

  func results(
    of run: RunKey, after candidate: CandidateID?, limit: Int
  ) throws(StoreError) -> [ResultRecord] {
    let after: SQL = candidate.map { "and candidate_id > \($0)" } ?? ""
    return try results(
      from: rows(
        """
        select \(resultColumns) from result
        where test_id = \(run.test) and run_id = \(run.run) \(after)
        order by candidate_id limit \(limit)
        """))
  }

  /// What `results(from:)` reads, in its order.
  var resultColumns: SQL {
    """
    result.candidate_id, result.line, awarded_hundredths, possible_hundredths,
    \(dialect.numbers("outcomes")), \(dialect.numbers("awarded_each")),
    \(dialect.numbers("possible_each"))
    """
  }

  func results(from rows: [Row]) throws(StoreError) -> [ResultRecord] {
    var results: [ResultRecord] = []
    results.reserveCapacity(rows.count)
    for row in rows {
      let result = ResultRecord(
        candidate: CandidateID(row.text(0)), line: row.int(1),
        awarded: Points(hundredths: row.int(2)), possible: Points(hundredths: row.int(3)),
        outcomes: try numbers(row, 4), awardedEach: try numbers(row, 5),
        possibleEach: try numbers(row, 6))
      guard result.awardedEach.count == result.outcomes.count,
        result.possibleEach.count == result.outcomes.count
      else { throw damaged(row) }
      results.append(result)
    }
    return results
  }

  private func numbers<Number: FixedWidthInteger>(
    _ row: Row, _ column: Int
  ) throws(StoreError) -> [Number] {
    guard let numbers = TextList.decodeNumbers(row.text(column), as: Number.self) else {
      throw damaged(row)
    }
    return numbers
  }

  private func damaged(_ row: Row) -> StoreError {
    StoreError(
      .damaged, "the result of line \(row.int(1)) in \(place) is damaged; restore a backup")
  }

  func submissions(of claim: ChunkClaim) throws(StoreError) -> [SubmissionRecord] {
    guard
      let bounds = try first(
        "select coalesce(source, chunk), first_line, last_line from chunk where \(key(of: claim))")
    else { return [] }  // Split meanwhile: what is made of nothing is refused at the fence.
    return try submissions(
      where: """
        test_id = \(claim.batch.test) and batch_id = \(claim.batch.batch)
        and chunk = \(bounds.integer(0))
        and line between \(bounds.integer(1)) and \(bounds.integer(2))
        """)
  }

  func submissions(
    of batch: BatchKey, disposition: Disposition
  ) throws(StoreError) -> [SubmissionRecord] {
    try submissions(
      where: """
        test_id = \(batch.test) and batch_id = \(batch.batch)
        and disposition = \(Int(disposition.rawValue))
        """)
  }

  private func submissions(where condition: SQL) throws(StoreError) -> [SubmissionRecord] {
    let rows = try rows(
      """
      select line, candidate_id, \(dialect.microseconds("submitted_at")), disposition, reason, cells, raw
      from submission where \(condition) order by line
      """)
    var submissions: [SubmissionRecord] = []
    submissions.reserveCapacity(rows.count)
    for row in rows {
      guard let disposition = Disposition(rawValue: Int16(row.int(3))) else {
        preconditionFailure("a constraint keeps other dispositions out")
      }
      submissions.append(
        SubmissionRecord(
          line: row.int(0), candidate: row.optionalText(1).map { CandidateID($0) },
          submittedMicroseconds: row.optionalInteger(2), disposition: disposition,
          reason: row.optionalText(4),
          cells: try decodedTexts(row.text(5), of: "the cells of line \(row.int(0))"),
          raw: try row.optionalText(6).map { text throws(StoreError) in
            try decodedTexts(text, of: "the raw text of line \(row.int(0))").first ?? ""
          }))
    }
    return submissions
  }
}
