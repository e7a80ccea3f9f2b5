import ExamModel
import Foundation
import Publishing
import Testing
import Typesetting

@Suite("Templates") struct TemplateTests {
  private func filled(
    _ text: String, _ values: TemplateValues, name: String = "t.html",
    find: @escaping (String) -> String? = { _ in nil }
  ) throws -> String {
    try Template(text, name: name, find: find).filled(with: values)
  }

  @Test(
    "words from outside are escaped for what the page is written in",
    arguments: [
      ("t.html", "&lt;a &amp; &quot;$_#\u{301}&quot;"),
      ("t.typ", ##"\<a & \"\$\_\#"## + "\u{301}\\\""),
      ("t.tex", ##"\textless{}a \& "\$\_\#"## + "\u{301}\""),
      ("t.md", ##"\<a \& "\$\_\#"## + "\u{301}\""),
      ("t.txt", "<a & \"$_#\u{301}\""),
    ])
  func escapes(name: String, expected: String) throws {
    let value = "<a & \"$_#\u{301}\""
    #expect(try filled("{{x}}", ["x": .text(value)], name: name) == expected)
    #expect(try filled("{{x}}", ["x": .markup(value)], name: name) == value)
  }

  @Test("sections stand for each member, for a flag, or for nothing, known beforehand or not")
  func sections() throws {
    let values: TemplateValues = [
      "all": .list([["n": .text("1")], ["n": .text("2")]]), "none": .list([]),
      "yes": .flag(true), "no": .flag(false), "n": .text("0"),
    ]
    for (text, expected) in [
      ("{{#all}}{{n}},{{/all}}{{n}}", "1,2,0"), ("{{^none}}nobody{{/none}}", "nobody"),
      ("{{#none}}{{whatever}}{{/none}}", ""), ("{{#yes}}a{{/yes}}{{^yes}}b{{/yes}}", "a"),
      ("{{^no}}{{#all}}x{{/all}}{{/no}}", "xx"),
      ("<\n  {{#all}}  \n- {{n}}\n{{/all}}\n>", "<\n- 1\n- 2\n>"),
      ("{{#yes}}\na\n{{/yes}}\n{{#no}}\nb\n{{/no}}\nc", "a\nc"), ("\\b{{{n}}}", "\\b{0}"),
      (
        "{{#yes}}a{{#all}}{{n}}{{/all}}{{/yes}}b{{^no}}c{{#none}}x{{/none}}{{/no}}d{{^yes}}e{{/yes}}",
        "a12bcd"
      ),
    ] {
      #expect(try filled(text, values) == expected, "\(text)")
      let known = try Template(text, name: "t.html").knowing([("yes", true), ("no", false)])
      #expect(try known.filled(with: values) == expected, "\(text)")
    }
    #expect(try filled("{{> b.html}}!", ["n": .text("<")], find: { _ in "{{n}}\n" }) == "&lt;\n!")
  }

  @Test(
    "what makes no sense is an error that says what and where",
    arguments: [
      ("{{titel}}", "t.html:1: nothing is called \"titel\" here; there are all, title"),
      (
        "{{title}}\n\n{{titel}}", "t.html:3: nothing is called \"titel\" here; there are all, title"
      ),
      (
        "{{#all}}\n\n{{/all}}\n{{titel}}",
        "t.html:4: nothing is called \"titel\" here; there are all, title"
      ),
      ("\n{{#all}}\n", "t.html:2: {{#all}} is never closed"),
      ("\n{{> b.html}}", "b.html:2: nothing is called \"tite\" here; there are all, title"),
      ("{{title", "t.html:1: a place to fill is never closed"),
      ("{{#all}}", "t.html:1: {{#all}} is never closed"),
      ("{{/all}}", "t.html:1: {{/all}} closes what was not opened"),
      ("{{all}}", "t.html:1: \"all\" is no text; write {{#all}}…{{/all}}"),
      ("{{#title}}{{/title}}", "t.html:1: \"title\" is a text; write {{title}}"),
      ("{{> t.html}}", "t.html:1: t.html would contain itself"),
      ("{{> x}}", "t.html:1: there is no template \"x\""),
    ])
  func errors(text: String, message: String) {
    let error = #expect(throws: TemplateError.self) {
      try filled(
        text, ["title": .text(""), "all": .list([])],
        find: { $0 == "b.html" ? "{{title}}\n{{tite}}" : nil })
    }
    #expect(error?.description == message)
  }

  @Test("a changed template takes the place of the program's; a stray one is an error")
  func overrides() throws {
    let changed = try Templates(replacing: ["paper.css": "b { color: red }"])
    let page = try changed.template("question.html").filled(with: [
      "title": .text("t"), "body": .markup(""),
    ])
    #expect(page.contains("b { color: red }") && !page.contains("@page"))
    let error = #expect(throws: TemplateError.self) { try Templates(replacing: ["papre.css": ""]) }
    #expect(error?.description.contains("papre.css: there is no such template; there are") == true)
  }
}

/// A paper of one question with everything in it that a careless writer would trip over.
enum SampleSheet {
  static let sheet = PaperSheet(
    test: "mock", title: "Mock <test> & 100% _of_ #it", minutes: 60,
    candidate: Candidate(id: "c1", name: "Ada <script>alert(1)</script> \\ $ {x} ]]>", email: ""),
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
                accepted: "to 3 decimals", kind: .number, answer: .number(4),
                tolerance: .decimals(3),
                mistakes: [.init(answer: .number(2), feedback: "Square it, do not copy it.")])
            ], solution: [.paragraph("Square it by hand.")])
        ])
    ], pointScale: 2)
}

