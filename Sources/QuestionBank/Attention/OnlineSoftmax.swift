import Calculus
import ExamModel
import Typesetting

/// Joining two chunks of a softmax that were computed apart, as FlashAttention does.
enum OnlineSoftmax: QuestionFamily {
  static let heading = Heading(
    "attention.online-softmax", "Joining chunks of a softmax", difficulty: 4, version: 2)

  /// Scores are `exponents` times ln 2, in two chunks; each has a value of one number.
  struct Parameters: Codable, Sendable, Equatable {
    let exponents, values: [[Int]]

    var tops: [Int] { exponents.map { $0.max() ?? 0 } }
    /// Each chunk's sum of exponentials, relative to its own largest score.
    var sums: [Double] {
      exponents.map { chunk in chunk.map { Self.power($0 - (chunk.max() ?? 0)) }.sum }
    }
    var outputs: [Double] {
      zip(exponents, values).map { chunk, values in
        let weights = chunk.map { Self.power($0) }
        return dot(weights, values.map(Double.init)) / weights.sum
      }
    }
    /// The joint sum and the sum of weighted values, relative to `top`.
    func joined(relativeTo top: Int) -> (sum: Double, mixed: Double) {
      let scaled = zip(tops, sums).map { Self.power($0 - top) * $1 }
      return (scaled.sum, dot(scaled, outputs))
    }
    static func power(_ n: Int) -> Double { n >= 0 ? Double(1 << n) : 1 / Double(1 << -n) }
  }

  static let parts = [
    Part("m", .integer, mayBeObvious: true), Part.fraction("l", weight: 2),
    Part.fraction("o", weight: 2, mayBeObvious: true, dependsOn: ["l"]),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "sums-added",
      "The sums are relative to different maxima: bring them to the larger one first."),
    .core("outputs-averaged", "Weigh the outputs by their chunks' sums."),
    .core("unweighted-by-max", "Before weighing, bring both sums to the common maximum."),
    .optional(
      "scaled-to-min", "Sums are kept relative to the larger maximum, so that nothing overflows."),
    .core("maxima-added", "The common maximum is the larger of the two."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let base = dice.integer(in: -9...9)
    let p = Parameters(
      exponents: dice.rows(2, of: 2, in: base - 2...base + 3),
      values: dice.rows(2, of: 2, in: 1...8))
    return p.tops[0] == p.tops[1] || p.values.contains { $0[0] == $0[1] } ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    guard p.exponents.count == 2, p.values.count == 2,
      zip(p.exponents, p.values).allSatisfy({ !$0.isEmpty && $0.count == $1.count })
    else { return "exponents and values have two chunks of one length each" }
    return p.exponents.joined().allSatisfy((-20...20).contains)
      && p.values.joined().allSatisfy((-1000...1000).contains)
      ? nil : "exponents lie between -20 and 20, values between -1000 and 1000"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let top = max(p.tops[0], p.tops[1])
    let joined = p.joined(relativeTo: top)
    key.integer(top)
    let sum = key.fraction(joined.sum)
    key.fraction(joined.mixed / sum)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // In one go over all scores.
    let (scores, values) = (p.exponents.flatMap { $0 }, p.values.flatMap { $0 })
    let top = scores.max() ?? 0
    let weights = scores.map { Parameters.power($0 - top) }
    return AnswerKey(top, weights.sum, dot(weights, values.map(Double.init)) / weights.sum)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("maxima-added", "m", p.tops.sum)
    Mistake("sums-added", "l", p.sums.sum)
    Mistake("scaled-to-min", "l", p.joined(relativeTo: min(p.tops[0], p.tops[1])).sum)
    Mistake("outputs-averaged", "o", p.outputs.mean)
    Mistake("unweighted-by-max", "o", dot(p.sums, p.outputs) / p.sums.sum)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = [0, 1].map { i in
      [
        "\(i + 1)", "$\(p.tops[i]) \\ln 2$", "$\(fraction(p.sums[i]))$",
        "$\(fraction(p.outputs[i]))$",
      ]
    }
    """
    Attention over a long sequence is computed in chunks. Each chunk keeps its largest score $m$, \
    the sum $l = \\sum e^{s - m}$ of its exponentials, and its output $o$, a mean of values with \
    softmax weights:
    """
    Block.table(header: ["chunk", "$m$", "$l$", "$o$"], rows: rows)
    "The two chunks are joined into what one softmax over all scores would give."
    ask("m", "the common maximum, in units of $\\ln 2$")
    ask("l", "the common sum $l$")
    ask("o", "the common output $o$")
  }

  static func solve(_ p: Parameters) -> Document {
    let top = max(p.tops[0], p.tops[1])
    let joined = p.joined(relativeTo: top)
    let terms = [0, 1].map { "2^{\(p.tops[$0] - top)} · \(fraction(p.sums[$0]))" }
    let mixed = [0, 1].map { "\(terms[$0]) · \(fraction(p.outputs[$0]))" }
    "The larger maximum is $\(top) \\ln 2$. The sums are brought to it by powers of 2:"
    steps(
      "l = \(terms.joined(separator: " + ")) = \(shown(joined.sum))",
      "o = \\frac{\(mixed.joined(separator: " + "))}{\(fraction(joined.sum))} = \(shown(joined.mixed / joined.sum))"
    )
  }
}
