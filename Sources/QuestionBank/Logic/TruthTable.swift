import ExamModel
import Typesetting

/// A formula of propositional logic: its rows that are true, its kind, one value.
enum TruthTable: QuestionFamily {
  static let heading = Heading(
    "logic.truth-table", "Truth table of a formula", difficulty: 2, version: 2)

  /// The formula in words and brackets: `((not p -> q) xor (p and r))`.
  struct Parameters: Codable, Sendable, Equatable {
    let formula: String
    let assignment: [String: Bool]
  }

  private enum Connective: String, CaseIterable {
    case and, or, xor
    case implies = "->"
    case iff = "<->"

    func apply(_ a: Bool, _ b: Bool) -> Bool {
      switch self {
      case .and: a && b
      case .or: a || b
      case .xor: a != b
      case .implies: !a || b
      case .iff: a == b
      }
    }

    var symbol: String {
      switch self {
      case .and: "\\land"
      case .or: "\\lor"
      case .xor: "\\oplus"
      case .implies: "\\to"
      case .iff: "\\iff"
      }
    }
  }

  private indirect enum Tree {
    case name(String)
    case not(Tree)
    case join(Connective, Tree, Tree)

    /// The value in one row; `read` says what is taken for each connective.
    func value(
      _ row: [String: Bool], _ read: (Connective, Bool, Bool) -> Bool = { $0.apply($1, $2) }
    )
      -> Bool
    {
      switch self {
      case .name(let name): row[name] ?? false
      case .not(let inner): !inner.value(row, read)
      case .join(let sign, let a, let b): read(sign, a.value(row, read), b.value(row, read))
      }
    }

    var names: Set<String> {
      switch self {
      case .name(let name): [name]
      case .not(let inner): inner.names
      case .join(_, let a, let b): a.names.union(b.names)
      }
    }

    var signs: [Connective] {
      switch self {
      case .name: []
      case .not(let inner): inner.signs
      case .join(let sign, let a, let b): [sign] + a.signs + b.signs
      }
    }

    var words: String {
      switch self {
      case .name(let name): name
      case .not(let inner): "not \(inner.words)"
      case .join(let sign, let a, let b): "(\(a.words) \(sign.rawValue) \(b.words))"
      }
    }

    /// LaTeX; the outermost brackets are left out.
    func formula(isOutermost: Bool = true) -> String {
      switch self {
      case .name(let name): return name
      case .not(let inner): return "\\neg \(inner.formula(isOutermost: false))"
      case .join(let sign, let a, let b):
        let text =
          "\(a.formula(isOutermost: false)) \(sign.symbol) \(b.formula(isOutermost: false))"
        return isOutermost ? text : "(\(text))"
      }
    }
  }

  static let parts = [
    Part("rows", .integer, weight: 2, mayBeObvious: true),
    Part("kind", .choice, dependsOn: ["rows"]), Part("value", .choice),
  ]

