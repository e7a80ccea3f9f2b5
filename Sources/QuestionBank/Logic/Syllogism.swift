import ExamModel
import Typesetting

/// Which conclusions about A and C follow from two premises over B?
enum Syllogism: QuestionFamily {
  static let heading = Heading("logic.syllogism", "A syllogism", difficulty: 3)

  enum Quantifier: String, Codable, Sendable, CaseIterable {
    case all = "All"
    case no = "No"
    case some = "Some"
    case someNot = "Some-not"

    /// `A` to `C`.
    func text(_ a: String, _ c: String) -> String {
      switch self {
      case .all: "all \(a) are \(c)"
      case .no: "no \(a) are \(c)"
      case .some: "some \(a) are \(c)"
      case .someNot: "some \(a) are not \(c)"
      }
    }
    /// In a world whose inhabited kinds are given by bits, which say of what classes they are.
    func holds(_ a: Int, _ c: Int, in world: [Int]) -> Bool {
      let members = world.filter { $0 >> a & 1 == 1 }
      let others = members.filter { $0 >> c & 1 == 0 }
      switch self {
      case .all: return others.isEmpty
      case .no: return others.count == members.count
      case .some: return others.count < members.count
      case .someNot: return !others.isEmpty
      }
    }
  }

  /// `Some-not B A`: some B are not A.
  struct Premise: Sendable, Equatable {
    let quantifier: Quantifier
    let subject, predicate: Int
  }

  struct Parameters: Codable, Sendable, Equatable {
    let premises: [String]

    var parsed: [Premise] {
      premises.compactMap { text in
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 3, let quantifier = Quantifier(rawValue: words[0]),
          let subject = names.firstIndex(of: words[1]),
          let predicate = names.firstIndex(of: words[2])
        else { return nil }
        return Premise(quantifier: quantifier, subject: subject, predicate: predicate)
      }
    }
  }

  private static let names = ["A", "B", "C"]
  /// Worlds in which no class is empty: which of the seven kinds of things exist.
  private static let worlds: [[Int]] = (1..<128).map { bits in
    (1...7).filter { bits >> ($0 - 1) & 1 == 1 }
  }.filter { world in (0..<3).allSatisfy { c in world.contains { $0 >> c & 1 == 1 } } }

  private static let conclusions: [(quantifier: Quantifier, subject: Int, predicate: Int)] = [
    (.all, 0, 2), (.all, 2, 0), (.no, 0, 2), (.some, 0, 2), (.someNot, 0, 2), (.someNot, 2, 0),
  ]
  private static func text(_ index: Int) -> String {
    let c = conclusions[index]
    return c.quantifier.text(names[c.subject], names[c.predicate])
  }

  static let parts = [Part("follows", .choices)]

  static let misconceptions: [Misconception] = [
    .core("nothing-follows", "Something does follow: draw the classes as circles."),
    .optional("same-quantifier", "A conclusion does not take over the first premise's quantifier."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "follows", because: "few of the forms prove anything, and what they prove is often the same")
  ]

  static let variants: Int? = 64

  static func draw(from dice: inout Dice) -> Parameters? {
    func premise(_ a: String, _ b: String, _ dice: inout Dice) -> String {
      let (x, y) = dice.oneIn(2) ? (a, b) : (b, a)
      return "\(dice.pick(Quantifier.allCases).rawValue) \(x) \(y)"
    }
    let p = Parameters(premises: [premise("A", "B", &dice), premise("B", "C", &dice)])
    // Half of the pairs of premises prove nothing; most draws should.
    return !follows(p).isEmpty || dice.oneIn(6) ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    let parsed = p.parsed
    guard p.premises.count == 2, parsed.count == 2,
      Set([parsed[0].subject, parsed[0].predicate]) == [0, 1],
      Set([parsed[1].subject, parsed[1].predicate]) == [1, 2]
    else { return "premises are two such as \"All A B\" and \"Some-not C B\"" }
    return worlds.contains { holds(parsed, in: $0) } ? nil : "the premises contradict each other"
  }

  private static func holds(_ premises: [Premise], in world: [Int]) -> Bool {
    premises.allSatisfy { $0.quantifier.holds($0.subject, $0.predicate, in: world) }
  }

  private static func follows(_ p: Parameters) -> [String] {
    let possible = worlds.filter { holds(p.parsed, in: $0) }
    return conclusions.indices.filter { index in
      let c = conclusions[index]
      return possible.allSatisfy { c.quantifier.holds(c.subject, c.predicate, in: $0) }
    }.map(text)
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["follows": Options(conclusions.indices.map(text), isShuffled: false)]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(.choices(follows(p))) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // A conclusion follows if no world keeps the premises and denies it: look for three sets of
    // three things.
    let sets = 1..<8
    func holds(_ q: Quantifier, _ a: Int, _ c: Int) -> Bool {
      switch q {
      case .all: a & ~c == 0
      case .no: a & c == 0
      case .some: a & c != 0
      case .someNot: a & ~c != 0
      }
    }
    let triples = sets.flatMap { a in sets.flatMap { b in sets.map { [a, b, $0] } } }.filter { s in
      p.parsed.allSatisfy { holds($0.quantifier, s[$0.subject], s[$0.predicate]) }
    }
    let sound = conclusions.indices.filter { index in
      let c = conclusions[index]
      return triples.allSatisfy { holds(c.quantifier, $0[c.subject], $0[c.predicate]) }
    }
    return AnswerKey(AnswerValue.choices(sound.map(text)))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    if !follows(p).isEmpty { Mistake("nothing-follows", "follows", .choices([])) }
    Mistake("same-quantifier", "follows", .choices([p.parsed[0].quantifier.text("A", "C")]))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let premises = p.parsed.map { $0.quantifier.text(names[$0.subject], names[$0.predicate]) }
    "There are things of each of the kinds A, B and C. It is known that \(premises[0]), and that \(premises[1])."
    ask("follows", "the letters of all conclusions that follow, or `none`")
  }

  static func solve(_ p: Parameters) -> Document {
    let sound = follows(p)
    "A conclusion follows if no drawing of three circles agrees with the premises and not with it."
    if sound.isEmpty {
      "Here each conclusion fails in some drawing: none follows."
    } else {
      "Here this follows: \(sound.joined(separator: "; "))."
    }
  }
}
