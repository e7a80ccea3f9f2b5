import ExamModel
import Typesetting

/// The shape of a sum under NumPy's broadcasting rule, which PyTorch shares.
///
/// Shapes are aligned at their last axes; each pair of sizes is equal or holds a 1, which stretches.
enum Broadcasting: QuestionFamily {
  static let heading = Heading("matdim.broadcast", "Broadcasting two shapes", difficulty: 2)

  enum Mode: String, Codable, Sendable {
    case general, bias, mismatch
    case columnTrap = "column-trap"
  }

  struct Parameters: Codable, Sendable, Equatable {
    let mode: Mode
    let a, b: [Int]

    var result: [Int]? { joined(padded(a), padded(b)) }
    var rank: Int { max(a.count, b.count) }

    /// The shape with 1s on the left.
    func padded(_ s: [Int]) -> [Int] { Array(repeating: 1, count: rank - s.count) + s }
    /// The shape with 1s on the right, as people align it who begin at the left.
    func extended(_ s: [Int]) -> [Int] { s + Array(repeating: 1, count: rank - s.count) }

    func joined(_ x: [Int], _ y: [Int]) -> [Int]? {
      zip(x, y).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 } ? zip(x, y).map { max($0, $1) } : nil
    }
  }

  static let leavesPartsOut = true
  static let parts = [Part("shape", .shape), Part("count", .integer, dependsOn: ["shape"])]

  static let misconceptions: [Misconception] = [
    .optional("left-aligned", "Broadcasting aligns the last axes of both shapes, not the first."),
    .optional(
      "ranks-must-match",
      "Shapes of different length are no error: missing axes on the left count as 1."),
    .optional(
      "stretch-anything", "Only an axis of size 1 is stretched; two other sizes must be equal."),
    .optional(
      "ones-win", "An axis of size 1 is stretched to the other's size, not the other way round."),
    .optional(
      "larger-operand",
      "Both operands may be stretched, so the result can be larger than either of them."),
    .optional(
      "count-sum", "Count the entries of the result, not those of the two operands together."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "shape", because: "a quarter of the pairs do not fit, and then there is no shape")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = throwOnce(&dice)
    guard let p, p.a != p.b, p.a.contains(where: { $0 != 1 }), p.b.contains(where: { $0 != 1 })
    else { return nil }
    // A draw in which no wrong rule shows asks nothing.
    let key: AnswerValue = p.result.map(AnswerValue.shape) ?? .undefined
    return mistakes(p).contains { $0.part == "shape" && $0.value != key } ? p : nil
  }

  private static func throwOnce(_ dice: inout Dice) -> Parameters? {
    switch dice.below(10) {
    case 0, 1:
      let n = dice.integer(in: 2...9)
      return dice.oneIn(2)
        ? Parameters(mode: .columnTrap, a: [n], b: [n, 1])
        : Parameters(mode: .columnTrap, a: [n, 1], b: [n])
    case 2, 3:
      let s = dice.draw(2, from: 2...9)
      return Parameters(mode: .bias, a: s, b: [dice.oneIn(2) ? s[0] : s[1]])
    case let other:
      let full = dice.draw(dice.integer(in: 2...4), from: 2...9)
      func operand() -> [Int] { full.map { dice.below(20) < 7 ? 1 : $0 } }
      var (a, b) = (operand(), operand())
      let cut = dice.below(full.count)
      if dice.oneIn(2) { a.removeFirst(cut) } else { b.removeFirst(cut) }
      guard other < 6 else { return Parameters(mode: .general, a: a, b: b) }
      let shared = (1...min(a.count, b.count)).filter {
        a[a.count - $0] != 1 && b[b.count - $0] != 1
      }
      guard !shared.isEmpty else { return nil }
      let place = b.count - dice.pick(shared)
      b[place] = dice.pick((2...9).filter { $0 != b[place] })
      return Parameters(mode: .mismatch, a: a, b: b)
    }
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100, "a", p.a, count: 1...8) ?? within(1...100, "b", p.b, count: 1...8)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    guard let shape = p.result else { return key.write(.undefined, nil) }
    let counted: [Int] = if case .shape(let mine)? = key.own[0] { mine } else { shape }
    let count = counted.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    key.write(.shape(shape), .integer(count))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Axis by axis from the right, as long as there is one.
    var (a, b, shape) = (p.a, p.b, [Int]())
    while !a.isEmpty || !b.isEmpty {
      let (x, y) = (a.popLast() ?? 1, b.popLast() ?? 1)
      if x != y, x != 1, y != 1 { return AnswerKey(AnswerValue.undefined, nil) }
      shape.insert(x == 1 ? y : x, at: 0)
    }
    return AnswerKey(AnswerValue.shape(shape), shape.reduce(1, *))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (x, y) = (p.padded(p.a), p.padded(p.b))
    let (countA, countB) = (p.a.reduce(1, *), p.b.reduce(1, *))
    Mistake(
      "left-aligned", "shape",
      p.joined(p.extended(p.a), p.extended(p.b)).map(AnswerValue.shape) ?? .undefined)
    if p.a.count != p.b.count { Mistake("ranks-must-match", "shape", .undefined) }
    Mistake("stretch-anything", "shape", .shape(zip(x, y).map { max($0, $1) }))
    Mistake("ones-win", "shape", .shape(zip(x, y).map { min($0, $1) }))
    Mistake("larger-operand", "shape", .shape(countA >= countB ? p.a : p.b))
    Mistake("count-sum", "count", countA + countB)
  }

  private static func text(_ s: [Int]) -> String { AnswerValue.shape(s).plainText }

  static func pose(_ p: Parameters) -> Prompt {
    """
    The tensor `x` has shape `\(text(p.a))` and `y` has shape `\(text(p.b))`. They are added \
    under the broadcasting rules of NumPy and PyTorch.
    """
    ask("shape", "What is the shape of `x + y`? Write *undefined* if they cannot be added.")
    ask("count", "How many elements has `x + y`?")
  }

  static func solve(_ p: Parameters) -> Document {
    let (x, y) = (p.padded(p.a), p.padded(p.b))
    let result = p.result
    let outcome: [Prose] = zip(x, y).map { a, b in
      a == b || a == 1 || b == 1 ? "\(max(a, b))" : "*no*"
    }
    var blocks: [Block] = [
      .paragraph(
        "Write the shapes below one another, aligned at the right, with 1 for what is missing:"),
      .table(
        header: [],
        rows: [["`x`"] + x.map { "\($0)" }, ["`y`"] + y.map { "\($0)" }, ["`x + y`"] + outcome]),
    ]
    if let result {
      blocks.append(
        .paragraph(
          "Every pair is equal or holds a 1, which is stretched. The result has shape `\(text(result))`."
        ))
      blocks.append(
        .steps([
          Step("\(result.map(String.init).joined(separator: " · ")) = \(result.reduce(1, *))")
        ]))
    } else {
      blocks.append(
        .paragraph(
          "One pair has two different sizes of which neither is 1: adding them is an error."))
    }
    return Document(blocks: blocks)
  }
}
