import ExamModel
import Typesetting

/// A chain of residual blocks y ← y + (w y + b): the factors are 1 + w.
enum ResidualChain: QuestionFamily {
  static let heading = Heading(
    "backprop.residual-chain", "A chain of residual blocks", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let w, b: [Int]
    let y0: Int
    var gradient: Int { w.reduce(1) { $0 * (1 + $1) } }
    var paths: Int { 1 << w.count }
  }

  static let parts = [Part("grad", .integer), Part("paths", .integer)]

  static let misconceptions: [Misconception] = [
    .core("no-skips", "Each block has a skip connection: its factor is 1 + w, not w."),
    .core("one-skip-overall", "Every block has a skip of its own, not the chain as a whole."),
    .optional("first-order", "1 + Σ w leaves out the paths through several blocks."),
    .optional("sum", "Blocks in a row multiply their slopes."),
    .core("paths-L+1", "At each block a path goes through it or past it: 2 choices each."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "paths", because: "two to four blocks are what can be multiplied out: 4, 8 or 16 paths")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let count = dice.integer(in: 2...4)
    return Parameters(
      w: dice.picks(count, from: [-4, -3, -2, 1, 2, 3, 4]),
      b: dice.integers(count, in: -2...2), y0: dice.integer(in: 1...4))
  }

  static func objection(to p: Parameters) -> String? {
    within(-20...20, "w", p.w, count: 1...10) ?? within(-20...20, "b", p.b, count: p.w.count)
      ?? within(-20...20, "y0", p.y0)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.gradient, p.paths) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Path by path: each subset of the blocks gives one product.
    let all = 0..<p.paths
    let sum = all.reduce(0) { sum, subset in
      sum + p.w.indices.reduce(1) { subset >> $1 & 1 == 1 ? $0 * p.w[$1] : $0 }
    }
    return AnswerKey(sum, all.count)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let product = p.w.reduce(1, *)
    Mistake("no-skips", "grad", product)
    Mistake("one-skip-overall", "grad", 1 + product)
    Mistake("first-order", "grad", 1 + p.w.sum)
    Mistake("sum", "grad", p.w.sum + p.w.count)
    Mistake("paths-L+1", "paths", p.w.count + 1)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let blocks = p.w.indices.map { "    y = y + (\(p.w[$0]) * y + \(p.b[$0]))" }
    "Residual blocks of one number each follow one another, with `y0 = \(p.y0)`:"
    Block.code(
      "def f(y):\n" + blocks.joined(separator: "\n").replacing("+ -", with: "- ")
        + "\n    return y")
    ask("grad", "the derivative of the result with respect to `y0`")
    ask(
      "paths", "along how many paths the gradient flows back to `y0`, through blocks or past them")
  }

  static func solve(_ p: Parameters) -> Document {
    let factors = p.w.map { "(1 + \(signed("\($0)")))" }.joined()
    "Each block has slope $1 + w$, the 1 from its skip connection; the biases play no part:"
    steps("\(factors) = \(p.gradient)")
    "Multiplied out, the product has a term for each path: $2^\(p.w.count) = \(p.paths)$."
  }
}
