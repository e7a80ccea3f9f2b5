internal import ExamModel

/// A reason that names somebody among those whose another's row may be.
struct Mention {
  let table: String
  let column: String
  let batch: Int64
  let line: Int
  /// The same without the name.
  let reason: String
}

// Finding what is kept of a person.
extension Connection {
  /// Those whose rows have a cell that is this text.
  func candidates(writing text: String, of test: TestID) throws(StoreError) -> [CandidateID] {
    let text = Roster.folded(text)
    var found: Set<CandidateID> = []
    try visitSubmissions(of: test, where: "candidate_id is not null", columns: "candidate_id") {
      row, cells in
      if cells.contains(where: { Roster.folded($0) == text }) {
        found.insert(CandidateID(row.text(2)))
      }
    }
    return found.sorted { $0.rawValue < $1.rawValue }
  }

  /// Rows in quarantine that were found to be nobody's, and are somebody's by what stands in them or
  /// by the reason alone; and those of which the reason names others too.
  func unclaimedLines(
    naming person: PersonalNames, of test: TestID
  ) throws(StoreError) -> (lines: [KeptLine], mentions: [Mention]) {
    var (found, mentions) = ([KeptLine](), [Mention]())
    try visitSubmissions(
      of: test, where: "candidate_id is null", columns: "disposition, reason, raw"
    ) { row, cells in
      let line = KeptLine(
        batch: row.integer(0), line: row.int(1), disposition: row.int(2),
        reason: row.optionalText(3))
      let named = line.reason.flatMap { SuggestedOwners.erasing(person.id, from: $0) }
      let texts = cells + (row.optionalText(4).flatMap(TextList.decodeTexts) ?? [])
      if named?.wasAlone == true || person.isNamed(in: texts) {
        found.append(line)
      } else if let named {
        mentions.append(
          Mention(
            table: "submission", column: "reason", batch: line.batch, line: line.line,
            reason: named.reason))
      }
    }
    return (found, mentions)
  }

  /// Why rows that others were given had been set aside, where that names a candidate.
  ///
  /// - Parameter settlements: those that go as a whole.
  func mentions(
    of candidate: CandidateID, in test: TestID, besides settlements: SQL
  ) throws(StoreError) -> [Mention] {
    try rows(
      """
      select batch_id, line, quarantine_reason from settlement
      where test_id = \(test) and not coalesce((\(settlements)), false)
      """
    ).compactMap { row in
      SuggestedOwners.erasing(candidate, from: row.text(2)).map { named in
        Mention(
          table: "settlement", column: "quarantine_reason", batch: row.integer(0),
          line: row.int(1), reason: named.reason)
      }
    }
  }

  func take(out mention: Mention, of test: TestID) throws(StoreError) {
    _ = try rows(
      """
      update \(verbatim: mention.table) set \(verbatim: mention.column) = \(mention.reason)
      where test_id = \(test) and batch_id = \(mention.batch) and line = \(mention.line)
      """)
  }

  /// Goes through rows by the thousand with their cells; what `columns` names begins with column 2.
  private func visitSubmissions(
    of test: TestID, where condition: SQL, columns: String,
    _ visit: (Row, [String]) -> Void
  ) throws(StoreError) {
    for batch in try rows("select batch_id from batch where test_id = \(test) order by batch_id") {
      var last: Int64 = 0
      while true {
        // One file at a time, so that the key leads to where the page begins.
        let page = try rows(
          """
          select batch_id, line, \(verbatim: columns), cells from submission
          where test_id = \(test) and batch_id = \(batch.integer(0)) and line > \(last)
            and \(condition)
          order by line limit 1000
          """)
        for row in page {
          let cells = row.text(row.values.count - 1)
          visit(row, try decodedTexts(cells, of: "the cells of line \(row.int(1))"))
        }
        guard let end = page.last?.integer(1) else { break }
        last = end
      }
    }
  }

  /// Events of the outbox that name a candidate, with what they say when they no longer do.
  func eventsNaming(
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
