import ExamModel
import Typesetting

/// Which of four formulas say the same as a given one?
enum FormulaEquivalence: QuestionFamily {
  static let heading = Heading("logic.equivalence", "Equivalent formulas", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let target: String
    let options: [String]
  }

  private typealias Formula = (text: String, value: @Sendable (Bool, Bool) -> Bool)

  private static let targets: [Formula] = [
    ("not (p and q)", { !($0 && $1) }), ("not (p or q)", { !($0 || $1) }),
    ("p -> q", { !$0 || $1 }),
    ("not (p -> q)", { $0 && !$1 }), ("p xor q", { $0 != $1 }), ("p <-> q", { $0 == $1 }),
  ]
  private static let candidates: [Formula] = [
    ("not p or not q", { !$0 || !$1 }), ("not p and not q", { !$0 && !$1 }),
    ("p and not q", { $0 && !$1 }),
    ("not p or q", { !$0 || $1 }), ("q -> p", { !$1 || $0 }), ("not p -> not q", { $0 || !$1 }),
    ("(p or q) and not (p and q)", { ($0 || $1) && !($0 && $1) }),
    ("(p -> q) and (q -> p)", { (!$0 || $1) && (!$1 || $0) }), ("not q -> not p", { $1 || !$0 }),
  ]
  /// What is taken for equal where a connective or a direction is not turned.
  private static let slips = [
    "not (p and q)": "not p and not q", "not (p or q)": "not p or not q", "p -> q": "q -> p",
    "not (p -> q)": "not p -> not q", "p <-> q": "(p or q) and not (p and q)",
    "p xor q": "(p -> q) and (q -> p)",
  ]

  static let parts = [Part("equal", .choices)]

  static let misconceptions: [Misconception] = [
    .optional(
      "connective-not-flipped",
      "A negation turns “and” into “or” and back; an implication has a direction."),
    .optional("one-more", "Compare the rows of the truth tables: one of these differs."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("equal", because: "the few formulas in two letters that are equal come in pairs")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let target = dice.pick(targets)
    let p = Parameters(target: target.text, options: dice.draw(4, from: candidates.map(\.text)))
    return (1...3).contains(equal(p).count) && slips[p.target].map(p.options.contains) == true
      ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    guard targets.contains(where: { $0.text == p.target }) else {
      return "target is one of " + targets.map(\.text).joined(separator: "; ")
    }
    return Set(p.options).count == 4 && Set(p.options).isSubset(of: candidates.map(\.text))
      ? nil : "options are four of " + candidates.map(\.text).joined(separator: "; ")
  }

  private static let rows = [(false, false), (false, true), (true, false), (true, true)]

  private static func table(_ text: String) -> [Bool] {
    let formula = (targets + candidates).first { $0.text == text }
    return rows.map { formula?.value($0.0, $0.1) == true }
  }
  private static func equal(_ p: Parameters) -> [String] {
    p.options.filter { table($0) == table(p.target) }
  }

  static func options(_ p: Parameters) -> [PartID: Options] { ["equal": Options(p.options)] }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(.choices(equal(p))) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By the known laws.
    let laws = [
      "not (p and q)": ["not p or not q"], "not (p or q)": ["not p and not q"],
      "p -> q": ["not p or q", "not q -> not p"], "not (p -> q)": ["p and not q"],
      "p xor q": ["(p or q) and not (p and q)"], "p <-> q": ["(p -> q) and (q -> p)"],
    ]
    return AnswerKey(AnswerValue.choices(p.options.filter { laws[p.target]?.contains($0) == true }))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let right = equal(p)
    let slip = slips[p.target] ?? ""
    if p.options.contains(slip) { Mistake("connective-not-flipped", "equal", .choices([slip])) }
    if let wrong = p.options.first(where: { !right.contains($0) }) {
      Mistake("one-more", "equal", .choices(p.options.filter { right.contains($0) || $0 == wrong }))
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Consider the formula `\(p.target)`, where `->` is “implies”, `<->` “if and only if” and `xor` “either … or”."
    ask("equal", "the letters of all formulas that are equivalent to it, or `none`")
  }

  static func solve(_ p: Parameters) -> Document {
    func row(_ text: String) -> [Prose] { ["`\(text)`"] + table(text).map { $0 ? "T" : "F" } }
    return Document {
      "The columns stand for the values of $(p, q)$:"
      Block.table(header: ["", "FF", "FT", "TF", "TT"], rows: [row(p.target)] + p.options.map(row))
      "Equivalent formulas agree in every column."
    }
  }
}
