import ExamModel
import Typesetting

/// How many models a grid search with cross-validation trains.
enum ValidationCounts: QuestionFamily {
  static let heading = Heading(
    "ml.cv-counts", "Fits of a cross-validated grid search", difficulty: 1)

  struct Parameters: Codable, Sendable, Equatable {
    let n, folds: Int
    let grid: [Int]
    let refit: Bool
    var combinations: Int { grid.reduce(1, *) }
    var last: Int { refit ? 1 : 0 }
  }

  static let parts = [Part("fits", .integer), Part("trainSize", .integer), Part("loo", .integer)]

  static let misconceptions: [Misconception] = [
    .core("folds-forgotten", "Each combination is trained once for every fold."),
    .core("grid-added", "Every value meets every other: multiply the numbers of values."),
    .core("refit-miscounted", "A refit trains one more model, and only then."),
    .core("test-size", "That is the fold that is held out; the rest is for training."),
    .core("loo-minus-one", "Each of the n samples is held out once."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let folds = dice.pick([3, 4, 5, 10])
    let p = Parameters(
      n: folds * dice.integer(in: 12...60), folds: folds,
      grid: dice.integers(dice.integer(in: 2...3), in: 2...5), refit: dice.oneIn(2))
    return p.grid.sum == p.combinations ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(2...1000, "folds", p.folds) ?? within(p.folds...1_000_000, "n", p.n)
      ?? unless(p.n % p.folds == 0, "folds divide n")
      ?? within(1...100, "grid", p.grid, count: 1...6)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.folds * p.combinations + p.last, p.n - p.n / p.folds, p.n)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Fold by fold: every combination is trained on all folds but one.
    let fits = (0..<p.folds).map { _ in p.grid.reduce(1) { $0 * $1 } }.sum
    return AnswerKey(
      p.refit ? fits + 1 : fits, (1..<p.folds).map { _ in p.n / p.folds }.sum,
      (0..<p.n).count { $0 >= 0 })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let all = p.folds * p.combinations
    Mistake("folds-forgotten", "fits", p.combinations + p.last)
    Mistake("grid-added", "fits", p.folds * p.grid.sum + p.last)
    Mistake("refit-miscounted", "fits", p.refit ? all : all + 1)
    Mistake("test-size", "trainSize", p.n / p.folds)
    Mistake("loo-minus-one", "loo", p.n - 1)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A grid search over \(p.grid.count) hyperparameters with \
    \(p.grid.map(String.init).joined(separator: ", ")) values each, in this order, uses \
    \(p.folds)-fold cross-validation on \(p.n) samples. The best combination is \
    \(p.refit ? "trained once more on all samples at the end" : "not trained again at the end").
    """
    ask("fits", "how many models are trained")
    ask("trainSize", "on how many samples each of them is trained during the search")
    ask(
      "loo",
      "how many models a single leave-one-out cross-validation of one combination would train")
  }

  static func solve(_ p: Parameters) -> Document {
    let product = p.grid.map(String.init).joined(separator: " · ")
    steps(
      "\(p.folds) · \(product)\(p.refit ? " + 1" : "") = \(p.folds * p.combinations + p.last)",
      "\(p.n) - \\frac{\(p.n)}{\(p.folds)} = \(p.n - p.n / p.folds)")
    "Leaving one out holds out each sample once: \(p.n) models."
  }
}
