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

/// A rule of the marking, and which formats say that they lose it.
private struct LostRule: Sendable, CustomTestStringConvertible {
  let sentence: String
  let formats: [String]
  let outline: TestOutline
  var testDescription: String { "\(sentence), \(formats)" }

  /// - Parameter change: made to a test whose marking any system can follow.
  init(
    _ sentence: String, by formats: [String], _ part: Part = Part("p", .number),
    change: (inout TestOutline) -> Void = { _ in }
  ) {
    var strict = MarkingPolicy()
    (strict.imprecise, strict.followThrough) = (0, 0)
    (strict.entries, strict.choices) = (.allOrNothing, .allOrNothing)
    var outline = TestOutline(parts: [part], marking: strict)
    change(&outline)
    self.sentence = sentence
    self.formats = formats
    self.outline = outline
  }

  private static let markers = ["moodle", "gift", "qti21", "qti30", "canvas"]
  private static let forms = ["google-forms", "forms-api"]

  static let all: [LostRule] = [
    .init("follows from an earlier mistake", by: markers) { $0.marking.followThrough = 1 },
    .init("rounded too coarsely", by: markers) { $0.marking.imprecise = 0.5 },
    .init("some right entries", by: markers, Part("p", .vector)) {
      $0.marking.entries = .proportional
    },
    .init("some right entries", by: []) { $0.marking.entries = .proportional },
    .init("some right pairs", by: markers, Part("p", .ordering)) {
      $0.marking.ordering = .kendall
    },
    .init("wrong answers earn", by: markers + forms) { $0.marking.wrong = -0.25 },
    .init("empty answers earn", by: markers + forms) { $0.marking.blank = 0.1 },
    .init("not \"subtract\"", by: ["qti21", "qti30"] + forms, Part("p", .choices)) {
      $0.marking.choices = .subtract
    },
    .init("not \"proportional\"", by: markers + forms, Part("p", .choices)) {
      $0.marking.choices = .proportional
    },
    .init("not \"all-or-nothing\"", by: ["moodle", "gift", "canvas"], Part("p", .choices)),
    .init("multiplied by 4", by: ["moodle"] + forms) { $0.pointScale = 4 },
    .init("fractions are not read", by: markers, Part("p", .number, isFraction: true)),
    .init("four decimals", by: ["canvas"], Part("p", .number, tolerance: .decimals(4))),
    .init("four decimals", by: [], Part("p", .number, tolerance: .decimals(3))),
    .init("matrices", by: ["moodle", "qti21", "qti30"], Part("p", .matrix)),
  ]
}

@Suite("Formats") struct FormatTests {
  @Test("have names and endings of their own, and write the same bytes each time")
  func distinct() throws {
    let formats = PaperFormats.all
    #expect(Set(formats.map { $0.name }).count == formats.count)
    #expect(Set(formats.map { $0.ending }).count == formats.count)
    for format in formats {
      for view in format.views where view != .slip {
        let first = try format.file([SampleSheet.sheet], view, style: PageStyle())
        #expect(try format.file([SampleSheet.sheet], view, style: PageStyle()) == first)
        #expect(!first.isEmpty)
      }
    }
  }

  @Test("a paper looks as it did")
  func golden() throws {
    var text = ""
    for format in PaperFormats.all where !format.ending.hasSuffix(".zip") && format.name != "apkg" {
      for view in format.views where view != .slip && view != .solution {
        let bytes = try format.file([SampleSheet.sheet], view, style: PageStyle())
        text += "=== \(format.name), \(view)\n\(String(decoding: bytes, as: UTF8.self))\n"
      }
    }
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "formats.golden.txt")
    if ProcessInfo.processInfo.environment["GRADUS_GOLDEN"] == "update" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test("what a format cannot carry is said")
  func losses() {
    let silent = ["html", "text", "typst", "latex"]
    for format in PaperFormats.all {
      let losses = format.losses(of: TestOutline(parts: [Part("y", .number)]))
      #expect(losses.isEmpty == silent.contains(format.name), "\(format.name)")
      #expect(losses.allSatisfy { $0.hasPrefix(format.name + ": ") }, "\(format.name)")
    }
  }

  @Test("each rule that a system does not follow is said, and no other", arguments: LostRule.all)
  fileprivate func rules(rule: LostRule) {
    let saying = PaperFormats.all.filter { format in
      format.losses(of: rule.outline).contains { $0.contains(rule.sentence) }
    }
    #expect(Set(saying.map { $0.name }) == Set(rule.formats))
  }

