import Calculus
import ExamModel
import Typesetting

/// Precision, recall, F1, accuracy and specificity of a table of two classes.
///
/// P = TP/(TP + FP), R = TP/(TP + FN), F1 = 2PR/(P + R) = 2TP/(2TP + FP + FN).
enum ConfusionMetrics: QuestionFamily {
  static let heading = Heading(
    "ml.confusion-metrics", "Metrics of a confusion table", difficulty: 1)

  struct Parameters: Codable, Sendable, Equatable {
    let tp, fp, fn, tn: Int

    enum CodingKeys: String, CodingKey {
      case tp = "TP"
      case fp = "FP"
      case fn = "FN"
      case tn = "TN"
    }

    var precision: Rational { Rational(tp, tp + fp) }
    var recall: Rational { Rational(tp, tp + fn) }
    var f1: Rational { Rational(2 * tp, 2 * tp + fp + fn) }
    var accuracy: Rational { Rational(tp + tn, tp + fp + fn + tn) }
    var specificity: Rational { Rational(tn, tn + fp) }
  }

  static let parts = [
    Part.fraction("precision", to: 4),
    Part.fraction("recall", to: 4),
    Part.fraction("f1", to: 4, dependsOn: ["precision", "recall"]),
    Part.fraction("accuracy", to: 4),
    Part.fraction("specificity", to: 4),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "recall-for-precision",
      "That is the recall. Precision looks at what was predicted positive: divide TP by TP + FP."),
    .optional(
      "specificity-for-precision",
      "That is the specificity, which looks at the true negatives; precision is TP/(TP + FP)."),
    .core(
      "precision-for-recall",
      "That is the precision. Recall looks at what is truly positive: divide TP by TP + FN."),
    .core(
      "arithmetic-mean",
      "F1 is the harmonic mean of precision and recall, not their arithmetic mean."),
    .optional("geometric-mean", "F1 is the harmonic mean, not the square root of the product."),
    .optional(
      "jaccard",
      "TP/(TP + FP + FN) is the Jaccard index; F1 counts the true positives twice above and below."),
    .optional("accuracy-for-f1", "That is the accuracy; F1 leaves the true negatives out."),
    .optional(
      "npv-for-specificity",
      "TN/(TN + FN) is the negative predictive value; specificity divides by all true negatives and false positives."
    ),
    .optional(
      "fpr-for-specificity", "That is the false positive rate, which is 1 minus the specificity."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      tp: dice.integer(in: 5...40), fp: dice.integer(in: 2...30), fn: dice.integer(in: 2...30),
      tn: dice.integer(in: 10...80))
    return p.fp == p.fn ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(0...1_000_000, "FP and FN", p.fp, p.fn) ?? within(1...1_000_000, "TP and TN", p.tp, p.tn)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let precision = key.number(p.precision.value)
    let recall = key.number(p.recall.value)
    key.write(2 * precision * recall / (precision + recall))
    key.write(p.accuracy.value)
    key.write(p.specificity.value)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Every sample on its own, as a truth and a prediction.
    let samples: [(truth: Bool, said: Bool)] =
      Array(repeating: (true, true), count: p.tp) + Array(repeating: (false, true), count: p.fp)
      + Array(repeating: (true, false), count: p.fn) + Array(repeating: (false, false), count: p.tn)
    func share(
      _ isRight: ((truth: Bool, said: Bool)) -> Bool, among: ((truth: Bool, said: Bool)) -> Bool
    )
      -> Double
    {
      let group = samples.filter(among)
      return Double(group.count(where: isRight)) / Double(group.count)
    }
    let precision = share({ $0.truth }, among: { $0.said })
    let recall = share({ $0.said }, among: { $0.truth })
    return AnswerKey(
      precision, recall, 2 / (1 / precision + 1 / recall),
      share({ $0.truth == $0.said }, among: { _ in true }),
      share({ !$0.said }, among: { !$0.truth }))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (precision, recall) = (p.precision.value, p.recall.value)
    Mistake("recall-for-precision", "precision", recall)
    Mistake("specificity-for-precision", "precision", p.specificity.value)
    Mistake("precision-for-recall", "recall", precision)
    Mistake("arithmetic-mean", "f1", (precision + recall) / 2)
    Mistake("geometric-mean", "f1", (precision * recall).squareRoot())
    Mistake("jaccard", "f1", Double(p.tp) / Double(p.tp + p.fp + p.fn))
    Mistake("accuracy-for-f1", "f1", p.accuracy.value)
    Mistake("npv-for-specificity", "specificity", Double(p.tn) / Double(p.tn + p.fn))
    Mistake("fpr-for-specificity", "specificity", 1 - p.specificity.value)
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    [
      "precision": p.precision.description, "recall": p.recall.description, "f1": p.f1.description,
      "accuracy": p.accuracy.description, "specificity": p.specificity.description,
    ]
  }

  static func pose(_ p: Parameters) -> Prompt {
    "A classifier for two classes was tested. The counts of its predictions are"
    Block.table(
      header: ["", "predicted positive", "predicted negative"],
      rows: [
        ["truly positive", "\(p.tp)", "\(p.fn)"], ["truly negative", "\(p.fp)", "\(p.tn)"],
      ])
    "Give fractions, or decimals to 4 places."
    ask("precision", "the precision")
    ask("recall", "the recall")
    ask("f1", "the $F_1$ score")
    ask("accuracy", "the accuracy")
    ask("specificity", "the specificity")
  }

  static func solve(_ p: Parameters) -> Document {
    """
    True positives are $TP = \(p.tp)$, false positives $FP = \(p.fp)$, false negatives \
    $FN = \(p.fn)$ and true negatives $TN = \(p.tn)$.
    """
    steps(
      "\\text{precision} = \\frac{TP}{TP + FP} = \\frac{\(p.tp)}{\(p.tp) + \(p.fp)} = \(shown(p.precision, decimals: 4))",
      "\\text{recall} = \\frac{TP}{TP + FN} = \\frac{\(p.tp)}{\(p.tp) + \(p.fn)} = \(shown(p.recall, decimals: 4))",
      """
      F_1 = \\frac{2 · TP}{2 · TP + FP + FN} = \\frac{2 · \(p.tp)}{2 · \(p.tp) + \(p.fp) + \(p.fn)} = \
      \(shown(p.f1, decimals: 4))
      """,
      """
      \\text{accuracy} = \\frac{TP + TN}{TP + FP + FN + TN} = \
      \\frac{\(p.tp) + \(p.tn)}{\(p.tp) + \(p.fp) + \(p.fn) + \(p.tn)} = \(shown(p.accuracy, decimals: 4))
      """,
      "\\text{specificity} = \\frac{TN}{TN + FP} = \\frac{\(p.tn)}{\(p.tn) + \(p.fp)} = \(shown(p.specificity, decimals: 4))"
    )
    "The $F_1$ score is the harmonic mean $\\frac{2 P R}{P + R}$ of precision and recall."
  }
}
