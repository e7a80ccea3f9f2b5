import ExamModel
import Typesetting

/// The Jacobian of y = x W with respect to x, all axes kept.
enum JacobianShape: QuestionFamily {
  static let heading = Heading("backprop.jacobian-shape", "The shape of a Jacobian", difficulty: 3)

  /// x is n × d and W is d × m.
  struct Parameters: Codable, Sendable, Equatable { let n, d, m: Int }

  static let parts = [Part("shape", .shape), Part("entries", .integer), Part("nonzero", .integer)]

  static let misconceptions: [Misconception] = [
    .core("output-shape", "That is the shape of y; each of its entries has a slope for each of x."),
    .core("weight-shape", "That is the shape of W; it holds for one sample, turned round."),
    .core("one-sample", "That is the Jacobian of one sample; here there are n, with all pairs."),
    .optional("input-first", "The axes of the output come first, then those of the input."),
    .core("all-nonzero", "A row of y depends on the same row of x only: the rest is 0."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let sizes = dice.draw(3, from: 2...9)
    return Parameters(n: sizes[0], d: sizes[1], m: sizes[2])
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "n, d and m", p.n, p.d, p.m)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(AnswerValue.shape([p.n, p.m, p.n, p.d]), p.n * p.n * p.m * p.d, p.n * p.m * p.d)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Count the pairs of entries one by one.
    var (entries, nonzero) = (0, 0)
    for row in 0..<p.n {
      for _ in 0..<p.m {
        for other in 0..<p.n {
          entries += p.d
          nonzero += row == other ? p.d : 0
        }
      }
    }
    return AnswerKey(AnswerValue.shape([p.n, p.m] + [p.n, p.d]), entries, nonzero)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("output-shape", "shape", .shape([p.n, p.m]))
    Mistake("weight-shape", "shape", .shape([p.d, p.m]))
    Mistake("one-sample", "shape", .shape([p.m, p.d]))
    Mistake("input-first", "shape", .shape([p.n, p.d, p.n, p.m]))
    Mistake("all-nonzero", "nonzero", p.n * p.n * p.m * p.d)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "$y = x W$ for a batch $x$ of shape `(\(p.n), \(p.d))`, one sample a row, and $W$ of shape `(\(p.d), \(p.m))`."
    ask("shape", "the shape of $\\frac{∂y}{∂x}$ with all axes kept, those of $y$ first")
    ask("entries", "how many entries it has")
    ask("nonzero", "how many of them can differ from 0")
  }

  static func solve(_ p: Parameters) -> Document {
    "Every entry of $y$, `(\(p.n), \(p.m))`, has a slope for every entry of $x$: `(\(p.n), \(p.m), \(p.n), \(p.d))`."
    steps("\(p.n) · \(p.m) · \(p.n) · \(p.d) = \(p.n * p.n * p.m * p.d)")
    "Only slopes within one sample differ from 0, since samples do not mix:"
    steps("\(p.n) · \(p.m) · \(p.d) = \(p.n * p.m * p.d)")
  }
}
