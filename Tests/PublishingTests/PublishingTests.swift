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
}