@Suite("Papers as pages") struct PaperSheetTests {
  private let sheet = SampleSheet.sheet

  private func text(_ format: any PaperFormat.Type, _ view: PaperSheet.View) throws -> String {
    String(decoding: try format.file([sheet], view, style: PageStyle()), as: UTF8.self)
  }

  private var html: any PaperFormat.Type { PaperFormats.all[0] }

  @Test("a paper shows no key, no mistake and no solution, whatever its format")
  func secrecy() throws {
    for format in PaperFormats.all where format.views.contains(.paper) {
      let text = try text(format, .paper)
      for secret in ["4.000", "Square it"] { #expect(!text.contains(secret), "\(format)") }
      #expect(text.contains("Q1 y"), "\(format)")
    }
  }

  @Test("keys and solutions show what they should")
  func views() throws {
    for format in PaperFormats.all where format.views.contains([.key, .solution]) {
      let key = try text(format, .key)
      #expect(key.contains("4.000") && key.contains("to 3 decimals"), "\(format)")
      #expect(!key.contains("by hand"), "\(format)")
      let solution = try text(format, .solution)
      #expect(solution.contains("4.000") && solution.contains("by hand"), "\(format)")
    }
  }

  @Test("names and titles cannot smuggle markup in, and nothing is fetched")
  func escaping() throws {
    let html = try text(html, .paper)
    #expect(html.contains("Mock &lt;test&gt;"))
    // The one script is the page's own.
    #expect(html.split(separator: "<script>").count == 2 && !html.contains("<script "))
    #expect(!html.contains("src=") && !html.contains("@import") && !html.contains("url("))
  }

  @Test(
    "who has no name that can be seen is called by the id",
    arguments: ["", " \u{3000}", "\u{200E}"])
  func nameless(name: String) throws {
    var sheet = sheet
    sheet.candidate = Candidate(id: "c17", name: name, email: "")
    for format in PaperFormats.all where format.views.contains(.paper) {
      let text = String(
        decoding: try format.file([sheet], .paper, style: PageStyle()), as: UTF8.self)
      #expect(text.contains("c17"), "\(format)")
    }
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
    let wide = sheet.questions[0].parts[0]
    sheet.sections[0].questions[0].parts.append(wide)
    sheet.sections[0].questions[0].parts[1].key = String(repeating: "0.123, ", count: 30)
    for view in [PaperSheet.View.paper, .key, .solution] {
      let widest = sheet.text(view).split(separator: "\n").map(\.count).max() ?? 0
      #expect(widest <= 80, "\(view)")
    }
    #expect(sheet.text(.paper).contains("does not exist\n        at all.\n"))
    #expect(sheet.text(.solution).contains("exist\n        at all. → 4.000\n"))
    #expect(self.sheet.text(.solution).contains("What is x₀²? → 4.000\n"))
  }
}
