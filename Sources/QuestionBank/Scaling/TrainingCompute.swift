import ExamModel
import Typesetting

/// Training cost by the rule C = 6·N·D, the days it takes, and the compute-optimal split.
///
/// 2ND for the forward pass and 4ND for the backward pass (Kaplan et al. 2020, section 2.1).
enum TrainingCompute: QuestionFamily {
  static let heading = Heading(
    "scale.train-compute", "The cost of training a language model", difficulty: 3)

  enum Mode: String, Codable, Sendable { case time, chinchilla }

  /// `time`: N parameters, D tokens, GPUs of a peak in operations per second, utilisation.
  /// `chinchilla`: a budget C and k tokens per parameter.
  struct Parameters: Codable, Sendable, Equatable {
    let mode: Mode
    var parameters, tokens, gpus, peak, utilisation: Double?
    var budget, ratio: Double?

    enum CodingKeys: String, CodingKey {
      case mode, gpus, peak
      case parameters = "N"
      case tokens = "D"
      case utilisation = "mfu"
      case budget = "C"
      case ratio = "k"
    }
  }

  /// The numbers that a mode has.
  private enum Model {
    case time(n: Double, d: Double, gpus: Double, peak: Double, use: Double)
    case split(c: Double, k: Double)

    init?(_ p: Parameters) {
      switch p.mode {
      case .time:
        guard let n = p.parameters, let d = p.tokens, let gpus = p.gpus, let peak = p.peak,
          let use = p.utilisation
        else { return nil }
        self = .time(n: n, d: d, gpus: gpus, peak: peak, use: use)
      case .chinchilla:
        guard let c = p.budget, let k = p.ratio else { return nil }
        self = .split(c: c, k: k)
      }
    }
  }

