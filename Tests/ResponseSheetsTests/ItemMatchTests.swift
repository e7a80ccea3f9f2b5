import CSV
import ExamModel
import ResponseSheets
import Testing

private let items = [
  FormItem(question: 1, field: "AB"), FormItem(question: 1, field: "BA"),
  FormItem(question: 2, field: "p"),
]

/// An export with one row, and what it answers to the three items.
struct MatchedExport: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let text: String
  let answers: [String?]
  var candidate: CandidateID? = "c1"

  static let all: [MatchedExport] = [
    .init(
      testDescription: "Moodle, with the parts of a question in one cell",
      text: """
        Surname,"Email address",Completed,Grade/10.00,"Response 1","Right answer 1","Response 2"
        Doe,ada@example.org,"5 March 2026  9:58 AM",1.00,"part 1: 2 x 3; part 2: a; b",x,-
        """,
      answers: ["2 x 3", "a; b", ""]),
    .init(
      testDescription: "Canvas, with numbers before titles and commas escaped",
      text: """
        name,id,sis_id,section,submitted,attempt,101: Q1 AB,1.0,103: Q2 p,1.0,n correct,n incorrect,score
        Doe,9001,C1,ML,2026-03-05 09:58:07 UTC,1,"2 x 3",1.0,"a\\, b,c",0.0,1,1,1.0
        """,
      answers: ["2 x 3", nil, "a, b,c"]),
    .init(
      testDescription: "SurveyMonkey, with a table and with choices",
      text: """
        Respondent ID,End Date,Email Address,Q1 Shapes,,Q2,,
        ,,,AB,BA,Dropout,Momentum,Other (please specify)
        1,03/25/2026 09:58:07 AM,ada@example.org,2 x 3,none,Dropout,,noise
        2,03/25/2026 09:58:07 AM,bo@example.org,,,,Momentum,
        """,
      answers: ["2 x 3", "none", "Dropout; noise"]),
    .init(
      testDescription: "KoboToolbox, whose choices have columns",
      text: """
        "Email";"Q1 BA";"Q2 p";"Q2 p/Dropout";"Q2 p/Early stopping";"_uuid";"_submission_time"
        "ada@example.org";"3";"Dropout Early stopping";"1";"1";"u";"2026-03-05T01:58:07"
        """,
      answers: [nil, "3", "Dropout; Early stopping"]),
    .init(
      testDescription: "Typeform, whose choices stand between two questions",
      text: """
        #,Your email,Q1 AB,Dropout,Momentum,Q3 z,Response Type,Submit Date (UTC),Network ID
        t1,ada@example.org,'+2,Dropout,,1,completed,2026-03-05 01:58:07,n
        t2,bo@example.org,2,,Momentum,1,completed,2026-03-05 01:58:07,n
        """,
      answers: ["+2", nil, "Dropout"]),
    .init(
      testDescription: "LimeSurvey, with texts as titles",
      text: """
        "id";"submitdate";"lastpage";"startlanguage";"token";"Q1 AB";"Q2 p[SQ001]";"Q2 p[SQ002]"
        "1";"2026-03-05 09:58:07";"3";"en";"c1";"2 x 3";"Y";"N"
        """,
      answers: ["2 x 3", nil, "SQ001"]),
    .init(
      testDescription: "a table whose only identity is a name",
      text: "Timestamp,Full name,Email,Q1 AB\n2026-03-05 09:58:07,Ada,,1\n",
      answers: ["1", nil, nil], candidate: nil),
  ]
}

@Suite("The questions of a test in exports") struct ItemMatchTests {
  @Test("are found whatever the service makes of them", arguments: MatchedExport.all)
  func matches(_ export: MatchedExport) throws {
    let roster = try Roster(
      [
        Candidate(id: "c1", name: "Ada", email: "ada@example.org"),
        Candidate(id: "c2", name: "Bo", email: "bo@example.org"),
      ], file: "roster.csv")
    let sheet = try ResponseSheet(Array(export.text.utf8), file: "x.csv", items: items)
    let sorting = try Sorting(
      sheet, rules: SortingRules(roster: roster, paperCodes: [:]), isNumber: { _ in false })
    // Grading reads rows by the layout as it was kept.
    let kept = try SheetLayout(parsing: sheet.layout.json.text, file: "x")
    var rows = 0
    try sheet.forEachRow { row in
      rows += 1
      guard rows == 1 else { return true }
      #expect(sorting.row(row).candidate == export.candidate)
      for (item, answer) in export.answers.enumerated() {
        #expect(
          sheet.layout.answer(to: item, in: row.fields) { [] } == answer, "\(items[item].title)")
        #expect(
          kept.answer(to: item, in: row.fields) { [] } == answer, "\(items[item].title), kept")
      }
      return true
    }
    #expect(rows > 0)
  }

  @Test("identifiers of the service's own say nothing where the roster does not have them")
  func hints() throws {
    let roster = try Roster(
      [
        Candidate(id: "S001", name: "Ada", email: ""), Candidate(id: "S002", name: "Bo", email: ""),
      ],
      file: "roster.csv")
    let text = """
      name,id,sis_id,submitted,101: Q1 AB,1.0,n correct,n incorrect,score
      Ada,9001,S001,2026-03-05 09:58:07 UTC,1,1.0,1,0,1
      Bo,S001,S002,2026-03-05 09:58:07 UTC,1,1.0,1,0,1
      Eve,9003,S003,2026-03-05 09:58:07 UTC,1,1.0,1,0,1
      """
    let sheet = try ResponseSheet(Array(text.utf8), file: "x.csv", items: items)
    let sorting = try Sorting(
      sheet, rules: SortingRules(roster: roster, paperCodes: [:]), isNumber: { _ in false })
    var fates: [Sorting.Fate] = []
    try sheet.forEachRow { row in
      fates.append(sorting.row(row).fate)
      return true
    }
    #expect(
      fates == [
        .graded,
        .quarantined(reason: "two identifiers that disagree: they name different candidates"),
        .quarantined(reason: "unknown candidate: the roster has no such address or id"),
      ])
  }
}
