import ExamModel
import Foundation
import QuestionBank
import Testing
import Typesetting

/// A family for a table of tests.
struct ListedFamily: Sendable, CustomTestStringConvertible {
  let type: any QuestionFamily.Type
  var testDescription: String { type.id.rawValue }
  static let all = Catalogue.families.map(ListedFamily.init)
}

@Suite("What every family promises") struct SelfCheckTests {
  @Test("the same seed gives the same question", arguments: ListedFamily.all)
  func determinism(_ family: ListedFamily) {
    for seed in 0..<20 as Range<UInt64> {
      var (first, second) = (Dice(seed: seed), Dice(seed: seed))
      let a = family.type.question(from: &first, style: QuestionStyle())
      let b = family.type.question(from: &second, style: QuestionStyle())
      #expect(a.parametersJSON() == b.parametersJSON() && a.key == b.key)
    }
  }

  @Test("a family says whether draws lack parts", arguments: ListedFamily.all)
  func partsLeftOut(_ family: ListedFamily) {
    let lacks = (0..<drawsPerFamily).contains { seed in
      var dice = Dice(seed: seed)
      let question = family.type.question(from: &dice, style: QuestionStyle())
      return question.asked.count < question.parts.count
    }
    #expect(lacks == family.type.leavesPartsOut)
  }

  @Test("draws are sound: finite keys, mistakes told apart", arguments: ListedFamily.all)
  func soundness(_ family: ListedFamily) {
    for seed in 0..<drawsPerFamily {
      var dice = Dice(seed: seed)
      let question = family.type.question(from: &dice, style: QuestionStyle())
      #expect(!question.asked.isEmpty)
      for index in question.asked {
        let key = question.key[index]
        #expect(key?.entries.allSatisfy(\.isFinite) == true, "seed \(seed)")
      }
      for mistake in question.mistakes {
        let index = question.parts.firstIndex { $0.id == mistake.part }
        #expect(index.map { question.asked.contains($0) } == true, "seed \(seed)")
        #expect(index.flatMap { question.key[$0] } != mistake.value, "seed \(seed) \(mistake.id)")
      }
    }
  }