  static let leavesPartsOut = true
  static let parts = [
    Part.estimate("C"),
    Part.estimate("days", within: 0.02, weight: 2, dependsOn: ["C"]),
    Part.estimate("ratio"),
    Part("Nopt", .number, field: "C", tolerance: .relative(0.02), weight: 2),
    Part("Dopt", .number, field: "days", tolerance: .relative(0.02), dependsOn: ["Nopt"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("forward-only", "2ND is the forward pass alone; the backward pass costs another 4ND."),
    .optional(
      "four-n-d", "4ND leaves out a pass: forward costs 2ND and backward twice that, 6ND in all."),
    .optional(
      "with-recompute",
      "8ND is right with full recomputation of activations, which is not used here."),
    .optional("per-token", "That is the cost of one token; multiply by the number of tokens."),
    .core("no-mfu", "The GPUs reach only a share of their peak: divide by the utilisation."),
    .core("mfu-multiplied", "A lower utilisation takes longer: divide by it."),
    .optional("one-gpu", "All GPUs work at once: divide by their number."),
    .optional("hours", "That is in hours; a day has 86 400 seconds."),
    .optional(
      "forward-only-time", "The backward pass takes twice as long as the forward pass on top."),
    .core(
      "ratio-inverted", "The ratio is D/N, tokens to parameters, and not N/D."),
    .core("no-root", "The budget grows with N², since D = kN: take the square root."),
    .optional("forgot-6", "C = 6ND: divide by 6 first."),
    .optional("ratio-forgotten", "D = kN: divide by k as well before taking the root."),
    .optional("equal-split", "Parameters and tokens are not equal in number: D = kN."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    if dice.oneIn(3) {
      let n = dice.pick([1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40])
      let k = dice.pick([20, 20, 20, 10, 40, 100])
      return Parameters(mode: .chinchilla, budget: Double(6 * k * n * n) * 1e18, ratio: Double(k))
    }
    let n = dice.pick([0.5, 1, 2, 3, 5, 7, 8, 10, 13, 20, 40, 70])
    let d = dice.pick([20, 50, 100, 200, 300, 500, 1000, 1400, 2000].map(Double.init))
    let gpus = dice.pick([8, 64, 128, 256, 512, 1024, 2048].map(Double.init))
    let peak = dice.pick([100, 200, 300, 400, 1000].map(Double.init))
    return Parameters(
      mode: .time, parameters: n * 1e9, tokens: d * 1e9, gpus: gpus, peak: peak * 1e12,
      utilisation: dice.pick([0.3, 0.4, 0.5]))
  }

  static func objection(to p: Parameters) -> String? {
    switch Model(p) {
    case .time(let n, let d, let gpus, let peak, let use)?:
      guard [n, d, gpus, peak].allSatisfy({ $0 >= 1 && $0 <= 1e20 }) else {
        return "N, D, gpus and peak lie between 1 and 1e20"
      }
      return use > 0 && use <= 1 ? nil : "mfu is a share above 0 and up to 1"
    case .split(let c, let k)?:
      return c >= 1 && c <= 1e40 && k >= 1e-3 && k <= 1e6
        ? nil : "C lies between 1 and 1e40, k between 0.001 and 1000000"
    case nil: return "mode \"time\" takes N, D, gpus, peak and mfu; \"chinchilla\" takes C and k"
    }
  }

  private static let day = 86_400.0

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    switch Model(p) {
    case .time(let n, let d, let gpus, let peak, let use)?:
      let c = key.number(6 * n * d)
      key.write(c / (gpus * peak * use * day))
      key.write(d / n)
      key.skip()
      key.skip()
    case .split(let c, let k)?:
      for _ in 0..<3 { key.skip() }
      let n = key.number((c / (6 * k)).squareRoot())
      key.write(k * n)
    case nil: break
    }
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    switch Model(p) {
    case .time(let n, let d, let gpus, let peak, let use)?:
      // Token by token: two operations for each parameter forward, four backward.
      let perToken = 2 * n + 4 * n
      let tokensPerDay = gpus * peak * use / perToken * day
      return AnswerKey(perToken * d, d / tokensPerDay, 1 / (n / d), nil, nil)
    case .split(let c, let k)?:
      // Halve the interval in which 6·N·kN crosses the budget.
      var (low, high) = (0.0, 1e25)
      for _ in 0..<200 {
        let middle = (low + high) / 2
        if 6 * middle * k * middle < c { low = middle } else { high = middle }
      }
      return AnswerKey(nil, nil, nil, low, c / (6 * low))
    case nil: return nil
    }
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    switch Model(p) {
    case .time(let n, let d, let gpus, let peak, let use)?:
      let days = 6 * n * d / (gpus * peak * use * day)
      Mistake("forward-only", "C", 2 * n * d)
      Mistake("four-n-d", "C", 4 * n * d)
      Mistake("with-recompute", "C", 8 * n * d)
      Mistake("per-token", "C", 6 * n)
      Mistake("no-mfu", "days", days * use)
      Mistake("mfu-multiplied", "days", days * use * use)
      Mistake("one-gpu", "days", days * gpus)
      Mistake("hours", "days", days * 24)
      Mistake("forward-only-time", "days", days / 3)
      Mistake("ratio-inverted", "ratio", n / d)
    case .split(let c, let k)?:
      Mistake("no-root", "Nopt", c / (6 * k))
      Mistake("ratio-inverted", "Nopt", (c * k / 6).squareRoot())
      Mistake("forgot-6", "Nopt", (c / k).squareRoot())
      Mistake("ratio-forgotten", "Nopt", (c / 6).squareRoot())
      Mistake("forward-only", "Nopt", (c / (2 * k)).squareRoot())
      Mistake("equal-split", "Dopt", (c / 6).squareRoot())
    case nil: []
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    switch Model(p) {
    case .time(let n, let d, let gpus, let peak, let use)?:
      """
      A language model with $N = \(large(n))$ parameters is trained on $D = \(large(d))$ tokens, \
      without recomputing activations. It runs on \(plainNumber(gpus)) GPUs with a peak of \
      \(plainNumber(peak / 1e12)) TFLOP/s each ($10^{12}$ operations per second), of which it \
      reaches \(plainNumber((use * 100).rounded())) %. Answers like `1.8e22` are fine.
      """
      ask("C", "the operations of the training by the usual rule of thumb, within 1 %")
      ask("days", "how many days it takes, within 2 %")
      ask("ratio", "how many tokens there are for each parameter")
    case .split(let c, let k)?:
      """
      A training budget of $C = \(large(c))$ operations is to be spent so that there are \
      \(plainNumber(k)) tokens for each parameter, $D = \(plainNumber(k)) N$. Use the rule of \
      thumb for the cost of training; answers like `7e10` are fine, within 2 %.
      """
      ask("Nopt", "the number of parameters $N$")
      ask("Dopt", "the number of tokens $D$")
    case nil: Prompt([], [])
    }
  }

  static func solve(_ p: Parameters) -> Document {
    switch Model(p) {
    case .time(let n, let d, let gpus, let peak, let use)?:
      let c = 6 * n * d
      let days = c / (gpus * peak * use * day)
      return [
        .paragraph("A token costs $2 N$ operations forward and $4 N$ backward, so $C = 6 N D$:"),
        .steps([
          Step("C = 6 · \(large(n)) · \(large(d)) = \(large(c))"),
          Step(
            "\\text{seconds} = \\frac{\(large(c))}{\(plainNumber(gpus)) · \(large(peak)) · \(plainNumber(use))} = \(large(days * day))"
          ),
          Step("\\text{days} = \\frac{\(large(days * day))}{86400} = \(large(days))"),
          Step("\\frac{D}{N} = \\frac{\(large(d))}{\(large(n))} = \(large(d / n))"),
        ]),
      ]
    case .split(let c, let k)?:
      let n = (c / (6 * k)).squareRoot()
      return [
        .paragraph("With $D = k N$ the rule $C = 6 N D$ becomes $C = 6 k N^2$:"),
        .steps([
          Step(
            "N = \\sqrt{\\frac{C}{6 k}} = \\sqrt{\\frac{\(large(c))}{6 · \(plainNumber(k))}} = \(large(n))"
          ),
          Step("D = \(plainNumber(k)) · \(large(n)) = \(large(k * n))"),
        ]),
      ]
    case nil: return []
    }
  }
}
