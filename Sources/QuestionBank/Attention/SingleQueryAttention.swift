import Calculus
import ExamModel

/// One query over three keys: softmax(q·k_j / √d_k), and the values mixed by these weights.
///
/// The formula is scaled dot-product attention (Vaswani et al. 2017, equation 1). In `exact` mode
/// the keys carry a factor ln 2, so that all weights are powers of two over their sum.
enum SingleQueryAttention: QuestionFamily {
  static let heading = Heading("attention.single-query", "Attention of one query", difficulty: 3)

  enum Mode: String, Codable, Sendable { case exact, int }

  /// `q` has d_k entries, `K` holds the keys and `V` the values, one a row.
  struct Parameters: Codable, Sendable, Equatable {
    let mode: Mode
    let q: [Int]
    let keys: [[Int]]
    let values: [[Int]]
    let dk: Int

    enum CodingKeys: String, CodingKey {
      case mode, q, dk
      case keys = "K"
      case values = "V"
    }

    /// Raw scores q·k_j, in `exact` mode in units of ln 2.
    var scores: [Double] { SingleQueryAttention.scores(q, keys) }
    var root: Double { Double(dk).squareRoot() }

    /// The softmax, to base 2 where the scores are in units of ln 2.
    func weights(_ scores: [Double]) -> [Double] {
      Elementary.softmax(mode == .exact ? scores.map { $0 * 0.693_147_180_559_945_3 } : scores)
    }

    /// Σ_j weight_j · row_j, over the first columns that all rows have.
    func mix(_ weights: [Double], _ rows: [[Int]]) -> [Double] {
      values[0].indices.map { column in
        zip(weights, rows).reduce(0) { $0 + $1.0 * Double($1.1[column]) }
      }
    }
  }

