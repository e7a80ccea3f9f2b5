internal import ExamModel

/// A row that is about to go.
private struct KeptLine {
  let batch: Int64
  let line: Int
  let disposition: Int
}

// Taking out what is kept of persons, so that every count still adds up.
extension Connection {
  /// What is kept of a person, and with `isDry` no more than that.
  func erase(
    _ person: PersonalNames, of test: TestID, by actor: String, isDry: Bool
  ) throws(StoreError) -> Erasure {
    let candidate = person.id
    try takeTurns(on: test)
    try allowTime()
    let mine: SQL = "test_id = \(test) and candidate_id = \(candidate)"
    let unclaimed = try unclaimedLines(naming: person, of: test)
    let lines =
      try rows(
        "select batch_id, line, disposition from submission where \(mine) order by 1, 2"
      ).map { KeptLine(batch: $0.integer(0), line: $0.int(1), disposition: $0.int(2)) } + unclaimed
    let events = try eventsNaming(candidate, of: test)
    var erasure = Erasure()
    erasure.submissions = lines.count
    erasure.results = try count("result", where: mine)
    erasure.overrules = try count("overrule", where: mine)
    erasure.settlements = try count(
      "settlement", where: settlements(of: candidate, unclaimed, test))
    erasure.events = events.count
    guard !isDry, !erasure.isEmpty else { return erasure }
    for batch in Set(lines.map(\.batch)).sorted() {
      try refuseWhileGrading(BatchKey(test: test, batch: batch))
      try takeOut(
        lines.filter { $0.batch == batch }, of: candidate, BatchKey(test: test, batch: batch))
    }
    _ = try rows("delete from settlement where \(settlements(of: candidate, unclaimed, test))")
    for table in ["result", "overrule", "submission"] {
      _ = try rows("delete from \(verbatim: table) where \(mine)")
    }
    _ = try rows("delete from submission where test_id = \(test) and \(places(unclaimed))")
    for (id, payload) in events {
      _ = try rows("update event set payload = \(payload) where event_id = \(id)")
    }
    try note(AuditNote("erase", of: test, by: actor, erasure.details))
    return erasure
  }

  /// Rows in quarantine that were found to be nobody's, and name somebody all the same.
  private func unclaimedLines(
    naming person: PersonalNames, of test: TestID
  ) throws(StoreError) -> [KeptLine] {
    var found: [KeptLine] = []
    var last = (batch: Int64(0), line: Int64(0))
    while true {
      let page = try rows(
        """
        select batch_id, line, disposition, cells, raw from submission
        where test_id = \(test) and candidate_id is null
          and (batch_id, line) > (\(cast: last.batch), \(cast: last.line))
        order by batch_id, line limit 1000
        """)
      for row in page {
        let texts =
          try decodedTexts(row.text(3), of: "the cells of line \(row.int(1))")
          + (row.optionalText(4).flatMap(TextList.decodeTexts) ?? [])
        if person.isNamed(in: texts) {
          found.append(
            KeptLine(batch: row.integer(0), line: row.int(1), disposition: row.int(2)))
        }
      }
      guard let end = page.last else { return found }
      last = (end.integer(0), end.integer(1))
    }
  }

  private func places(_ lines: [KeptLine]) -> SQL {
    guard !lines.isEmpty else { return "false" }
    let places = lines.map { "(\(cast: $0.batch), \(cast: Int64($0.line)))" as SQL }
    return "(batch_id, line) in (values \(places.joined(separator: ", ")))"
  }

  private func settlements(
    of candidate: CandidateID, _ unclaimed: [KeptLine], _ test: TestID
  ) -> SQL {
    """
    test_id = \(test) and (\(places(unclaimed)) or candidate_id = \(candidate) or exists (
      select 1 from submission where submission.test_id = settlement.test_id
        and submission.batch_id = settlement.batch_id and submission.line = settlement.line
        and submission.candidate_id = \(candidate)))
    """
  }

  private func count(_ table: String, where condition: SQL) throws(StoreError) -> Int {
    try first("select count(*) from \(verbatim: table) where \(condition)")?.int(0) ?? 0
  }

  /// A worker may hold the answers and land what they come to after they are gone.
  private func refuseWhileGrading(_ batch: BatchKey) throws(StoreError) {
    let running = try first(
      """
      select run_id from run where test_id = \(batch.test) and batch_id = \(batch.batch)
        and state = \(Int(RunState.running.rawValue))
      """)
    guard let running else { return }
    throw StoreError(
      .conflict,
      "run \(running.integer(0)) of \"\(batch.test)\" is being graded; erase when it has ended, "
        + "or give it up with \"gradus run cancel \(running.integer(0))\"")
  }

