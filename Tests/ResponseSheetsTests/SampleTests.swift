import CSV
import ExamModel
import Foundation
import ResponseSheets
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Samples")

/// What a sample is to be taken for; the files are described in Samples/README.md.
struct ExpectedSample: Sendable, CustomTestStringConvertible {
  let path: String
  let service: String
  var encoding = "UTF-8"
  var delimiter = ","
  var headerRows = 1
  let rows: Int
  var locale = NumberLocale.point
  var dates = DateOrder.unneeded
  /// Lines that are set aside although nobody is looked up, with a word of the reason.
  var problems: [(line: Int, word: String)] = []
  var firstTime: String?
  /// Questions and how the first row answers them; `…` ends a beginning.
  var answers: [(question: String, answer: String)] = []

  var testDescription: String { path }

  static let all: [ExpectedSample] = [
    .init(
      path: "google-forms-direct/plain.csv", service: "google-forms-direct", rows: 5,
      firstTime: "2024-03-05T01:58:07Z"),
    .init(
      path: "google-forms-direct/quiz-scores.csv", service: "google-forms-direct", rows: 5,
      firstTime: "2024-03-05T01:58:07Z",
      answers: [("Full name", "Candidate 001"), ("1. What is sigmoid(0)?", "0.5")]),
    .init(
      path: "google-forms-direct/checkbox-commas.csv", service: "google-forms-direct", rows: 7,
      locale: .undecided, firstTime: "2024-03-05T13:00:00Z"),
    .init(
      path: "google-forms-direct/grid-duplicates-newline-title.csv", service: "google-forms-direct",
      rows: 2, firstTime: "2024-03-05T18:00:00Z",
      answers: [
        ("Range [ReLU]", "[0, inf)"), ("Range [sigmoid [0,1]]", "(0, 1)"), ("Answer", "0.5"),
      ]),
    .init(
      path: "google-forms-direct/multiline.csv", service: "google-forms-direct", rows: 4,
      locale: .undecided, firstTime: "2024-03-05T13:00:00Z",
      answers: [
        (
          "5. Show your working for dL/du",
          "line one\nline two, with comma\n\"quoted\" and a ; too\n"
        )
      ]),
    .init(
      path: "google-forms-direct/sections-empty.csv", service: "google-forms-direct", rows: 3,
      firstTime: "2024-03-05T13:00:00Z", answers: [("A2. Shape", "(3, 4)"), ("B1. Number", "")]),
    .init(
      path: "google-forms-direct/repeat-submissions.csv", service: "google-forms-direct", rows: 4,
      firstTime: "2024-03-05T07:30:00Z"),
    .init(
      path: "google-forms-direct/formula-like.csv", service: "google-forms-direct", rows: 4,
      firstTime: "2024-03-05T13:00:00Z", answers: [("1. What is sigmoid(0)?", "=1/2")]),
    .init(
      path: "google-forms-direct/file-upload.csv", service: "google-forms-direct", rows: 2,
      locale: .undecided, firstTime: "2024-03-05T12:00:00Z"),
    .init(
      path: "google-forms-direct/locale-en-ca.csv", service: "google-forms-direct", rows: 3,
      firstTime: "2024-03-05T09:58:07Z"),
    .init(
      path: "google-forms-direct/locale-es-419.csv", service: "google-forms-direct", rows: 3,
      firstTime: "2025-06-01T14:58:07Z"),
    .init(
      path: "google-forms-direct/locale-es-nbsp.csv", service: "google-forms-direct", rows: 2,
      firstTime: "2025-06-01T15:58:07Z"),
    .init(
      path: "google-forms-direct/locale-pt-br.csv", service: "google-forms-direct", rows: 2,
      firstTime: "2020-06-01T13:58:07Z"),
    .init(
      path: "google-forms-direct/locale-ru.csv", service: "google-forms-direct", rows: 2,
      firstTime: "2025-11-01T04:58:07Z"),
    .init(
      path: "google-sheet/ML Mock A (Responses) - Form Responses 1.csv", service: "google-sheet",
      rows: 5, dates: .ambiguous),
    .init(
      path: "google-sheet/ML Mock A (Responses) - Form Responses 1.tsv", service: "google-sheet",
      delimiter: "\t", rows: 5, dates: .ambiguous),
    .init(path: "google-sheet/quiz.csv", service: "google-sheet", rows: 5, dates: .ambiguous),
    .init(
      path: "google-sheet/locale-es-dmy.csv", service: "google-sheet", rows: 2, locale: .comma,
      dates: .dayFirst, firstTime: "2024-03-05T09:58:07Z"),
    .init(
      path: "google-sheet/locale-iso-engb.csv", service: "google-sheet", rows: 2,
      firstTime: "2026-09-29T07:57:23Z"),
    .init(
      path: "google-sheet/datetime-js-string.csv", service: "google-sheet", rows: 2,
      problems: [(3, "empty")], firstTime: "2024-03-05T23:04:05Z"),
    .init(path: "resaved/bom-crlf.csv", service: "google-sheet", rows: 5, dates: .ambiguous),
    .init(
      path: "resaved/utf16le-tab-excel-unicode-text.csv", service: "google-sheet",
      encoding: "UTF-16LE", delimiter: "\t", rows: 5, dates: .ambiguous),
    .init(
      path: "resaved/excel-european-semicolon-cp1252.csv", service: "google-sheet",
      encoding: "windows-1252", delimiter: ";", rows: 3, locale: .comma, dates: .dayFirst,
      firstTime: "2024-03-05T09:58:00Z", answers: [("Question 1 (décimal)", "0,5")]),
    .init(
      path: "resaved/excel-european-semicolon-utf8bom.csv", service: "google-sheet", delimiter: ";",
      rows: 3, locale: .comma, dates: .dayFirst, firstTime: "2024-03-05T09:58:00Z"),
    .init(path: "resaved/classic-mac-cr.csv", service: "google-sheet", rows: 2, dates: .ambiguous),
    .init(
      path: "resaved/nul-and-latin1.csv", service: "google-sheet", encoding: "windows-1252",
      rows: 2,
      dates: .ambiguous, problems: [(3, "zero byte")], answers: [("Name", "André Sample")]),
    .init(
      path: "microsoft-forms/survey.csv", service: "microsoft-forms", rows: 5, dates: .ambiguous),
    .init(path: "microsoft-forms/quiz.csv", service: "microsoft-forms", rows: 5, dates: .ambiguous),
    .init(
      path: "moodle/ML101-Mock A-responses.csv", service: "moodle", rows: 5,
      problems: [(7, "never sent")], firstTime: "2024-03-05T09:58:00Z",
      answers: [("Question 6", "part 1: 32; part 2: 4")]),
    .init(
      path: "moodle/responses-4x-with-question-and-right-answer.csv", service: "moodle", rows: 5,
      problems: [(6, "never sent")], firstTime: "2024-03-05T09:58:00Z",
      answers: [("Question 2", "(32, 4)")]),
    .init(
      path: "canvas/Mock A Quiz Student Analysis Report.csv", service: "canvas", rows: 5,
      firstTime: "2024-03-05T09:58:07Z"),
    .init(
      path: "canvas/gradebook-import.csv", service: "canvas-gradebook", rows: 4, locale: .undecided),
    .init(
      path: "typeform/responses.csv", service: "typeform", rows: 5, problems: [(6, "never sent")],
      firstTime: "2024-03-05T01:58:07Z", answers: [("Phone", "+440000000001")]),
    .init(
      path: "surveymonkey/expanded-two-header-rows.csv", service: "surveymonkey", headerRows: 2,
      rows: 5, dates: .ambiguous),
    .init(
      path: "surveymonkey/old-two-header-rows-not-utf8.csv", service: "surveymonkey",
      encoding: "windows-1252", headerRows: 2, rows: 2, locale: .undecided,
      answers: [
        ("Have you trained a neural net?Œæ", "Yes"),
        ("Which have you used? Please select all that apply.", "PyTorch; scikit-learn"),
      ]),
    .init(
      path: "qualtrics/three-header-rows.csv", service: "qualtrics", headerRows: 3, rows: 5,
      problems: [(10, "trial run")], firstTime: "2024-03-05T09:58:01Z"),
    .init(
      path: "limesurvey/results-survey123456.csv", service: "limesurvey", delimiter: ";", rows: 5,
      problems: [(6, "never sent")], firstTime: "2024-03-05T09:58:07Z",
      answers: [("G01Q04", "SQ001; SQ002; SQ004"), ("G01Q06[SQ001]", "[0, inf)")]),
    .init(
      path: "kobotoolbox/export.csv", service: "kobotoolbox", delimiter: ";", rows: 5,
      firstTime: "2024-03-05T01:58:07Z"),
    .init(
      path: "jotform/submissions.csv", service: "jotform", rows: 5,
      firstTime: "2024-03-05T00:00:00Z"),
  ]
}

