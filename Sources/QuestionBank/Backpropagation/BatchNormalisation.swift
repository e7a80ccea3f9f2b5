import Calculus
import ExamModel
import Typesetting

/// Batch normalisation of one feature, as PyTorch does it: forward, running statistics, evaluation.
enum BatchNormalisation: QuestionFamily {
  static let heading = Heading(
    "backprop.batchnorm-forward", "Batch normalisation, forward", difficulty: 4, version: 2)

  /// Running statistics are those before this batch.
  struct Parameters: Codable, Sendable, Equatable {
    let x: [Int]
    let gamma, beta, runMean, runVar, xEval: Int

    var batch: Normalising { Normalising(x.map(Double.init)) }
    var count: Double { Double(x.count) }
    /// The running statistics after this batch; the variance is divided by n − 1.
    func newMean(_ b: Normalising) -> Double { 0.9 * Double(runMean) + 0.1 * b.mean }
    func unbiased(_ b: Normalising) -> Double { b.std * b.std * count / (count - 1) }
    func newVar(_ b: Normalising) -> Double { 0.9 * Double(runVar) + 0.1 * unbiased(b) }
    var eval: Double { affine(Double(xEval - runMean) / Double(runVar).squareRoot()) }
    func affine(_ normal: Double) -> Double { Double(gamma) * normal + Double(beta) }
  }

  static let parts = [
    Part.fraction("y", .vector, weight: 2), Part.fraction("runMean"), Part.fraction("runVar"),
    Part.fraction("eval", mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("not-square-rooted", "Divide by the standard deviation, not by the variance."),
    .core("no-affine", "After normalising, multiply by γ and add β."),
    .optional("unbiased-in-forward", "The batch is normalised with the variance divided by n."),
    .core("running-biased", "PyTorch keeps the variance divided by n − 1."),
    .core("momentum-reversed", "In PyTorch the momentum 0.1 weighs the new value, 0.9 the old."),
    .core("batch-stats-in-eval", "In evaluation the running statistics are used, not a batch's."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    guard let x = Normalising.pleasant(dice.integer(in: 4...5), from: &dice) else { return nil }
    return Parameters(
      x: x, gamma: dice.pick([-2, -1, 2, 3]), beta: dice.integer(in: -3...3),
      runMean: dice.integer(in: -2...2), runVar: dice.pick([1, 4, 9, 16, 25]),
      xEval: dice.integer(in: -3...6))
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "gamma, beta, runMean and xEval", p.gamma, p.beta, p.runMean, p.xEval)
      ?? within(1...10_000, "runVar", p.runVar) ?? Normalising.objection(to: p.x, called: "x")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let b = p.batch
    key.fractions(b.normal.map(p.affine))
    key.fraction(p.newMean(b))
    key.fraction(p.newVar(b))
    key.fraction(p.eval)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // From the sums of x and x² alone.
    let n = p.count
    let sum = Double(p.x.sum)
    let squares = Double(p.x.reduce(0) { $0 + $1 * $1 })
    let spread = squares - sum * sum / n
    let scale = Double(p.gamma) / (spread / n).squareRoot()
    let shift = Double(p.beta) - scale * sum / n
    let runScale = Double(p.gamma) / Double(p.runVar).squareRoot()
    return AnswerKey(
      p.x.map { scale * Double($0) + shift }, (9 * Double(p.runMean) + sum / n) / 10,
      (9 * Double(p.runVar) + spread / (n - 1)) / 10,
      runScale * Double(p.xEval) + Double(p.beta) - runScale * Double(p.runMean))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let b = p.batch
    let wide = b.std * (p.count / (p.count - 1)).squareRoot()
    Mistake("not-square-rooted", "y", b.normal.map { p.affine($0 / b.std) })
    Mistake("no-affine", "y", b.normal)
    Mistake("unbiased-in-forward", "y", b.normal.map { p.affine($0 * b.std / wide) })
    Mistake("running-biased", "runVar", 0.9 * Double(p.runVar) + 0.1 * b.std * b.std)
    Mistake("momentum-reversed", "runMean", 0.1 * Double(p.runMean) + 0.9 * b.mean)
    Mistake("batch-stats-in-eval", "eval", p.affine((Double(p.xEval) - b.mean) / b.std))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    One feature of a batch, $x = \(tuple(p.x))$, goes through `BatchNorm1d` of PyTorch with \
    $γ = \(p.gamma)$, $β = \(p.beta)$ and momentum 0.1. Its running mean is $\(p.runMean)$ and its \
    running variance $\(p.runVar)$. Take $ε$ as negligible.
    """
    ask("y", "the outputs for this batch, in training")
    ask("runMean", "the running mean after this batch")
    ask("runVar", "the running variance after this batch")
    ask(
      "eval",
      "the output for the input $\(p.xEval)$ in evaluation, with the running statistics from before this batch"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    let b = p.batch
    "The batch has mean $\(b.mean)$ and, divided by $n$, variance $\(b.std * b.std)$:"
    steps("y = γ \\frac{x - μ}{σ} + β = \(shown(b.normal.map(p.affine)))")
    "The running variance takes the one divided by $n - 1$, $\(shown(p.unbiased(b)))$:"
    steps(
      "0.9 · \(factor: p.runMean) + 0.1 · \(factor: b.mean) = \(shown(p.newMean(b)))",
      "0.9 · \(p.runVar) + 0.1 · \(fraction(p.unbiased(b))) = \(shown(p.newVar(b)))")
    "In evaluation the running statistics take the batch's place:"
    steps("γ \\frac{\(p.xEval) - \(factor: p.runMean)}{\\sqrt{\(p.runVar)}} + β = \(shown(p.eval))")
  }
}
