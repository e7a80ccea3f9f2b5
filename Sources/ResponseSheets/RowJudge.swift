import CSV
package import ExamModel

/// Whose answers count, and until when: what rows are judged by.
package struct SortingRules: Sendable {
  package var roster: Roster
  /// Where on the roster those stand whose papers bear the codes.
  package var paperCodes: [PaperCode: Int]
  /// The codes that several papers bear by chance, with all whose they are: of a million papers, two.
  package var sharedCodes: [PaperCode: [Int]]
  package var attempts: MarkingPolicy.Attempts
  /// Microseconds since 1970 in UTC.
  package var deadline: Int64?
  package var late: MarkingPolicy.Late
  /// What the deadline is called in reasons.
  package var deadlineText: String

  package init(
    roster: Roster, paperCodes: [PaperCode: Int], sharedCodes: [PaperCode: [Int]] = [:],
    attempts: MarkingPolicy.Attempts = .latest, deadline: Int64? = nil,
    late: MarkingPolicy.Late = .quarantine, deadlineText: String = ""
  ) {
    self.roster = roster
    self.paperCodes = paperCodes
    self.sharedCodes = sharedCodes
    self.attempts = attempts
    self.deadline = deadline
    self.late = late
    self.deadlineText = deadlineText
  }
}

/// What one row says by itself: whose it is, or why it waits for a person.
struct Judgement: Sendable {
  /// Where on the roster its candidate stands.
  var place: Int?
  var moment: Moment?
  /// Why the row is set aside; nil where it is not.
  var reason: String?
}

/// Judges rows one at a time.
struct RowJudge: Sendable {
  let layout: SheetLayout
  let rules: SortingRules?
  /// What all rows together decided.
  var order = DateOrder.unneeded
  let zone: ZoneOffset

  private let timeColumn: Int?
  private let identities: [Int]
  private let hints: [Int]
  private let codes: [Int]
  private let previews: [Int]

  init(layout: SheetLayout, rules: SortingRules?, zone: @escaping ZoneOffset) {
    self.layout = layout
    self.rules = rules
    timeColumn = layout.timeColumn
    if layout.service.writesUTC { self.zone = { _ in 0 } } else { self.zone = zone }
    identities = layout.columns(of: .identity)
    hints = layout.columns(of: .hint)
    codes = layout.columns(of: .paperCode)
    previews = layout.columns(of: .preview)
  }

  func judge(_ row: CSVReader) -> Judgement {
    var judgement = owner(of: row)
    guard row.problem == nil, row.fieldCount == layout.columns.count else { return judgement }
    judgement.moment = stamp(of: row)?.moment(order: order, zone: zone)
    if judgement.reason == nil, let rules {
      judgement.reason = lateness(judgement.moment, rules)
    }
    return judgement
  }

  /// When the row says it was sent.
  func stamp(of row: CSVReader) -> Timestamp? {
    guard let timeColumn else { return nil }
    var stamp: Timestamp?
    row.withBytes(of: timeColumn) { stamp = Timestamp(plain: $0) }
    return stamp ?? Timestamp(row.text(of: timeColumn))
  }

  /// Whose the row is, or why it is nobody's, whenever it was sent.
  func owner(of row: CSVReader) -> Judgement {
    if let problem = row.problem {
      return Judgement(
        reason:
          "broken row (record \(row.recordNumber), line \(problem.line), byte \(problem.byte)): "
          + "\(problem)")
    }
    guard row.fieldCount == layout.columns.count else {
      return Judgement(
        reason: "broken row: \(row.fieldCount) cells where the header has \(layout.columns.count)")
    }
    if (0..<row.fieldCount).allSatisfy({ isBlank($0, of: row) }) {
      return Judgement(reason: "the row is empty")
    }
    if layout.service.id == "moodle", ExportText.folded(row.text(of: 0)) == "overall average" {
      return Judgement(reason: "a row of averages, not of answers")
    }
    if previews.contains(where: { Self.isPreview(row.text(of: $0)) }) {
      return Judgement(reason: "a trial run of the form, by its status")
    }
    if layout.service.marksUnfinished, let timeColumn,
      ExportText.isBlank(layout.service.answer(row.text(of: timeColumn)))
    {
      return Judgement(reason: "begun and never sent: the row has no time of submission")
    }
    return rules.map { identify(row, $0) } ?? Judgement()
  }

