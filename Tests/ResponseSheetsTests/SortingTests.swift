import ExamModel
import ResponseSheets
import Testing

private let items = [
  FormItem(question: 1, field: "AB"), FormItem(question: 1, field: "BA"),
  FormItem(question: 2, field: "dL/dw0"), FormItem(question: 2, field: "dL/dw"),
  FormItem(question: 3, field: "p"),
]

@Suite("Understanding a form's export") struct ResponseSheetTests {
  private func roles(_ titles: [String]) throws -> [ColumnMap.Role] {
    try ColumnMap(titles: titles, items: items, file: "x.csv").roles
  }

  @Test(
    "finds questions by number and field, in many spellings",
    arguments: [
      ("Q1 AB", 0), ("Q1 AB: shape of the product", 0), ("1. BA", 1), ("Question 1: BA (shape)", 1),
      ("q2 dL/dw0", 2), ("Q2 dL/dw", 3), ("Q3 p", 4), ("Q3", 4), (" Q1  AB ", 0),
    ])
  func questions(_ title: String, _ item: Int) throws {
    #expect(try roles(["Email", title])[1] == .answer(item))
  }

  @Test("leaves alone what is no question", arguments: ["Q1 ABC", "Q9 AB", "Comments", "Q1", "AB"])
  func strangers(_ title: String) throws {
    #expect(try roles(["Email", "Q3 p", title])[2] == .other)
  }

  @Test(
    "a header that cannot be used says why",
    arguments: [
      (["Email", "Comments"], "no column is a question"), (["Timestamp", "Q3 p"], "who answered"),
      (["Email", "Q3 p", "Q3"], "both ask"),
    ])
  func headers(_ titles: [String], _ words: String) {
    let error = #expect(throws: SourceError.self) { try roles(titles) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("an empty file is told from one without a header", arguments: ["", "\n\n", " \n1,2"])
  func emptyFiles(_ text: String) {
    let error = #expect(throws: SourceError.self) {
      try ResponseSheet(Array(text.utf8), file: "x.csv", items: items)
    }
    #expect(error?.description.contains("empty") == true)
  }
}

@Suite("Deciding every row's fate") struct SortingTests {
  private let roster: Roster
  private let codes: [PaperCode: CandidateID]

  init() throws {
    roster = try Roster(
      [
        Candidate(id: "c1", name: "Ada", email: "ada@example.org"),
        Candidate(id: "c2", name: "Bo", email: "bo@example.org"),
      ], file: "roster.csv")
    codes = [PaperCode(bits: [1, 2, 3, 4, 5]): "c1", PaperCode(bits: [9, 9, 9, 9, 9]): "c2"]
  }

  private func sort(
    _ rows: [String], attempts: MarkingPolicy.Attempts = .latest
  ) throws -> Sorting {
    let text = (["Timestamp,Email,Paper code,Q3 p"] + rows).joined(separator: "\n")
    let sheet = try ResponseSheet(Array(text.utf8), file: "x.csv", items: items)
    return Sorting(sheet, roster: roster, paperCodes: codes, attempts: attempts)
  }

  private func reason(_ fate: Sorting.Fate) -> String {
    switch fate {
    case .graded: "graded"
    case .superseded(let reason), .quarantined(let reason): reason
    }
  }

  @Test("a candidate is known by address, id or paper code, whatever case and spaces")
  func identities() throws {
    let code = PaperCode(bits: [9, 9, 9, 9, 9]).description.lowercased()
    let sorting = try sort(["t, ADA@Example.org ,,1", "t,,\(code),1"])
    #expect(sorting.rows.map(\.candidate) == ["c1", "c2"])
    #expect(sorting.graded == 2)
    #expect(try sort(["t,C2,,1"]).rows[0].candidate == "c2")
  }

  @Test("rows that cannot be settled are set aside with their reason")
  func quarantine() throws {
    let (one, other) = (PaperCode(bits: [1, 2, 3, 4, 5]), PaperCode(bits: [7, 7, 7, 7, 7]))
    let mistyped = String(one.characters.dropLast()) + (one.characters.hasSuffix("A") ? "B" : "A")
    let sorting = try sort([
      "t,eve@example.org,,1", "t,ada@example.org,\(mistyped),1", "t,bo@example.org,\(one),1",
      "t,,\(other),1", "t,,,1", "t,ada@example.org", ",,,", "t,\"ada@example.org,,1",
    ])
    let words = [
      "unknown candidate", "mistyped", "disagree", "no paper", "no candidate", "2 cells", "empty",
      "never closed",
    ]
    #expect(sorting.quarantined == 8 && sorting.graded == 0)
    for (row, word) in zip(sorting.rows, words) {
      #expect(reason(row.fate).contains(word), "line \(row.line): \(reason(row.fate))")
    }
  }

  @Test("the latest attempt counts by its time, not by its row")
  func latest() throws {
    let rows = [
      "2026/03/05 1:00:00 PM GMT+1,ada@example.org,,1",
      "2026/03/05 12:10:00 AM GMT+1,ada@example.org,,2",
      "2026/03/05 12:30:00 PM GMT+1,ada@example.org,,3",
      "2026/03/05 9:00:00 AM GMT+1,bo@example.org,,4",
    ]
    let latest = try sort(rows)
    #expect(latest.rows.map { $0.fate == .graded } == [true, false, false, true])
    #expect(reason(latest.rows[1].fate).contains("line 2"))
    let first = try sort(rows, attempts: .first)
    #expect(first.rows.map { $0.fate == .graded } == [false, true, false, true])
  }

  @Test(
    "reads the moments that Google writes",
    arguments: [
      ("2026/03/05 9:58:07 AM GMT+8", 1_772_675_887),
      ("2026/03/05 12:00:00 PM GMT+5:30", 1_772_692_200),
      ("2026/03/05 12:10:09 AM GMT-5", 1_772_687_409),
      ("2026/03/05 3:04:05 p. m. GMT-6", 1_772_744_645),
      ("3/5/2026 9:58:07", 1_772_704_687), ("2026-03-05 09:58:07", 1_772_704_687),
      ("2026/02/30 9:00:00 AM GMT", nil), ("yesterday", nil), ("", nil),
    ] as [(String, Int64?)])
  func moments(_ text: String, _ seconds: Int64?) throws {
    let sorting = try sort(["\(text),ada@example.org,,1"])
    #expect(sorting.rows[0].submittedMicroseconds == seconds.map { $0 * 1_000_000 })
  }

  @Test("every row ends in exactly one of three", arguments: 0..<50 as Range<UInt64>)
  func conservation(_ seed: UInt64) throws {
    var dice = Dice(seed: seed)
    let cells = ["", "ada@example.org", "bo@example.org", "eve", "\"", ",", "\n", "x\"y"]
    let rows = (0..<20).map { _ in
      "t,\(dice.pick(cells)),\(dice.pick(["", "0000-0000-0"])),\(dice.pick(cells))"
    }
    let sorting = try sort(rows)
    #expect(sorting.graded + sorting.superseded + sorting.quarantined == sorting.rows.count)
    let graded = sorting.rows.filter { $0.fate == .graded }.compactMap(\.candidate)
    #expect(Set(graded).count == graded.count)
  }
}
