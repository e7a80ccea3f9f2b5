import ExamModel
import Typesetting

/// Knights speak the truth, knaves lie: who is what?
enum KnightsAndKnaves: QuestionFamily {
  static let heading = Heading("logic.knights-knaves", "Knights and knaves", difficulty: 3)

  /// What each speaker says: `B is a knave`, `B and I are of the same kind`,
  /// `exactly 2 of us are knights`, `at least 2 of us are knights`.
  struct Parameters: Codable, Sendable, Equatable {
    let statements: [String: String]

    var speakers: [String] { statements.keys.sorted() }
    func says(_ speaker: Int) -> String { statements[speakers[speaker]] ?? "" }

    /// Whether a speaker's words are true; nil where they cannot be read.
    func isTrue(_ speaker: Int, _ knights: [Bool]) -> Bool? {
      let words = says(speaker).split(separator: " ").map(String.init)
      if let name = words.first, let other = speakers.firstIndex(of: name) {
        switch words.dropFirst().joined(separator: " ") {
        case "is a knight": return knights[other]
        case "is a knave": return !knights[other]
        case "and I are of the same kind": return knights[other] == knights[speaker]
        default: return nil
        }
      }
      let count = knights.count { $0 }
      if says(speaker).hasPrefix("exactly"), words.count == 6, let t = Int(words[1]) {
        return count == t
      }
      if says(speaker).hasPrefix("at least"), words.count == 7, let t = Int(words[2]) {
        return count >= t
      }
      return nil
    }
    var worlds: [[Bool]] {
      (0..<1 << speakers.count).map { bits in speakers.indices.map { bits >> $0 & 1 == 1 } }
    }
    var solutions: [[Bool]] {
      worlds.filter { world in world.indices.allSatisfy { isTrue($0, world) == world[$0] } }
    }
  }

  private static func text(_ knights: [Bool]) -> AnswerValue {
    .text(knights.map { $0 ? "K" : "N" }.joined())
  }

  static let parts = [Part("types", .text)]

  static let misconceptions: [Misconception] = [
    .optional(
      "all-truthful", "They cannot all speak the truth: their words contradict one another."),
    .optional("all-liars", "If all lied, some of what they say would be true."),
    .core("complement", "You took knights for knaves and knaves for knights."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "types", because: "two or three people are knights and knaves in four or eight ways")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let names = Array(["A", "B", "C"].prefix(dice.integer(in: 2...3)))
    var statements: [String: String] = [:]
    for name in names {
      let other = dice.pick(names.filter { $0 != name })
      let count = dice.integer(in: 1...names.count)
      statements[name] = dice.pick([
        "\(other) is a knight", "\(other) is a knave", "\(other) and I are of the same kind",
        "exactly \(count) of us are knights", "at least \(count) of us are knights",
      ])
    }
    let p = Parameters(statements: statements)
    return p.solutions.count == 1 ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    let world = p.speakers.map { _ in true }
    guard (2...4).contains(p.speakers.count), p.speakers.allSatisfy({ $0.count == 1 }),
      p.speakers.indices.allSatisfy({ p.isTrue($0, world) != nil })
    else { return "statements are of 2 to 4 speakers, such as \"B is a knave\"" }
    return p.solutions.count == 1 ? nil : "there is exactly one solution"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(text(p.solutions[0])) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Person by person, giving up as soon as all are fixed and somebody's words do not fit.
    func search(_ known: [Bool]) -> [Bool]? {
      guard known.count == p.speakers.count else {
        return search(known + [true]) ?? search(known + [false])
      }
      let liars = known.indices.filter { p.isTrue($0, known) == false }
      return liars == known.indices.filter { !known[$0] } ? known : nil
    }
    return AnswerKey(search([]).map(text))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let right = p.solutions[0]
    Mistake("complement", "types", text(right.map { !$0 }))
    Mistake("all-truthful", "types", text(right.map { _ in true }))
    Mistake("all-liars", "types", text(right.map { _ in false }))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let example = p.speakers.count == 2 ? "KN" : "KNK"
    let lines: [Prose] = p.speakers.map { name in
      "\(verbatim: name): “\(verbatim: p.statements[name] ?? "").”"
    }
    "Knights always speak the truth, and knaves always lie. They say:"
    Block.list(lines)
    ask(
      "types",
      "K for a knight and N for a knave, in the order of the speakers, such as `\(example)`")
  }

  static func solve(_ p: Parameters) -> Document {
    let right = p.solutions[0]
    let lines: [Prose] = p.speakers.indices.map { i in
      "\(verbatim: p.speakers[i]) is a \(right[i] ? "knight" : "knave"): what they say is \(right[i] ? "true" : "false")."
    }
    "Of the \(p.worlds.count) possibilities only one fits all that is said:"
    Block.list(lines)
  }
}