private func read(_ path: String) throws -> (sheet: ResponseSheet, sorting: Sorting) {
  let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(path)))
  let sheet = try ResponseSheet(bytes, file: path, items: nil)
  return (sheet, try Sorting(sheet, rules: nil, isNumber: { _ in true }))
}

@Suite("Exports of every service") struct SampleTests {
  @Test("are told apart and read without being told which is which", arguments: ExpectedSample.all)
  func sample(_ expected: ExpectedSample) throws {
    let (sheet, sorting) = try read(expected.path)
    #expect(sheet.service.id == expected.service)
    #expect(sheet.encoding.rawValue == expected.encoding)
    #expect(String(UnicodeScalar(sheet.head.delimiter)) == expected.delimiter)
    #expect(sheet.headerRows == expected.headerRows)
    #expect(sorting.rows == expected.rows)
    #expect(sorting.numbers.locale == expected.locale)
    #expect(sorting.order == expected.dates)
    var problems: [(Int, String)] = []
    var firstTime: String?
    var answers: [(String, String)] = []
    try sheet.forEachRow { row in
      let sorted = sorting.row(row)
      if case .quarantined(let reason) = sorted.fate { problems.append((sorted.line, reason)) }
      guard answers.isEmpty else { return true }
      firstTime = sorted.submittedMicroseconds.map { CivilTime.text(microseconds: $0) }
      answers = Array(zip(sheet.layout.questions, sheet.layout.answers(in: row.fields)))
      return true
    }
    #expect(problems.map(\.0) == expected.problems.map(\.line))
    for (problem, awaited) in zip(problems, expected.problems) {
      #expect(problem.1.contains(awaited.word), "\(problem.1)")
    }
    #expect(firstTime == expected.firstTime)
    for (question, answer) in expected.answers {
      #expect(answers.first { $0.0 == question }?.1 == answer, "\(question)")
    }
  }

