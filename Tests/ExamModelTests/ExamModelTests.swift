import ExamModel
import Testing

@Suite("Chance that is ours") struct DiceTests {
  @Test("gives the published values of SplitMix64")
  func vectors() {
    var dice = Dice(seed: 1_234_567)
    #expect(dice.next() == 6_457_827_717_110_365_317)
    #expect(dice.next() == 3_203_168_211_198_807_973)
    #expect(dice.next() == 9_817_491_932_198_370_423)
  }

  @Test("whole numbers are bounded and near enough to even")
  func below() {
    var dice = Dice(seed: 5)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[dice.below(7)] += 1 }
    #expect(counts.allSatisfy { (9_600...10_400).contains($0) }, "\(counts)")
  }

  @Test("shuffles keep every member, the same way every time")
  func shuffles() {
    var (one, two) = (Dice(seed: 9), Dice(seed: 9))
    let deck = one.shuffled(Array(0..<20))
    #expect(deck == two.shuffled(Array(0..<20)))
    #expect(deck.sorted() == Array(0..<20) && deck != Array(0..<20))
  }
}

@Suite("Points") struct PointsTests {
  @Test(
    "are read as a person types them, to the hundredth or not at all",
    arguments: [
      ("2", 200), ("0.5", 50), (".25", 25), ("3.", 300), ("999999999", 99_999_999_900), ("", nil),
      (".", nil), ("0.125", nil), ("1e-3", nil), ("1e300", nil), ("-1", nil), ("1,5", nil),
      ("nan", nil), ("1.2.3", nil), ("1234567890", nil), ("٣", nil),
    ] as [(String, Int?)])
  func typed(_ text: String, _ hundredths: Int?) {
    #expect(Points(typed: text)?.hundredths == hundredths)
  }

  @Test(
    "are written with no more decimals than needed",
    arguments: [(200, "2"), (250, "2.5"), (33, "0.33"), (-25, "-0.25"), (5, "0.05")])
  func words(_ hundredths: Int, _ text: String) {
    #expect(Points(hundredths: hundredths).description == text)
  }

  @Test(
    "split into pieces that add up",
    arguments: [[1], [1, 1, 1], [2, 1, 2, 2], Array(repeating: 1, count: 19)])
  func split(_ weights: [Int]) {
    for hundredths in [1, 100, 150, 400, 401] {
      let pieces = Points(hundredths: hundredths).split(by: weights)
      #expect(pieces.reduce(.zero) { $0 + $1 } == Points(hundredths: hundredths))
    }
  }
}

@Suite("Paper codes") struct PaperCodeTests {
  private let code = PaperCode(bits: [0x12, 0x34, 0x56, 0x78, 0x9A])

  @Test("are read in any case, with or without hyphens, O for 0 and I for 1")
  func reading() {
    let text = code.description
    #expect(PaperCode(typed: text) == code)
    #expect(PaperCode(typed: " \(text.lowercased()) ") == code)
    #expect(
      PaperCode(typed: code.characters.replacing("0", with: "o").replacing("1", with: "l")) == code)
  }

  @Test("are read with whatever dashes and marks a phone puts in, and refused among other letters")
  func otherLetters() {
    let text = code.description
    let dashed = ["\u{2003}", "–", "\u{2011}", "−", "_", " - ", "\u{200B}-", ""]
      .map { text.replacing("-", with: $0) }
    let wide = String(
      String.UnicodeScalarView(text.unicodeScalars.map { Unicode.Scalar($0.value + 0xFEE0)! }))
    let around = ["\u{A0}\(text)\r\n", "\(text).", "“\(text)”", "'\(text)'", "(\(text))"]
    let labelled = ["code: ", "Paper code: ", "CODE ", "Paper code is "].map { $0 + text }
    for typed in dashed + [wide, wide.lowercased()] + around + labelled {
      #expect(PaperCode(typed: typed) == code, "\(typed.debugDescription)")
    }
    for stranger in ["１", "é", "ß", "!", "*", "0", " code"] {
      #expect(PaperCode(typed: text + stranger) == nil, "\(stranger)")
    }
  }

  @Test("the nearest to a slip are those it may have come from")
  func near() {
    var digits = Array(code.characters)
    digits[3] = "*"
    #expect(PaperCode.near(String(digits)) == [code])
    digits = Array(code.characters)
    digits.swapAt(4, 5)
    #expect(PaperCode.near(String(digits).lowercased()).contains(code))
    #expect(PaperCode.near(String(digits.dropLast())) == [])
  }

  @Test("every single wrong character and every swap is detected")
  func errors() {
    let digits = Array(code.characters)
    for place in digits.indices {
      for wrong in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" where wrong != digits[place] {
        var typed = digits
        typed[place] = wrong
        #expect(PaperCode(typed: String(typed)) == nil)
      }
      for other in digits.indices where digits[other] != digits[place] {
        var typed = digits
        typed.swapAt(place, other)
        #expect(PaperCode(typed: String(typed)) == nil)
      }
    }
    #expect(PaperCode(typed: "") == nil && PaperCode(typed: String(digits.dropLast())) == nil)
  }
}

