import ExamModel
import Foundation
import PaperPress
import QuestionBank
import Testing

private func blueprint(_ sections: String, id: String = "golden", rest: String = "") throws
  -> Blueprint
{
  try Blueprint(
    parsing: "{ id: \"\(id)\", title: \"Golden\", sections: [\(sections)]\(rest) }",
    file: "blueprint.json5")
}

private let everything = """
  { title: "All", questions: [
    { family: "matdim.product@1", count: 2 }, { family: "backprop.sigmoid-neuron@1" },
    { family: "backprop.skip-weighted@1" }, { family: "softmax.values@1" },
    { family: "attention.single-query@1" } ] }
  """

private func secret(_ byte: UInt8) -> ExamSecret {
  ExamSecret(bytes: [UInt8](repeating: byte, count: 32))!
}

private func press(
  _ sections: String = everything, secret byte: UInt8 = 7, rest: String = ""
) throws -> PaperPress {
  try PaperPress(
    try blueprint(sections, rest: rest.isEmpty ? "" : ", " + rest), secret: secret(byte),
    file: "blueprint.json5")
}

@Suite("Papers as a function") struct PaperPressTests {
  @Test("blueprint, secret and candidate always give these bytes")
  func golden() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "papers.golden.txt")
    let press = try press()
    let lines = (1...12).map { number -> String in
      let paper = press.paper(for: CandidateID("c\(number)"))
      return "\(paper.candidate) \(paper.code) \(paper.digest)"
    }
    let text = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["GRADUS_GOLDEN"] == "update" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test("another question leaves the questions around it as they are")
  func namesNotOrder() throws {
    let few = try press("{ title: \"S\", questions: [{ family: \"softmax.values\", count: 2 }] }")
    let more = try press(
      """
      { title: "New", questions: [{ family: "softmax.values" }] },
      { title: "S", questions: [{ family: "matdim.product" }, { family: "softmax.values", count: 3 }] }
      """)
    let (a, b) = (few.paper(for: "c1").questions, more.paper(for: "c1").questions)
    #expect(a[0].parametersJSON() == b[2].parametersJSON())
    #expect(a[1].parametersJSON() == b[3].parametersJSON())
  }

  @Test("a paper never asks the same twice")
  func distinctQuestions() throws {
    let press = try press(
      "{ title: \"S\", questions: [{ family: \"softmax.values\", count: 120 }] }")
    for candidate in ["c1", "c2", "c3"] as [CandidateID] {
      let numbers = press.paper(for: candidate).questions.map { $0.parametersJSON().text }
      #expect(Set(numbers).count == 120)
    }
  }

  @Test("decimals that would blur answers and mistakes are refused with their line")
  func tooFewDecimals() {
    let error = #expect(throws: SourceError.self) {
      try press(
        """
        { title: "S", questions: [
            { family: "backprop.sigmoid-neuron", decimals: 1 } ] }
        """)
    }
    #expect(error?.line == 2)
    #expect(error?.message.contains("cannot be asked to 1 decimals") == true)
  }

  @Test("another candidate, secret or test gives another paper")
  func differences() throws {
    let paper = try press().paper(for: "c1")
    let others = [
      try press().paper(for: "c2"), try press(secret: 8).paper(for: "c1"),
      try PaperPress(try blueprint(everything, id: "other"), secret: secret(7), file: "b").paper(
        for: "c1"),
    ]
    for other in others {
      #expect(other.digest != paper.digest && other.code != paper.code)
    }
    // Names that run together when joined are told apart.
    #expect(try press().paper(for: "c1").code != (try press().paper(for: "c").code))
  }

  @Test("a hundred candidates have a hundred keys")
  func unique() throws {
    let press = try press()
    let papers = (0..<100).map { press.paper(for: CandidateID("c\($0)")) }
    #expect(Set(papers.map(\.digest)).count == 100)
    #expect(Set(papers.map(\.code)).count == 100)
  }

  @Test("a shuffled section has each candidate's own order, and the same questions as without")
  func shuffled() throws {
    let questions = "questions: [{ family: \"softmax.values\", count: 8 }]"
    let plain = try press("{ title: \"S\", \(questions) }")
    let press = try press("{ title: \"S\", shuffle: true, \(questions) }")
    let papers = (0..<20).map { press.paper(for: CandidateID("c\($0)")) }
    #expect(Set(papers.map(\.order)).count > 15)
    for paper in papers {
      let same = plain.paper(for: paper.candidate)
      #expect(paper.order.sorted() == Array(0..<8) && same.order == Array(0..<8))
      #expect(paper.digest == same.digest && paper.code == same.code)
    }
  }

  @Test("a proof leads to the root, and with anything changed to another")
  func proofs() throws {
    let press = try press()
    for count in [1, 2, 3, 7, 8, 13] {
      let papers = (0..<count).map { press.paper(for: CandidateID("c\($0)")) }
      let manifest = Manifest(press, secret: secret(7), papers: papers)
      for paper in papers {
        let proof = try PaperProof(of: paper, in: manifest, file: "m")
        #expect(proof.root == manifest.root, "\(count)")
        let again = try PaperProof(parsing: proof.json.prettyText, file: "p")
        #expect(again.json.text == proof.json.text && again.root == manifest.root)
      }
      let stranger = press.paper(for: "stranger")
      #expect(throws: SourceError.self) {
        try PaperProof(of: stranger, in: manifest, file: "m")
      }
    }
  }

  @Test("neither a proof nor a manifest can be passed off as another candidate's, code's or test's")
  func bound() throws {
    let press = try press()
    let papers = ["c1", "c2", "c3"].map { press.paper(for: CandidateID($0)) }
    let manifest = Manifest(press, secret: secret(7), papers: papers)
    let proof = try PaperProof(of: papers[0], in: manifest, file: "m").json.text
    let test = manifest.test.rawValue
    let (code, other) = (papers[0].code.description, papers[1].code.description)
    for (was, becomes) in [("c1", "c2"), ("c1", "c9"), (code, other), (test, test + "x")] {
      let forged = proof.replacing("\"\(was)\"", with: "\"\(becomes)\"")
      #expect(forged != proof)
      let root = try PaperProof(parsing: forged, file: "p").root
      #expect(root != manifest.root, "\(was) → \(becomes)")
      let altered = try Manifest(
        parsing: manifest.json.text.replacing("\"\(was)\"", with: "\"\(becomes)\""), file: "m")
      #expect(Manifest.root(of: altered.papers, in: altered.test) != manifest.root)
    }
  }

  @Test("what was committed to in an earlier format is refused with what to do")
  func earlierFormat() throws {
    let press = try press()
    let manifest = Manifest(press, secret: secret(7), papers: [press.paper(for: "c1")])
    let proof = try PaperProof(of: press.paper(for: "c1"), in: manifest, file: "m")
    func earlier(_ json: JSON) -> String {
      json.text.replacing("\"format\":2", with: "\"format\":1")
    }
    let refusal = #expect(throws: SourceError.self) {
      try Manifest(parsing: earlier(manifest.json), file: "m")
    }
    #expect("\(refusal!)".contains("of format 1, not 2") && "\(refusal!)".contains("--force"))
    let other = #expect(throws: SourceError.self) {
      try PaperProof(parsing: earlier(proof.json), file: "p")
    }
    #expect("\(other!)".contains("of format 1, not 2"))
  }

  @Test("practice papers are no exam's")
  func practice() throws {
    let press = try press()
    let (test, practice) = (press.paper(for: "c1"), press.paper(for: "c1", purpose: .practice))
    #expect(test.digest != practice.digest && test.entry.seal != practice.entry.seal)
    #expect(press.paper(for: "c1", purpose: .practice).digest == practice.digest)
  }

  @Test("a topic gives everybody the same families, and fields that one form has")
  func topics() throws {
    let press = try press("{ title: \"S\", questions: [{ topic: \"backprop\", count: 4 }] }")
    let papers = (1...200).map { press.paper(for: CandidateID("c\($0)")) }
    let families = press.slots.map { $0.family.id }
    #expect(families.allSatisfy { $0.rawValue.hasPrefix("backprop.") })
    for paper in papers {
      #expect(paper.questions.map { $0.family.id } == families)
      for (question, slot) in zip(paper.questions, press.slots) {
        // A draw may leave a field out; none has one that the form lacks.
        #expect(question.asked.allSatisfy { slot.fields.contains(question.parts[$0].field) })
      }
    }
  }

  @Test(
    "over tests, a topic's families come about equally often and each test is about as hard",
    arguments: [1, 3, 5, 40])
  func balancedTopics(count: Int) throws {
    let eligible = Catalogue.families(ofTopic: "softmax", difficulty: 1...5)
    let share = Double(count) / Double(eligible.count)
    let mean = eligible.map { Double($0.difficulty) }.reduce(0, +) / Double(eligible.count)
    let tests = 240
    var uses: [FamilyID: Int] = [:]
    for byte in 0..<UInt8(tests) {
      let slots = try press(
        "{ title: \"S\", questions: [{ topic: \"softmax\", count: \(count) }] }", secret: byte
      ).slots
      let within = Dictionary(slots.map { ($0.family.id, 1) }, uniquingKeysWith: +)
      #expect(
        within.values.allSatisfy {
          [share.rounded(.down), share.rounded(.up)].contains(Double($0))
        })
      #expect(within.count == min(count, eligible.count))
      for (id, times) in within { uses[id, default: 0] += times }
      let hardness = slots.map { Double($0.family.difficulty) }.reduce(0, +)
      // A sample at equal distances from a sorted list misses its sum by less than the list's range.
      #expect(abs(hardness - Double(count) * mean) < 4)
    }
    for family in eligible {
      let expected = Double(tests) * share
      #expect(
        abs(Double(uses[family.id] ?? 0) - expected) < 5 * expected.squareRoot(), "\(family.id)")
    }
  }

  @Test("no entry asks a topic's family again before all were asked, by whatever entry")
  func topicsApart() throws {
    let all = Catalogue.families(ofTopic: "softmax", difficulty: 1...5).map { $0.id }
    let rest = all.count - 4
    for byte in 0..<UInt8(40) {
      for extra in [0, 2] {
        let families = try press(
          """
          { title: "S", questions: [{ topic: "softmax", count: 3 }] },
          { title: "T", questions: [
            { family: "softmax.values" }, { topic: "softmax", count: \(rest + extra) },
          ] }
          """, secret: byte
        ).slots.map { $0.family.id }
        #expect(Set(families) == Set(all) && families.count == all.count + extra)
      }
    }
  }

  @Test("decimals and parts of the blueprint hold")
  func style() throws {
    let press = try press(
      "{ title: \"S\", questions: [{ family: \"backprop.sigmoid-neuron\", decimals: 2, parts: [\"L\", \"dL/du\"] }] }"
    )
    let question = press.paper(for: "c1").questions[0]
    #expect(question.asked.map { question.parts[$0].id } == ["L", "dL/du"])
    #expect(question.asked.allSatisfy { question.parts[$0].tolerance == .decimals(2) })
    #expect(press.formItems.map(\.title) == ["Q1 L", "Q1 dL/du"])
  }

  @Test(
    "what the catalogue lacks is named with its line",
    arguments: [
      ("{ family: \"matdim.prodct\" }", "did you mean \"matdim.product\"?"),
      ("{ family: \"matdim.product@7\" }", "version 1, not 7"),
      ("{ topic: \"poetry\" }", "topics are matdim"),
      ("{ family: \"matdim.product\", parts: [\"XY\"] }", "its parts are AB, BA, mults"),
    ])
  func unknown(_ question: String, _ words: String) {
    let error = #expect(throws: SourceError.self) {
      try press("{ title: \"S\", questions: [\n\(question)] }")
    }
    #expect(
      error?.line == 2 && error?.message.contains(words) == true, "\(error?.description ?? "")")
  }
}