  static let misconceptions: [Misconception] = [
    .optional("complement", "You counted the rows in which the formula is false."),
    .optional(
      "converse", "p → q is false only where p is true and q is false, not the other way round."),
    .optional("implies-as-and", "p → q also holds where p is false."),
    .optional("implies-as-iff", "p → q also holds where p is false and q is true; ↔ does not."),
    .optional("exclusive-or", "∨ also holds where both sides are true."),
    .optional("inclusive-or", "⊕ does not hold where both sides are true."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("rows", because: "a formula in two or three letters has four or eight rows"),
    FrequentAnswer("kind", because: "most formulas are neither true in every row nor in none"),
  ]

  private static func tree(_ text: String) -> Tree? {
    var words = text.replacing("(", with: " ( ").replacing(")", with: " ) ").split(separator: " ")
      .map(String.init)[...]
    var depth = 0
    func item() -> Tree? {
      depth += 1
      defer { depth -= 1 }
      guard depth < 20, let word = words.popFirst() else { return nil }
      if word == "not" { return item().map(Tree.not) }
      if word == "(" {
        let inner = joined()
        return words.popFirst() == ")" ? inner : nil
      }
      return word.count == 1 && word.first?.isLetter == true ? .name(word) : nil
    }
    func joined() -> Tree? {
      guard let left = item() else { return nil }
      guard let sign = words.first.flatMap(Connective.init) else { return left }
      words.removeFirst()
      return item().map { .join(sign, left, $0) }
    }
    let whole = joined()
    return words.isEmpty ? whole : nil
  }

  private static func rows(_ names: [String]) -> [[String: Bool]] {
    (0..<1 << names.count).map { bits in
      Dictionary(
        uniqueKeysWithValues: names.enumerated().map { index, name in
          (name, bits >> (names.count - 1 - index) & 1 == 0)
        })
    }
  }

  static func draw(from dice: inout Dice) -> Parameters? {
    func leaf(_ dice: inout Dice) -> Tree {
      let name = Tree.name(dice.pick(["p", "q", "r"]))
      return dice.oneIn(3) ? .not(name) : name
    }
    func pair(_ dice: inout Dice) -> Tree {
      .join(dice.pick(Connective.allCases), leaf(&dice), leaf(&dice))
    }
    let formula = Tree.join(dice.pick(Connective.allCases), pair(&dice), pair(&dice))
    let names = formula.names.sorted()
    guard names.count > 1 else { return nil }
    // True and false are asked for equally often, where there are both.
    let value = dice.oneIn(2)
    let fitting = rows(names).filter { formula.value($0) == value }
    let p = Parameters(
      formula: formula.words, assignment: dice.pick(fitting.isEmpty ? rows(names) : fitting))
    // Most formulas are contingent; many of them are thrown away.
    guard kind(count(formula), of: 1 << names.count) != "contingent" || dice.oneIn(2) else {
      return nil
    }
    // Where no wrong reading shows, nothing is asked.
    let right = count(formula)
    return mistakes(p).contains { $0.value != .integer(right) && $0.id != "complement" } ? p : nil
  }

  private static func count(
    _ tree: Tree, _ read: (Connective, Bool, Bool) -> Bool = { $0.apply($1, $2) }
  ) -> Int {
    rows(tree.names.sorted()).count { tree.value($0, read) }
  }

  static func objection(to p: Parameters) -> String? {
    guard p.formula.utf8.count <= 500, let tree = tree(p.formula) else {
      return
        "formula is written with and, or, xor, ->, <->, not, letters and brackets round each pair"
    }
    guard tree.names.count <= 6 else { return "the formula has at most 6 letters" }
    return Set(p.assignment.keys) == tree.names ? nil : "assignment has a value for each letter"
  }

  private static func kind(_ trueRows: Int, of all: Int) -> String {
    trueRows == all ? "tautology" : trueRows == 0 ? "contradiction" : "contingent"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    guard let tree = tree(p.formula) else { return key.skip(3) }
    let all = 1 << tree.names.count
    let rows = key.integer(count(tree))
    key.write(.choice(kind(rows, of: all)))
    key.write(.choice(tree.value(p.assignment) ? "T" : "F"))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    guard let tree = tree(p.formula) else { return nil }
    // As polynomials over the numbers modulo 2: a ∧ b = ab, ¬a = 1 + a.
    func value(_ tree: Tree, _ row: [String: Bool]) -> Int {
      switch tree {
      case .name(let name): return row[name] == true ? 1 : 0
      case .not(let inner): return (1 + value(inner, row)) % 2
      case .join(let sign, let left, let right):
        let (a, b) = (value(left, row), value(right, row))
        switch sign {
        case .and: return a * b
        case .or: return (a + b + a * b) % 2
        case .xor: return (a + b) % 2
        case .implies: return (1 + a + a * b) % 2
        case .iff: return (1 + a + b) % 2
        }
      }
    }
    let all = rows(tree.names.sorted())
    let sum = all.reduce(0) { $0 + value(tree, $1) }
    return AnswerKey([
      .integer(sum), .choice(kind(sum, of: all.count)),
      .choice(value(tree, p.assignment) == 1 ? "T" : "F"),
    ])
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    [
      "kind": Options(["tautology", "contingent", "contradiction"], isShuffled: false),
      "value": Options(["T", "F"], isShuffled: false),
    ]
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    guard let tree = tree(p.formula) else { return [] }
    func reading(
      _ id: MisconceptionID, _ sign: Connective, as other: @escaping (Bool, Bool) -> Bool
    )
      -> Mistake?
    {
      guard tree.signs.contains(sign) else { return nil }
      let rows = count(tree) { $0 == sign ? other($1, $2) : $0.apply($1, $2) }
      return Mistake(id, "rows", .integer(rows))
    }
    return [
      Mistake("complement", "rows", .integer((1 << tree.names.count) - count(tree))),
      reading("converse", .implies) { $0 || !$1 },
      reading("implies-as-and", .implies) { $0 && $1 },
      reading("implies-as-iff", .implies) { $0 == $1 },
      reading("exclusive-or", .or) { $0 != $1 }, reading("inclusive-or", .xor) { $0 || $1 },
    ].compactMap { $0 }
  }

  static func pose(_ p: Parameters) -> Prompt {
    if let tree = tree(p.formula) {
      let names = tree.names.sorted()
      let values = names.map { "$\($0)$ is \(p.assignment[$0] == true ? "true" : "false")" }
      "Consider the formula"
      Block.formula(Formula(stringLiteral: tree.formula()))
      """
      with $¬$ not, $\\land$ and, $\\lor$ or (also both), $\\oplus$ either or (not both), $\\to$ if \
      then, $\\iff$ if and only if. Its letters are $\(names.joined(separator: ", "))$, so its table \
      has \(1 << names.count) rows.
      """
      ask("rows", "In how many rows of its truth table is the formula true?")
      ask(
        "kind",
        "Is it a *tautology* (always true), a *contradiction* (never true) or *contingent* (neither)?"
      )
      ask("value", "Is it true (*T*) or false (*F*) where \(values.joined(separator: " and "))?")
    }
  }

  static func solve(_ p: Parameters) -> Document {
    guard let tree = tree(p.formula) else { return [] }
    let names = tree.names.sorted()
    let all = rows(names)
    var pieces: [Tree] = []
    if case .join(_, let a, let b) = tree { pieces = [a, b] }
    func cell(_ value: Bool) -> Prose { value ? "T" : "F" }
    func heading(_ tree: Tree) -> Prose { Prose(Formula(stringLiteral: tree.formula())) }
    let count = count(tree)
    return [
      .paragraph("The two halves first, then the whole:"),
      .table(
        header: names.map { Prose(Formula(stringLiteral: $0)) } + pieces.map(heading) + ["whole"],
        rows: all.map { row in
          names.map { cell(row[$0] == true) } + (pieces + [tree]).map { cell($0.value(row)) }
        }),
      .paragraph(
        Prose(
          stringLiteral:
            "It is true in \(count) of \(all.count) rows, so it is \(count == all.count || count == 0 ? "a " : "")\(kind(count, of: all.count)). In the row asked for it is \(tree.value(p.assignment) ? "true (T)" : "false (F)")."
        )),
    ]
  }
}