  @Test(
    "where none of the options may be right, one says so, and is right where it is",
    arguments: [
      ("html", .paper, "(none)</span> None of these", true),
      ("text", .paper, "(none) None of these", true),
      ("typst", .paper, "(none) None of these", true),
      ("latex", .paper, "(none) None of these", true),
      ("markdown", .paper, "(none) None of these", true),
      ("anki", .solution, "(none) None of these", true),
      ("google-forms", .paper, "\"text\": \"None of these\",\n", true),
      ("google-forms", .key, "\"text\": \"None of these\",\n          \"right\": true", false),
      ("forms-api", .paper, "\"value\": \"None of these\"", true),
      (
        "forms-api", .key,
        "\"answers\": [\n                    {\n "
          + "                     \"value\": \"None of these\"", false
      ),
      ("moodle", .key, "{3:MULTIRESPONSE:=None of these~%-100%all~%-100%some}", false),
      ("moodle", .key, "{3:MULTIRESPONSE:=some~%-100%all~%-100%None of these}", true),
      ("gift", .key, "~%-100%some\n  ~%100%None of these", false),
      ("gift", .key, "~%100%some\n  ~%-100%None of these", true),
    ] as [(String, PaperSheet.View, String, Bool)])
  func noneOfThese(name: String, view: PaperSheet.View, expected: String, hasRight: Bool) throws {
    var sheet = SampleSheet.sheet
    sheet.sections[0].questions[0].parts[0].kind = .choices
    sheet.sections[0].questions[0].parts[0].options = ["all", "some"]
    sheet.sections[0].questions[0].parts[0].answer = .choices(hasRight ? ["some"] : [])
    let format = try #require(PaperFormats.named(name))
    let text = String(decoding: try format.file([sheet], view, style: PageStyle()), as: UTF8.self)
    #expect(text.contains(expected), "\(text)")
  }

  @Test("a system that wants whole points gets those of all papers in the unit that the test has")
  func wholePoints() throws {
    var sheet = SampleSheet.sheet
    (sheet.pointScale, sheet.marking.wrong) = (4, -0.25)
    let moodle = try text("moodle", [sheet], .key)
    #expect(moodle.contains("{6:NUMERICAL") && moodle.contains("<defaultgrade>1.5<"))
    #expect(try text("google-forms", [sheet], .key).contains("\"points\": 6,"))
    #expect(try text("forms-api", [sheet, sheet], .paper).contains("Wrong answers cost 25%"))
  }

  private func text(
    _ name: String, _ papers: [PaperSheet], _ view: PaperSheet.View
  ) throws -> String {
    let format = try #require(PaperFormats.named(name))
    return String(decoding: try format.file(papers, view, style: PageStyle()), as: UTF8.self)
  }

  @Test(
    "a wrong tick costs what a right one earns, and everything where the test says all or nothing",
    arguments: [
      (MarkingPolicy.ChoiceRule.subtract, 3, "33.33333", "33.33333"),
      (.subtract, 1, "100", "100"), (.proportional, 2, "50", "50"),
      (.allOrNothing, 3, "33.33333", "100"),
    ])
  func wrongTicks(
    rule: MarkingPolicy.ChoiceRule, count: Int, share: String, cost: String
  ) throws {
    var sheet = SampleSheet.sheet
    sheet.marking.choices = rule
    let right = (1...count).map { "right \($0)" }
    sheet.sections[0].questions[0].parts[0].kind = .choices
    sheet.sections[0].questions[0].parts[0].options = right + ["wrong"]
    sheet.sections[0].questions[0].parts[0].answer = .choices(right)
    #expect(try text("moodle", [sheet], .key).contains("~%-\(cost)%wrong~"))
    let gift = try text("gift", [sheet], .key)
    #expect(gift.contains("~%\(share)%right 1\n") && gift.contains("~%-\(cost)%wrong\n"))
  }

  @Test("where a fraction may be typed, a system that reads decimals only asks for them")
  func decimalsOnly() throws {
    var sheet = SampleSheet.sheet
    for isFraction in [false, true] {
      sheet.sections[0].questions[0].parts[0].isFraction = isFraction
      for (name, view) in [("moodle", .key), ("gift", .key), ("html", .paper)]
        as [(String, PaperSheet.View)]
      {
        let asks = try text(name, [sheet], view).contains("Type decimals here.")
        #expect(asks == (isFraction && view == .key), "\(name)")
      }
    }
  }

