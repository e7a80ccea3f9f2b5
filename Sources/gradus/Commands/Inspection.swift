import CSV
import ExamModel
import ResponseSheets
import Workers

/// What was found out about one file, as text and as JSON.
struct Inspection {
  private let found: Understanding
  private let file: String
  private let isSorted: Bool
  /// What no column asks; nil where nothing is missed.
  private let missing: String?
  private var rows: [Row] = []
  private var problems: [(line: Int, reason: String, raw: String)] = []
  private var problemCount = 0

  private struct Row {
    let line: Int
    let time: String?
    let identity: [String]
    let answers: [String]
    let fate: String
  }

  /// Problems that are shown one by one; the rest is counted.
  private static let mostProblems = 1000

  init(_ found: Understanding, file: String, exam: Exam?, shown: Int) throws {
    self.found = found
    self.file = file
    isSorted = exam != nil
    missing = try exam.flatMap { try found.missingQuestions(of: $0.press) }
    let layout = found.sheet.layout
    let named = layout.columns.indices.filter {
      [.identity, .hint, .paperCode].contains(layout.columns[$0].role)
    }
    try found.sheet.forEachRow { reader in
      let row = found.sorting.row(reader)
      if case .quarantined(let reason) = row.fate {
        problemCount += 1
        if problems.count < Self.mostProblems { problems.append((row.line, reason, reader.raw)) }
      }
      if rows.count < shown, reader.problem == nil, reader.fieldCount == layout.columns.count {
        let cells = reader.fields
        rows.append(
          Row(
            line: row.line,
            time: row.submittedMicroseconds.map { CivilTime.text(microseconds: $0) },
            identity: named.map { cells[$0] }.filter { !$0.isEmpty },
            answers: layout.answers(in: cells), fate: Self.word(row)))
      }
      return true
    }
  }

  private static func word(_ row: Sorting.Row) -> String {
    switch row.fate {
    case .graded: row.candidate.map { "graded, as \($0)" } ?? "read"
    case .superseded(let reason): "superseded: \(reason)"
    case .quarantined(let reason): "quarantined: \(reason)"
    }
  }

  private var localeReason: String {
    let numbers = found.sorting.numbers
    switch (numbers.points, numbers.commas) {
    case (0, 0): return "no number question has a number that tells"
    case (let points, 0):
      return "\(points) cells can only have a decimal point, first in line \(numbers.pointLines[0])"
    case (0, let commas):
      return "\(commas) cells can only have a decimal comma, first in line \(numbers.commaLines[0])"
    case (let points, let commas):
      return
        "\(points) cells have a decimal point, as line \(numbers.pointLines[0]), and \(commas) a "
        + "comma, as line \(numbers.commaLines[0])"
    }
  }

  private var quoting: String {
    found.sheet.head.isAllQuoted
      ? "every cell" : found.sheet.head.hasQuotes ? "where needed" : "none"
  }

  /// What a person should know before grading.
  private var oddities: [String] {
    let sheet = found.sheet
    var odd: [String] = []
    if sheet.head.separatorLine != nil { odd.append("its first line names the delimiter") }
    if found.sorting.order == .ambiguous {
      odd.append("day and month can be read in either order; say which with --dates")
    }
    if found.sorting.numbers.locale == .undecided,
      found.sorting.numbers.points + found.sorting.numbers.commas > 0
    {
      odd.append("decimal points and decimal commas occur; numbers such as 1,234 wait for a person")
    }
    if let missing { odd.append(missing) }
    if sheet.layout.timeColumn == nil { odd.append("no column says when answers were sent") }
    if !sheet.layout.columns.contains(where: { [.identity, .hint, .paperCode].contains($0.role) }) {
      odd.append("no column says who answered")
    }
    let titles = sheet.layout.columns.filter { !$0.title.isEmpty }.map(\.title)
    if Set(titles).count < titles.count {
      odd.append(
        "\(titles.count - Set(titles).count) titles occur more than once; columns are told by place"
      )
    }
    if sheet.service.id == "canvas-gradebook" { odd.append("a gradebook holds no answers") }
    return odd
  }

  // MARK: JSON

