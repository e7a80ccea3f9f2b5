import ExamModel
import Typesetting

/// Back through max pooling: the gradient goes to the winner of each pair.
enum MaxPooling: QuestionFamily {
  static let heading = Heading("backprop.maxpool", "Back through max pooling", difficulty: 2)

  /// Pairs of `x` are pooled; `g` arrives from above.
  struct Parameters: Codable, Sendable, Equatable {
    let x, g: [Int]

    func isLarger(_ i: Int) -> Bool { x[i] > x[i ^ 1] }
    func map(_ change: (_ i: Int, _ g: Double) -> Double) -> [Double] {
      x.indices.map { change($0, Double(g[$0 / 2])) }
    }
  }

  static let parts = [Part("dx", .vector)]

  static let misconceptions: [Misconception] = [
    .optional("spread-evenly", "That is average pooling; here the larger number takes all."),
    .core("copied-to-all", "The smaller number of a pair had no influence: its slope is 0."),
    .optional("times-value", "The maximum passes its slope on unchanged; its value plays no part."),
    .core("to-the-minimum", "The gradient goes to the larger number of each pair."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(x: dice.draw(6, from: -4...9), g: dice.picks(3, from: [-3, -2, 2, 3, 4]))
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "g", p.g, count: 1...10)
      ?? within(-1000...1000, "x", p.x, count: 2 * p.g.count)
      ?? unless(
        p.g.indices.allSatisfy { p.x[2 * $0] != p.x[2 * $0 + 1] },
        "the two numbers of a pair differ")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.map { i, g in p.isLarger(i) ? g : 0 })
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Lower each input a little and see which pooled sum falls.
    func loss(_ x: [Double]) -> Double {
      p.g.indices.reduce(0) { $0 + Double(p.g[$1]) * max(x[2 * $1], x[2 * $1 + 1]) }
    }
    let x = p.x.map(Double.init)
    return AnswerKey(
      x.indices.map { i in
        var near = x
        near[i] -= 0.5
        return (loss(x) - loss(near)) / 0.5
      })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("spread-evenly", "dx", p.map { _, g in g / 2 })
    Mistake("copied-to-all", "dx", p.map { _, g in g })
    Mistake("times-value", "dx", p.map { i, g in p.isLarger(i) ? g * Double(p.x[i]) : 0 })
    Mistake("to-the-minimum", "dx", p.map { i, g in p.isLarger(i) ? 0 : g })
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Max pooling with kernel 2 and stride 2 is applied to $x = \(tuple(p.x))$. Backward, \
    $\\frac{∂L}{∂y} = \(tuple(p.g))$ arrives at its three outputs.
    """
    ask("dx", "$\\frac{∂L}{∂x}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let winners = p.g.indices.map { max(p.x[2 * $0], p.x[2 * $0 + 1]) }
    "The outputs are $\(tuple(winners))$. A small change of the other inputs changes nothing, so"
    steps("\\frac{∂L}{∂x} = \(tuple(p.map { i, g in p.isLarger(i) ? g : 0 }))")
  }
}
