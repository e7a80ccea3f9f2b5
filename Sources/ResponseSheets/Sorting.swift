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

  /// One attempt of a candidate who made several.
  private struct Attempt: Sendable {
    var line: Int
    /// Microseconds since 1970 in UTC; without a time of its own that of the latest above it.
    var sent: Int64
    var points: Points
    /// A digest of each answer.
    var answers: [UInt32]
  }

  /// The attempt that counts so far, by each order of day and month.
  private struct Standing: Sendable {
    var monthFirst: Attempt
    var dayFirst: Attempt
    /// The latest so far, by each order.
    var latest: Moment

    /// Nobody can say which of two counts.
    var isUndecided: Bool { monthFirst.answers != dayFirst.answers }
    var lines: [Int] { [monthFirst.line, dayFirst.line] }
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
    if standing.isUndecided, standing.lines.contains(row.recordLine) { return Self.undecided }
    let counting = standing.monthFirst
    if counting.line == row.recordLine { return .graded }
    let answers = digests(row)
    for one in [counting, standing.dayFirst] where answers == one.answers {
      return .superseded(reason: "an exact duplicate of line \(one.line)")
    }
    guard !standing.isUndecided else {
      return .superseded(
        reason: "the \(attempts.rawValue) attempt counts, in one of the lines "
          + standing.lines.sorted().map(String.init).joined(separator: " and "))
    }
    let changed = zip(answers, counting.answers).count { $0 != $1 }
    return .superseded(
      reason: "the \(attempts.rawValue) attempt counts, in line \(counting.line); "
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
      let new = Attempt(
        line: row.recordLine, sent: .min, points: earned, answers: digests(row))
      consider(new, sent: judgement.moment, &standings[place])
      return true
    }
    self.standings = standings
    if standings.values.contains(where: \.isUndecided) { return try count() }
    graded += standings.count
    superseded = attempted - standings.count
  }

  /// Where a time is missing, a row is later than those above it.
  private func consider(_ attempt: Attempt, sent: Moment?, _ kept: inout Standing?) {
    let never = Moment(.min)
    let moment = sent ?? kept?.latest ?? never
    var (monthFirst, dayFirst) = (attempt, attempt)
    (monthFirst.sent, dayFirst.sent) = (moment.monthFirst, moment.dayFirst)
    guard var standing = kept else {
      kept = Standing(monthFirst: monthFirst, dayFirst: dayFirst, latest: moment)
      return
    }
    if replaces(monthFirst, standing.monthFirst) { standing.monthFirst = monthFirst }
    if replaces(dayFirst, standing.dayFirst) { standing.dayFirst = dayFirst }
    standing.latest = Moment(
      monthFirst: max(moment.monthFirst, standing.latest.monthFirst),
      dayFirst: max(moment.dayFirst, standing.latest.dayFirst))
    kept = standing
  }

  /// Of equal times the lower row is the later one.
  private func replaces(_ new: Attempt, _ old: Attempt) -> Bool {
    let isLater = new.sent >= old.sent
    return switch attempts {
    case .latest: isLater
    case .first: !isLater
    case .best: new.points == old.points ? isLater : new.points > old.points
    }
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