  static let leavesPartsOut = true
  static let parts = [
    Part("scores", .vector),
    Part.real("scaled", .vector, dependsOn: ["scores"]),
    Part.real("weights", .vector, weight: 2, dependsOn: ["scaled"]),
    Part.real("output", .vector, weight: 2, dependsOn: ["weights"]),
    Part(
      "weightsExact", .vector, field: "weights", tolerance: .decimals(3), weight: 2,
      dependsOn: ["scaled"]),
    Part(
      "outputExact", .vector, field: "output", tolerance: .decimals(3), weight: 2,
      dependsOn: ["weightsExact"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("unscaled", "Divide the scores by √d_k before the softmax."),
    .core("divided-by-dk", "Divide by the square root of d_k, not by d_k itself."),
    .core(
      "scaled-by-sqrt-n",
      "The scale comes from the key dimension d_k, not from the number of keys."),
    .core("no-softmax", "The weights are a softmax of the scores, not scores over their sum."),
    .optional("keys-as-values", "Mix the values, not the keys."),
    .optional("unscaled-output", "The mixing is right, but the scores were not divided by √d_k."),
    .optional("hard-argmax", "Attention mixes all values; it does not pick the best one."),
    .optional("plain-average", "The weights depend on the scores; they are not uniform."),
    .optional("raw-scores-mix", "Turn the scores into weights before you mix the values."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let mode: Mode = dice.oneIn(2) ? .exact : .int
    let dk = mode == .int && dice.oneIn(3) ? 9 : 4
    var q = dice.integers(dk, in: -2...2)
    if dk == 9 { for place in dice.draw(5, from: 0...8) { q[place] = 0 } }
    let keys = dice.rows(3, of: dk, in: -2...2)
    let scores = scores(q, keys)
    guard let high = scores.max(), let low = scores.min(), high - low <= 8,
      scores.areDistinct, scores.sum != 0,
      mode == .int || scores.allSatisfy({ Int($0).isMultiple(of: 2) })
    else { return nil }
    // Most throws have ended here, so the values come last.
    let values = dice.rows(3, of: 2, in: -4...6)
    guard values.areDistinct else { return nil }
    return Parameters(mode: mode, q: q, keys: keys, values: values, dk: dk)
  }

  /// q·k_j for each key.
  private static func scores(_ q: [Int], _ keys: [[Int]]) -> [Double] {
    keys.map { key in Double(zip(q, key).reduce(0) { $0 + $1.0 * $1.1 }) }
  }

  static func objection(to p: Parameters) -> String? {
    within(1...64, "dk", p.dk) ?? within(-100...100, "q", p.q, count: p.dk)
      ?? within(-100...100, "K", p.keys, rows: 2...16, columns: p.dk)
      ?? within(1...p.dk, "the width of V", p.values.first?.count ?? 0)
      ?? within(-100...100, "V", p.values, rows: p.keys.count, columns: p.values[0].count)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let scores = key.vector(p.scores)
    let scaled = key.vector(scores.map { $0 / p.root })
    if p.mode == .exact {
      key.skip()
      key.skip()
    }
    let weights = key.vector(p.weights(scaled))
    key.vector(p.mix(weights, p.values))
    if p.mode == .int {
      key.skip()
      key.skip()
    }
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // One key after the other, with running sums as in online softmax.
    let unit = p.mode == .exact ? Elementary.log(2) : 1
    let scores = p.keys.map { key in p.q.indices.reduce(0.0) { $0 + Double(p.q[$1] * key[$1]) } }
    var (top, sum) = (-Double.infinity, 0.0)
    var output = p.values[0].map { _ in 0.0 }
    for (score, value) in zip(scores, p.values) {
      let scaled = score / p.root * unit
      let next = max(top, scaled)
      let (old, new) = (Elementary.exp(top - next), Elementary.exp(scaled - next))
      sum = sum * old + new
      output = zip(output, value).map { $0 * old + new * Double($1) }
      top = next
    }
    let weights = AnswerValue.vector(scores.map { Elementary.exp($0 / p.root * unit - top) / sum })
    let mixed = AnswerValue.vector(output.map { $0 / sum })
    let isExact = p.mode == .exact
    return AnswerKey([
      .vector(scores), .vector(scores.map { $0 / p.root }), isExact ? nil : weights,
      isExact ? nil : mixed, isExact ? weights : nil, isExact ? mixed : nil,
    ])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let scores = p.scores
    let sum = scores.sum
    let weights = p.weights(scores.map { $0 / p.root })
    let count = Double(p.keys.count)
    let best = scores.firstIndex(of: scores.max() ?? 0) ?? 0
    let isExact = p.mode == .exact
    let weighing: PartID = isExact ? "weightsExact" : "weights"
    let mixing: PartID = isExact ? "outputExact" : "output"
    Mistake("unscaled", weighing, p.weights(scores))
    Mistake("divided-by-dk", weighing, p.weights(scores.map { $0 / Double(p.dk) }))
    Mistake("scaled-by-sqrt-n", weighing, p.weights(scores.map { $0 / count.squareRoot() }))
    Mistake("no-softmax", weighing, scores.map { $0 / sum })
    Mistake("keys-as-values", mixing, p.mix(weights, p.keys))
    Mistake("unscaled-output", mixing, p.mix(p.weights(scores), p.values))
    Mistake("hard-argmax", mixing, p.values[best].map(Double.init))
    Mistake("plain-average", mixing, p.mix(scores.map { _ in 1 / count }, p.values))
    Mistake("raw-scores-mix", mixing, p.mix(scores, p.values))
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    let root = Int(p.root)
    guard root * root == p.dk else { return [:] }
    func list(_ xs: [Rational]) -> String {
      "[" + xs.map(\.description).joined(separator: ", ") + "]"
    }
    var exact: [PartID: String] = ["scaled": list(p.scores.map { Rational(Int($0), root) })]
    guard p.mode == .exact, let powers = powersOfTwo(p) else { return exact }
    let sum = powers.sum
    exact["weightsExact"] = list(powers.map { Rational($0, sum) })
    exact["outputExact"] = list(
      p.values[0].indices.map { column in
        Rational(zip(powers, p.values).reduce(0) { $0 + $1.0 * $1.1[column] }, sum)
      })
    return exact
  }

  /// The weights in whole numbers, as multiples of the smallest; nil where they are not.
  private static func powersOfTwo(_ p: Parameters) -> [Int]? {
    let scaled = p.scores.map { $0 / p.root }
    guard let low = scaled.min(), scaled.allSatisfy({ $0 == $0.rounded() && $0 - low < 40 })
    else { return nil }
    return scaled.map { 1 << Int($0 - low) }
  }
}
