import CSV
package import ExamModel

/// Decides for every row of an export whether it is graded, superseded or quarantined.
///
/// Each row lands in exactly one of the three, and what is set aside says why.
package struct Sorting: Sendable {
  package enum Fate: Sendable, Hashable {
    case graded
    case superseded(reason: String)
    case quarantined(reason: String)
  }

  package struct Row: Sendable, Hashable {
    package let line: Int
    package var candidate: CandidateID?
    package let submittedMicroseconds: Int64?
    package var fate: Fate
  }

  package private(set) var rows: [Row]

  package var graded: Int { rows.count { $0.fate == .graded } }
  package var superseded: Int {
    rows.count { if case .superseded = $0.fate { true } else { false } }
  }
  package var quarantined: Int { rows.count - graded - superseded }

  /// - Parameter paperCodes: whose paper bears a code.
  package init(
    _ sheet: ResponseSheet, roster: Roster, paperCodes: [PaperCode: CandidateID],
    attempts: MarkingPolicy.Attempts
  ) {
    let times = TimestampReader(
      deciding: sheet.rows.lazy.compactMap { row in
        sheet.columns.timestampColumn.flatMap {
          row.fields.indices.contains($0) ? row.fields[$0] : nil
        }
      })
    rows = sheet.rows.map { row in
      Self.judge(row, sheet: sheet, roster: roster, paperCodes: paperCodes, times: times)
    }
    supersede(attempts)
  }

  private static func judge(
    _ row: CSVRow, sheet: ResponseSheet, roster: Roster, paperCodes: [PaperCode: CandidateID],
    times: TimestampReader
  ) -> Row {
    let cell = { (index: Int) in row.fields.indices.contains(index) ? row.fields[index] : "" }
    let time = sheet.columns.timestampColumn.flatMap { times.microseconds(cell($0)) }
    let quarantine = { (reason: String) in
      Row(
        line: row.line, candidate: nil, submittedMicroseconds: time,
        fate: .quarantined(reason: reason))
    }
    if let problem = row.problem { return quarantine("broken row: \(problem)") }
    if row.isEmpty { return quarantine("the row is empty") }
    guard row.fields.count == sheet.columns.titles.count else {
      return quarantine(
        "broken row: \(row.fields.count) cells where the header has \(sheet.columns.titles.count)")
    }
    var found: Set<CandidateID> = []
    var isNamed = false
    for column in sheet.columns.identityColumns where !Roster.folded(cell(column)).isEmpty {
      isNamed = true
      guard let candidate = roster.candidate(named: cell(column)) else {
        return quarantine("unknown candidate: the roster has no such address or id")
      }
      found.insert(candidate.id)
    }
    if let column = sheet.columns.codeColumn, !Roster.folded(cell(column)).isEmpty {
      isNamed = true
      guard let code = PaperCode(typed: cell(column)) else {
        return quarantine("the paper code is mistyped: its check character does not fit")
      }
      guard let candidate = paperCodes[code] else {
        return quarantine("the paper code belongs to no paper of this test")
      }
      found.insert(candidate)
    }
    guard isNamed else { return quarantine("no candidate: neither an address nor a paper code") }
    guard found.count == 1, let candidate = found.first else {
      return quarantine("two identifiers that disagree: they name different candidates")
    }
    return Row(line: row.line, candidate: candidate, submittedMicroseconds: time, fate: .graded)
  }

  /// Of several attempts the latest by time counts, or the first; of equal times the lower row.
  private mutating func supersede(_ attempts: MarkingPolicy.Attempts) {
    var counting: [CandidateID: Int] = [:]
    for index in rows.indices where rows[index].fate == .graded {
      guard let candidate = rows[index].candidate else { continue }
      guard let rival = counting[candidate] else {
        counting[candidate] = index
        continue
      }
      let isLater = isLater(index, than: rival)
      let keepsNew = attempts == .latest ? isLater : !isLater
      let loser = keepsNew ? rival : index
      let winner = keepsNew ? index : rival
      counting[candidate] = winner
      rows[loser].fate = .superseded(reason: "")
    }
    for index in rows.indices {
      guard case .superseded = rows[index].fate, let candidate = rows[index].candidate,
        let winner = counting[candidate]
      else { continue }
      rows[index].fate = .superseded(
        reason: "the \(attempts.rawValue) attempt counts, in line \(rows[winner].line)")
    }
  }

  private func isLater(_ index: Int, than rival: Int) -> Bool {
    guard let time = rows[index].submittedMicroseconds,
      let rivalTime = rows[rival].submittedMicroseconds
    else { return true }
    return time >= rivalTime
  }
}
