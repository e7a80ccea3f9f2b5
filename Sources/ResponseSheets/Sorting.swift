package import CSV
package import ExamModel

/// Decides for every row of an export whether it is graded, superseded or quarantined.
///
/// Each row lands in exactly one of the three, and what is set aside says why. Memory grows with the
/// candidates and not with the rows: a row's fate is found anew when the rows are gone through again.
package struct Sorting: Sendable {
  package enum Fate: Sendable, Hashable {
    case graded
    case superseded(reason: String)
    case quarantined(reason: String)
  }

  package struct Row: Sendable, Hashable {
    package let line: Int
    package let candidate: CandidateID?
    package let submittedMicroseconds: Int64?
    package let fate: Fate
  }

  /// The attempt of a candidate that counts so far.
  private struct Standing: Sendable {
    var line: Int
    var moment: Moment?
    var points: Points
    /// A digest of each answer.
    var answers: [UInt32]
    /// Two attempts of which nobody can say which is the later one.
    var isUndecided = false
  }

  package let sheet: ResponseSheet
  package let order: DateOrder
  package let orderReason: String
  /// What the number questions say about `1,5`.
  package let numbers: NumberLocaleSurvey
  package private(set) var rows = 0
  package private(set) var graded = 0
  package private(set) var superseded = 0
  package private(set) var quarantined = 0
  private let judge: RowJudge
  private let attempts: MarkingPolicy.Attempts
  private var standings: [CandidateID: Standing] = [:]

  /// Goes through the rows three times at most, and once more where marks decide.
  ///
  /// - Parameters:
  ///   - rules: nil where no test is known: then a row that can be read counts as graded.
  ///   - dates: the order of day and month, where a person said so.
  ///   - numberItems: whether each item's answer is a single number.
  ///   - zone: where the clocks of stamps without a zone stand.
  ///   - points: what a row's answers earn its candidate, by the decimal mark that all rows
  ///     decided; asked only for several attempts.
  /// - Throws: `SourceError` where there is a deadline and no column with times.
  package init(
    _ sheet: ResponseSheet, rules: SortingRules?, dates: DateOrder? = nil,
    isNumber: (SheetColumn) -> Bool, zone: @escaping ZoneOffset = { _ in 0 },
    points: ([String], CandidateID, NumberLocale) -> Points = { _, _, _ in .zero }
  ) throws {
    self.sheet = sheet
    attempts = rules?.attempts ?? .latest
    let layout = sheet.layout
    let numberColumns = layout.columns.indices.filter {
      layout.columns[$0].role == .question && isNumber(layout.columns[$0])
    }
    var survey = DateOrderSurvey()
    var numbers = NumberLocaleSurvey()
    var rows = 0
    try sheet.forEachRow { row in
      rows += 1
      guard row.problem == nil, row.fieldCount == layout.columns.count else { return true }
      if let column = layout.timeColumn { survey.note(row.text(of: column), line: row.recordLine) }
      for column in numberColumns {
        numbers.note(layout.service.answer(row.text(of: column)), line: row.recordLine)
      }
      return true
    }
    self.numbers = numbers
    self.rows = rows
    order = dates ?? survey.order
    orderReason = dates == nil ? survey.reason : "it was given"
    if rules?.deadline != nil, rules?.late == .quarantine, layout.timeColumn == nil {
      throw SourceError(
        file: sheet.file, line: 1,
        "the test has a deadline and no column says when answers were sent; export the times, or "
          + "set late: \"grade\" in the blueprint")
    }
    judge = RowJudge(layout: layout, rules: rules, order: order, zone: zone)
    try rank(points)
    try count()
  }

  /// The row's fate, by what all rows together decided.
  package func row(_ row: CSVReader) -> Row {
    let judgement = judge.judge(row)
    let fate: Fate
    if let reason = judgement.reason {
      fate = .quarantined(reason: reason)
    } else if let candidate = judgement.candidate, let standing = standings[candidate] {
      fate = self.fate(of: row, standing)
    } else {
      fate = .graded
    }
    return Row(
      line: row.recordLine, candidate: judgement.candidate,
      submittedMicroseconds: judgement.moment?.microseconds, fate: fate)
  }

  private func fate(of row: CSVReader, _ standing: Standing) -> Fate {
    if standing.line == row.recordLine { return standing.isUndecided ? Self.undecided : .graded }
    let answers = digests(row)
    if answers == standing.answers, !standing.isUndecided || standing.line < row.recordLine {
      return .superseded(reason: "an exact duplicate of line \(standing.line)")
    }
    if standing.isUndecided { return Self.undecided }
    let changed = zip(answers, standing.answers).count { $0 != $1 }
    return .superseded(
      reason: "the \(attempts.rawValue) attempt counts, in line \(standing.line); "
        + "\(changed) of \(answers.count) answers differ")
  }

  private static let undecided = Fate.quarantined(
    reason: "several attempts, and day and month of their dates can be read in either order; say "
      + "which with --dates, or release the one that counts")

  // MARK: Which attempt counts

  private mutating func rank(_ points: ([String], CandidateID, NumberLocale) -> Points) throws {
    guard judge.rules != nil else { return }
    let judge = judge
    var standings: [CandidateID: Standing] = [:]
    if attempts == .best {
      var counts: [CandidateID: Int] = [:]
      try sheet.forEachRow { row in
        let judgement = judge.judge(row)
        if judgement.reason == nil, let candidate = judgement.candidate {
          counts[candidate, default: 0] += 1
        }
        return true
      }
      standings.reserveCapacity(counts.count)
      try sheet.forEachRow { row in
        let judgement = judge.judge(row)
        guard judgement.reason == nil, let candidate = judgement.candidate else { return true }
        let isOne = counts[candidate] == 1
        let earned = isOne ? Points.zero : points(row.fields, candidate, numbers.locale)
        consider(row, judgement, candidate, earned, in: &standings)
        return true
      }
    } else {
      try sheet.forEachRow { row in
        let judgement = judge.judge(row)
        guard judgement.reason == nil, let candidate = judgement.candidate else { return true }
        consider(row, judgement, candidate, .zero, in: &standings)
        return true
      }
    }
    self.standings = standings
  }

  private func consider(
    _ row: CSVReader, _ judgement: Judgement, _ candidate: CandidateID, _ points: Points,
    in standings: inout [CandidateID: Standing]
  ) {
    let new = Standing(
      line: row.recordLine, moment: judgement.moment, points: points, answers: digests(row))
    guard var standing = standings[candidate] else {
      standings[candidate] = new
      return
    }
    let isLater = self.isLater(new, than: standing)
    let keepsNew: Bool?
    switch attempts {
    case .latest: keepsNew = isLater
    case .first: keepsNew = isLater.map { !$0 }
    case .best: keepsNew = new.points == standing.points ? isLater : new.points > standing.points
    }
    if keepsNew == nil, new.answers != standing.answers { standing.isUndecided = true }
    if keepsNew == true {
      let isUndecided = standing.isUndecided
      standing = new
      standing.isUndecided = isUndecided
    }
    standings[candidate] = standing
  }

  /// Of equal times, and where a time is missing, the lower row is the later one.
  private func isLater(_ new: Standing, than old: Standing) -> Bool? {
    guard let one = new.moment, let other = old.moment else { return true }
    return one.isNotBefore(other)
  }

  private func digests(_ row: CSVReader) -> [UInt32] {
    sheet.layout.answers(in: row.fields).map { answer in
      // FNV-1a: the same in every run, and no secret hangs on it.
      answer.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
  }

  private mutating func count() throws {
    var (graded, superseded, quarantined) = (0, 0, 0)
    let sorting = self
    try sheet.forEachRow { row in
      switch sorting.row(row).fate {
      case .graded: graded += 1
      case .superseded: superseded += 1
      case .quarantined: quarantined += 1
      }
      return true
    }
    (self.graded, self.superseded, self.quarantined) = (graded, superseded, quarantined)
    guard graded + superseded + quarantined == rows else {
      throw SourceError(
        file: sheet.file, "the rows changed while they were read; export the file again")
    }
  }
}
