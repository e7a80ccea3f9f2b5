import ExamModel
import Publishing
import Testing

@Suite("Slips as pages") struct SlipPageTests {
  private let sheet = SampleSheet.sheet

  @Test(
    "the first step that went wrong is named, but not while a person has to read one before it",
    arguments: [
      ([.correct, .incorrect, .blank], "Q1 b"), ([.correct, .unreadable, .incorrect], nil),
      ([.incorrect, .unreadable, .correct], "Q1 a"), ([.correct, .imprecise, .correct], nil),
    ] as [([Outcome], String?)])
  func firstWrong(outcomes: [Outcome], field: String?) throws {
    var sheet = sheet
    let part = sheet.questions[0].parts[0]
    sheet.sections[0].questions[0].parts = zip(["Q1 a", "Q1 b", "Q1 c"], outcomes).map {
      var part = part
      part.field = $0
      let verdict = Verdict(
        part: "a", outcome: $1, reading: nil, awarded: .zero, possible: part.points,
        reasons: ["so"])
      part.result = .init(typed: "1", verdict: verdict)
      return part
    }
    for format in PaperFormats.all where format.views.contains(.slip) {
      let page = try format.file([sheet], .slip, style: PageStyle())
      let text = String(decoding: page, as: UTF8.self).replacing(/<[^>]*>|[*{}\\]|textbf/, with: "")
      let named = text.firstMatch(of: /The first step that went wrong is (Q1 \w)/)
      #expect(named.map { String($0.1) } == field, "\(format)")
    }
  }

  @Test("a slip says what was earned and what the answer is, in every form")
  func result() throws {
    for format in PaperFormats.all where format.views.contains(.slip) {
      let text = shown(try format.file([graded("3.9")], .slip, style: PageStyle()))
      #expect(text.contains("0.5 of 1.5 points"), "\(format)")
      #expect(text.contains("You answered 3.9: not right"), "\(format)")
      #expect(text.contains("The answer is 4.000."), "\(format)")
    }
  }

  @Test(
    "what was typed leaves the words of a slip as they are",
    arguments: [
      (" \n\u{200B}", nil), ("\u{202E}evil", "[U+202E]evil"), ("a\u{7}\nb", "a[U+0007] b"),
      ("a`b", "a`b"), ("محمد", "محمد"),
      (
        String(repeating: "9", count: 3000),
        "\(String(repeating: "9", count: 300))… (3000 characters)"
      ),
    ] as [(String, String?)])
  func typed(typed: String, expected: String?) throws {
    for format in PaperFormats.all where format.views.contains(.slip) {
      let page = try format.file([graded(typed)], .slip, style: PageStyle())
      let text = shown(page)
      if let expected {
        let whole = "You answered \(expected): not right".replacing(/[ `]/, with: "")
        #expect(text.replacing(/[\u{200B} `]|allowbreak/, with: "").contains(whole), "\(format)")
      } else {
        #expect(!text.contains("You answered"), "\(format)")
      }
      let lines = String(decoding: page, as: UTF8.self).split(separator: "\n")
      #expect(format.name != "text" || lines.allSatisfy { $0.count <= 80 })
      #expect(
        format.name != "html" || expected == nil
          || lines.contains { $0.contains("<bdi class=\"typed\">") })
    }
  }

  /// The sheet with a wrong answer to its only part.
  private func graded(_ typed: String) -> PaperSheet {
    var sheet = sheet
    let verdict = Verdict(
      part: "y", outcome: .incorrect, reading: nil, awarded: Points(0.5), possible: Points(1.5),
      reasons: ["read as \(typed)"])
    sheet.setResult(of: "Q1 y", .init(typed: typed, verdict: verdict))
    return sheet
  }

  /// The words of a page without its markup, in one line.
  private func shown(_ page: [UInt8]) -> String {
    String(decoding: page, as: UTF8.self).replacing(/<[^>]*>|[*{}\\]|textbf/, with: "")
      .replacing("`", with: "").replacing("ensuremathldots", with: "…").split(
        whereSeparator: \.isWhitespace
      ).joined(separator: " ")
  }
}
