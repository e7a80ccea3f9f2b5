import Calculus
import ExamModel
import Typesetting

/// The AUC as the share of pairs in the right order, ties counting half.
enum AreaUnderROC: QuestionFamily {
  static let heading = Heading("ml.roc-auc", "AUC from ranked pairs", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let scores, labels: [Int]

    func scores(of label: Int) -> [Int] { zip(scores, labels).filter { $1 == label }.map(\.0) }
    var pairs: Int { scores(of: 1).count * scores(of: 0).count }
    func auc(_ ordered: (right: Int, tied: Int), tie: Rational = Rational(1, 2)) -> Rational {
      (Rational(ordered.right) + tie * Rational(ordered.tied)) / Rational(pairs)
    }
    /// Pairs in which the positive has the higher score, and ties.
    var ordered: (right: Int, tied: Int) {
      let pairs = scores(of: 1).flatMap { positive in scores(of: 0).map { positive - $0 } }
      return (pairs.count { $0 > 0 }, pairs.count { $0 == 0 })
    }
  }

  static let parts = [Part("pairs", .integer), Part.fraction("auc", weight: 2)]

  static let misconceptions: [Misconception] = [
    .core("discordant", "You counted the pairs in the wrong order."),
    .optional("accuracy", "That is the accuracy at one threshold; the AUC uses none."),
    .optional("ties-count-full", "A tie counts half."),
    .optional("ties-count-zero", "A tie counts half, not nothing."),
    .core("all-ordered-pairs", "Only pairs of one positive and one negative count."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("pairs", because: "it is the product of two counts of two to four")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (positives, negatives) = (dice.integer(in: 2...4), dice.integer(in: 2...4))
    return Parameters(
      scores: dice.integers(positives + negatives, in: 1...9),
      labels: (0..<positives + negatives).map { $0 < positives ? 1 : 0 })
  }

  static func objection(to p: Parameters) -> String? {
    within(0...1000, "scores", p.scores, count: 2...20)
      ?? within(0...1, "labels", p.labels, count: p.scores.count)
      ?? unless(Set(p.labels).count == 2, "both labels occur")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.pairs, p.auc(p.ordered))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Trapezoids below the curve, threshold by threshold.
    let (positives, negatives) = (p.scores(of: 1), p.scores(of: 0))
    var (area, hits) = (0.0, 0.0)
    for score in Set(p.scores).sorted(by: >) {
      let gained = Double(positives.count { $0 == score }) / Double(positives.count)
      let width = Double(negatives.count { $0 == score }) / Double(negatives.count)
      area += width * (hits + gained / 2)
      hits += gained
    }
    return AnswerKey(positives.count * negatives.count, area)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (count, ordered) = (p.scores.count, p.ordered)
    let correct = zip(p.scores, p.labels).count { ($0 >= 5) == ($1 == 1) }
    Mistake("all-ordered-pairs", "pairs", count * (count - 1) / 2)
    Mistake("discordant", "auc", 1 - p.auc(ordered))
    Mistake("accuracy", "auc", Rational(correct, count))
    if ordered.tied > 0 {
      Mistake("ties-count-full", "auc", p.auc(ordered, tie: 1))
      Mistake("ties-count-zero", "auc", p.auc(ordered, tie: 0))
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A classifier gives the positive samples the scores $\(tuple(p.scores(of: 1)))$ and the negative \
    ones $\(tuple(p.scores(of: 0)))$; a higher score speaks for positive.
    """
    ask("pairs", "how many pairs of a positive and a negative sample there are")
    ask("auc", "the area under the ROC curve")
  }

  static func solve(_ p: Parameters) -> Document {
    let ordered = p.ordered
    """
    Of the \(p.scores(of: 1).count) · \(p.scores(of: 0).count) = \(p.pairs) pairs, \(ordered.right) \
    have the higher score at the positive sample, and \(ordered.tied) are tied, which counts half:
    """
    steps(
      "\\frac{\(ordered.right) + \\frac{1}{2} · \(ordered.tied)}{\(p.pairs)} = \(shown(p.auc(ordered)))"
    )
  }
}
