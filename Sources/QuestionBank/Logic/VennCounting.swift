import ExamModel
import Typesetting

/// Sizes of unions and differences of two sets.
enum VennCounting: QuestionFamily {
  static let heading = Heading("logic.venn-count", "Counting with two sets", difficulty: 1)

  struct Parameters: Codable, Sendable, Equatable {
    let n, a, b, both: Int
    var union: Int { a + b - both }
  }

  static let parts = [
    Part("union", .integer), Part("neither", .integer, dependsOn: ["union"]),
    Part("exactlyOne", .integer, dependsOn: ["union"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("overlap-not-subtracted", "Those in both sets were counted twice: subtract them once."),
    .core(
      "overlap-subtracted-twice", "Those in both sets belong to the union: subtract them once."),
    .optional("overlap-twice-neither", "Those in both sets were taken off twice."),
    .core("union-for-exactly-one", "Exactly one: those in both sets do not count."),
    .optional("only-a", "Those only in the second set count as well."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let both = dice.integer(in: 3...15)
    let (a, b) = (both + dice.integer(in: 4...20), both + dice.integer(in: 4...20))
    return Parameters(n: a + b - both + dice.integer(in: 3...20), a: a, b: b, both: both)
  }

  static func objection(to p: Parameters) -> String? {
    within(0...1_000_000, "n, a, b and both", p.n, p.a, p.b, p.both)
      ?? unless(p.both <= min(p.a, p.b), "both is at most a and b")
      ?? unless(p.union <= p.n, "a + b - both is at most n")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let union = max(-1_000_000_000, min(key.integer(p.union), 1_000_000_000))
    key.write(p.n - union)
    key.write(union - p.both)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Give everybody a number, and count.
    let (first, second) = (0..<p.a, (p.a - p.both)..<(p.a - p.both + p.b))
    let people = 0..<p.n
    return AnswerKey(
      people.count { first.contains($0) || second.contains($0) },
      people.count { !first.contains($0) && !second.contains($0) },
      people.count { first.contains($0) != second.contains($0) })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("overlap-not-subtracted", "union", p.a + p.b)
    Mistake("overlap-subtracted-twice", "union", p.a + p.b - 2 * p.both)
    Mistake("overlap-twice-neither", "neither", p.n - p.a - p.b)
    Mistake("union-for-exactly-one", "exactlyOne", p.union)
    Mistake("only-a", "exactlyOne", p.a - p.both)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Of \(p.n) students \(p.a) know Python, \(p.b) know Swift, and \(p.both) know both."
    ask("union", "how many know at least one of the two")
    ask("neither", "how many know neither")
    ask("exactlyOne", "how many know exactly one")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\(p.a) + \(p.b) - \(p.both) = \(p.union)", "\(p.n) - \(p.union) = \(p.n - p.union)",
      "\(p.union) - \(p.both) = \(p.union - p.both)")
  }
}
