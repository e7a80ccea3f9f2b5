import ExamModel
import Typesetting

/// Batched matrix products: the last two axes multiply, those before them broadcast.
enum BatchedProduct: QuestionFamily {
  static let heading = Heading(
    "matdim.batched-matmul", "Batched matrix products", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let left, right: [Int]

    var batch: [Int]? { broadcast(Array(left.dropLast(2)), Array(right.dropLast(2))) }
    var shape: [Int]? {
      guard let batch, left[left.count - 1] == right[right.count - 2] else { return nil }
      return batch + [left[left.count - 2], right[right.count - 1]]
    }
  }

  static let leavesPartsOut = true
  static let parts = [Part("shape", .shape), Part("mults", .integer)]

  static let misconceptions: [Misconception] = [
    .optional(
      "batch-added",
      "Equal batch axes go side by side and are multiplied pair by pair; they do not add up."),
    .core(
      "vector-per-entry",
      "With two axes b is one matrix for the whole batch, not a vector for each entry of it."),
    .core("ranks-must-match", "The shorter one is used for every entry of the missing axes."),
    .core(
      "no-inner", "Each entry of the result takes as many multiplications as the inner axis has."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let sizes = dice.draw(5, from: 2...9)
    let (b, h, n, m, q) = (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4])
    let p: Parameters
    switch dice.below(12) {
    case 0...2: p = Parameters(left: [b, h, n, m], right: [h, m, q])
    case 3...5: p = Parameters(left: [b, n, m], right: [m, q])
    case 6...8: p = Parameters(left: [b, 1, n, m], right: [h, m, q])
    case 9...10: p = Parameters(left: [b, h, n, m], right: [b, h, m, q])
    default: p = Parameters(left: [b, n, m], right: [b, m])
    }
    return p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "left", p.left, count: 2...6)
      ?? within(1...1000, "right", p.right, count: 2...6)
  }

  private static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    var out: [Int] = []
    for axis in 0..<rank {
      let x = axis < rank - a.count ? 1 : a[axis - rank + a.count]
      let y = axis < rank - b.count ? 1 : b[axis - rank + b.count]
      guard x == y || x == 1 || y == 1 else { return nil }
      out.append(max(x, y))
    }
    return out
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    guard let shape = p.shape else { return key.write(.undefined, nil) }
    key.write(.shape(shape))
    key.write(shape.reduce(1, *) * p.left[p.left.count - 1])
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // From the last axis backwards, as the rule is stated.
    var (a, b) = (p.left, p.right)
    guard let q = b.popLast(), let m = a.popLast(), b.popLast() == m, let n = a.popLast() else {
      return AnswerKey(AnswerValue.undefined, nil)
    }
    var shape = [n, q]
    while !a.isEmpty || !b.isEmpty {
      let sizes = Set([a.popLast() ?? 1, b.popLast() ?? 1]).subtracting([1])
      guard sizes.count < 2 else { return AnswerKey(AnswerValue.undefined, nil) }
      shape.insert(sizes.first ?? 1, at: 0)
    }
    return AnswerKey(AnswerValue.shape(shape), shape.reduce(m, *))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (left, right) = (p.left, p.right)
    if p.shape == nil {
      Mistake("vector-per-entry", "shape", .shape(left.dropLast()))
    } else if right.count > 2 {
      let side = left.dropLast() + right.dropLast(2)
      Mistake("batch-added", "shape", .shape(side + right.suffix(1)))
    }
    if let shape = p.shape {
      if left.count != right.count { Mistake("ranks-must-match", "shape", .undefined) }
      Mistake("no-inner", "mults", shape.reduce(1, *))
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    let (a, b) = (AnswerValue.shape(p.left).plainText, AnswerValue.shape(p.right).plainText)
    "In PyTorch `a` has shape `\(a)` and `b` has shape `\(b)`."
    ask("shape", "the shape of `a @ b`, or *undefined* if there is none")
    ask("mults", "the number of multiplications of two entries that it takes")
  }

  static func solve(_ p: Parameters) -> Document {
    let (n, m) = (p.left[p.left.count - 2], p.left[p.left.count - 1])
    let (k, q) = (p.right[p.right.count - 2], p.right[p.right.count - 1])
    "The last two axes multiply: $(\(n) \\times \(m)) (\(k) \\times \(q))$."
    if let shape = p.shape {
      """
      The inner sizes agree, and the axes before them broadcast, so the result has shape \
      `\(AnswerValue.shape(shape).plainText)`. Each of its entries takes \(m) multiplications:
      """
      steps("\(shape.map(String.init).joined(separator: " · ")) · \(m) = \(shape.reduce(m, *))")
    } else if m != k {
      "The inner sizes \(m) and \(k) differ: PyTorch raises an error."
    } else {
      "The axes before them cannot be broadcast: PyTorch raises an error."
    }
  }
}
