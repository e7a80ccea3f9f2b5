import Calculus
import ExamModel
import Typesetting

/// Macro, micro and weighted averages over three classes.
enum MulticlassAverages: QuestionFamily {
  static let heading = Heading(
    "ml.multiclass-averages", "Macro, micro and weighted averages", difficulty: 3, version: 2)

  /// Rows are true classes, columns predicted ones.
  struct Parameters: Codable, Sendable, Equatable {
    let confusion: [[Int]]

    var columns: [[Int]] { transposed(confusion) }
    var accuracy: Rational { Rational(trace, total) }
    var trace: Int { confusion.indices.map { confusion[$0][$0] }.sum }
    var total: Int { confusion.map(\.sum).sum }
    private func shares(_ lines: [[Int]]) -> [Double] {
      lines.indices.map { Double(lines[$0][$0]) / Double(lines[$0].sum) }
    }
    var recalls: [Double] { shares(confusion) }
    var precisions: [Double] { shares(columns) }
    var f1: [Double] {
      confusion.indices.map { i in
        2 * Double(confusion[i][i]) / Double(confusion[i].sum + columns[i].sum)
      }
    }
  }

  static let parts = [
    Part.fraction("macroF1", weight: 2), Part.fraction("microF1"), Part.fraction("weightedRecall"),
  ]

  static let misconceptions: [Misconception] = [
    .core("micro-for-macro", "That is the micro average; macro averages the F1 of the classes."),
    .core(
      "f1-of-averages", "Average the F1 scores; do not take F1 of average precision and recall."),
    .optional("macro-precision", "That is the mean precision; take F1 of each class first."),
    .core("macro-recall-for-weighted", "Weigh each class's recall by how many samples it has."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      confusion: (0..<3).map { i in
        (0..<3).map { j in dice.integer(in: i == j ? 1...12 : 0...9) }
      })
    return p.total > 60 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(2...4, "the number of classes", p.confusion.count)
      ?? within(
        0...1000, "confusion", p.confusion, rows: p.confusion.count, columns: p.confusion.count)
      ?? unless(
        p.confusion.indices.allSatisfy { p.confusion[$0][$0] > 0 },
        "each class is found at least once")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(nearFraction(p.f1.mean), p.accuracy, p.accuracy)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // F1 as a harmonic mean; micro from summed counts; recall weighted by the rows.
    let harmonic = zip(p.precisions, p.recalls).map { 2 / (1 / $0 + 1 / $1) }
    let wrong = p.total - p.trace
    let rows = p.confusion.map { Double($0.sum) }
    return AnswerKey(
      harmonic.mean, 2 * Double(p.trace) / Double(2 * p.trace + wrong + wrong),
      dot(rows, p.recalls) / rows.sum)
  }

  static func twins(_ p: Parameters) -> [Set<PartID>] { [["microF1", "weightedRecall"]] }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (precision, recall) = (p.precisions.mean, p.recalls.mean)
    Mistake("micro-for-macro", "macroF1", p.accuracy)
    Mistake("f1-of-averages", "macroF1", 2 * precision * recall / (precision + recall))
    Mistake("macro-precision", "macroF1", precision)
    Mistake("macro-recall-for-weighted", "weightedRecall", recall)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = p.confusion.indices.map { i in
      ["true \(i)"] + p.confusion[i].map { "\($0)" }
    }
    "A classifier has this confusion matrix:"
    Block.table(header: [""] + p.confusion.indices.map { "predicted \($0)" }, rows: rows)
    ask("macroF1", "the macro-averaged F1 score")
    ask("microF1", "the micro-averaged F1 score")
    ask("weightedRecall", "the recall, averaged over the classes by their numbers of samples")
  }

  static func solve(_ p: Parameters) -> Document {
    "The F1 of a class is $2 \\text{TP} / (\\text{row sum} + \\text{column sum})$:"
    steps("F_1 = \(shown(p.f1))", "\\text{macro} = \(shown(p.f1.mean))")
    "Micro-averaged, each error is once a false positive and once a false negative, so F1 is the accuracy; so is the recall weighted by the classes' sizes:"
    steps("\\frac{\(p.trace)}{\(p.total)} = \(shown(p.accuracy))")
  }
}
