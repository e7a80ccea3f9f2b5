import CSV
package import ExamModel

/// Whose answers count, and until when: what rows are judged by.
package struct SortingRules: Sendable {
  package var roster: Roster
  /// Whose paper bears a code.
  package var paperCodes: [PaperCode: CandidateID]
  package var attempts: MarkingPolicy.Attempts
  /// Microseconds since 1970 in UTC.
  package var deadline: Int64?
  package var late: MarkingPolicy.Late
  /// What the deadline is called in reasons.
  package var deadlineText: String

  package init(
    roster: Roster, paperCodes: [PaperCode: CandidateID],
    attempts: MarkingPolicy.Attempts = .latest, deadline: Int64? = nil,
    late: MarkingPolicy.Late = .quarantine, deadlineText: String = ""
  ) {
    self.roster = roster
    self.paperCodes = paperCodes
    self.attempts = attempts
    self.deadline = deadline
    self.late = late
    self.deadlineText = deadlineText
  }
}

/// What one row says by itself: whose it is, or why it waits for a person.
struct Judgement: Sendable {
  var candidate: CandidateID?
  var moment: Moment?
  /// Why the row is set aside; nil where it is not.
  var reason: String?
}

/// Judges rows one at a time.
struct RowJudge: Sendable {
  let layout: SheetLayout
  let rules: SortingRules?
  let order: DateOrder
  let zone: ZoneOffset

  private let identities: [Int]
  private let hints: [Int]
  private let codes: [Int]
  private let previews: [Int]

  init(layout: SheetLayout, rules: SortingRules?, order: DateOrder, zone: @escaping ZoneOffset) {
    self.layout = layout
    self.rules = rules
    self.order = order
    if layout.service.writesUTC { self.zone = { _ in 0 } } else { self.zone = zone }
    identities = layout.columns(of: .identity)
    hints = layout.columns(of: .hint)
    codes = layout.columns(of: .paperCode)
    previews = layout.columns(of: .preview)
  }

  func judge(_ row: CSVReader) -> Judgement {
    var judgement = Judgement()
    if let problem = row.problem {
      judgement.reason =
        "broken row (record \(row.recordNumber), line \(problem.line), byte \(problem.byte)): "
        + "\(problem)"
      return judgement
    }
    guard row.fieldCount == layout.columns.count else {
      judgement.reason =
        "broken row: \(row.fieldCount) cells where the header has \(layout.columns.count)"
      return judgement
    }
    let stamp = layout.timeColumn.map { row.text(of: $0) }
    judgement.moment = stamp.flatMap { Timestamp($0)?.moment(order: order, zone: zone) }
    if (0..<row.fieldCount).allSatisfy({ ExportText.isBlank(row.text(of: $0)) }) {
      judgement.reason = "the row is empty"
    } else if layout.service.id == "moodle", ExportText.folded(row.text(of: 0)) == "overall average"
    {
      judgement.reason = "a row of averages, not of answers"
    } else if previews.contains(where: { Self.isPreview(row.text(of: $0)) }) {
      judgement.reason = "a trial run of the form, by its status"
    } else if layout.service.marksUnfinished, let stamp,
      ExportText.isBlank(layout.service.answer(stamp))
    {
      judgement.reason = "begun and never sent: the row has no time of submission"
    } else if let rules {
      (judgement.candidate, judgement.reason) = identify(row, rules)
      judgement.reason = judgement.reason ?? lateness(judgement.moment, rules)
    }
    return judgement
  }

  private static func isPreview(_ status: String) -> Bool {
    ["survey preview", "1", "survey test", "2"].contains(ExportText.folded(status))
  }

  // MARK: Whose it is

  private func identify(_ row: CSVReader, _ rules: SortingRules) -> (CandidateID?, String?) {
    var found: Set<CandidateID> = []
    var isNamed = false
    for column in identities {
      let name = Roster.folded(row.text(of: column))
      guard !name.isEmpty, name != "anonymous" else { continue }
      isNamed = true
      guard let candidate = rules.roster.candidate(named: name) else {
        return (nil, "unknown candidate: the roster has no such address or id")
      }
      found.insert(candidate.id)
    }
    for column in codes {
      let typed = row.text(of: column)
      guard !Roster.folded(typed).isEmpty else { continue }
      isNamed = true
      guard let code = PaperCode(typed: typed) else {
        return (
          nil, "the paper code is mistyped: its check character does not fit" + near(typed, rules)
        )
      }
      guard let candidate = rules.paperCodes[code] else {
        return (nil, "the paper code belongs to no paper of this test" + near(typed, rules))
      }
      found.insert(candidate)
    }
    for column in hints {
      let name = Roster.folded(row.text(of: column))
      guard !name.isEmpty, let candidate = rules.roster.candidate(named: name) else { continue }
      isNamed = true
      found.insert(candidate.id)
    }
    guard isNamed else {
      let hasHint = hints.contains { !ExportText.isBlank(row.text(of: $0)) }
      return (
        nil,
        hasHint
          ? "unknown candidate: the roster has no such address or id"
          : "no candidate: neither an address nor a paper code"
      )
    }
    guard found.count == 1, let candidate = found.first else {
      return (nil, "two identifiers that disagree: they name different candidates")
    }
    return (candidate, nil)
  }

  /// Codes of this test that are a slip away; a person decides.
  private func near(_ typed: String, _ rules: SortingRules) -> String {
    let near = PaperCode.near(typed).compactMap { code in
      rules.paperCodes[code].map { "\(code) of \($0)" }
    }
    return near.isEmpty ? "" : "; a slip away from " + near.joined(separator: " and ")
  }

  // MARK: When it came

  private func lateness(_ moment: Moment?, _ rules: SortingRules) -> String? {
    guard let deadline = rules.deadline, rules.late == .quarantine else { return nil }
    guard let moment else {
      return "nobody can say whether it came in time: the row has no time that can be read"
    }
    switch (moment.monthFirst > deadline, moment.dayFirst > deadline) {
    case (false, false): return nil
    case (true, true):
      let sent = moment.microseconds.map { " at " + CivilTime.text(microseconds: $0) } ?? ""
      return "late: sent\(sent), after \(rules.deadlineText)"
    default:
      return "in time or late: day and month of its date can be read in either order"
    }
  }
}
