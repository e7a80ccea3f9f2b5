import Calculus
import ExamModel
import Typesetting

/// Back through the softmax of one attention row: from the output to the scores.
enum AttentionScoreGradient: QuestionFamily {
  static let heading = Heading(
    "backprop.attention-scores", "Back through attention to the scores", difficulty: 4)

  /// Weights are shares of `n`; `values` are the rows of V, `upstream` the slope at the output.
  struct Parameters: Codable, Sendable, Equatable {
    let n: [Int]
    let values: [[Int]]
    let upstream: [Int]
    var weights: [Double] { n.map { Double($0) / Double(n.sum) } }
    var slopes: [Int] { values.map { dot($0, upstream) } }
  }

  static let parts = [
    Part("dP", .vector), Part.fraction("dS", .vector, weight: 2, dependsOn: ["dP"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("softmax-skipped", "Between weights and scores there is the softmax."),
    .core("no-centring", "All weights share one sum: subtract their mean slope before weighing."),
    .core("diagonal-only", "p (1 − p) is the diagonal of the Jacobian; the rest counts too."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      n: dice.integers(3, in: 1...6), values: dice.rows(3, of: 2, in: -2...4),
      upstream: dice.picks(2, from: [-2, -1, 1, 2, 3]))
    return Set(p.slopes).count < 3 || dot(p.n, p.slopes) == 0 || Set(p.n).count == 1 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "n", p.n, count: 2...8)
      ?? within(-1000...1000, "upstream", p.upstream, count: 1...1000)
      ?? within(-1000...1000, "values", p.values, rows: p.n.count, columns: p.upstream.count)
  }

  private static func scores(_ weights: [Double], _ slopes: [Double]) -> [Double] {
    let mean = dot(weights, slopes)
    return zip(weights, slopes).map { $0 * ($1 - mean) }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let slopes = key.vector(p.slopes.map(Double.init))
    key.fractions(scores(p.weights, slopes))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // With the whole Jacobian, diag(p) − p pᵀ.
    let w = p.weights
    let slopes = p.values.map { row in zip(row, p.upstream).map { Double($0 * $1) }.sum }
    let dS = w.indices.map { i in
      w.indices.map { j in ((i == j ? w[i] : 0) - w[i] * w[j]) * slopes[j] }.sum
    }
    return AnswerKey(slopes, dS)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let slopes = p.slopes.map(Double.init)
    Mistake("softmax-skipped", "dS", slopes)
    Mistake("no-centring", "dS", zip(p.weights, slopes).map { $0 * $1 })
    Mistake("diagonal-only", "dS", zip(p.weights, slopes).map { $0 * (1 - $0) * $1 })
  }

  static func pose(_ p: Parameters) -> Prompt {
    let total = p.n.sum
    """
    A query has the scores $s$ with three keys and the weights $p = \\operatorname{softmax}(s) = \
    (\(p.n.map { "\\frac{\($0)}{\(total)}" }.joined(separator: ", ")))$; the output is $o = p_1 v_1 \
    + p_2 v_2 + p_3 v_3$ with $v_1 = \(tuple(p.values[0]))$, $v_2 = \(tuple(p.values[1]))$ and $v_3 = \
    \(tuple(p.values[2]))$. Backward, $\\frac{∂L}{∂o} = \(tuple(p.upstream))$ arrives.
    """
    ask("dP", "$\\frac{∂L}{∂p}$, the slopes at the three weights")
    ask("dS", "$\\frac{∂L}{∂s}$, the slopes at the three scores, as fractions or decimals")
  }

  static func solve(_ p: Parameters) -> Document {
    let slopes = p.slopes.map(Double.init)
    let mean = dot(p.weights, slopes)
    "The weights multiply the values, so each slope is a dot product with $\\frac{∂L}{∂o}$:"
    steps("\\frac{∂L}{∂p} = \(tuple(p.slopes))")
    "Through the softmax the weighted mean of these slopes is taken off:"
    steps(
      "\\sum_j p_j \\frac{∂L}{∂p_j} = \(shown(mean))",
      "\\frac{∂L}{∂s_i} = p_i (\\frac{∂L}{∂p_i} - \(fraction(mean)))",
      "\\frac{∂L}{∂s} = \(shown(scores(p.weights, slopes)))")
  }
}