@Suite("JSON5") struct JSONTests {
  @Test("is read with comments, trailing commas, bare keys and single quotes")
  func reads() throws {
    let json = try JSON(
      parsing: "{ // a\n a: [1, .5, -2e3, 0x10,], /* b */ 'c': \"d\\u00e9\\n\", e: null, f: true }",
      file: "x")
    #expect(json.text == "{\"a\":[1,0.5,-2000,16],\"c\":\"dé\\n\",\"e\":null,\"f\":true}")
    #expect(try JSON(parsing: json.prettyText, file: "x") == json)
  }

  @Test(
    "an error names line and column",
    arguments: [
      ("{a: 1,\n b 2}", 2, "expected \":\""), ("[1,\n2", 2, "the text ends"),
      ("{a: 1, a: 2}", 1, "twice"),
      ("{a: x}", 1, "quote a text"), ("\"abc", 1, "never closed"), ("[1] 2", 1, "more after"),
      ("/* x", 1, "never closed"), (String(repeating: "[", count: 100), 1, "nested"),
    ])
  func errors(_ text: String, _ line: Int, _ words: String) {
    let error = #expect(throws: SourceError.self) { try JSON(parsing: text, file: "f.json") }
    #expect(
      error?.line == line && error?.message.contains(words) == true, "\(error?.description ?? "")")
  }
}

@Suite("Blueprints") struct BlueprintTests {
  private func blueprint(_ question: String, marking: String = "{}") throws -> Blueprint {
    try Blueprint(
      parsing: """
        { id: "t", title: "T",
          sections: [{ title: "S", questions: [
            \(question)
          ] }],
          marking: \(marking) }
        """, file: "blueprint.json5")
  }

