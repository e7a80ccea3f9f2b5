import ExamModel
import Typesetting

/// How many assignments satisfy a few clauses?
enum ClauseCounting: QuestionFamily {
  static let heading = Heading(
    "logic.sat-count", "Counting satisfying assignments", difficulty: 3, version: 2)

  /// A literal is the number of its variable, negative where it is negated.
  struct Parameters: Codable, Sendable, Equatable {
    let n: Int
    let clauses: [[Int]]

    func isTrue(_ literal: Int, _ bits: Int) -> Bool {
      (bits >> (abs(literal) - 1) & 1 == 1) == (literal > 0)
    }
    func count(_ test: (Int) -> Bool) -> Int { (0..<1 << n).count(where: test) }
    var models: Int {
      count { bits in clauses.allSatisfy { clause in clause.contains { isTrue($0, bits) } } }
    }
  }

  static let parts = [
    Part("models", .integer, weight: 2, mayBeObvious: true),
    Part("satisfiable", .choice, dependsOn: ["models"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("unsatisfied-counted", "You counted the assignments that fail."),
    .core("clauses-or-ed", "All clauses must hold, not only one of them."),
    .optional("disjoint-subtraction", "Assignments that break two clauses were taken off twice."),
    .optional("literals-and-ed", "Within a clause one true literal is enough."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "models",
      because: "half of the formulas have none, so that it is worth asking whether there are any")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let n = dice.integer(in: 3...4)
    var clauses = (0..<dice.integer(in: 2...4)).map { _ in
      dice.draw(dice.integer(in: 2...3), from: 1...n).map { dice.oneIn(2) ? -$0 : $0 }
    }
    if dice.below(5) < 2 { clauses = contradiction(over: n, &dice) }
    let p = Parameters(n: n, clauses: clauses)
    return 2 * p.models == 1 << n || Set(clauses.map(Set.init)).count < clauses.count ? nil : p
  }

  /// Four clauses with every sign of two variables, of which a third one may split one.
  private static func contradiction(over n: Int, _ dice: inout Dice) -> [[Int]] {
    let names = dice.draw(3, from: 1...n)
    var clauses = [1, -1].flatMap { s in [1, -1].map { [s * names[0], $0 * names[1]] } }
    if dice.oneIn(2) {
      let split = clauses.remove(at: dice.below(4))
      clauses += [split + [names[2]], split + [-names[2]]]
    }
    return dice.shuffled(clauses).map { dice.shuffled($0) }
  }

  static func objection(to p: Parameters) -> String? {
    within(2...6, "n", p.n) ?? within(1...8, "the number of clauses", p.clauses.count)
      ?? unless(
        p.clauses.allSatisfy { clause in
          (1...p.n).contains(clause.count) && Set(clause.map(abs)).count == clause.count
            && clause.allSatisfy { (1...p.n).contains(abs($0)) }
        }, "a clause holds different variables from 1 to n, negative where negated")
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["satisfiable": Options(["yes", "no"], isShuffled: false)]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(AnswerValue.choice(key.integer(p.models) > 0 ? "yes" : "no"))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Inclusion and exclusion over the sets of clauses that are broken together.
    let sum = (0..<1 << p.clauses.count).map { subset -> Int in
      let literals = Set(
        p.clauses.indices.filter { subset >> $0 & 1 == 1 }.flatMap { p.clauses[$0] })
      guard literals.allSatisfy({ !literals.contains(-$0) }) else { return 0 }
      return (subset.nonzeroBitCount % 2 == 0 ? 1 : -1) << (p.n - literals.count)
    }.sum
    return AnswerKey(sum, AnswerValue.choice(sum > 0 ? "yes" : "no"))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let all = 1 << p.n
    let any = p.count { bits in
      p.clauses.contains { clause in clause.contains { p.isTrue($0, bits) } }
    }
    let every = p.count { bits in
      p.clauses.allSatisfy { clause in clause.allSatisfy { p.isTrue($0, bits) } }
    }
    Mistake("unsatisfied-counted", "models", all - p.models)
    // Where no assignment is left, both mistakes count them all.
    if p.models > 0 { Mistake("clauses-or-ed", "models", any) }
    Mistake("disjoint-subtraction", "models", all - p.clauses.map { 1 << (p.n - $0.count) }.sum)
    Mistake("literals-and-ed", "models", every)
  }

  private static func text(_ clause: [Int]) -> String {
    let names = ["", "p", "q", "r", "s", "t", "u"]
    return "("
      + clause.map { ($0 < 0 ? "\\neg " : "") + names[abs($0)] }.joined(separator: " \\lor ") + ")"
  }

  static func pose(_ p: Parameters) -> Prompt {
    let names = ["p", "q", "r", "s", "t", "u"].prefix(p.n).joined(separator: ", ")
    "Over the variables $\(names)$, consider the formula"
    Block.formula("\(p.clauses.map(text).joined(separator: " \\land "))")
    ask("models", "how many of the \(1 << p.n) assignments make it true")
    ask("satisfiable", "whether it is satisfiable")
  }

  static func solve(_ p: Parameters) -> Document {
    var left = 1 << p.n
    var lines: [Prose] = []
    for (i, clause) in p.clauses.enumerated() {
      let still = p.count { bits in
        p.clauses[...i].allSatisfy { clause in clause.contains { p.isTrue($0, bits) } }
      }
      lines.append("$\(text(clause))$ rules out \(left - still) more, which leaves \(still).")
      left = still
    }
    return Document {
      "Clause by clause, of \(1 << p.n) assignments:"
      Block.list(lines)
      "So \(left) are left, and the formula is \(left > 0 ? "satisfiable" : "not satisfiable")."
    }
  }
}
