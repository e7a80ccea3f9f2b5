internal import ExamModel

/// A row that is about to go.
struct KeptLine {
  let batch: Int64
  let line: Int
  let disposition: Int
  let reason: String?
}

// Taking out what is kept of persons, so that every count still adds up.
extension Connection {
  /// What is kept of a person, and with `isDry` no more than that.
  func erase(
    _ person: PersonalNames, of test: TestID, by actor: String, isDry: Bool
  ) throws(StoreError) -> Erasure {
    let candidate = person.id
    try keepImportsOut(of: test)
    try allowTime()
    let mine: SQL = "test_id = \(test) and candidate_id = \(candidate)"
    let unclaimed = try unclaimedLines(naming: person, of: test)
    let settlements = settlements(of: candidate, unclaimed.lines, test)
    let lines =
      try rows(
        "select batch_id, line, disposition, reason from submission where \(mine) order by 1, 2"
      ).map {
        KeptLine(
          batch: $0.integer(0), line: $0.int(1), disposition: $0.int(2),
          reason: $0.optionalText(3))
      } + unclaimed.lines
    let events = try eventsNaming(candidate, of: test)
    let mentions =
      try unclaimed.mentions + mentions(of: candidate, in: test, besides: settlements)
    var erasure = Erasure()
    erasure.submissions = lines.count
    erasure.results = try count("result", where: mine)
    erasure.overrules = try count("overrule", where: mine)
    erasure.settlements = try count("settlement", where: settlements)
    erasure.events = events.count
    erasure.mentions = mentions.count
    guard !isDry, !erasure.isEmpty else { return erasure }
    for batch in Set(lines.map(\.batch)).sorted() {
      try refuseWhileGrading(BatchKey(test: test, batch: batch))
      try takeOut(
        lines.filter { $0.batch == batch }, of: candidate, BatchKey(test: test, batch: batch))
    }
    _ = try rows("delete from settlement where \(settlements)")
    for table in ["result", "overrule", "submission"] {
      _ = try rows("delete from \(verbatim: table) where \(mine)")
    }
    _ = try rows("delete from submission where test_id = \(test) and \(places(unclaimed.lines))")
    for mention in mentions { try take(out: mention, of: test) }
    for (id, payload) in events {
      _ = try rows("update event set payload = \(payload) where event_id = \(id)")
    }
    try note(AuditNote("erase", of: test, by: actor, erasure.details))
    return erasure
  }

  private func places(_ lines: [KeptLine]) -> SQL {
    guard !lines.isEmpty else { return "false" }
    let list = "[" + lines.map { "[\($0.batch),\($0.line)]" }.joined(separator: ",") + "]"
    return """
      (batch_id, line) in (
        select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint)
        from \(dialect.values(ofJSON: list)))
      """
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

  /// As `takeTurns`, and against imports too: one that comes meanwhile waits, and one that is under
  /// way is waited for, so that what is looked at is all there is.
  private func keepImportsOut(of test: TestID) throws(StoreError) {
    guard dialect == .postgres else { return }
    _ = try rows("select 1 from test where test_id = \(test) for update")
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
  ///
  /// - Parameter limit: microseconds since 1970 in UTC; a test that was imported to then or later is
  ///   left alone.
  func eraseAnswers(
    of test: TestID, lastImportBefore limit: Int64?, by actor: String, isDry: Bool
  ) throws(StoreError) -> Erasure {
    try keepImportsOut(of: test)
    try allowTime()
    let mine: SQL = "test_id = \(test)"
    var erasure = Erasure()
    if let limit, let age = try testAges().first(where: { $0.test == test }),
      age.lastImportMicroseconds >= limit
    {
      return erasure
    }
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
      ("events", .integer(events)), ("mentions", .integer(mentions)),
    ]
  }
}
