internal import ExamModel

/// A run that has ended.
private struct EndedRun {
  let number: Int64
  /// Microseconds since 1970 in UTC.
  let ended: Int64
}

/// When rows of a batch became others than they were imported as.
private struct RowHistory {
  /// When a row was released from quarantine, by line.
  var released: [Int: Int64] = [:]
  /// When a row was superseded by one that was released, by the reason it has for that.
  var replaced: [String: Int64] = [:]
  /// The latest run in which a row failed, by line.
  var failed: [Int: EndedRun] = [:]

  /// Whether a run, in which the row has no result, counted it as quarantined.
  func wasQuarantined(_ row: KeptLine, in run: EndedRun) -> Bool {
    let release = released[row.line] ?? 0
    guard let failure = failed[row.line], run.number < failure.number else {
      return row.disposition == 2 || release > run.ended
    }
    // Before it failed only if it came so with its file, and the run that it failed in was the first
    // to have it.
    return release > run.ended && release < failure.ended
  }

  /// The same for one that counted it as superseded. What is neither was not graded: the run was
  /// cancelled before.
  func wasSuperseded(_ row: KeptLine, in run: EndedRun) -> Bool {
    row.disposition == 1 && (replaced[row.reason ?? ""] ?? 0) < run.ended
  }
}

// Keeping the counts of imports, runs and questions true to what is left.
extension Connection {
  /// Corrects the counts of the batch and of each of its runs for rows that are about to go.
  func takeOut(
    _ lines: [KeptLine], of candidate: CandidateID, _ batch: BatchKey
  ) throws(StoreError) {
    let key: SQL = "test_id = \(batch.test) and batch_id = \(batch.batch)"
    let runs = try rows(
      """
      select run_id, \(dialect.microseconds("finished_at")) from run where \(key) order by run_id
      """
    ).map { EndedRun(number: $0.integer(0), ended: $0.integer(1)) }
    let history = try history(of: batch, runs)
    func correction(_ lines: [KeptLine], in run: EndedRun) -> SQL {
      let quarantined = lines.filter { history.wasQuarantined($0, in: run) }.map(\.line)
      let superseded = lines.count {
        !quarantined.contains($0.line) && history.wasSuperseded($0, in: run)
      }
      return """
        quarantined_count = quarantined_count - \(quarantined.count),
          superseded_count = superseded_count - \(superseded)
        """
    }
    for run in runs {
      let graded = try takeOutResults(of: candidate, RunKey(test: batch.test, run: run.number))
      let others = lines.filter { !graded.contains($0.line) }
      _ = try rows(
        """
        update run set \(correction(others, in: run))
        where test_id = \(batch.test) and run_id = \(run.number)
        """)
    }
    // The batch counts as its first run does, before anybody decided anything.
    let first = EndedRun(number: runs.first?.number ?? 0, ended: 1)
    _ = try rows(
      """
      update batch set row_count = row_count - \(lines.count), \(correction(lines, in: first))
      where \(key)
      """)
  }

  private func history(
    of batch: BatchKey, _ runs: [EndedRun]
  ) throws(StoreError) -> RowHistory {
    let key: SQL = "test_id = \(batch.test) and batch_id = \(batch.batch)"
    var history = RowHistory()
    for row in try rows(
      """
      select line, \(dialect.microseconds("settled_at")) from settlement
      where \(key) and candidate_id is not null
      """)
    {
      history.released[row.int(0)] = row.integer(1)
      history.replaced[Self.reasonToReplace(by: row.int(0))] = row.integer(1)
    }
    // A row that fails does so in a chunk of its own.
    for run in runs {
      for row in try rows(
        """
        select first_line from chunk where test_id = \(batch.test) and run_id = \(run.number)
          and state = 3 and first_line = last_line
        """)
      {
        history.failed[row.int(0)] = run
      }
    }
    return history
  }

  /// Takes a candidate's results out of a run's sums; returns the lines they are about.
  private func takeOutResults(
    of candidate: CandidateID, _ run: RunKey
  ) throws(StoreError) -> Set<Int> {
    let key: SQL = "test_id = \(run.test) and run_id = \(run.run)"
    let found = try results(
      from: rows(
        "select \(resultColumns) from result where \(key) and candidate_id = \(candidate)"))
    for result in found {
      let holders = try rows(
        """
        select chunk from chunk where \(key) and state = 2 and graded_count > 0
        order by case when \(result.line) between first_line and last_line then 0 else 1 end, chunk
        limit 1
        """)
      guard let chunk = holders.first?.integer(0) else { continue }
      _ = try rows(
        "update chunk set graded_count = graded_count - 1 where \(key) and chunk = \(chunk)")
      for (item, outcome) in result.outcomes.enumerated() {
        let tally: SQL = "\(key) and item = \(item) and outcome = \(Int(outcome))"
        _ = try rows(
          """
          update item_tally set result_count = result_count - 1,
            awarded_hundredths = awarded_hundredths - \(cast: Int64(result.awardedEach[item]))
          where \(tally) and chunk = (
            select chunk from item_tally where \(tally) and result_count > 0
            order by case when chunk = \(chunk) then 0 else 1 end, chunk limit 1)
          """)
      }
      _ = try rows("delete from item_tally where \(key) and result_count = 0")
    }
    return Set(found.map(\.line))
  }
}
