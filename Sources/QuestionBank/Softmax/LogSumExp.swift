import Calculus
import ExamModel
import Typesetting

/// The stable form of log Σ exp(z): m + log Σ exp(z − m) with m = max z.
enum LogSumExp: QuestionFamily {
  static let heading = Heading(
    "softmax.logsumexp", "The stable log-sum-exp", difficulty: 3, version: 2)

  enum Precision: String, Codable, Sendable {
    case float32, float64

    /// Between these exponents exp is neither infinite nor 0, subnormal numbers included.
    var range: ClosedRange<Double> { self == .float32 ? -103.97...88.72 : -745.13...709.78 }
  }

  struct Parameters: Codable, Sendable, Equatable {
    let z: [Int]
    let ask: Int
    let dtype: Precision

    var m: Int { z.max() ?? 0 }
    /// log Σ exp(z − m).
    var rest: Double { Elementary.log(z.reduce(0) { $0 + Elementary.exp(Double($1 - m)) }) }
    var lse: Double { Double(m) + rest }
  }

  static let parts = [
    Part("m", .integer),
    Part.real("lse", weight: 2, dependsOn: ["m"]),
    Part.real("logp", dependsOn: ["lse"]),
    Part("naive", .choice),
  ]

  static let misconceptions: [Misconception] = [
    .core("max-not-added-back", "You subtracted the maximum inside; add it again outside."),
    .core("max-subtracted", "The maximum is added back, not subtracted again."),
    .core("max-only", "The maximum is only a lower bound; the other terms still count."),
    .core("sum-first", "The logarithm of a sum of exponentials is not the sum of the exponents."),
    .optional("log-of-mean", "Sum the exponentials; do not average them."),
    .optional("log10", "The logarithm is the natural one."),
    .core("sign", "A log-probability is at most 0; the loss is its negative."),
    .optional("ratio", "The logarithm of a quotient is a difference: z_k − LSE."),
    .core("shifted-logit-only", "Subtract the whole log-sum-exp, not only the maximum."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let offsets = dice.shuffled([0, dice.integer(in: 0...4), dice.integer(in: 1...4)])
    let m = 10 * (dice.oneIn(3) ? -dice.integer(in: 15...100) : dice.integer(in: 3...100))
    let p = Parameters(
      z: offsets.map { m - $0 }, ask: dice.below(3), dtype: dice.oneIn(2) ? .float32 : .float64)
    return p
  }

  static func objection(to p: Parameters) -> String? {
    guard (2...10).contains(p.z.count), p.z.allSatisfy((-100_000...100_000).contains) else {
      return "z is a list of 2 to 10 whole numbers from -100000 to 100000"
    }
    guard p.z.indices.contains(p.ask) else { return "ask is a place in z, counted from 0" }
    let range = p.dtype.range
    let edge = min(
      (Double(p.m) - range.upperBound).magnitude, (Double(p.m) - range.lowerBound).magnitude)
    return edge > 3
      ? nil : "the largest entry lies too near the end of the range of \(p.dtype.rawValue)"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.m)
    let lse = key.number(p.lse)
    key.write(Double(p.z[p.ask]) - lse)
    let range = p.dtype.range
    key.write(
      .choice(
        Double(p.m) > range.upperBound ? "inf" : Double(p.m) < range.lowerBound ? "-inf" : "finite")
    )
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Add one term at a time: log(e^a + e^b) = a + log(1 + e^(b − a)) with a the larger.
    var sum = Double(p.z[0])
    for term in p.z.dropFirst().map(Double.init) {
      let (a, b) = (max(sum, term), min(sum, term))
      sum = a + Elementary.log(1 + Elementary.exp(b - a))
    }
    // What overflows is the largest exponential, and all vanish where it does.
    let limits = p.dtype == .float32 ? (88, -104) : (709, -746)
    let naive = p.m > limits.0 ? "inf" : p.m < limits.1 ? "-inf" : "finite"
    return AnswerKey(
      p.z.sorted()[p.z.count - 1], sum, Double(p.z[p.ask]) - sum, AnswerValue.choice(naive))
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["naive": Options(["inf", "-inf", "finite"], isShuffled: false)]
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (m, rest, lse, z) = (Double(p.m), p.rest, p.lse, Double(p.z[p.ask]))
    Mistake("max-not-added-back", "lse", rest)
    Mistake("max-subtracted", "lse", rest - m)
    Mistake("max-only", "lse", m)
    Mistake("sum-first", "lse", Double(p.z.sum))
    Mistake("log-of-mean", "lse", lse - Elementary.log(Double(p.z.count)))
    Mistake("log10", "lse", m + rest / Elementary.log(10))
    Mistake("sign", "logp", lse - z)
    Mistake("ratio", "logp", z / lse)
    Mistake("shifted-logit-only", "logp", z - m)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Let $z = \(tuple(p.z.map(Double.init)))$ and $LSE(z) = \\ln \\sum_i \\exp(z_i)$. Useful: \
    $\\exp(-1) ≈ 0.3679$, $\\exp(-2) ≈ 0.1353$, $\\exp(-3) ≈ 0.0498$, $\\exp(-4) ≈ 0.0183$.
    """
    ask("m", "the number that the stable form subtracts from every entry first")
    ask("lse", "$LSE(z)$, to 3 decimals")
    ask(
      "logp",
      "the log-softmax of entry \(p.ask + 1), counted from 1: $\\ln p_\(p.ask + 1)$, to 3 decimals")
    ask(
      "naive",
      "What does `log(sum(exp(z)))`, computed as written in `\(p.dtype.rawValue)`, return: `inf`, `-inf`, or a finite number?"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    let shifted = p.z.map { Double($0 - p.m) }
    let range = p.dtype.range
    let edge =
      Double(p.m) > range.upperBound
      ? "exp overflows beyond \(plainNumber(range.upperBound)): the sum is infinite, and so is its logarithm: inf"
      : Double(p.m) < range.lowerBound
        ? "exp underflows to 0 below \(plainNumber(range.lowerBound)): the sum is 0, and its logarithm is -inf"
        : "exp stays within its range up to \(plainNumber(range.upperBound)), so the result is finite"
    "Subtract the maximum $m = \(p.m)$, so that the largest exponential is 1:"
    steps(
      "z - m = \(tuple(shifted))",
      "LSE(z) = \(p.m) + \\ln(\(shifted.map { plainNumber(Elementary.exp($0), decimals: 3) }.joined(separator: " + ")))",
      "LSE(z) = \(p.m) + \(plainNumber(p.rest, decimals: 3)) = \(plainNumber(p.lse, decimals: 3))",
      "\\ln p_\(p.ask + 1) = z_\(p.ask + 1) - LSE(z) = \(p.z[p.ask]) - \(signed(plainNumber(p.lse, decimals: 3))) = \(plainNumber(Double(p.z[p.ask]) - p.lse, decimals: 3))"
    )
    Block.paragraph(Prose(verbatim: "In \(p.dtype.rawValue), \(edge)."))
  }
}
