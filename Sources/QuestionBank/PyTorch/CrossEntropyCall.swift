import Calculus
import ExamModel
import Typesetting

/// What `CrossEntropyLoss` of PyTorch averages over: all samples, those not ignored, or weights.
enum CrossEntropyCall: QuestionFamily {
  static let heading = Heading(
    "torch.cross-entropy-call", "Cross-entropy as PyTorch averages it", difficulty: 3)

  /// Logits are logarithms of `n`, one row a sample; classes count from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let n: [[Int]]
    let targets, weights: [Int]
    let ignoredSample: Int

    var losses: [Double] {
      zip(n, targets).map { -Elementary.log(Double($0[$1]) / Double($0.sum)) }
    }
    var kept: [Double] { losses.indices.filter { $0 != ignoredSample }.map { losses[$0] } }
    var chosen: [Double] { targets.map { Double(weights[$0]) } }
    var weighted: Double { dot(chosen, losses) / chosen.sum }
  }

  static let parts = [Part.real("mean"), Part.real("ignored"), Part.real("weighted")]

  static let misconceptions: [Misconception] = [
    .core("softmax-twice", "CrossEntropyLoss takes logits: it applies the softmax itself."),
    .core("summed", "The default reduction is the mean."),
    .core("divided-by-all", "Ignored samples do not count in the denominator either."),
    .core("weights-over-n", "PyTorch divides by the sum of the targets' weights."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      n: (0..<3).map { _ in dice.draw(3, from: 1...6) },
      targets: (0..<3).map { _ in dice.below(3) }, weights: dice.draw(3, from: 1...4),
      ignoredSample: dice.below(3))
    return Set(p.targets).count < 2 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "weights", p.weights, count: 2...8)
      ?? within(0...p.weights.count - 1, "targets", p.targets, count: 2...8)
      ?? within(1...1000, "n", p.n, rows: p.targets.count, columns: p.weights.count)
      ?? within(0...p.n.count - 1, "ignoredSample", p.ignoredSample)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.losses.mean, p.kept.mean, p.weighted)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // All three are weighted means of logsumexp − logit, with different weights.
    let losses = zip(p.n, p.targets).map { row, target in
      Elementary.log(row.map { Elementary.exp(Elementary.log(Double($0))) }.sum)
        - Elementary.log(Double(row[target]))
    }
    func mean(_ weight: (Int) -> Double) -> Double {
      let weights = losses.indices.map(weight)
      return zip(weights, losses).map { $0 * $1 }.sum / weights.sum
    }
    return AnswerKey(
      mean { _ in 1 }, mean { $0 == p.ignoredSample ? 0 : 1 },
      mean { Double(p.weights[p.targets[$0]]) })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let twice = zip(p.n, p.targets).map { row, target in
      -Elementary.log(Elementary.softmax(row.map { Double($0) / Double(row.sum) })[target])
    }
    let count = Double(p.n.count)
    Mistake("softmax-twice", "mean", twice.mean)
    Mistake("summed", "mean", p.losses.sum)
    Mistake("divided-by-all", "ignored", p.kept.sum / count)
    Mistake("weights-over-n", "weighted", dot(p.chosen, p.losses) / count)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = zip(p.n, p.targets).map { $0.map { "$\\ln \($0)$" } + ["\($1)"] }
    "Three samples have these logits for the classes 0, 1 and 2, and these targets:"
    Block.table(header: ["class 0", "class 1", "class 2", "target"], rows: rows)
    ask("mean", "`CrossEntropyLoss()(logits, targets)`")
    ask(
      "ignored",
      "the same where the target of sample \(p.ignoredSample + 1) is `-100`, the default `ignore_index`"
    )
    ask(
      "weighted",
      "with `weight=torch.tensor([\(p.weights.map(String.init).joined(separator: ", "))])` instead")
  }

  static func solve(_ p: Parameters) -> Document {
    let terms = zip(p.n, p.targets).map { "-\\ln \\frac{\($0[$1])}{\($0.sum)}" }
    "The losses of the samples are $\(terms.joined(separator: ", "))$, that is"
    steps("\(tuple(p.losses, decimals: 4))")
    "Without more they are averaged; ignored samples count neither above nor below; class weights are divided by their sum over the targets:"
    steps(
      "\\frac{\(p.losses.sum, decimals: 4)}{\(p.n.count)} = \(p.losses.mean, decimals: 3)",
      "\\frac{\(p.kept.sum, decimals: 4)}{\(p.kept.count)} = \(p.kept.mean, decimals: 3)",
      "\\frac{\(dot(p.chosen, p.losses), decimals: 4)}{\(p.chosen.sum)} = \(p.weighted, decimals: 3)"
    )
  }
}
