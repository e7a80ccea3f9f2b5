import Calculus
import ExamModel
import Typesetting

/// Attention weights under a causal mask: row i is a softmax over the positions up to i.
enum CausalWeights: QuestionFamily {
  static let heading = Heading(
    "attention.causal-weights", "Attention under a causal mask", difficulty: 3)

  /// Scaled scores are ln n; `row` counts from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let length: Int
    let n: [[Int]]
    let row: Int
    let v: [Int]

    enum CodingKeys: String, CodingKey {
      case length = "T"
      case n, row, v
    }

    var weights: [[Rational]] {
      n.enumerated().map { i, row in
        let sum = row.prefix(i + 1).sum
        return row.enumerated().map { j, x in j <= i ? Rational(x, sum) : 0 }
      }
    }
    var out: [Rational] {
      weights.map { row in zip(row, v).reduce(0) { $0 + $1.0 * Rational($1.1) } }
    }
  }

  static let parts = [
    Part.fraction("row", .vector, weight: 2),
    Part.fraction("W", .matrix, weight: 2),
    Part("allowed", .integer),
    Part.fraction("out", .vector, dependsOn: ["W"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-mask", "A token may not look ahead: mask the later positions."),
    .core(
      "mask-after-softmax",
      "The row no longer sums to 1: mask the scores before the softmax, not the weights after it."),
    .core("mask-with-zero", "A masked score is −∞, not 0: exp(0) = 1 would still take a share."),
    .core("future-only", "You kept the later positions; a causal mask keeps the earlier ones."),
    .optional("strictly-past", "A token also attends to itself."),
    .optional("uniform-over-past", "The weights follow the scores; they are not all equal."),
    .optional("wrong-axis", "The softmax runs along the keys, so each row sums to 1."),
    .core("all-pairs", "Pairs with a later key are masked out."),
    .core("strict-pairs", "A token attends to itself too: count the diagonal."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("allowed", because: "a matrix that is normalised by hand has three or four rows")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let length = dice.integer(in: 3...4)
    let n = (0..<length).map { _ in dice.draw(length, from: [1, 2, 3, 4, 5, 6, 8, 9]) }
    let row = dice.integer(in: 1...length - 2)
    // A masked score of ln 1 = 0 would hide whether it was masked with 0.
    guard !n[row].dropFirst(row + 1).contains(1) else { return nil }
    return Parameters(length: length, n: n, row: row, v: dice.integers(length, in: -4...6))
  }

  static func objection(to p: Parameters) -> String? {
    within(2...6, "T", p.length) ?? within(1...100, "n", p.n, rows: p.length, columns: p.length)
      ?? within(-100...100, "v", p.v, count: p.length) ?? within(0...p.length - 1, "row", p.row)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let exact = p.weights.map { $0.map(\.value) }
    key.write(exact[p.row])
    let weights = key.matrix(exact)
    key.write(p.length * (p.length + 1) / 2)
    key.write(
      .vector(
        weights == exact
          ? p.out.map(\.value)
          : weights.map { row in zip(row, p.v).reduce(0) { $0 + $1.0 * Double($1.1) } }))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Masked scores are −∞, and the softmax is the ordinary one.
    var allowed = 0
    let weights = p.n.enumerated().map { i, row in
      Elementary.softmax(
        row.enumerated().map { j, x in
          guard j <= i else { return -.infinity }
          allowed += 1
          return Elementary.log(Double(x))
        })
    }
    return AnswerKey(
      weights[p.row], weights, allowed,
      weights.map { row in zip(row, p.v).reduce(0) { $0 + $1.0 * Double($1.1) } })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (i, row) = (p.row, p.n[p.row].map(Double.init))
    let shares = { (xs: [Double]) in xs.map { $0 / xs.sum } }
    let kept = { (keep: (Int) -> Bool, other: Double) in
      row.enumerated().map { keep($0) ? $1 : other }
    }
    let sum = row.sum
    // Masked, but down a column: only the queries from j on see key j.
    let column = p.n.indices.map { j in p.n.dropFirst(j).reduce(0) { $0 + $1[j] } }
    Mistake("no-mask", "row", shares(row))
    Mistake("mask-after-softmax", "row", kept({ $0 <= i }, 0).map { $0 / sum })
    Mistake("mask-with-zero", "row", shares(kept({ $0 <= i }, 1)))
    Mistake("future-only", "row", shares(kept({ $0 >= i }, 0)))
    Mistake("strictly-past", "row", shares(kept({ $0 < i }, 0)))
    Mistake("uniform-over-past", "row", shares(row.indices.map { $0 <= i ? 1 : 0 }))
    Mistake("wrong-axis", "row", zip(kept({ $0 <= i }, 0), column).map { $0 / Double($1) })
    Mistake("all-pairs", "allowed", p.length * p.length)
    Mistake("strict-pairs", "allowed", p.length * (p.length - 1) / 2)
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    [
      "row": list(p.weights[p.row]),
      "W": "[" + p.weights.map(list).joined(separator: ", ") + "]", "out": list(p.out),
    ]
  }

  static func pose(_ p: Parameters) -> Prompt {
    let scores = p.n.map { $0.map { "\\ln \($0)" }.joined(separator: " & ") }
      .joined(separator: " \\\\ ")
    "Self-attention over $T = \(p.length)$ tokens has these scaled scores, a row for each query and a column for each key:"
    Block.formula("S = \\matrix{\(scores)}")
    """
    A causal mask is applied, then the softmax. The values are the numbers \
    $v = \(tuple(p.v.map(Double.init)))$. Rows are counted from 1. Give fractions, or decimals \
    to 3 places.
    """
    ask("row", "the attention weights of row \(p.row + 1), with zeros where masked")
    ask("W", "the whole matrix of weights, row by row")
    ask("allowed", "how many (query, key) pairs the mask lets through")
    ask("out", "the outputs, one number for each token")
  }

  static func solve(_ p: Parameters) -> Document {
    let weights = p.weights
    let seen = p.n[p.row].prefix(p.row + 1)
    let rows = weights.map { $0.map(fraction).joined(separator: " & ") }.joined(separator: " \\\\ ")
    let decimals = weights.map {
      $0.map { plainNumber($0.value, decimals: 3) }.joined(separator: " & ")
    }
    .joined(separator: " \\\\ ")
    "Row \(p.row + 1) sees the keys 1 to \(p.row + 1); the others have the score −∞ and the weight 0. Exponentials undo the logarithms:"
    steps(
      "\\text{row \(p.row + 1)}: \(seen.map(String.init).joined(separator: " + ")) = \(seen.sum), \\quad \(fractions(weights[p.row])) = \(tuple(weights[p.row].map(\.value), decimals: 3))"
    )
    "The other rows in the same way:"
    Block.formula("W = \\matrix{\(rows)}")
    Block.formula("W ≈ \\matrix{\(decimals)}")
    steps(
      "\\text{pairs} = \\frac{\(p.length) · \(p.length + 1)}{2} = \(p.length * (p.length + 1) / 2)",
      "W v = \(fractions(p.out)) = \(tuple(p.out.map(\.value), decimals: 3))")
  }
}
