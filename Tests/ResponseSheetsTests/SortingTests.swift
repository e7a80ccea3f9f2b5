import CSV
import ExamModel
import ResponseSheets
import Testing

private let items = [
  FormItem(question: 1, field: "AB"), FormItem(question: 1, field: "BA"),
  FormItem(question: 2, field: "dL/dw0"), FormItem(question: 2, field: "dL/dw"),
  FormItem(question: 3, field: "p"),
]

@Suite("Understanding a form's export") struct ResponseSheetTests {
  private func columns(_ titles: [String]) throws -> [SheetColumn] {
    var writer = CSVWriter(guardsFormulas: false)
    writer.write(titles)
    writer.write(titles.map { _ in "1" })
    return try ResponseSheet(Array(writer.text.utf8), file: "x.csv", items: items).layout.columns
  }

  @Test(
    "finds questions by number and field, in many spellings",
    arguments: [
      ("Q1 AB", 0), ("Q1 AB: shape of the product", 0), ("1. BA", 1), ("Question 1: BA (shape)", 1),
      ("q2 dL/dw0", 2), ("Q2 dL/dw", 3), ("Q3 p", 4), ("Q3", 4), (" Q1  AB ", 0),
      ("1. Shapes [BA]", 1),
    ])
  func questions(_ title: String, _ item: Int) throws {
    #expect(try columns(["Email", title])[1].item == item)
  }

  @Test("leaves alone what is no question", arguments: ["Q1 ABC", "Q9 AB", "Comments", "Q1", "AB"])
  func strangers(_ title: String) throws {
    #expect(try columns(["Email", "Q3 p", title])[2].item == nil)
  }

