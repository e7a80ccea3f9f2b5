import ExamModel
import Typesetting

/// Which sentence says the same as a conditional? The contrapositive.
enum ConditionalStatement: QuestionFamily {
  static let heading = Heading(
    "logic.implication", "Contrapositive, converse, inverse", difficulty: 1, version: 2)

  enum Wording: String, Codable, Sendable, CaseIterable {
    case ifThen, onlyIf, sufficient, necessary, unless
  }

  /// Each of the two clauses of a `frame` may be negated.
  struct Parameters: Codable, Sendable, Equatable {
    let frame: Int
    let negatedFirst, negatedSecond: Bool
    let wording: Wording

    func clause(_ place: Int, negated: Bool) -> String {
      let pair = ConditionalStatement.frames[frame][place]
      return negated ? pair.no : pair.yes
    }
    func sentence(_ from: (Int, Bool), _ to: (Int, Bool)) -> String {
      "if \(clause(from.0, negated: from.1)), then \(clause(to.0, negated: to.1))"
    }
    var statement: String {
      let (a, b) = (clause(0, negated: negatedFirst), clause(1, negated: negatedSecond))
      switch wording {
      case .ifThen: return "if \(a), then \(b)"
      case .onlyIf: return "\(a) only if \(b)"
      case .sufficient: return "that \(a) is sufficient for this: \(b)"
      case .necessary: return "it is necessary that \(b) in order that \(a)"
      case .unless: return "\(b), unless \(clause(0, negated: !negatedFirst))"
      }
    }
    var contrapositive: String { sentence((1, !negatedSecond), (0, !negatedFirst)) }
    var converse: String { sentence((1, negatedSecond), (0, negatedFirst)) }
    var inverse: String { sentence((0, !negatedFirst), (1, !negatedSecond)) }
    var denied: String { sentence((0, negatedFirst), (1, !negatedSecond)) }
  }

  private static func frame(
    _ a: String, _ notA: String, _ b: String, _ notB: String
  ) -> [(yes: String, no: String)] { [(a, notA), (b, notB)] }

  fileprivate static let frames: [[(yes: String, no: String)]] = [
    frame("p", "not p", "q", "not q"),
    frame(
      "the loss falls", "the loss does not fall", "the model learns", "the model does not learn"),
    frame("the test passes", "the test fails", "the code is merged", "the code is not merged"),
    frame(
      "the matrix is invertible", "the matrix is not invertible", "the matrix has full rank",
      "the matrix lacks full rank"),
    frame("it rains", "it does not rain", "the match is called off", "the match takes place"),
    frame("the cache is warm", "the cache is cold", "the answer is fast", "the answer is slow"),
    frame(
      "the data are shuffled", "the data are not shuffled", "batches differ",
      "batches do not differ"),
    frame("the key fits", "the key does not fit", "the door opens", "the door stays shut"),
    frame(
      "the number is divisible by 4", "the number is not divisible by 4", "the number is even",
      "the number is odd"),
    frame("the server is up", "the server is down", "mail arrives", "no mail arrives"),
    frame(
      "the gradient vanishes", "the gradient does not vanish", "training stalls", "training goes on"
    ),
    frame("the light is red", "the light is not red", "the train stops", "the train does not stop"),
  ]

  static let parts = [Part("equivalent", .choice)]

  static let misconceptions: [Misconception] = [
    .core("converse", "That is the converse: it turns the direction and keeps the clauses."),
    .core("inverse", "That is the inverse: it negates both clauses and keeps the direction."),
    .core("negated-conclusion", "That denies the conclusion; the statement says the opposite."),
  ]

  static let variants: Int? = 240

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      frame: dice.below(frames.count), negatedFirst: dice.oneIn(2), negatedSecond: dice.oneIn(2),
      wording: dice.pick(Wording.allCases))
  }

  static func objection(to p: Parameters) -> String? {
    frames.indices.contains(p.frame) ? nil : "frame lies between 0 and \(frames.count - 1)"
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["equivalent": Options([p.contrapositive, p.converse, p.inverse, p.denied])]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.choice(p.contrapositive))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By truth tables over the two plain clauses.
    func implies(_ a: Bool, _ b: Bool) -> Bool { !a || b }
    let (n, m) = (p.negatedFirst, p.negatedSecond)
    let forms: [(String, (Bool, Bool) -> Bool)] = [
      (p.converse, { implies($1 != m, $0 != n) }), (p.inverse, { implies($0 == n, $1 == m) }),
      (p.denied, { implies($0 != n, $1 == m) }), (p.contrapositive, { implies($1 == m, $0 == n) }),
    ]
    let rows = [(false, false), (false, true), (true, false), (true, true)]
    let same = forms.first { form in
      rows.allSatisfy { form.1($0.0, $0.1) == implies($0.0 != n, $0.1 != m) }
    }
    return AnswerKey(same.map { AnswerValue.choice($0.0) })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("converse", "equivalent", .choice(p.converse))
    Mistake("inverse", "equivalent", .choice(p.inverse))
    Mistake("negated-conclusion", "equivalent", .choice(p.denied))
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Somebody states: \(verbatim: p.statement)."
    ask("equivalent", "the sentence that says the same")
  }

  static func solve(_ p: Parameters) -> Document {
    """
    The statement means: \(verbatim: p.sentence((0, p.negatedFirst), (1, p.negatedSecond))). Its \
    contrapositive says the same: \(verbatim: p.contrapositive).
    """
  }
}
