import ExamModel
import Typesetting

/// An entry after a transpose and after a reshape: only the first moves numbers about.
enum ReshapeIndex: QuestionFamily {
  static let heading = Heading("matdim.reshape-index", "Transpose and reshape", difficulty: 3)

  /// `x = arange(m n).view(m, n)`; asked is entry (i, j), from 0, of both n × m matrices.
  struct Parameters: Codable, Sendable, Equatable { let m, n, i, j: Int }

  static let parts = [
    Part("transposed", .integer, mayBeObvious: true),
    Part("reshaped", .integer, mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "transpose-as-reshape",
      "Transposing swaps the indices: entry (i, j) of x.T is entry (j, i) of x."),
    .core(
      "reshape-as-transpose",
      "A reshape keeps the row-major order and only cuts the rows anew; it does not move numbers."),
    .optional("not-transposed", "That is entry (i, j) of x itself; the transpose swaps them."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (m, n) = (dice.integer(in: 2...7), dice.integer(in: 2...7))
    let p = Parameters(m: m, n: n, i: dice.integer(in: 0...n - 1), j: dice.integer(in: 0...m - 1))
    return m == n || p.i + p.j == 0 || p.j * n + p.i == p.i * m + p.j ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "m and n", p.m, p.n) ?? within(0...p.n - 1, "i", p.i)
      ?? within(0...p.m - 1, "j", p.j)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.j * p.n + p.i, p.i * p.m + p.j)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Write all numbers down.
    let numbers = Array(0..<p.m * p.n)
    let x = (0..<p.m).map { Array(numbers[$0 * p.n..<($0 + 1) * p.n]) }
    let reshaped = (0..<p.n).map { Array(numbers[$0 * p.m..<($0 + 1) * p.m]) }
    return AnswerKey(x[p.j][p.i], reshaped[p.i][p.j])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("transpose-as-reshape", "transposed", p.i * p.m + p.j)
    Mistake("reshape-as-transpose", "reshaped", p.j * p.n + p.i)
    if p.i < p.m && p.j < p.n { Mistake("not-transposed", "transposed", p.i * p.n + p.j) }
  }

  static func pose(_ p: Parameters) -> Prompt {
    "In PyTorch `x = torch.arange(\(p.m * p.n)).view(\(p.m), \(p.n))`. Indices start at 0."
    ask("transposed", "`x.T[\(p.i), \(p.j)]`")
    ask("reshaped", "`x.reshape(\(p.n), \(p.m))[\(p.i), \(p.j)]`")
  }

  static func solve(_ p: Parameters) -> Document {
    "Row by row, $x_{r, c} = \(p.n) r + c$. The transpose swaps the indices:"
    steps("x^\\top_{\(p.i), \(p.j)} = \(p.n) · \(p.j) + \(p.i) = \(p.j * p.n + p.i)")
    "A reshape reads the same numbers in the same order, now with rows of \(p.m):"
    steps("\(p.m) · \(p.i) + \(p.j) = \(p.i * p.m + p.j)")
  }
}