  @Test(
    "a category is one, whatever its title has in it",
    arguments: [("Mock: spring / A", "Mock: spring // A"), (#"a\:b"#, #"a\:b"#)])
  func categories(title: String, path: String) throws {
    var sheet = SampleSheet.sheet
    sheet.title = title
    #expect(
      try text("moodle", [sheet], .key).contains("$course$/top/\(path) \(sheet.code)<"))
    let doubled = path.replacingOccurrences(of: "\\", with: "\\\\")
    #expect(try text("gift", [sheet], .key).hasPrefix("$CATEGORY: \(doubled) \(sheet.code)\n"))
  }

  @Test(
    "who sits the test reads what wrong and empty answers cost or earn",
    arguments: [
      (-0.25, 0, "Wrong answers cost 25% of their points; empty ones cost nothing."),
      (
        -1.0 / 3, 0.1,
        "Wrong answers cost 33.33% of their points; empty ones earn 10% of their points."
      ),
      (0, -0.5, "Wrong answers cost nothing; empty ones cost 50% of their points."), (0, 0, nil),
    ] as [(Double, Double, String?)])
  func stakes(wrong: Double, blank: Double, sentence: String?) throws {
    var sheet = SampleSheet.sheet
    (sheet.marking.wrong, sheet.marking.blank) = (wrong, blank)
    for name in ["html", "markdown", "text", "typst", "latex", "google-forms", "forms-api"] {
      let words = try text(name, [sheet], .paper).replacing("\\", with: "").split {
        $0.isWhitespace
      }
      let page = words.joined(separator: " ")
      #expect(page.contains(sentence ?? "answers cost") == (sentence != nil), "\(name)")
    }
  }

  @Test("a form of one paper names its candidate and takes its code only; one for all has no key")
  func forms() throws {
    for name in ["google-forms", "forms-api"] {
      let format = try #require(PaperFormats.named(name))
      func text(_ papers: [PaperSheet], _ view: PaperSheet.View) throws -> String {
        String(decoding: try format.file(papers, view, style: PageStyle()), as: UTF8.self)
      }
      let (sheet, code) = (SampleSheet.sheet, SampleSheet.sheet.code.description)
      let own = try text([sheet], .paper)
      #expect(own.contains("#it: Ada") && own.contains("For Ada") && own.contains(": \"\(code)\""))
      for (papers, view) in [([sheet], .paper), ([sheet, sheet], .paper), ([sheet, sheet], .key)]
        as [([PaperSheet], PaperSheet.View)]
      {
        let text = try text(papers, view)
        #expect(!text.contains("grading") && !text.contains("\"hasKey\": true"), "\(text)")
        #expect(!text.contains("4.000") && text.contains(code) == (papers.count == 1))
      }
      #expect(try text([sheet], .key).contains(name == "forms-api" ? "4.000" : "Square it"))
      #expect(format.views(ofSeveral: true) == [.paper])
      let all = TestOutline(parts: [], isForSeveral: true)
      #expect(format.losses(of: all).contains { $0.contains("for all has no key") })
    }
  }

  @Test(
    "a tolerance becomes a margin round the key, half a unit of the last place",
    arguments: [
      (Tolerance.decimals(3), 0.25, 0.0005), (.decimals(0), 7, 0.5), (.exact, 7, 0),
      (.absolute(0.1), 7, 0.1), (.relative(0.01), -200, 2), (.significant(3), 0.0456, 0.00005),
      (.significant(2), 4567, 50), (.significant(2), 0, 0),
    ])
  func margins(tolerance: Tolerance, key: Double, margin: Double) throws {
    var sheet = SampleSheet.sheet
    sheet.sections[0].questions[0].parts[0].answer = .number(key)
    sheet.sections[0].questions[0].parts[0].tolerance = tolerance
    let gift = try #require(PaperFormats.named("gift"))
    let text = String(decoding: try gift.file([sheet], .key, style: PageStyle()), as: UTF8.self)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("  =") })
    let pair = line.dropFirst(3).split(separator: ":").compactMap { Double($0) }
    #expect(pair[0] == key && abs(pair[1] - margin) <= 1e-5 * margin, "\(line)")
  }
}
