import ExamModel
import Publishing
import Testing
import Typesetting

@Suite("Templates") struct TemplateTests {
  @Test("fill escaped and raw places")
  func fills() throws {
    let template = Template("<p>{{name}}</p>{{{body}}}{{name}}", name: "t")
    #expect(
      try template.filled(with: ["name": "<a & \"b\">", "body": "<b/>"])
        == "<p>&lt;a &amp; &quot;b&quot;&gt;</p><b/>&lt;a &amp; &quot;b&quot;&gt;")
  }

  @Test("an accent on a quotation mark does not carry it past the escaping")
  func accents() throws {
    let filled = try Template("{{name}}", name: "test").filled(
      with: ["name": "\"\u{301} <\u{338} &\u{301}"])
    #expect(filled == "&quot;\u{301} &lt;\u{338} &amp;\u{301}")
  }

  @Test("an unknown name is an error that lists the known ones")
  func unknown() {
    let error = #expect(throws: TemplateError.self) {
      try Template("{{titel}}", name: "t").filled(with: ["title": ""])
    }
    #expect(error?.description == "t: nothing is called \"titel\"; there are title")
  }
}

@Suite("Papers as pages") struct PaperSheetTests {
  private let sheet = PaperSheet(
    title: "Mock <test>", minutes: 60,
    candidate: Candidate(id: "c1", name: "Ada <script>alert(1)</script>", email: ""),
    code: PaperCode(bits: [1, 2, 3, 4, 5]),
    sections: [
      .init(
        title: "Maths & more",
        questions: [
          .init(
            number: 1, marks: Points(1.5), stem: [.paragraph("Let $x_0 = 2$.")],
            parts: [
              .init(
                field: "Q1 y", prompt: "What is $x_0^2$?", points: Points(1.5), key: "4.000",
                tolerance: "to 3 decimals")
            ], solution: [.paragraph("Square it.")])
        ])
    ])

  @Test("a paper shows no key and no solution, in neither form")
  func secrecy() throws {
    for text in [try sheet.html(.paper), sheet.text(.paper)] {
      #expect(!text.contains("4.000") && !text.contains("Square it"))
      #expect(text.contains("Q1 y") && text.contains(sheet.code.description))
    }
  }

  @Test("keys and solutions show what they should")
  func views() throws {
    for text in [try sheet.html(.key), sheet.text(.key)] {
      #expect(
        text.contains("4.000") && text.contains("to 3 decimals") && !text.contains("Square it"))
    }
    for text in [try sheet.html(.solution), sheet.text(.solution)] {
      #expect(text.contains("4.000") && text.contains("Square it"))
    }
  }

  @Test("names and titles cannot smuggle markup in, and nothing is fetched")
  func escaping() throws {
    let html = try sheet.html(.paper)
    #expect(!html.contains("<script") && html.contains("Mock &lt;test&gt;"))
    #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("src="))
  }

  @Test("the plain text is what a form can show")
  func plainText() {
    #expect(
      sheet.text(.paper).contains("Question 1  (1.5 points)\n\nLet x₀ = 2.\n\n  Q1 y  What is x₀²?")
    )
  }

  @Test("the plain text keeps to 80 columns, and a long prompt goes on below itself")
  func width() {
    var sheet = sheet
    sheet.sections[0].questions[0].parts[0].prompt =
      "What is the shape of $A B$? Write *undefined* if the product does not exist at all."
    for view in PaperSheet.View.allCases {
      let widest = sheet.text(view).split(separator: "\n").map(\.count).max() ?? 0
      #expect(widest <= 80, "\(view)")
    }
    #expect(sheet.text(.paper).contains("does not exist\n        at all.\n"))
    #expect(sheet.text(.solution).contains("exist\n        at all. → 4.000\n"))
    #expect(self.sheet.text(.solution).contains("What is x₀²? → 4.000\n"))
  }
}