  @Test(
    "no usual part has another's key, unless both are twins in every draw",
    arguments: ListedFamily.all)
  func keysStandAlone(_ family: ListedFamily) {
    let usual = family.type.usualParts
    for seed in 0..<drawsPerFamily {
      var dice = Dice(seed: seed)
      let question = family.type.question(from: &dice, style: QuestionStyle())
      for (index, part) in question.parts.enumerated() where usual.contains(part.id) {
        guard let key = question.key[index], key.isNumeric, part.kind != .shape else { continue }
        if !part.mayBeObvious, [.integer, .number].contains(key.kind) {
          #expect(key.entries != [0] && key.entries != [1], "seed \(seed) \(part.id)")
        }
        for earlier in 0..<index where usual.contains(question.parts[earlier].id) {
          let other = question.parts[earlier]
          guard part.kind == other.kind, question.key[earlier] != nil else { continue }
          let areTwins = question.twins.contains { $0.isSuperset(of: [part.id, other.id]) }
          #expect(
            (question.key[earlier] == key) == areTwins, "seed \(seed) \(other.id) \(part.id)")
        }
      }
    }
  }

  @Test("a key on the brink between two roundings, or one that a guesser tries, is refused")
  func brink() {
    let parts = [Part("a", .number, tolerance: .decimals(3)), Part("b", .integer)]
    func stands(_ a: Double, _ b: Int) -> Bool {
      Separation(of: parts, usual: ["a", "b"], misconceptions: []).standsAlone(
        AnswerKey([.number(a), .integer(b)]), twins: [])
    }
    #expect(stands(0.2345, 7), "half-way, both roundings are right")
    #expect(!stands(0.234_500_01, 7), "single precision decides")
    #expect(stands(0.2346, 7))
    for obvious in [0, 1, 0.5, 0.4995, 1.0004] { #expect(!stands(obvious, 7)) }
    for obvious in [0, 1] { #expect(!stands(0.2346, obvious)) }
  }

  @Test(
    "fractions are apart where no text can be the rounding of both",
    arguments: [
      (0.0125, 0.0121, false), (0.0125, 0.0129, false), (0.0121, 0.0125, false),
      (0.0125, 0.0135, false), (0.0125, 0.0144, true), (0.0125, 0.0114, true),
      (0.0124, 0.0126, true), (0.0121, 0.0124, false), (-0.0125, -0.0121, false),
      (-0.0125, 0.0125, true),
    ])
  func halfWay(_ key: Double, _ mistake: Double, _ areApart: Bool) {
    let parts = ["a", "b"].map { Part($0, .number, tolerance: .decimals(3), isFraction: true) }
    let separation = Separation(
      of: parts, usual: ["a", "b"], misconceptions: [.core("slip", "A slip.")])
    let (live, isSound) = separation.certify(
      [Mistake("slip", "a", .number(mistake))], key: AnswerKey([.number(key), nil]))
    #expect(isSound == areApart)
    #expect(live.isEmpty != areApart)
    let stands = separation.standsAlone(
      AnswerKey([.number(key), .number(mistake)]), twins: [])
    #expect(stands == areApart)
  }

  @Test("a family that counts its questions counts them right", arguments: ListedFamily.all)
  func variants(_ family: ListedFamily) {
    guard let variants = family.type.variants else { return }
    // So many draws that each of equally likely questions comes up.
    let seeds = UInt64(min(4000, 24 * variants))
    var seen: Set<String> = []
    for seed in 0..<seeds {
      var dice = Dice(seed: seed)
      let question = family.type.question(from: &dice, style: QuestionStyle())
      seen.insert(question.parametersJSON().text)
    }
    #expect(seen.count == variants)
  }

  @Test("numbers go through JSON and back", arguments: ListedFamily.all)
  func parameters(_ family: ListedFamily) throws {
    for seed in 0..<50 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = family.type.question(from: &dice, style: QuestionStyle())
      let again = try family.type.question(with: question.parametersJSON(), style: QuestionStyle())
      #expect(again.key == question.key, "seed \(seed)")
    }
  }

  @Test("parts depend on earlier parts only, and each is asked for", arguments: ListedFamily.all)
  func parts(_ family: ListedFamily) {
    var earlier: Set<PartID> = []
    for part in family.type.parts {
      #expect(part.dependsOn.allSatisfy(earlier.contains), "\(part.id)")
      earlier.insert(part.id)
    }
    #expect(earlier.count == family.type.parts.count)
    #expect(family.type.usualParts.allSatisfy(earlier.contains))
    for seed in 0..<50 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = family.type.question(from: &dice, style: QuestionStyle())
      let prompt = question.prompt()
      for index in question.asked {
        #expect(prompt.parts.contains { $0.part == question.parts[index].id })
      }
    }
  }

  @Test("every mistake is described, and every description can occur", arguments: ListedFamily.all)
  func misconceptions(_ family: ListedFamily) {
    let described = Set(family.type.misconceptions.map(\.id))
    #expect(described.count == family.type.misconceptions.count)
    var seen: Set<MisconceptionID> = []
    for seed in 0..<800 as Range<UInt64> {
      var dice = Dice(seed: seed)
      seen.formUnion(family.type.question(from: &dice, style: QuestionStyle()).mistakes.map(\.id))
    }
    #expect(seen == described)
    #expect(family.type.misconceptions.allSatisfy { $0.feedback.hasSuffix(".") })
  }

  @Test("question and solution can be set in every form", arguments: ListedFamily.all)
  func typesetting(_ family: ListedFamily) {
    for seed in 0..<100 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = family.type.question(from: &dice, style: QuestionStyle())
      for document in [question.prompt().stem, question.solution()] {
        for text in [document.plainText(), document.html(), document.latex()] {
          #expect(!text.isEmpty && !text.contains("Optional("), "seed \(seed)")
        }
      }
      // The solution ends in the key, digit for digit.
      let solution = question.solution().plainText().replacing("−", with: "-")
      for index in question.asked where question.key[index] != .undefined {
        let shown = digits(of: question.key[index], to: question.parts[index].tolerance)
        #expect(shown.allSatisfy(solution.contains), "seed \(seed) \(question.parts[index].id)")
      }
    }
  }

  /// The numbers of a key as a solution shows them; large ones it may write in powers of ten.
  private func digits(of key: AnswerValue?, to tolerance: Tolerance) -> [String] {
    let places: Int? =
      switch tolerance {
      case .exact: 3
      case .decimals(let d): d
      default: nil
      }
    return (key?.entries ?? []).filter { $0.magnitude < 1e6 }.compactMap { x in
      x == x.rounded() ? "\(Int(x))" : places.map { x.fixed($0) }
    }
  }

  @Test("the second way agrees with every key", arguments: ListedFamily.all)
  func secondKeys(_ family: ListedFamily) {
    var check = SelfCheck(family.type)
    check.draw(seeds: 0..<drawsPerFamily)
    #expect(check.disagreementCount == 0, "\(check.disagreements)")
  }

  @Test(
    "no answer is right in more than one draw of ten without a reason, and no reason is spare",
    arguments: ListedFamily.all)
  func guessing(_ family: ListedFamily) {
    var check = SelfCheck(family.type)
    check.draw(seeds: 0..<max(1000, drawsPerFamily))
    for guess in check.guesses {
      let text = "\(guess.part) \(guess.answer) in \(guess.share) of draws"
      #expect(!guess.isFrequent || guess.reason != nil, "\(text)")
      #expect(guess.reason == nil || guess.share > 0.9 * guess.limit, "\(text)")
    }
    let stated = family.type.frequentAnswers.flatMap(\.parts)
    #expect(Set(stated).isSubset(of: family.type.parts.map(\.id)))
    #expect(Set(stated).count == stated.count)
  }

  @Test("unknown, missing and senseless parameters are refused by name")
  func refusals() throws {
    let family = try Catalogue.family("softmax.values")
    for (text, word) in [
      ("{\"mode\": \"int\", \"z\": [1, 2, 4], \"y\": 1}", "\"y\""),
      ("{\"z\": [1, 2]}", "\"mode\""), ("{\"mode\": \"int\", \"z\": \"no\"}", "\"z\""),
      ("{\"mode\": \"sideways\"}", "\"mode\""), ("{\"mode\": \"int\", \"n\": [1, 2]}", "list z"),
      ("{\"mode\": \"int\", \"z\": [900, 1]}", "-20 to 20"),
    ] {
      let error = #expect(throws: SourceError.self) {
        try family.question(with: try JSON(parsing: text, file: "x"), style: QuestionStyle())
      }
      #expect(error?.message.contains(word) == true, "\(text): \(error?.message ?? "")")
    }
  }

  @Test("an unknown family is answered with the nearest")
  func unknownFamily() {
    let error = #expect(throws: SourceError.self) { try Catalogue.family("softmax.value") }
    #expect(error?.message.contains("did you mean \"softmax.values\"?") == true)
    let version = #expect(throws: SourceError.self) {
      try Catalogue.family("softmax.values", version: 9)
    }
    #expect(version?.message.contains("softmax.values@1") == true)
  }
}