  @Test("equal ones give equal bytes, whatever their comments")
  func canonical() throws {
    let a = try blueprint("{ family: \"x.y\", marks: 2 }")
    let b = try blueprint("{ /* as before */ marks: 2.0, 'family': 'x.y', count: 1, },")
    #expect(a.canonicalJSON.text == b.canonicalJSON.text)
    #expect(
      a.canonicalJSON.text != (try blueprint("{ family: \"x.y\", marks: 3 }")).canonicalJSON.text)
  }

  @Test("two entries of one family get names of their own")
  func names() throws {
    let entries = try blueprint("{ family: \"x.y\" }, { family: \"x.y\" }, { family: \"x.z\" }")
      .sections[0].entries
    #expect(entries.map(\.name) == ["x.y", "x.y#2", "x.z"])
  }

  @Test(
    "a typing error is told with its place and what is allowed",
    arguments: [
      ("{ familly: \"x.y\" }", "did you mean \"family\"?"),
      ("{ family: \"x.y\", mark: 2 }", "did you mean \"marks\"?"),
      ("{ family: \"x.y\", count: 0 }", "from 1 to 200"),
      ("{ family: \"x.y\", marks: \"2\" }", "a number from"),
      ("{ family: \"x.y\", topic: \"x\" }", "not both"),
      ("{ count: 2 }", "needs a \"family\" or a \"topic\""),
      ("{ topic: \"x\", difficulty: \"4-2\" }", "1 to 5"),
      ("{ family: \"x.y@new\" }", "matdim.product@1"),
      ("3", "a question is an object"),
      ("{ family: \"x.y\", difficulty: 2 }", "goes with \"topic\""),
    ])
  func typingErrors(_ question: String, _ words: String) {
    let error = #expect(throws: SourceError.self) { try blueprint(question) }
    #expect(
      error?.line == 3 && error?.message.contains(words) == true, "\(error?.description ?? "none")")
  }

  @Test("marking policies are checked too")
  func marking() {
    for (text, words) in [
      ("{ blank: 2 }", "-1 to 1"), ("{ attempts: \"worst\" }", "latest, first, best"),
      ("{ blanc: 0 }", "\"blank\""), ("{ entries: \"half\" }", "proportional, all-or-nothing"),
      ("{ choices: \"some\" }", "subtract, proportional, all-or-nothing"),
      ("{ ordering: 1 }", "all-or-nothing, pairs, kendall"),
      ("{ late: \"never\" }", "quarantine, grade"),
      ("{ deadline: \"tomorrow\" }", "Europe/Berlin"),
      ("{ deadline: \"2026-03-05T18:00\" }", "a time and a zone"),
    ] {
      let error = #expect(throws: SourceError.self) {
        try blueprint("{ family: \"x.y\" }", marking: text)
      }
      #expect(error?.message.contains(words) == true, "\(error?.description ?? "none")")
    }
  }
}

@Suite("Rosters") struct RosterTests {
  @Test("two people cannot share an address")
  func duplicates() {
    let twins = ["a", "b"].map {
      Candidate(id: CandidateID($0), name: $0, email: "same@example.org")
    }
    let error = #expect(throws: SourceError.self) { try Roster(twins, file: "roster.csv") }
    #expect(error?.line == 3 && error?.message.contains("line 2") == true)
  }

  @Test(
    "somebody is found by id or address, whatever case, spaces and letters",
    arguments: [
      ("c1", "c1"), (" C1\t", "c1"), ("\u{A0}c1\u{200B}", "c1"), ("ADA@example.org", "c1"),
      ("\u{212A}9", "k9"), ("jörg@example.org", "ü"), ("JO\u{308}RG@example.org", "ü"), ("Ü", "ü"),
      ("c2", "C2\u{A0}"), ("c", nil), ("c11", nil), ("", nil), (" ", nil), ("u", nil),
    ])
  func names(_ typed: String, _ id: String?) throws {
    let roster = try Roster(
      [
        Candidate(id: "c1", name: "A", email: " Ada@example.org"),
        Candidate(id: "k9", name: "B", email: "k9"),
        Candidate(id: "ü", name: "C", email: "Jörg@example.org"),
        Candidate(id: "C2\u{A0}", name: "D", email: ""),
      ], file: "roster.csv")
    #expect(roster.candidate(named: typed)?.id.rawValue == id)
  }

  @Test("ten thousand people are told apart")
  func manyNames() throws {
    let people = (0..<10_000).map {
      Candidate(id: CandidateID("c\($0)"), name: "", email: "\($0)@example.org")
    }
    let roster = try Roster(people, file: "roster.csv")
    for (place, person) in people.enumerated() {
      #expect(roster.candidate(named: person.id.rawValue) == person)
      #expect(roster.place(of: person.email.uppercased().utf8.span) == place)
    }
  }
}

@Suite("Numbers with fixed places") struct FixedTests {
  @Test(
    "are rounded on their exact value",
    arguments: [
      (0.0005, 3, "0.001"), (0.0015, 3, "0.002"), (2.675, 2, "2.67"), (1.005, 2, "1.00"),
      (0.125, 2, "0.12"),
      (-0.0004, 3, "0.000"), (1e15, 3, "1000000000000000.0"), (0.5, 0, "0"), (1.5, 0, "2"),
    ])
  func fixed(_ x: Double, _ places: Int, _ text: String) { #expect(x.fixed(places) == text) }
}
