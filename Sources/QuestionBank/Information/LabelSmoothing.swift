import Calculus
import ExamModel
import Typesetting

/// Cross-entropy with smoothed labels, as PyTorch defines it: (1 − ε) one-hot + ε / K.
enum LabelSmoothing: QuestionFamily {
  static let heading = Heading("info.label-smoothing", "Label smoothing", difficulty: 3)

  /// Probabilities are shares of `n`; the label counts from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let eps: Rational
    let n: [Int]
    let label: Int

    var classes: Double { Double(n.count) }
    var surprise: [Double] { n.map { -Elementary.log(Double($0) / Double(n.sum)) } }
    func target(_ right: Double, _ rest: Double) -> [Double] {
      n.indices.map { $0 == label ? right : rest }
    }
    var smooth: [Double] {
      let share = eps.value / classes
      return target(1 - eps.value + share, share).map(nearFraction)
    }
    var overOthers: [Double] { target(1 - eps.value, eps.value / (classes - 1)) }
  }

  static let parts = [
    Part.fraction("target", .vector, to: 4), Part.real("loss", dependsOn: ["target"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("split-over-others", "PyTorch spreads ε over all K classes, the right one too."),
    .core("target-not-topped-up", "The right class gets its share ε / K on top of 1 − ε."),
    .core("no-smoothing", "That is the loss for the hard label; the other classes count too."),
    .optional("split-over-others-loss", "PyTorch spreads ε over all K classes, the right one too."),
    .optional("target-term-only", "The other classes have a small share of the loss as well."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let n = dice.integers(dice.integer(in: 3...4), in: 1...7)
    return Parameters(eps: dice.pick([1, 2, 3], over: 10), n: n, label: dice.below(n.count))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "n", p.n, count: 2...10) ?? within(0...p.n.count - 1, "label", p.label)
      ?? positive("eps", p.eps, below: 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let target = key.vector(p.smooth)
    key.write(dot(target, p.surprise))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // A mixture: the hard label's loss and the mean loss over all classes.
    let (hard, all) = (p.surprise[p.label], p.surprise.mean)
    let onehot = p.target(1, 0)
    return AnswerKey(
      onehot.map { $0 + p.eps.value * (1 / p.classes - $0) }, hard + p.eps.value * (all - hard))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let hard = p.surprise[p.label]
    Mistake("split-over-others", "target", p.overOthers)
    Mistake("target-not-topped-up", "target", p.target(1 - p.eps.value, p.eps.value / p.classes))
    Mistake("no-smoothing", "loss", hard)
    Mistake("split-over-others-loss", "loss", dot(p.overOthers, p.surprise))
    Mistake("target-term-only", "loss", (1 - p.eps.value) * hard)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let shares = p.n.map { "\\frac{\($0)}{\(p.n.sum)}" }.joined(separator: ", ")
    """
    A classifier gives the \(p.n.count) classes the probabilities $(\(shares))$. The right class is \
    number \(p.label), counted from 0. It is trained with \
    `CrossEntropyLoss(label_smoothing=\(plainNumber(p.eps.value)))` of PyTorch, which mixes the \
    one-hot target with the uniform distribution over all classes.
    """
    ask("target", "the smoothed target distribution")
    ask("loss", "the loss of this sample, in nats")
  }

  static func solve(_ p: Parameters) -> Document {
    let terms = zip(p.smooth, p.surprise).map {
      "\(fraction($0)) · \(plainNumber($1, decimals: 4))"
    }
    "Every class gets $ε / K = \(shown(p.eps.value / p.classes, decimals: 4))$, the right one $1 - ε$ on top:"
    steps("y = \(shown(p.smooth, decimals: 4))")
    "The loss weighs the negative logarithms with it:"
    steps(
      "-\\sum_i y_i \\ln p_i = \(terms.joined(separator: " + ")) = \(dot(p.smooth, p.surprise), decimals: 3)"
    )
  }
}
