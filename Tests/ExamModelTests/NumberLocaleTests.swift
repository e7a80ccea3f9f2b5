import ExamModel
import Testing

@Suite("A form's decimal mark") struct NumberLocaleTests {
  @Test(
    "is told by what a cell can only have been written with",
    arguments: [
      ("0.25", .point), ("-.5", .point), ("12.5", .point), ("1,234.5", .point), ("0.125", .point),
      ("1,000,000", .point), ("1234.567", .point), ("≈ 0.7", .point), ("12.5 %", .point),
      ("0,25", .comma), ("−0,5", .comma), (",5", .comma), ("1.234,5", .comma), ("0,125", .comma),
      ("1.000.000", .comma), ("1234,567", .comma), ("12,5%", .comma),
      ("1,234", .undecided), ("1.234", .undecided), ("42", .undecided), ("", .undecided),
      ("3, 4", .undecided), ("(3,4)", .undecided), ("x = 0.5", .undecided), ("1,2,3", .undecided),
      ("5.", .undecided), ("1.2.3", .undecided), ("1,23,4.5", .undecided), ("0.25 0,5", .undecided),
      ("2.5e-3", .undecided), ("1.234,567,8", .undecided), ("-", .undecided), (".,", .undecided),
    ] as [(String, NumberLocale)])
  func evidence(_ cell: String, _ locale: NumberLocale) {
    #expect(NumberLocaleSurvey.evidence(in: cell) == locale)
  }

  @Test("is decided where all rows agree, whatever their order")
  func decision() {
    #expect(NumberLocale(deciding: ["1,234", "0.5", "17", "idk"]) == .point)
    #expect(NumberLocale(deciding: ["1,234", "0,5", "17"]) == .comma)
    #expect(NumberLocale(deciding: ["1,234", "1.234", ""]) == .undecided)
    #expect(NumberLocale(deciding: ["0,5", "0.5"]) == .undecided)
    #expect(NumberLocale(deciding: ["0.5", "0,5"]) == .undecided)
  }

  @Test("names the first lines that tell")
  func lines() {
    var survey = NumberLocaleSurvey()
    for line in 2...20 { survey.note(line.isMultiple(of: 2) ? "0,5" : "1,234", line: line) }
    #expect(survey.commaLines == [2, 4, 6, 8, 10])
    #expect(survey.commas == 10)
    #expect(survey.points == 0 && survey.pointLines.isEmpty)
  }
}