  @Test(
    "a header that cannot be used says why",
    arguments: [
      (["Email", "Comments"], "no column is a question"), (["Timestamp", "Q3 p"], "who answered"),
      (["Email", "Q3 p", "Q3"], "both ask"),
    ])
  func headers(_ titles: [String], _ words: String) {
    let error = #expect(throws: SourceError.self) { try columns(titles) }
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
  private let codes: [PaperCode: Int]
  private static let one = PaperCode(bits: [1, 2, 3, 4, 5])
  private static let two = PaperCode(bits: [9, 9, 9, 9, 9])

  init() throws {
    roster = try Roster(
      [
        Candidate(id: "c1", name: "Kim Doe", email: "ada@example.org"),
        Candidate(id: "c2", name: "Kim Doe", email: "bo@example.org"),
      ], file: "roster.csv")
    codes = [Self.one: 0, Self.two: 1]
  }

  private struct Sorted {
    let sorting: Sorting
    let rows: [Sorting.Row]
    var reasons: [String] {
      rows.map {
        switch $0.fate {
        case .graded: "graded"
        case .superseded(let reason), .quarantined(let reason): reason
        }
      }
    }
    /// The lines that are graded.
    var graded: [Int] { rows.filter { $0.fate == .graded }.map(\.line) }
  }

  private func sort(
    _ rows: [String], header: String = "Timestamp,Email,Paper code,Q3 p",
    attempts: MarkingPolicy.Attempts = .latest, deadline: Int64? = nil,
    late: MarkingPolicy.Late = .quarantine, dates: DateOrder? = nil,
    sharedCodes: [PaperCode: [Int]] = [:],
    points: ([String], CandidateID, NumberLocale) -> Points = { _, _, _ in .zero }
  ) throws -> Sorted {
    let text = ([header] + rows).joined(separator: "\n")
    let sheet = try ResponseSheet(Array(text.utf8), file: "x.csv", items: items)
    let rules = SortingRules(
      roster: roster, paperCodes: codes, sharedCodes: sharedCodes, attempts: attempts,
      deadline: deadline, late: late, deadlineText: "the deadline")
    let sorting = try Sorting(
      sheet, rules: rules, dates: dates, isNumber: { $0.item == 4 }, points: points)
    var found: [Sorting.Row] = []
    try sheet.forEachRow { row in
      found.append(sorting.row(row))
      return true
    }
    #expect(sorting.graded + sorting.superseded + sorting.quarantined == sorting.rows)
    #expect(found.count == sorting.rows)
    return Sorted(sorting: sorting, rows: found)
  }

  @Test("a candidate is known by address, id or paper code, whatever case and spaces")
  func identities() throws {
    let code = Self.two.description.lowercased()
    let sorted = try sort(["t, ADA@Example.org ,,1", "t,,\(code),1"])
    #expect(sorted.rows.map(\.candidate) == ["c1", "c2"])
    #expect(sorted.sorting.graded == 2)
    #expect(try sort(["t,C2,,1"]).rows[0].candidate == "c2")
  }

  @Test("a code that is on two papers by chance confirms an address and names nobody by itself")
  func sharedCode() throws {
    let code = Self.one
    let sorted = try sort(
      ["t,ada@example.org,\(code),1", "t,bo@example.org,\(code),1", "t,,\(code),1"],
      sharedCodes: [code: [0, 1]])
    #expect(sorted.graded.count == 2)
    #expect(sorted.rows.map(\.candidate) == ["c1", "c2", nil])
    #expect(sorted.reasons[2].contains("several papers, those of c1 and c2"))
    let stranger = try sort(["t,ada@example.org,\(code),1"], sharedCodes: [code: [1]])
    #expect(stranger.reasons[0].contains("disagree"))
  }

  @Test("two people of one name are two people, and a name is no identity")
  func namesakes() throws {
    let header = "Timestamp,Name,Email,Q3 p"
    let sorted = try sort(
      ["t,Kim Doe,ada@example.org,1", "t,Kim Doe,bo@example.org,2"], header: header)
    #expect(sorted.rows.map(\.candidate) == ["c1", "c2"])
    #expect(try sort(["t,Kim Doe,,1"], header: header).reasons[0].contains("no candidate"))
  }

  @Test("rows that cannot be settled are set aside with their reason")
  func quarantine() throws {
    let other = PaperCode(bits: [7, 7, 7, 7, 7])
    let mistyped =
      String(Self.one.characters.dropLast()) + (Self.one.characters.hasSuffix("A") ? "B" : "A")
    let sorted = try sort([
      "t,eve@example.org,,1", "t,ada@example.org,\(mistyped),1", "t,bo@example.org,\(Self.one),1",
      "t,,\(other),1", "t,,,1", "t,ada@example.org", ",,,", "t,anonymous,,1",
      "t,\"ada@example.org,,1",
    ])
    let words = [
      "unknown candidate", "mistyped", "disagree", "no paper", "no candidate", "2 cells", "empty",
      "no candidate", "never closed",
    ]
    #expect(sorted.sorting.quarantined == 9 && sorted.sorting.graded == 0)
    for (reason, word) in zip(sorted.reasons, words) { #expect(reason.contains(word), "\(reason)") }
    #expect(sorted.reasons[8].hasPrefix("broken row (record 10, line 10, byte"))
  }

  @Test("a mistyped paper code proposes the one that is meant, and is never taken for it")
  func nearMiss() throws {
    var letters = Array(Self.one.characters)
    letters.swapAt(2, 3)
    let sorted = try sort(["t,,\(String(letters)),1"])
    #expect(sorted.reasons[0].contains("a slip away from \(Self.one) of c1"), "\(sorted.reasons)")
    #expect(sorted.sorting.graded == 0)
  }

  @Test("the latest attempt counts by its time, not by its row, and says what changed")
  func latest() throws {
    let rows = [
      "2026/03/05 1:00:00 PM GMT+1,ada@example.org,,1",
      "2026/03/05 12:10:00 AM GMT+1,ada@example.org,,2",
      "2026/03/05 12:30:00 PM GMT+1,ada@example.org,,1",
      "2026/03/05 9:00:00 AM GMT+1,bo@example.org,,4",
    ]
    let latest = try sort(rows)
    #expect(latest.graded == [2, 5])
    #expect(latest.reasons[1] == "the latest attempt counts, in line 2; 1 of 1 answers differ")
    #expect(latest.reasons[2] == "an exact duplicate of line 2")
    #expect(try sort(rows, attempts: .first).graded == [3, 5])
  }

  @Test("an attempt without a time is later than those above it, and than no others")
  func timesMissing() throws {
    let rows = [
      "2026/03/05 1:00:00 PM GMT,ada@example.org,,1", ",ada@example.org,,2",
      "2026/03/05 12:00:00 PM GMT,ada@example.org,,3",
    ]
    #expect(try sort(rows).graded == [3])
    #expect(try sort(rows, attempts: .first).graded == [4])
    #expect(try sort(rows + ["2026/03/05 2:00:00 PM GMT,ada@example.org,,4"]).graded == [5])
  }

  @Test("the best attempt counts by its marks; of equal ones, the later")
  func best() throws {
    let rows = [
      "2026/03/05 1:00:00 PM GMT,ada@example.org,,3",
      "2026/03/05 2:00:00 PM GMT,ada@example.org,,9",
      "2026/03/05 3:00:00 PM GMT,ada@example.org,,9",
      "2026/03/05 4:00:00 PM GMT,ada@example.org,,1",
      "2026/03/05 4:00:00 PM GMT,bo@example.org,,1",
    ]
    var asked = 0
    let sorted = try sort(rows, attempts: .best) { cells, _, _ in
      asked += 1
      return Points(Double(cells[3]) ?? 0)
    }
    #expect(sorted.graded == [4, 6])
    #expect(asked == 4, "one attempt needs no marks")
  }

  @Test("dates whose order no row tells: what both orders agree on is decided, the rest waits")
  func ambiguousDates() throws {
    let agreed = try sort([
      "3/5/2026 9:00:00,ada@example.org,,1", "3/5/2026 10:00:00,ada@example.org,,2",
    ])
    #expect(agreed.sorting.order == .ambiguous)
    #expect(agreed.graded == [3])
    let open = ["3/5/2026 9:00:00,ada@example.org,,1", "4/2/2026 9:00:00,ada@example.org,,2"]
    #expect(try sort(open).reasons.allSatisfy { $0.contains("either order") })
    #expect(try sort(open, dates: .dayFirst).graded == [2])
    #expect(try sort(open, dates: .monthFirst).graded == [3])
    // Whatever is later by either order counts; of the others nobody has to decide.
    let last = open + ["6/7/2026 9:00:00,ada@example.org,,3"]
    #expect(try sort(last).graded == [4])
    let above = try sort(["1/2/2026 9:00:00,ada@example.org,,7"] + open)
    #expect(above.reasons[0].contains("in one of the lines 3 and 4"))
    // One row above 12 decides for all.
    #expect(try sort(open + ["13/2/2026 9:00:00,bo@example.org,,2"]).graded == [2, 4])
    let duplicates = ["3/5/2026 9:00:00,ada@example.org,,1", "4/2/2026 9:00:00,ada@example.org,,1"]
    #expect(try sort(duplicates).sorting.graded == 1)
  }

  @Test("answers after the deadline wait for a person, unless the test says otherwise")
  func deadlines() throws {
    // 2026-03-05T12:00Z
    let noon: Int64 = 1_772_712_000_000_000
    let rows = [
      "2026/03/05 1:00:00 PM GMT+1,ada@example.org,,1",
      "2026/03/05 1:00:01 PM GMT+1,ada@example.org,,2",
      "soon,bo@example.org,,1",
    ]
    let sorted = try sort(rows, deadline: noon)
    #expect(sorted.graded == [2])
    #expect(sorted.reasons[1] == "late: sent at 2026-03-05T12:00:01Z, after the deadline")
    #expect(sorted.reasons[2].contains("no time that can be read"))
    #expect(try sort(rows, deadline: noon, late: .grade).graded == [3, 4])
    // 5 March or 3 May: in time or late.
    #expect(
      try sort(["3/5/2026 9:00,ada@example.org,,1"], deadline: noon).reasons[0].contains(
        "in time or late"))
    let error = #expect(throws: SourceError.self) {
      try sort(["ada@example.org,1"], header: "Email,Q3 p", deadline: noon)
    }
    #expect(error?.message.contains("no column says when") == true)
  }