  /// The files that hold the same five candidates, and which of the common questions they ask.
  static let coreFiles: [(path: String, loses: Bool)] = [
    ("google-forms-direct/plain.csv", false),
    ("google-sheet/ML Mock A (Responses) - Form Responses 1.csv", false),
    ("google-sheet/ML Mock A (Responses) - Form Responses 1.tsv", true),
    ("resaved/bom-crlf.csv", false), ("resaved/utf16le-tab-excel-unicode-text.csv", false),
    ("microsoft-forms/survey.csv", false), ("canvas/Mock A Quiz Student Analysis Report.csv", true),
    ("typeform/responses.csv", false), ("surveymonkey/expanded-two-header-rows.csv", false),
    ("qualtrics/three-header-rows.csv", false), ("kobotoolbox/export.csv", false),
    ("jotform/submissions.csv", false), ("moodle/ML101-Mock A-responses.csv", false),
  ]

  @Test("say the same of the same five candidates", arguments: coreFiles)
  func core(_ path: String, _ loses: Bool) throws {
    let table = try String(
      contentsOf: folder.appendingPathComponent("expected-core.tsv"), encoding: .utf8
    ).split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    let (sheet, _) = try read(path)
    var found: [[String]] = []
    try sheet.forEachRow { row in
      found.append(sheet.layout.answers(in: row.fields))
      return true
    }
    #expect(found.count == 5)
    var asked = 0
    for (place, name) in table[0].enumerated().dropFirst() {
      let titles = Self.titles[String(name)] ?? []
      guard
        let question = sheet.layout.questions.firstIndex(where: { title in
          titles.contains { title.hasPrefix($0) }
        })
      else { continue }
      asked += 1
      for (candidate, answers) in zip(table.dropFirst(), found) {
        var expected = String(candidate[place]).replacing("␊", with: "\n")
        if loses { expected = expected.replacing("\n", with: " ") }
        if name == "q4" {
          #expect(
            Self.choices(answers[question]) == Self.choices(expected), "\(candidate[0]) \(name)")
        } else if sheet.service.id == "moodle", expected == "-" {
          #expect(answers[question] == "")
        } else {
          #expect(answers[question] == expected, "\(candidate[0]) \(name)")
        }
      }
    }
    #expect(asked >= 2)
  }

  /// How the common questions' titles begin in the files.
  private static let titles: [String: [String]] = [
    "q1": ["1. ", "Question 1"], "q2": ["2. ", "Question 2"], "q3": ["3. ", "Question 3"],
    "q4": ["4. ", "Question 4"], "q5": ["5. ", "Question 5", "Show your"],
    "q6.ReLU": ["6. Range of each activation [ReLU]", "6. Range of each activation - ReLU"],
    "q6.tanh": ["6. Range of each activation [tanh]", "6. Range of each activation - tanh"],
    "q6.sigmoid": [
      "6. Range of each activation [sigmoid]", "6. Range of each activation - sigmoid",
    ],
    "q7": ["7. "],
  ]

  /// The options that a text holds, found whole.
  private static func choices(_ text: String) -> Set<String> {
    var rest = text
    var found: Set<String> = []
    for option in [
      "L2 weight decay", "Dropout, applied to activations", "Larger batch size",
      "Early stopping; watched on validation",
    ] where rest.contains(option) {
      found.insert(option)
      rest = rest.replacing(option, with: "")
    }
    if !rest.allSatisfy({ ",; ⏐\n".contains($0) }) { found.insert("left over: \(rest)") }
    return found
  }

  /// The plain sample in other dresses, for what no sample file has.
  private static func dressed(_ encode: (String) -> [UInt8]) throws -> (ResponseSheet, Sorting) {
    let text = try String(
      contentsOf: folder.appendingPathComponent("google-forms-direct/plain.csv"), encoding: .utf8)
    let sheet = try ResponseSheet(encode(text), file: "x", items: nil)
    return (sheet, try Sorting(sheet, rules: nil, isNumber: { _ in true }))
  }

  @Test(
    "in UTF-16 of either order, with a mark and without", arguments: [true, false], [true, false])
  func utf16(_ isBig: Bool, _ hasMark: Bool) throws {
    let (sheet, sorting) = try Self.dressed { text in
      ((hasMark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
        isBig ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
      }
    }
    #expect(sheet.encoding == (isBig ? .utf16BE : .utf16LE))
    #expect(sorting.rows == 5 && sorting.quarantined == 0)
    #expect(sheet.service.id == "google-forms-direct")
  }

  @Test("an encoding whose table is not here is told, and what to do")
  func foreignEncoding() {
    let error = #expect(throws: SourceError.self) { try read("resaved/korean-cp949.csv") }
    #expect(error?.message == "CP949 cannot be read on this machine; save it as UTF-8")
  }

  @Test("with a first line that names the delimiter")
  func separatorLine() throws {
    let text =
      "sep=;\r\nHorodateur;Adresse e-mail;Q1 (a, b)\r\n05/03/2024 09:58;a@example.org;0,5\r\n"
    let sheet = try ResponseSheet(Array(text.utf8), file: "x", items: nil)
    #expect(sheet.head.delimiter == UInt8(ascii: ";"))
    #expect(sheet.layout.columns.map(\.role) == [.time, .identity, .question])
    let sorting = try Sorting(sheet, rules: nil, isNumber: { _ in true })
    #expect(sorting.rows == 1 && sorting.numbers.locale == .comma)
  }
}
