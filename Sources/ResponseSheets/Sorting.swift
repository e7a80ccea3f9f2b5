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

  /// The attempt that counts so far, of a candidate who made several.
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
  private let wholeColumns: [Int?]
  /// Those of whom there are several rows, by their places on the roster.
  private var standings: [Int: Standing] = [:]

  /// Goes through the rows twice, and once more where somebody's attempts cannot be told apart.
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
    wholeColumns = layout.wholeColumns
    let numberColumns = layout.columns.indices.filter {
      layout.columns[$0].role == .question && isNumber(layout.columns[$0])
    }
    var judge = RowJudge(layout: layout, rules: rules, zone: zone)
    var survey = Survey(candidates: rules?.roster.candidates.count ?? 0)
    try sheet.forEachRow { [judge] row in
      survey.note(row, judge, numberColumns: numberColumns)
      return true
    }
    numbers = survey.numbers
    rows = survey.rows
    order = dates ?? survey.dates.order
    orderReason = dates == nil ? survey.dates.reason : "it was given"
    judge.order = order
    self.judge = judge
    if rules?.deadline != nil, rules?.late == .quarantine, layout.timeColumn == nil {
      throw SourceError(
        file: sheet.file, line: 1,
        "the test has a deadline and no column says when answers were sent; export the times, or "
          + "set late: \"grade\" in the blueprint")
    }
    try rank(survey.rowsOf, points)
    guard graded + superseded + quarantined == rows else {
      throw SourceError(
        file: sheet.file, "the rows changed while they were read; export the file again")
    }
  }

  /// The row's fate, by what all rows together decided.
  package func row(_ row: CSVReader) -> Row {
    let judgement = judge.judge(row)
    let fate: Fate
    if let reason = judgement.reason {
      fate = .quarantined(reason: reason)
    } else if let place = judgement.place, let standing = standings[place] {
      fate = self.fate(of: row, standing)
    } else {
      fate = .graded
    }
    return Row(
      line: row.recordLine,
      candidate: judgement.place.flatMap { judge.rules?.roster.candidates[$0].id },
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

  /// - Parameter rowsOf: how many rows there are of each place on the roster, up to two.
  private mutating func rank(
    _ rowsOf: [UInt8], _ points: ([String], CandidateID, NumberLocale) -> Points
  ) throws {
    let (judge, roster) = (judge, judge.rules?.roster.candidates ?? [])
    var standings: [Int: Standing] = [:]
    var attempted = 0
    try sheet.forEachRow { row in
      let judgement = judge.judge(row)
      guard judgement.reason == nil else {
        quarantined += 1
        return true
      }
      guard let place = judgement.place, rowsOf[place] > 1 else {
        graded += 1
        return true
      }
      attempted += 1
      let earned =
        attempts == .best ? points(row.fields, roster[place].id, numbers.locale) : .zero
      let new = Standing(
        line: row.recordLine, moment: judgement.moment, points: earned, answers: digests(row))
      consider(new, &standings[place])
      return true
    }
    self.standings = standings
    if standings.values.contains(where: \.isUndecided) { return try count() }
    graded += standings.count
    superseded = attempted - standings.count
  }

  private func consider(_ new: Standing, _ kept: inout Standing?) {
    guard var standing = kept else {
      kept = new
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
    kept = standing
  }

  /// Of equal times, and where a time is missing, the lower row is the later one.
  private func isLater(_ new: Standing, than old: Standing) -> Bool? {
    guard let one = new.moment, let other = old.moment else { return true }
    return one.isNotBefore(other)
  }

  private func digests(_ row: CSVReader) -> [UInt32] {
    let service = sheet.layout.service
    var answers: [String]?
    return wholeColumns.enumerated().map { index, column in
      var digest: UInt32?
      if let column {
        row.withBytes(of: column) { if service.isAsGiven($0) { digest = Self.digest($0) } }
      }
      if let digest { return digest }
      let texts = answers ?? sheet.layout.answers(in: row.fields)
      answers = texts
      return Self.digest(texts[index].utf8.span)
    }
  }

  /// FNV-1a: the same in every run, and no secret hangs on it.
  private static func digest(_ text: Span<UInt8>) -> UInt32 {
    var digest: UInt32 = 2_166_136_261
    for index in text.indices { digest = (digest ^ UInt32(text[index])) &* 16_777_619 }
    return digest
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
  }
}

/// What all rows together say before any is judged.
private struct Survey {
  private(set) var rows = 0
  private(set) var dates = DateOrderSurvey()
  private(set) var numbers = NumberLocaleSurvey()
  /// How many rows there are of each place on the roster, up to two.
  private(set) var rowsOf: [UInt8]

  init(candidates: Int) { rowsOf = Array(repeating: 0, count: candidates) }

  mutating func note(_ row: CSVReader, _ judge: RowJudge, numberColumns: [Int]) {
    rows += 1
    guard row.problem == nil, row.fieldCount == judge.layout.columns.count else { return }
    if let stamp = judge.stamp(of: row) { dates.note(stamp, line: row.recordLine) }
    for column in numberColumns {
      row.withBytes(of: column) { cell in
        if judge.layout.service.isAsGiven(cell) {
          numbers.note(cell, line: row.recordLine)
        } else {
          let answer = judge.layout.service.answer(String(bytes: cell))
          numbers.note(answer, line: row.recordLine)
        }
      }
    }
    if let place = judge.owner(of: row).place, rowsOf[place] < 2 { rowsOf[place] += 1 }
  }
}
