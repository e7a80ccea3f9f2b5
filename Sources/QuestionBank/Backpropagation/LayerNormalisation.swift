import Calculus
import ExamModel
import Typesetting

/// Layer normalisation: each sample by its own mean and standard deviation.
enum LayerNormalisation: QuestionFamily {
  static let heading = Heading("backprop.layernorm-forward", "Layer normalisation", difficulty: 3)

  /// Two rows; the first is asked for.
  struct Parameters: Codable, Sendable, Equatable {
    let rows: [[Int]]
    var values: [[Double]] { rows.map { $0.map(Double.init) } }
    var first: Normalising { Normalising(values[0]) }
  }

  static let parts = [Part.fraction("row", .vector)]

  static let misconceptions: [Misconception] = [
    .core("batch-axis", "Layer normalisation works along each row; you normalised the columns."),
    .core("not-square-rooted", "Divide by the standard deviation, not by the variance."),
    .optional("not-centred", "Subtract the row's mean first."),
    .optional("unbiased", "The variance is the mean of the squared distances: divide by n."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    guard let first = Normalising.pleasant(4, from: &dice),
      let second = Normalising.pleasant(4, from: &dice)
    else { return nil }
    return Parameters(rows: [first, second])
  }

  static func objection(to p: Parameters) -> String? {
    guard p.rows.count == 2, p.rows[0].count == p.rows[1].count else {
      return "rows are two lists of one length"
    }
    return Normalising.objection(to: p.rows[0], called: "the first row")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.first.normal.map(nearFraction))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let (xs, n) = (p.values[0], Double(p.rows[0].count))
    let (sum, squares) = (xs.sum, xs.map { $0 * $0 }.sum)
    let below = (n * squares - sum * sum).squareRoot()
    return AnswerKey(xs.map { (n * $0 - sum) / below })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (a, b) = (p.values[0], p.values[1])
    let (row, n) = (p.first, Double(a.count))
    Mistake("batch-axis", "row", zip(a, b).map { $0 == $1 ? 0.0 : $0 > $1 ? 1 : -1 })
    Mistake("not-square-rooted", "row", row.normal.map { $0 / row.std })
    if row.mean != 0 { Mistake("not-centred", "row", a.map { $0 / row.std }) }
    Mistake("unbiased", "row", row.normal.map { $0 * ((n - 1) / n).squareRoot() })
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Two samples with four features each are the rows of"
    Block.formula("X = \(grid(p.rows))")
    "Layer normalisation without learnt scale and shift is applied; take $ε$ as negligible."
    ask("row", "the first row after layer normalisation")
  }

  static func solve(_ p: Parameters) -> Document {
    let row = p.first
    "The first row has mean $\(row.mean)$ and variance $\(row.std * row.std)$, divided by $n$:"
    steps("\\frac{x - \(factor: row.mean)}{\(row.std)} = \(shown(row.normal))")
  }
}