  private func isBlank(_ column: Int, of row: CSVReader) -> Bool {
    var isBlank = true
    row.withBytes(of: column) { isBlank = ExportText.isBlank($0) }
    return isBlank
  }

  private static func isPreview(_ status: String) -> Bool {
    ["survey preview", "1", "survey test", "2"].contains(ExportText.folded(status))
  }

  // MARK: Whose it is

  private func identify(_ row: CSVReader, _ rules: SortingRules) -> Judgement {
    var found: Int?
    var disagree = false
    func note(_ place: Int) {
      disagree = disagree || found != nil && found != place
      found = place
    }
    for column in identities where !isAnonymous(column, of: row) {
      switch name(in: column, of: row, rules) {
      case .none: continue
      case .stranger: return Judgement(reason: Self.unknown)
      case .person(let place): note(place)
      }
    }
    for column in codes where !isBlank(column, of: row) {
      var code: PaperCode?
      row.withBytes(of: column) { code = PaperCode(typed: $0) }
      guard let code else {
        return Judgement(
          reason: "the paper code is mistyped: its check character does not fit"
            + near(row.text(of: column), rules))
      }
      guard let place = rules.paperCodes[code] else {
        return Judgement(
          reason: "the paper code belongs to no paper of this test"
            + near(row.text(of: column), rules))
      }
      guard let holders = rules.sharedCodes[code] else {
        note(place)
        continue
      }
      // It confirms an address, and names nobody by itself.
      guard let found else {
        let sharing = SuggestedOwners.sharing(holders.map { rules.roster.candidates[$0].id })
        return Judgement(reason: "the paper code stands on several papers, \(sharing)")
      }
      disagree = disagree || !holders.contains(found)
    }
    for column in hints {
      if case .person(let place) = name(in: column, of: row, rules) { note(place) }
    }
    guard let found else {
      return Judgement(
        reason: hints.contains { !isBlank($0, of: row) }
          ? Self.unknown : "no candidate: neither an address nor a paper code")
    }
    guard !disagree else {
      return Judgement(reason: "two identifiers that disagree: they name different candidates")
    }
    return Judgement(place: found)
  }

  private static let unknown = "unknown candidate: the roster has no such address or id"

  /// What a cell with an address or id says.
  private enum Name {
    case none
    case stranger
    case person(Int)
  }

  private func name(in column: Int, of row: CSVReader, _ rules: SortingRules) -> Name {
    var name = Name.none
    row.withBytes(of: column) { typed in
      if let place = rules.roster.place(of: typed) {
        name = .person(place)
      } else if !ExportText.isBlank(typed) {
        name = .stranger
      }
    }
    return name
  }

  /// Whether the service says that it did not ask who answers.
  private func isAnonymous(_ column: Int, of row: CSVReader) -> Bool {
    var isAnonymous = false
    row.withBytes(of: column) { typed in
      // Most names are told from the word by their length or first letter.
      let range = typed.trimmedIndices
      guard let first = range.first, let last = range.last else { return }
      let isForeign = typed[first] >= 0x80 || typed[last] >= 0x80
      guard isForeign || range.count == 9 && typed[first].small == UInt8(ascii: "a") else { return }
      isAnonymous = Roster.folded(String(bytes: typed)) == "anonymous"
    }
    return isAnonymous
  }

  /// Codes of this test that are a slip away; a person decides.
  private func near(_ typed: String, _ rules: SortingRules) -> String {
    let near = PaperCode.near(typed).compactMap { code in
      rules.paperCodes[code].map { (code, rules.roster.candidates[$0].id) }
    }
    return near.isEmpty ? "" : "; " + SuggestedOwners.near(near)
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