  /// Corrects the counts of the batch and of each of its runs for rows that are about to go.
  ///
  /// What a row was in a run follows from what there is: a result of it, or a decision that came
  /// later, or it was superseded.
  private func takeOut(
    _ lines: [KeptLine], of candidate: CandidateID, _ batch: BatchKey
  ) throws(StoreError) {
    let key: SQL = "test_id = \(batch.test) and batch_id = \(batch.batch)"
    var settled: [Int: Int64] = [:]
    for row in try rows(
      "select line, \(dialect.microseconds("settled_at")) from settlement where \(key)")
    {
      settled[row.int(0)] = row.integer(1)
    }
    let runs = try rows(
      """
      select run_id, \(dialect.microseconds("started_at"))
      from run where \(key) order by run_id
      """)
    for row in runs {
      let (run, began) = (RunKey(test: batch.test, run: row.integer(0)), row.integer(1))
      let graded = try takeOutResults(of: candidate, run)
      let quarantined = lines.count { line in
        guard !graded.contains(line.line) else { return false }
        return line.disposition == 2 || (settled[line.line] ?? 0) > began
      }
      _ = try rows(
        """
        update run set quarantined_count = quarantined_count - \(quarantined),
          superseded_count = superseded_count - \(lines.count - graded.count - quarantined)
        where test_id = \(batch.test) and run_id = \(run.run)
        """)
      guard run.run == runs.first?.integer(0) else { continue }
      // The batch counts as its first run does.
      _ = try rows(
        """
        update batch set row_count = row_count - \(lines.count),
          quarantined_count = quarantined_count - \(quarantined),
          superseded_count = superseded_count - \(lines.count - graded.count - quarantined)
        where \(key)
        """)
    }
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

  /// Events of the outbox that name a candidate, with what they say when they no longer do.
  private func eventsNaming(
    _ candidate: CandidateID, of test: TestID
  ) throws(StoreError) -> [(id: String, payload: String)] {
    let quoted = JSON.string(candidate.rawValue).text
    let holds: SQL =
      switch dialect {
      case .sqlite: "instr(payload, \(quoted)) > 0"
      case .postgres: "strpos(payload, \(quoted)) > 0"
      }
    return try rows(
      "select event_id, payload from event where test_id = \(test) and \(holds) order by event_id"
    ).compactMap { row in
      // A payload that is no JSON is none of ours.
      guard let json = try? JSON(parsing: row.text(1), file: "event") else { return nil }
      let without = json.withoutCandidate(candidate.rawValue)
      return without == json ? nil : (row.text(0), without.text)
    }
  }

  // MARK: Whole tests

  /// Tests of which answers are kept, with the time of their last import.
  func testAges() throws(StoreError) -> [TestAge] {
    try rows(
      """
      select test_id, \(dialect.microseconds("max(imported_at)")) from batch
      where exists (select 1 from submission where submission.test_id = batch.test_id)
      group by test_id order by test_id
      """
    ).map { TestAge(test: TestID($0.text(0)), lastImportMicroseconds: $0.integer(1)) }
  }

  /// Removes everybody's answers, verdicts and decisions, and the test's events; sums by question,
  /// runs and the audit trail stay.
  func eraseAnswers(
    of test: TestID, by actor: String, isDry: Bool
  ) throws(StoreError) -> Erasure {
    try takeTurns(on: test)
    try allowTime()
    let mine: SQL = "test_id = \(test)"
    var erasure = Erasure()
    erasure.submissions = try count("submission", where: mine)
    erasure.results = try count("result", where: mine)
    erasure.overrules = try count("overrule", where: mine)
    erasure.settlements = try count("settlement", where: mine)
    erasure.events = try count("event", where: mine)
    guard !isDry, !erasure.isEmpty else { return erasure }
    for batch in try rows("select batch_id from batch where \(mine) order by batch_id") {
      try refuseWhileGrading(BatchKey(test: test, batch: batch.integer(0)))
    }
    _ = try rows(
      "delete from delivery where event_id in (select event_id from event where \(mine))")
    for table in ["event", "result", "overrule", "settlement", "submission"] {
      _ = try rows("delete from \(verbatim: table) where \(mine)")
    }
    try note(AuditNote("erase.test", of: test, by: actor, erasure.details))
    return erasure
  }
}

extension Erasure {
  fileprivate var details: [(String, JSON)] {
    [
      ("submissions", .integer(submissions)), ("results", .integer(results)),
      ("overrules", .integer(overrules)), ("settlements", .integer(settlements)),
      ("events", .integer(events)),
    ]
  }
}

extension JSON {
  /// The same with another name where a candidate stands.
  fileprivate func withoutCandidate(_ id: String) -> JSON {
    switch self {
    case .array(let items): return .array(items.map { $0.withoutCandidate(id) })
    case .object(let members):
      let renamed = members.map { member -> (String, JSON) in
        let isName = member.key == "candidate" && member.value == .string(id)
        return (member.key, isName ? .string("(erased)") : member.value.withoutCandidate(id))
      }
      return .object(renamed)
    default: return self
    }
  }
}
