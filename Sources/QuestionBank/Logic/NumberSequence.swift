import ExamModel
import Typesetting

/// The next two numbers of a sequence whose kind of rule is told.
enum NumberSequence: QuestionFamily {
  static let heading = Heading("logic.sequence", "A number sequence", difficulty: 2)

  enum Kind: String, Codable, Sendable, CaseIterable {
    case quadratic, geometric, affine, fibonacci, interleaved, alternating

    var words: String {
      switch self {
      case .quadratic: "the differences of neighbours grow by the same amount each time"
      case .geometric: "each number is the one before times a fixed number"
      case .affine: "each number is the one before times a fixed number, plus a fixed number"
      case .fibonacci: "each number is the sum of the two before it"
      case .interleaved: "two sequences with steps of their own take turns"
      case .alternating: "two steps take turns"
      }
    }
  }

  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let shown: [Int]

    private var s: [Int] { shown }
    /// What follows two given numbers at the end, by the rule that the shown ones tell.
    func following(_ before: Int, _ last: Int, isFirst: Bool) -> Int {
      switch kind {
      case .quadratic: return 2 * last - before + s[2] - 2 * s[1] + s[0]
      case .geometric: return s[1] / s[0] * last
      case .affine:
        let factor = (s[2] - s[1]) / (s[1] - s[0])
        return factor * last + s[1] - factor * s[0]
      case .fibonacci: return before + last
      case .interleaved: return isFirst ? 2 * s[3] - s[1] : 2 * s[4] - s[2]
      case .alternating: return last + (isFirst ? s[1] - s[0] : s[2] - s[1])
      }
    }
    var next: Int { following(s[3], s[4], isFirst: true) }
  }

  static let parts = [
    Part("next", .integer, mayBeObvious: true),
    Part("after", .integer, mayBeObvious: true, dependsOn: ["next"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("last-difference", "The last difference does not simply go on; look at the rule."),
    .optional("first-difference", "The first difference does not simply go on; look at the rule."),
    .optional("last-ratio", "The last ratio does not simply go on; look at the rule."),
    .optional("repeat", "The last number does not repeat."),
    .optional("skipped-one", "That is the number after the next."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let kind = dice.pick(Kind.allCases)
    let (start, step) = (dice.integer(in: 1...9), dice.integer(in: 2...5))
    var s = [start]
    switch kind {
    case .quadratic:
      let growth = dice.integer(in: 2...6)
      for i in 0..<4 { s.append(s[i] + step + growth * i) }
    case .geometric:
      let factor = dice.pick([-3, -2, 2, 3])
      for i in 0..<4 { s.append(s[i] * factor) }
    case .affine:
      let (factor, shift) = (dice.pick([-2, 2, 3]), dice.pick([-3, -2, -1, 1, 2, 3]))
      for i in 0..<4 { s.append(s[i] * factor + shift) }
    case .fibonacci:
      s.append(dice.integer(in: 1...9))
      for i in 0..<3 { s.append(s[i] + s[i + 1]) }
    case .interleaved:
      let other = [dice.integer(in: 10...30), dice.pick([-4, -3, -2, 2, 3, 4])]
      s = [start, other[0], start + step, other[0] + other[1], start + 2 * step]
    case .alternating:
      let back = dice.integer(in: 1...4)
      for i in 0..<4 { s.append(s[i] + (i % 2 == 0 ? step + 1 : -back)) }
    }
    return Parameters(kind: kind, shown: s)
  }

  static func objection(to p: Parameters) -> String? {
    let s = p.shown
    return within(-10_000...10_000, "shown", s, count: 5)
      ?? unless(
        p.kind == .geometric ? s[0] != 0 : p.kind != .affine || s[1] != s[0],
        "the sequence tells its rule")
      ?? unless(
        p.following(s[2], s[3], isFirst: false) == s[4] || p.kind == .interleaved,
        "shown follows its kind of rule")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let next = max(-1_000_000, min(key.integer(p.next), 1_000_000))
    key.write(p.following(p.shown[4], next, isFirst: false))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By a linear recurrence for each kind, from the end of what is shown.
    let weights: [Int]
    let s = p.shown
    switch p.kind {
    case .quadratic: weights = [1, -3, 3]
    case .geometric: weights = [s[1] / s[0]]
    case .affine:
      let q = (s[2] - s[1]) / (s[1] - s[0])
      weights = [-q, 1 + q]
    case .fibonacci: weights = [1, 1]
    case .interleaved: weights = [-1, 0, 2, 0]
    case .alternating: weights = [-1, 1, 1]
    }
    let long = (0..<2).reduce(s) { terms, _ in
      terms + [dot(weights, Array(terms.suffix(weights.count)))]
    }
    return AnswerKey(long[5], long[6])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let s = p.shown
    Mistake("last-difference", "next", 2 * s[4] - s[3])
    Mistake("first-difference", "next", s[4] + s[1] - s[0])
    if s[3] != 0, s[4] * s[4] % s[3] == 0 { Mistake("last-ratio", "next", s[4] * s[4] / s[3]) }
    Mistake("repeat", "next", s[4])
    Mistake("skipped-one", "next", p.following(s[4], p.next, isFirst: false))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let shown = p.shown.map { "\($0)" }.joined(separator: ", ")
    "A sequence begins $\(shown), …$; in it \(p.kind.words)."
    ask("next", "the next number")
    ask("after", "the number after it")
  }

  static func solve(_ p: Parameters) -> Document {
    let s = p.shown
    let after = p.following(s[4], p.next, isFirst: false)
    let differences = zip(s, s.dropFirst()).map { $1 - $0 }
    "The differences are $\(tuple(differences))$, and \(p.kind.words):"
    steps("\((s + [p.next, after]).map { "\($0)" }.joined(separator: ", "))")
  }
}