@Suite("Manifests") struct ManifestTests {
  @Test("refuse what the papers were not made of, and say what differs")
  func refusals() throws {
    let press = try press()
    let manifest = Manifest(press, secret: secret(7), papers: [press.paper(for: "c1")])
    try manifest.check(press, secret: secret(7), file: "manifest.json")
    let changed = try self.changed()
    for (other, key, words) in [
      (changed, secret(7), "the blueprint was changed"),
      (press, secret(8), "the secret is another one"),
    ] {
      let error = #expect(throws: SourceError.self) {
        try manifest.check(other, secret: key, file: "manifest.json")
      }
      #expect(error?.message.contains(words) == true, "\(error?.description ?? "")")
    }
    var older = manifest
    older.families["softmax.values"] = 0
    let error = #expect(throws: SourceError.self) {
      try older.check(press, secret: secret(7), file: "manifest.json")
    }
    #expect(error?.message.contains("softmax.values has version 1 and had 0") == true)
  }

  @Test("allow another marking and corrections, which make another key version")
  func marking() throws {
    let sections = "{ title: \"All\", questions: [{ family: \"softmax.values\" }] }"
    let made = try press(sections)
    let manifest = Manifest(made, secret: secret(7), papers: [made.paper(for: "c1")])
    #expect(manifest.keyVersion == made.keyVersion)
    for rest in ["marking: { wrong: -0.25 }", "corrections: [{ question: 1, decimals: 2 }]"] {
      let other = try press(sections, rest: rest)
      try manifest.check(other, secret: secret(7), file: "manifest.json")
      #expect(other.keyVersion != made.keyVersion)
      #expect(other.paper(for: "c1").digest == made.paper(for: "c1").digest)
    }
  }

  @Test(
    "corrections of what the test does not have are refused with their line",
    arguments: [
      ("{ question: 2, void: \"uncounted\" }", "there is no question 2"),
      ("{ question: 1, part: \"q\", decimals: 2 }", "has no part \"q\"; its parts are p"),
      ("{ question: 1 }", "a correction is \"void\", or has"),
      ("{ question: 1, void: \"uncounted\", decimals: 2 }", "a correction is \"void\", or has"),
      ("{ question: 1, decimals: 2, absolute: 1 }", "a correction has one of"),
      ("{ question: 1, void: \"gone\" }", "\"void\" is one of uncounted, full-marks"),
      ("{ question: 1, accept: [1] }", "each in quotes"),
      ("{ question: 0.5, decimals: 2 }", "a question's number"),
      ("{ question: 1, acept: [\"x\"] }", "did you mean \"accept\"?"),
    ])
  func wrongCorrections(_ correction: String, _ words: String) throws {
    let error = #expect(throws: SourceError.self) {
      try press(
        "{ title: \"All\", questions: [{ family: \"softmax.values\" }] }",
        rest: "corrections: [\n\(correction)]")
    }
    #expect(error?.line == 2 && error?.message.contains(words) == true, "\(error!)")
  }

  private func changed() throws -> PaperPress {
    try press("{ title: \"All\", questions: [{ family: \"softmax.values\" }] }")
  }

  @Test("go through their file and back")
  func roundTrip() throws {
    let press = try press()
    let manifest = Manifest(
      press, secret: secret(7), papers: (0..<5).map { press.paper(for: CandidateID("c\($0)")) })
    #expect(try Manifest(parsing: manifest.json.prettyText, file: "manifest.json") == manifest)
    var bare = manifest
    bare.papers = []
    let beginning = Array(manifest.json.prettyText.utf8.prefix(4096))
    let head = try #require(Manifest.head(of: beginning))
    #expect(try Manifest(parsing: head, file: "manifest.json") == bare)
    #expect(Manifest.head(of: Array(beginning.prefix(40))) == nil)
    #expect(throws: SourceError.self) { try Manifest(parsing: "{}", file: "manifest.json") }
  }

  @Test("one paper changed changes the root")
  func root() throws {
    let press = try press()
    let papers = (0..<5).map { press.paper(for: CandidateID("c\($0)")) }
    let root = Manifest(press, secret: secret(7), papers: papers).root
    #expect(
      Manifest(press, secret: secret(7), papers: papers.dropLast() + [press.paper(for: "x")]).root
        != root)
    #expect(Manifest(press, secret: secret(7), papers: papers.reversed()).root != root)
  }
}

@Suite("Secrets") struct ExamSecretTests {
  @Test("are read from what they write, and show nothing of themselves")
  func text() throws {
    let secret = try ExamSecret.random()
    let again = try #require(ExamSecret(text: secret.text))
    #expect(again.fingerprint == secret.fingerprint)
    let shown =
      "\(secret) \(String(reflecting: secret))"
      + String(describing: Mirror(reflecting: secret).children.map(\.value))
    #expect(!shown.contains(secret.text.prefix(16)))
    #expect(ExamSecret(text: "abc") == nil && ExamSecret(text: secret.text + "00") == nil)
  }
}
