internal import ExamModel

// A second grading of a batch, beside the first: its verdicts are a run's like any other's.
extension Connection {
  /// A run over the batch of an earlier run, or the one that was begun like this and not ended.
  func begin(_ new: NewRegrade) throws(StoreError) -> ImportedBatch {
    try takeTurns(on: new.earlier.test)
    let earlier: SQL = "test_id = \(new.earlier.test) and run_id = \(new.earlier.run)"
    guard let row = try first("select batch_id from run where \(earlier)"),
      var batch = try batch(BatchKey(test: new.earlier.test, batch: row.integer(0)))
    else {
      throw StoreError(.conflict, "\(place) has no run \(new.earlier.run) to regrade")
    }
    guard
      try exists(
        """
        select 1 from submission where test_id = \(batch.batch.test)
          and batch_id = \(batch.batch.batch) and disposition = 0 limit 1
        """)
    else {
      throw StoreError(.conflict, "the answers that run \(new.earlier.run) graded are erased")
    }
    let going = try first(
      """
      select run.run_id, run.key_version, regrade.earlier_run, regrade.policy
      from run left join regrade using (test_id, run_id)
      where run.test_id = \(batch.batch.test) and run.batch_id = \(batch.batch.batch)
        and run.state = \(Int(RunState.running.rawValue))
      order by run.run_id desc limit 1
      """)
    if let going {
      batch.run.run = going.integer(0)
      guard going.text(1) == new.keyVersion, going.optionalInteger(2) == new.earlier.run,
        going.optionalInteger(3) == Int64(new.policy.rawValue)
      else {
        throw StoreError(
          .conflict,
          "run \(batch.run.run) over the same answers has not ended; regrade when it has, or give "
            + "it up with \"gradus run cancel \(batch.run.run)\"")
      }
      return batch
    }
    batch.run = try insertRun(keyVersion: new.keyVersion, legend: new.legend, over: batch.batch)
    _ = try rows(
      """
      insert into regrade (test_id, run_id, earlier_run, policy, reason, begun_by)
      values (\(batch.run.test), \(batch.run.run), \(new.earlier.run),
        \(Int(new.policy.rawValue)), \(new.reason), \(new.begunBy))
      """)
    try countAndDeal(batch)
    try note(
      AuditNote(
        "regrade.begun", of: batch.run.test, by: new.begunBy,
        [
          ("run", .integer(Int(batch.run.run))), ("earlier", .integer(Int(new.earlier.run))),
          ("policy", .string(new.policy.word)), ("key", .string(new.keyVersion)),
        ]))
    return batch
  }

  /// A run over a batch whose only runs were cancelled; any other batch as it is.
  func begin(
    over key: BatchKey, keyVersion: String, legend: RunLegend, by person: String
  ) throws(StoreError) -> ImportedBatch {
    try takeTurns(on: key.test)
    guard var batch = try batch(key) else {
      throw StoreError(.conflict, "\(place) has no import \(key.batch) of \"\(key.test)\"")
    }
    guard try progress(of: batch.run).state == .cancelled else { return batch }
    batch.run = try insertRun(keyVersion: keyVersion, legend: legend, over: key)
    try countAndDeal(batch)
    try note(
      AuditNote(
        "run.begun", of: key.test, by: person,
        [
          ("run", .integer(Int(batch.run.run))), ("import", .integer(Int(key.batch))),
          ("key", .string(keyVersion)),
        ]))
    return batch
  }

  func regrade(of run: RunKey) throws(StoreError) -> RegradeRecord? {
    try first(
      """
      select earlier_run, policy, reason, begun_by from regrade
      where test_id = \(run.test) and run_id = \(run.run)
      """
    ).map {
      RegradeRecord(
        run: run, earlier: RunKey(test: run.test, run: $0.integer(0)),
        policy: RegradePolicy(rawValue: Int16($0.int(1))) ?? .exact, reason: $0.text(2),
        begunBy: $0.text(3))
    }
  }

  func keyVersion(of run: RunKey) throws(StoreError) -> String? {
    try first("select key_version from run where test_id = \(run.test) and run_id = \(run.run)")?
      .text(0)
  }

  /// What the claimed chunk's candidates had, where none of them may have less now; else nothing.
  func earlierResults(for claim: ChunkClaim) throws(StoreError) -> [ResultRecord] {
    let bound = { (column: String) -> SQL in
      """
      (select \(verbatim: column) from chunk as bounds where bounds.test_id = \(claim.run.test)
        and bounds.run_id = \(claim.run.run) and bounds.chunk = \(claim.chunk))
      """
    }
    let rows = try rows(
      """
      select \(resultColumns)
      from regrade
      join submission on submission.test_id = regrade.test_id
        and submission.batch_id = \(claim.batch.batch) and submission.disposition = 0
        and submission.line between \(bound("first_line")) and \(bound("last_line"))
      join result on result.test_id = regrade.test_id and result.run_id = regrade.earlier_run
        and result.candidate_id = submission.candidate_id and result.line = submission.line
      where regrade.test_id = \(claim.run.test) and regrade.run_id = \(claim.run.run)
        and regrade.policy = \(Int(RegradePolicy.neverLower.rawValue))
      """)
    return try results(from: rows)
  }

  /// One page of results with the cells they are about, in order of candidate.
  func answers(
    of run: RunKey, in batch: BatchKey, having outcome: Int16?, after candidate: CandidateID?,
    limit: Int
  ) throws(StoreError) -> [GradedAnswers] {
    let having: SQL = outcome.map { "and \(dialect.contains("result.outcomes", Int($0)))" } ?? ""
    let after: SQL = candidate.map { "and result.candidate_id > \($0)" } ?? ""
    return try answers(of: run, in: batch, where: "\(after) \(having)", limit: limit)
  }

  func answers(
    of candidate: CandidateID, run: RunKey, in batch: BatchKey
  ) throws(StoreError) -> GradedAnswers? {
    try answers(of: run, in: batch, where: "and result.candidate_id = \(candidate)", limit: 1).first
  }

  private func answers(
    of run: RunKey, in batch: BatchKey, where condition: SQL, limit: Int
  ) throws(StoreError) -> [GradedAnswers] {
    let rows = try rows(
      """
      select \(resultColumns), submission.cells
      from result join submission on submission.test_id = result.test_id
        and submission.batch_id = \(batch.batch) and submission.line = result.line
      where result.test_id = \(run.test) and result.run_id = \(run.run) \(condition)
      order by result.candidate_id limit \(limit)
      """)
    let results = try results(from: rows)
    var answers: [GradedAnswers] = []
    answers.reserveCapacity(rows.count)
    for (row, result) in zip(rows, results) {
      answers.append(
        GradedAnswers(
          result: result,
          cells: try decodedTexts(row.text(7), of: "the cells of line \(result.line)")))
    }
    return answers
  }
}
