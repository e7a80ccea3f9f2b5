internal import ExamModel

// What persons decide about single answers.
extension Connection {
  func write(_ overrule: Overrule, as kind: String, over run: RunKey) throws(StoreError) {
    let place = overrule.place
    let (test, batch) = (place.batch.test, place.batch.batch)
    // Of two decisions about one answer the second is to see the first, and none is made about what
    // is just erased.
    try takeTurns(on: test)
    let found = try first(
      """
      select 1 from submission where test_id = \(test) and batch_id = \(batch)
        and line = \(place.line) and candidate_id = \(overrule.candidate)
      """)
    guard found != nil else {
      throw StoreError(.conflict, "import \(batch) has no line \(place.line) of this candidate")
    }
    let before = try first(
      """
      select number, awarded_hundredths from overrule where \(key(of: place))
      order by number desc limit 1
      """)
    _ = try rows(
      """
      insert into overrule (test_id, batch_id, line, question, part_id, number, candidate_id,
        outcome, awarded_hundredths, reason, decided_by, decided_at)
      values (\(test), \(batch), \(place.line), \(place.item.question), \(place.item.field),
        \((before?.int(0) ?? 0) + 1), \(overrule.candidate), \(overrule.outcome.map { Int($0) }),
        \(overrule.awarded.hundredths), \(overrule.reason), \(overrule.decidedBy), \(dialect.now))
      """)
    var details: [(String, JSON)] = [
      ("run", .integer(Int(run.run))), ("import", .integer(Int(batch))),
      ("line", .integer(place.line)), ("item", .string(place.item.title)),
      ("awarded", .integer(overrule.awarded.hundredths)),
    ]
    if let before { details.append(("was", .integer(before.int(1)))) }
    if let outcome = overrule.outcome { details.append(("outcome", .integer(Int(outcome)))) }
    try note(AuditNote(kind, of: test, by: overrule.decidedBy, details))
  }

  private func key(of place: AnswerPlace) -> SQL {
    """
    test_id = \(place.batch.test) and batch_id = \(place.batch.batch) and line = \(place.line)
    and question = \(place.item.question) and part_id = \(place.item.field)
    """
  }

  /// The machine's results of those whom a decision that stands is about.
  func overruledResults(of run: RunKey) throws(StoreError) -> [ResultRecord] {
    try results(
      from: rows(
        """
        select \(resultColumns)
        from (
          select distinct overrule.candidate_id, overrule.line
          from overrule join run on run.test_id = overrule.test_id
            and run.batch_id = overrule.batch_id
          where run.test_id = \(run.test) and run.run_id = \(run.run)) as decided
        join result on result.test_id = \(run.test) and result.run_id = \(run.run)
          and result.candidate_id = decided.candidate_id and result.line = decided.line
        order by result.candidate_id
        """))
  }

  /// The decisions that stand, of candidates in order from the one after `first` up to `last`.
  func overrules(
    of batch: BatchKey, after candidate: CandidateID?, through last: CandidateID?
  ) throws(StoreError) -> [Overrule] {
    let after: SQL = candidate.map { "and candidate_id > \($0)" } ?? ""
    let through: SQL = last.map { "and candidate_id <= \($0)" } ?? ""
    return try overrules(of: batch, where: "\(after) \(through)")
  }

  func overrules(
    of batch: BatchKey, of candidate: CandidateID
  ) throws(StoreError) -> [Overrule] {
    try overrules(of: batch, where: "and candidate_id = \(candidate)")
  }

  private func overrules(
    of batch: BatchKey, where condition: SQL
  ) throws(StoreError) -> [Overrule] {
    try rows(
      """
      select line, question, part_id, candidate_id, outcome, awarded_hundredths, reason, decided_by,
        \(dialect.microseconds("decided_at"))
      from overrule
      where test_id = \(batch.test) and batch_id = \(batch.batch) \(condition)
        and not exists (
          select 1 from overrule as later
          where later.test_id = overrule.test_id and later.batch_id = overrule.batch_id
            and later.line = overrule.line and later.question = overrule.question
            and later.part_id = overrule.part_id and later.number > overrule.number)
      order by candidate_id, line, question, part_id
      """
    ).map {
      Overrule(
        place: AnswerPlace(
          batch: batch, line: $0.int(0),
          item: FormItem(question: $0.int(1), field: PartID($0.text(2)))),
        candidate: CandidateID($0.text(3)), outcome: $0.optionalInteger(4).map { Int16($0) },
        awarded: Points(hundredths: $0.int(5)), reason: $0.text(6), decidedBy: $0.text(7),
        decidedMicroseconds: $0.integer(8))
    }
  }
}
