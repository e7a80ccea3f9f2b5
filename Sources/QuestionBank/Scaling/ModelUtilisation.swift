import ExamModel
import Typesetting

/// Model FLOPs utilisation: 6 N tokens/s over what the GPUs could do.
enum ModelUtilisation: QuestionFamily {
  static let heading = Heading("scale.mfu", "Model FLOPs utilisation", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let params: Double
    let gpus: Int
    let peak, tokensPerSecond: Double
    func share(_ factor: Double, gpus: Int) -> Double {
      factor * params * tokensPerSecond / (Double(gpus) * peak)
    }
    var mfu: Double { share(6, gpus: gpus) }
  }

  static let parts = [Part.estimate("mfu")]

  static let misconceptions: [Misconception] = [
    .core(
      "forward-only",
      "Training takes 6 FLOPs for each parameter and token: the backward pass counts twice."),
    .core(
      "recompute-counted", "Utilisation counts what the model needs, not what is computed again."),
    .core("one-gpu", "All GPUs could work: divide by their number."),
    .core("inverted", "What is used, divided by what could be used."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (params, gpus) = (
      dice.pick([1e9, 7e9, 8e9, 13e9, 30e9, 70e9]), dice.pick([8, 16, 64, 256])
    )
    let peak = dice.pick([300e12, 400e12, 1000e12])
    let goal = Double(dice.integer(in: 20...60)) / 100
    let tokens = goal * Double(gpus) * peak / (6 * params)
    let unit: Double = tokens > 10_000 ? 1000 : 100
    return Parameters(
      params: params, gpus: gpus, peak: peak, tokensPerSecond: (tokens / unit).rounded() * unit)
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1_000_000, "gpus", p.gpus)
      ?? within(1...1e20, "params, peak and tokensPerSecond", p.params, p.peak, p.tokensPerSecond)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.mfu) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By the time of a token: as it is, and as it would be at full speed.
    let ideal = (2 * p.params + 4 * p.params) / (p.peak * Double(p.gpus))
    return AnswerKey(ideal / (1 / p.tokensPerSecond))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("forward-only", "mfu", p.mfu / 3)
    Mistake("recompute-counted", "mfu", p.share(8, gpus: p.gpus))
    Mistake("one-gpu", "mfu", p.share(6, gpus: 1))
    Mistake("inverted", "mfu", 1 / p.mfu)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A model with $\(large(p.params))$ parameters trains on $\(large(p.tokensPerSecond))$ tokens a \
    second, on \(p.gpus) GPUs with a peak of $\(large(p.peak))$ FLOPs a second each. Take the rule of \
    $6 N$ FLOPs for each token.
    """
    ask("mfu", "the model FLOPs utilisation, as a fraction of 1, within 1 %")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "6 N · \\text{tokens/s} = 6 · \(large(p.params)) · \(large(p.tokensPerSecond)) = \(large(6 * p.params * p.tokensPerSecond))",
      "\\frac{\(large(6 * p.params * p.tokensPerSecond))}{\(p.gpus) · \(large(p.peak))} = \(large(p.mfu))"
    )
  }
}
