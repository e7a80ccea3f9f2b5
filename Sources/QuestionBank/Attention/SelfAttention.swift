import Calculus
import ExamModel
import Typesetting

/// Self-attention of two tokens, from the projections to the output.
enum SelfAttention: QuestionFamily {
  static let heading = Heading("attention.self-2x2", "Self-attention of two tokens", difficulty: 4)

  /// Rows of `x` are tokens.
  struct Parameters: Codable, Sendable, Equatable {
    let x, wq, wk, wv: [[Int]]

    var q: [[Int]] { product(x, wq) }
    var k: [[Int]] { product(x, wk) }
    var v: [[Int]] { product(x, wv) }
    var scores: [[Int]] { product(q, transposed(k)) }
    var reals: [[Double]] { scores.map { $0.map(Double.init) } }
  }

  static let parts = [Part("S", .matrix), Part.real("O", .matrix, weight: 2, dependsOn: ["S"])]

  static let misconceptions: [Misconception] = [
    .core("key-not-transposed", "Scores are dot products of queries and keys: Q Kᵀ."),
    .core("wrong-axis", "Each query's weights sum to 1: take the softmax along the rows."),
    .core("unscaled", "Divide the scores by √d_k, here √2."),
    .core("divided-by-dk", "Divide by √d_k, not by d_k."),
    .optional(
      "projection-forgotten", "The weights mix the values X W_V, not the tokens themselves."),
  ]

  private static func mix(_ weights: [[Double]], _ values: [[Int]]) -> [[Double]] {
    weights.map { row in [0, 1].map { j in dot(row, values.map { Double($0[j]) }) } }
  }
  private static func weights(_ scores: [[Double]], over divisor: Double) -> [[Double]] {
    scores.map { Elementary.softmax($0.map { $0 / divisor }) }
  }

  static func draw(from dice: inout Dice) -> Parameters? {
    let squares = (0..<4).map { _ in dice.rows(2, of: 2, in: -1...2) }
    let p = Parameters(x: squares[0], wq: squares[1], wk: squares[2], wv: squares[3])
    let s = p.scores
    return s[0][1] == s[1][0] || p.v[0] == p.v[1] || s.joined().contains { abs($0) > 12 } ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-20...20, "x", p.x, rows: 2, columns: 2)
      ?? within(-20...20, "wq", p.wq, rows: 2, columns: 2)
      ?? within(-20...20, "wk", p.wk, rows: 2, columns: 2)
      ?? within(-20...20, "wv", p.wv, rows: 2, columns: 2)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let scores = key.matrix(p.reals)
    key.write(mix(weights(scores, over: 2.0.squareRoot()), p.v))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Scores by X W_Q W_Kᵀ Xᵀ; of two weights the first is a sigmoid of the difference.
    let s = product(product(p.x, product(p.wq, transposed(p.wk))), transposed(p.x))
    let output = s.map { row in
      let first = Elementary.sigmoid(Double(row[0] - row[1]) / 2.0.squareRoot())
      return [0, 1].map { j in first * Double(p.v[0][j]) + (1 - first) * Double(p.v[1][j]) }
    }
    return AnswerKey(s, output)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (s, root) = (p.reals, 2.0.squareRoot())
    let columns = weights(transposed(s), over: root)
    Mistake("key-not-transposed", "S", product(p.q, p.k))
    Mistake("wrong-axis", "O", mix(transposed(columns), p.v))
    Mistake("unscaled", "O", mix(weights(s, over: 1), p.v))
    Mistake("divided-by-dk", "O", mix(weights(s, over: 2), p.v))
    Mistake("projection-forgotten", "O", mix(weights(s, over: root), p.x))
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Two tokens with $d_k = 2$ go through one head of self-attention without a mask; rows of $X$ are tokens:"
    Block.formula("X = \(grid(p.x)), W_Q = \(grid(p.wq)), W_K = \(grid(p.wk)), W_V = \(grid(p.wv))")
    "Queries are $Q = X W_Q$, and keys and values likewise."
    ask("S", "the scores $S = Q K^\\top$, before scaling")
    ask("O", "the output, a 2 × 2 matrix")
  }

  static func solve(_ p: Parameters) -> Document {
    let weights = weights(p.reals, over: 2.0.squareRoot())
    steps(
      "Q = \(grid(p.q)), K = \(grid(p.k)), V = \(grid(p.v))", "S = Q K^\\top = \(grid(p.scores))")
    "Scaled by $\\sqrt{2}$, each row goes through the softmax:"
    steps(
      "\\operatorname{softmax}(S / \\sqrt{2}) = \(grid(weights, decimals: 4))",
      "O = \(grid(mix(weights, p.v), decimals: 3))")
  }
}
