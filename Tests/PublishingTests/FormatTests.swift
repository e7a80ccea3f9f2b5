import ExamModel
import Foundation
import Publishing
import Testing

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

  @Test("what XML does not allow is left out of it")
  func notXML() throws {
    var sheet = SampleSheet.sheet
    sheet.title = "a\u{FFFE}b\u{FFFF}c\u{0}\u{1F}d\u{FFFD}"
    #expect(try text("moodle", [sheet], .key).contains("$course$/top/abcd\u{FFFD} "))
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