  @Test(
    "reads the moments that services write",
    arguments: [
      ("2026/03/05 9:58:07 AM GMT+8", 1_772_675_887),
      ("2026/03/05 12:00:00 PM GMT+5:30", 1_772_692_200),
      ("2026/03/05 12:10:09 AM GMT-5", 1_772_687_409),
      ("2026/03/05 3:04:05 p.\u{202F}m. GMT-6", 1_772_744_645),
      ("2026/03/05 3:04:05 p.\u{A0}m. GMT-6", 1_772_744_645),
      ("2026/03/05 6:04:05 오후 GMT+9", 1_772_701_445), ("2026/3/5 下午 3:04:05", 1_772_723_045),
      ("25/03/2026 9:58:07", 1_774_432_687), ("3/25/26 9:58:07", 1_774_432_687),
      ("2026-03-05 09:58:07", 1_772_704_687), ("05.03.2026 09:58", 1_772_704_680),
      ("5 March 2026  9:58 AM", 1_772_704_680), ("5. März 2026, 09:58", 1_772_704_680),
      ("5 марта 2026 9:58", 1_772_704_680), ("Mar 5, 2026", 1_772_668_800),
      ("2026-03-05T09:58:07.250+08:00", 1_772_675_887), ("2026-03-05 09:58:07 UTC", 1_772_704_687),
      ("Thu Mar 05 2026 15:04:05 GMT-0800 (Pacific Standard Time)", 1_772_751_845),
      ("2026-03-05T09:58:07Z", 1_772_704_687), ("2026/03/05 6:04:05 μ.μ. GMT+2", 1_772_726_645),
      ("2026/03/05 6:04:05 CH GMT+7", 1_772_708_645), ("2026/03/05 6:04:05 ኋላ GMT+2", nil),
      ("2026/03/05 6:04:05 SAST", 1_772_690_645), ("2026/02/30 9:00:00 AM GMT", nil),
      ("2026/03/05 25:00:00", nil), ("2026/03/05 13:61:00", nil), ("yesterday", nil), ("", nil),
      ("1/2", nil), ("99999999999999999999", nil),
    ] as [(String, Int64?)])
  func moments(_ text: String, _ seconds: Int64?) throws {
    let row = try sort(["\"\(text)\",ada@example.org,,1"]).rows[0]
    #expect(row.submittedMicroseconds.map { $0 / 1_000_000 } == seconds)
  }

  @Test("every row ends in exactly one of three", arguments: 0..<50 as Range<UInt64>)
  func conservation(_ seed: UInt64) throws {
    var dice = Dice(seed: seed)
    let cells = ["", "ada@example.org", "bo@example.org", "eve", "\"", ",", "\n", "x\"y"]
    let rows = (0..<20).map { _ in
      "t,\(dice.pick(cells)),\(dice.pick(["", "0000-0000-0"])),\(dice.pick(cells))"
    }
    let sorted = try sort(rows)
    let graded = sorted.rows.filter { $0.fate == .graded }.compactMap(\.candidate)
    #expect(Set(graded).count == graded.count)
  }
}