  var json: JSON {
    let sheet = found.sheet
    let sorting = found.sorting
    return .object([
      ("file", .string(file)), ("service", .string(sheet.service.id)),
      ("encoding", .string(sheet.encoding.rawValue)),
      ("delimiter", .string(String(UnicodeScalar(sheet.head.delimiter)))),
      ("headerRows", .integer(sheet.headerRows)), ("rows", .integer(sorting.rows)),
      (
        "columns",
        .array(
          sheet.layout.columns.enumerated().map { index, column in
            .object([
              ("index", .integer(index)), ("title", .string(column.title)),
              ("role", .string(column.role.rawValue)), ("question", .optional(column.question)),
            ])
          })
      ),
      ("locale", .string(sorting.numbers.locale.rawValue)),
      ("submissions", .integer(sorting.rows - sorting.quarantined)),
      (
        "problems",
        .array(
          problems.map {
            .object([
              ("line", .integer($0.line)), ("reason", .string($0.reason)), ("raw", .string($0.raw)),
            ])
          })
      ),
      ("quoting", .string(quoting)), ("dates", .string(sorting.order.rawValue)),
      (
        "reasons",
        .object([
          ("encoding", .string(sheet.encodingReason)),
          ("delimiter", .string(sheet.head.delimiterReason)),
          ("service", .string(sheet.serviceReason)), ("locale", .string(localeReason)),
          ("dates", .string(sorting.orderReason)),
        ])
      ),
      ("graded", isSorted ? .integer(sorting.graded) : .null),
      ("superseded", isSorted ? .integer(sorting.superseded) : .null),
      ("quarantined", .integer(sorting.quarantined)),
      ("oddities", .array(oddities.map(JSON.string))),
      (
        "preview",
        .array(
          rows.map { row in
            .object([
              ("line", .integer(row.line)), ("time", .optional(row.time)),
              ("identity", .array(row.identity.map(JSON.string))), ("fate", .string(row.fate)),
              (
                "answers",
                .array(
                  zip(sheet.layout.questions, row.answers).map { question, answer in
                    .object([("question", .string(question)), ("answer", .string(answer))])
                  })
              ),
            ])
          })
      ),
    ])
  }

  // MARK: Text

  func text(_ console: Console) -> String {
    let sheet = found.sheet
    let sorting = found.sorting
    var facts = TextTable(["\(found.file.name)", ""])
    facts.add(["service", "\(sheet.service.name): \(sheet.serviceReason)"])
    facts.add(["encoding", "\(sheet.encoding.rawValue): \(sheet.encodingReason)"])
    facts.add(["delimiter", "\(delimiterName): \(sheet.head.delimiterReason)"])
    facts.add(["quotation marks", quoting])
    facts.add(["records of titles", "\(sheet.headerRows)"])
    facts.add(["dates", "\(sorting.order.rawValue): \(sorting.orderReason)"])
    facts.add(["decimals", "\(sorting.numbers.locale.rawValue): \(localeReason)"])
    var columns = TextTable(["column", "title", "role", "question"], rightAligned: [0])
    for (index, column) in sheet.layout.columns.enumerated() {
      let question =
        column.option.map { "\(column.question ?? "") = \($0)" } ?? column.question ?? ""
      columns.add([
        "\(index + 1)", Self.short(column.title), column.role.rawValue, Self.short(question),
      ])
    }
    var lines = [facts.text, "", columns.text, ""]
    if isSorted {
      lines.append(
        "\(sorting.rows) rows = \(sorting.graded) to be graded + \(sorting.superseded) superseded + "
          + "\(sorting.quarantined) quarantined")
    } else {
      lines.append(
        "\(sorting.rows) rows, of which \(sorting.quarantined) would be set aside; no workspace here, "
          + "so nobody was looked up")
    }
    lines += oddities.map { "Odd: \($0)." }
    for row in rows {
      lines += ["", console.bold("line \(row.line)") + "  " + row.fate]
      lines.append("  sent \(row.time ?? "at a time that is not told or not clear")")
      if !row.identity.isEmpty {
        lines.append("  by \(row.identity.joined(separator: ", ").onOneLine)")
      }
      for (question, answer) in zip(sheet.layout.questions, row.answers) where !answer.isEmpty {
        lines.append("  \(Self.short(question)): \(Self.short(answer))")
      }
    }
    if !problems.isEmpty { lines.append("") }
    for problem in problems.prefix(20) {
      lines.append("\(found.file.name):\(problem.line): \(problem.reason)")
    }
    if problemCount > 20 { lines.append("and \(problemCount - 20) more; --format json lists them") }
    return lines.joined(separator: "\n")
  }

  private var delimiterName: String {
    switch found.sheet.head.delimiter {
    case 9: "tab"
    case 44: "comma"
    case 59: "semicolon"
    default: "\"\(String(UnicodeScalar(found.sheet.head.delimiter)))\""
    }
  }

  private static func short(_ text: String) -> String {
    let line = text.replacing("\r\n", with: "␊").replacing("\n", with: "␊").replacing(
      "\r", with: "␊")
    return line.count <= 60 ? line : line.prefix(59) + "…"
  }
}
