import ExamModel
import Typesetting

/// Counting: with or without order, with or without repetition.
enum CountingChoices: QuestionFamily {
  static let heading = Heading("math.combinatorics", "Counting choices", difficulty: 2)

  enum Kind: String, Codable, Sendable, CaseIterable {
    case choose, arrange, sequences, multiset, letters, committee
  }

  /// `m` of `n`; letters of a `word`; or a committee of `m` women out of `n` and `k` men out of `l`.
  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let n, m: Int
    var word: String?
    var l, k: Int?

    static func choose(_ n: Int, _ k: Int) -> Int { (0..<k).reduce(1) { $0 * (n - $1) / ($1 + 1) } }
    static func arrange(_ n: Int, _ k: Int) -> Int { (0..<k).reduce(1) { $0 * (n - $1) } }
    static func power(_ n: Int, _ k: Int) -> Int { (0..<k).reduce(1) { power, _ in power * n } }

    /// How often each letter of the word occurs.
    var repeats: [Int] { Dictionary(grouping: word ?? "") { $0 }.values.map(\.count).sorted(by: >) }
    var men: (of: Int, chosen: Int) { (l ?? 0, k ?? 0) }
    var count: Int {
      switch kind {
      case .choose: Self.choose(n, m)
      case .arrange: Self.arrange(n, m)
      case .sequences: Self.power(n, m)
      case .multiset: Self.choose(n + m - 1, m)
      case .letters: repeats.reduce(Self.arrange(n, n)) { $0 / Self.arrange($1, $1) }
      case .committee: Self.choose(n, m) * Self.choose(men.of, men.chosen)
      }
    }
  }

  static let parts = [Part("n", .integer)]

  static let misconceptions: [Misconception] = [
    .core("order-wrong", "Look at whether the order counts."),
    .optional("with-repetition", "Nothing is taken twice here."),
    .optional("no-repetition", "The same thing may be taken again."),
    .optional("product", "The number of choices multiplies at each step; it is not n times k."),
    .optional("base-swapped", "Each of the k places has n choices: n to the power k."),
    .optional("bars-off-by-one", "Between n kinds there are n − 1 bars."),
    .optional("repeats-ignored", "Swapping equal letters changes nothing: divide by their orders."),
    .optional(
      "divided-by-count", "Divide by the factorial of each letter's number, not by the number."),
    .optional("added", "Both choices are made: multiply."),
    .optional("anyone", "The numbers of women and men are fixed: choose each group by itself."),
  ]

  private static let words = [
    "BANANA", "LETTER", "MATRIX", "TENSOR", "ERROR", "PEPPER", "BEESWAX", "NETWORK", "DATA",
    "BATCH", "KERNEL", "ATTENTION", "SOFTMAX", "LAYER", "TOTAL", "COFFEE", "ANANAS", "GREEDY",
  ].filter { Set($0).count < $0.count }

  static func draw(from dice: inout Dice) -> Parameters? {
    let kind = dice.pick(Kind.allCases)
    switch kind {
    case .letters:
      let word = dice.pick(words)
      return Parameters(kind: kind, n: word.count, m: word.count, word: word)
    case .committee:
      let (n, l) = (dice.integer(in: 3...6), dice.integer(in: 3...6))
      return Parameters(
        kind: kind, n: n, m: dice.integer(in: 1...n - 1), l: l, k: dice.integer(in: 1...l - 1))
    default:
      let n = dice.integer(in: 3...8)
      return Parameters(kind: kind, n: n, m: dice.integer(in: 2...min(4, n - 1)))
    }
  }

  static func objection(to p: Parameters) -> String? {
    guard (1...12).contains(p.n), (1...12).contains(p.m) else {
      return "n and m lie between 1 and 12"
    }
    switch p.kind {
    case .choose, .arrange: return p.m <= p.n ? nil : "m is at most n"
    case .sequences, .multiset: return nil
    case .letters: return p.word?.count == p.n ? nil : "word has n letters"
    case .committee:
      return p.m <= p.n && (0...12).contains(p.men.of) && (0...p.men.of).contains(p.men.chosen)
        ? nil : "m of n women and k of l men are chosen, l up to 12"
    }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.count) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By recursion, one decision after another.
    func choose(_ n: Int, _ k: Int) -> Int {
      k == 0 || k == n ? 1 : k > n ? 0 : choose(n - 1, k - 1) + choose(n - 1, k)
    }
    func pool(_ kinds: Int, _ k: Int) -> Int {
      kinds == 1 ? 1 : (0...k).map { pool(kinds - 1, k - $0) }.sum
    }
    func words(_ left: [Int]) -> Int {
      guard left.sum > 0 else { return 1 }
      return left.indices.filter { left[$0] > 0 }.map { i in
        var rest = left
        rest[i] -= 1
        return words(rest.sorted())
      }.sum
    }
    switch p.kind {
    case .choose: return AnswerKey(choose(p.n, p.m))
    case .arrange: return AnswerKey((p.n - p.m + 1...p.n).reduce(1, *))
    case .sequences:
      return AnswerKey((0..<p.m).reduce(1) { count, _ in (0..<p.n).map { _ in count }.sum })
    case .multiset: return AnswerKey(pool(p.n, p.m))
    case .letters:
      return AnswerKey(p.repeats.reduce((1, 0)) { ($0.0 * choose($0.1 + $1, $1), $0.1 + $1) }.0)
    case .committee: return AnswerKey(choose(p.n, p.m) * choose(p.men.of, p.men.chosen))
    }
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (n, m) = (p.n, p.m)
    let multiset = Parameters.choose(n + m - 1, m)
    switch p.kind {
    case .choose:
      Mistake("order-wrong", "n", Parameters.arrange(n, m))
      Mistake("with-repetition", "n", multiset)
      Mistake("product", "n", n * m)
    case .arrange:
      Mistake("order-wrong", "n", Parameters.choose(n, m))
      Mistake("with-repetition", "n", Parameters.power(n, m))
      Mistake("product", "n", n * m)
    case .sequences:
      Mistake("order-wrong", "n", multiset)
      Mistake("base-swapped", "n", Parameters.power(m, n))
      Mistake("no-repetition", "n", Parameters.arrange(n, m))
      Mistake("product", "n", n * m)
    case .multiset:
      Mistake("order-wrong", "n", Parameters.power(n, m))
      Mistake("no-repetition", "n", Parameters.choose(n, m))
      Mistake("bars-off-by-one", "n", Parameters.choose(n + m, m))
    case .letters:
      Mistake("repeats-ignored", "n", Parameters.arrange(n, n))
      Mistake(
        "divided-by-count", "n", Double(Parameters.arrange(n, n)) / Double(p.repeats.reduce(1, *)))
    case .committee:
      let (women, men) = (Parameters.choose(n, m), Parameters.choose(p.men.of, p.men.chosen))
      Mistake(
        "order-wrong", "n", Parameters.arrange(n, m) * Parameters.arrange(p.men.of, p.men.chosen))
      Mistake("added", "n", women + men)
      Mistake("anyone", "n", Parameters.choose(n + p.men.of, m + p.men.chosen))
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    let (n, m) = (p.n, p.m)
    let stem: Prose =
      switch p.kind {
      case .choose: "\(m) of \(n) different features are selected; their order does not matter."
      case .arrange: "\(m) of \(n) different layers are put in a row, in any order."
      case .sequences:
        "Texts of \(m) tokens are written over a vocabulary of \(n) tokens; tokens may repeat."
      case .multiset:
        "\(m) scoops of ice cream are taken from \(n) flavours; a flavour may be taken again, and the order does not matter."
      case .letters: "The letters of the word \(p.word ?? "") are put in a row."
      case .committee: "A committee has \(m) of \(n) women and \(p.men.chosen) of \(p.men.of) men."
      }
    stem
    ask("n", "the number of different possibilities")
  }

  static func solve(_ p: Parameters) -> Document {
    let (n, m) = (p.n, p.m)
    let line: String
    switch p.kind {
    case .choose: line = "\\frac{\(n)!}{\(m)! \(n - m)!}"
    case .arrange: line = (0..<m).map { "\(n - $0)" }.joined(separator: " · ")
    case .sequences: line = "\(n)^{\(m)}"
    case .multiset: line = "\\frac{(\(n) + \(m) - 1)!}{\(m)! (\(n) - 1)!}"
    case .letters:
      let below = p.repeats.filter { $0 > 1 }.map { "\($0)!" }.joined(separator: " · ")
      line = "\\frac{\(n)!}{\(below)}"
    case .committee:
      line = "\(Parameters.choose(n, m)) · \(Parameters.choose(p.men.of, p.men.chosen))"
    }
    return Document { steps("\(line) = \(p.count)") }
  }
}
