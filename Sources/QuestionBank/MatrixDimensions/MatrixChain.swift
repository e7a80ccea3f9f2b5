import ExamModel
import Typesetting

/// A product of three matrices, some transposed: its shape, and what either bracketing costs.
///
/// (a × b)(b × c) costs a·b·c multiplications.
enum MatrixChain: QuestionFamily {
  static let heading = Heading("matdim.chain", "A chain of three matrices", difficulty: 2)

  /// `stored` are the shapes of A, B and C; `transposed` says which stand transposed in the product.
  struct Parameters: Codable, Sendable, Equatable {
    let stored: [[Int]]
    let transposed: [Bool]

    /// The shapes in the product.
    var shapes: [[Int]] { zip(stored, transposed).map { $1 ? [$0[1], $0[0]] : $0 } }
    /// Rows of the first, the two inner sizes, columns of the last.
    var sizes: (a: Int, b: Int, c: Int, d: Int) {
      (shapes[0][0], shapes[1][0], shapes[2][0], shapes[2][1])
    }
    var left: Int { sizes.a * sizes.b * sizes.c + sizes.a * sizes.c * sizes.d }
    var right: Int { sizes.b * sizes.c * sizes.d + sizes.a * sizes.b * sizes.d }
  }

  static let parts = [
    Part("shape", .shape), Part("costLeft", .integer), Part("costRight", .integer),
    Part("cheaper", .choice, dependsOn: ["costLeft", "costRight"]),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "ignored-transposes",
      "You read the shapes as they are stored; the T above a matrix swaps its rows and columns."),
    .core(
      "reversed",
      "The rows come from the first factor and the columns from the last, in that order."),
    .core(
      "first-product-only",
      "That is the first product alone; its result still has to be multiplied by the third matrix."),
    .core(
      "product-of-all",
      "The two products are done one after the other: their costs add, they do not multiply."),
    .core("other-order", "That is the cost of the other bracketing."),
    .optional(
      "outputs-only",
      "You counted entries; each entry costs as many multiplications as the inner size."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let s = dice.draw(4, from: 2...10)
    let transposed = (0..<3).map { _ in dice.oneIn(2) }
    guard transposed[0] || transposed[2] else { return nil }
    let shapes = [[s[0], s[1]], [s[1], s[2]], [s[2], s[3]]]
    let p = Parameters(
      stored: zip(shapes, transposed).map { $1 ? [$0[1], $0[0]] : $0 }, transposed: transposed)
    return p.left == p.right ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    guard p.stored.count == 3, p.transposed.count == 3, p.stored.allSatisfy({ $0.count == 2 }),
      p.stored.joined().allSatisfy((1...10_000).contains)
    else { return "stored holds three shapes of two sizes from 1 to 10000, transposed three words" }
    guard p.shapes[0][1] == p.shapes[1][0], p.shapes[1][1] == p.shapes[2][0] else {
      return "the inner sizes of the product do not match: \(p.shapes)"
    }
    return p.left == p.right ? "both bracketings cost the same" : nil
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.shape([p.sizes.a, p.sizes.d]))
    let left = key.integer(p.left)
    let right = key.integer(p.right)
    key.write(.choice(left < right ? "left" : "right"))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Multiply step by step and count as one goes.
    func product(_ x: [Int], _ y: [Int], _ cost: inout Int) -> [Int] {
      for _ in 0..<x[0] { cost += x[1] * y[1] }
      return [x[0], y[1]]
    }
    let m = p.shapes
    var (left, right) = (0, 0)
    let shape = product(product(m[0], m[1], &left), m[2], &left)
    _ = product(m[0], product(m[1], m[2], &right), &right)
    return AnswerKey([
      .shape(shape), .integer(left), .integer(right), .choice(left < right ? "left" : "right"),
    ])
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["cheaper": Options(["left", "right"], isShuffled: false)]
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (a, b, c, d) = p.sizes
    Mistake("ignored-transposes", "shape", .shape([p.stored[0][0], p.stored[2][1]]))
    Mistake("reversed", "shape", .shape([d, a]))
    Mistake("first-product-only", "costLeft", a * b * c)
    Mistake("product-of-all", "costLeft", a * b * c * d)
    Mistake("other-order", "costLeft", p.right)
    Mistake("outputs-only", "costLeft", a * c + a * d)
  }

  private static func factors(_ p: Parameters) -> [String] {
    zip(["A", "B", "C"], p.transposed).map { $1 ? "\($0)^\\top" : $0 }
  }

  static func pose(_ p: Parameters) -> Prompt {
    let f = factors(p)
    let shapes = zip(["A", "B", "C"], p.stored).map { "$\($0)$ of shape $(\($1[0]), \($1[1]))$" }
    Block.paragraph(
      Prose(
        stringLiteral:
          "Given are \(shapes[0]), \(shapes[1]) and \(shapes[2]), as (rows, columns). Consider the product $\(f.joined(separator: " "))$. A cost is the number of scalar multiplications of the schoolbook method; transposing is free."
      ))
    ask("shape", "the shape of $\(f.joined(separator: " "))$")
    ask("costLeft", "the cost of $(\(f[0]) \(f[1])) \(f[2])$")
    ask("costRight", "the cost of $\(f[0]) (\(f[1]) \(f[2]))$")
    ask(
      "cheaper",
      "Which is cheaper: *left*, $(\(f[0]) \(f[1])) \(f[2])$, or *right*, $\(f[0]) (\(f[1]) \(f[2]))$?"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    let (a, b, c, d) = p.sizes
    let f = factors(p)
    """
    With the transposes applied the shapes are $(\(a), \(b)) (\(b), \(c)) (\(c), \(d))$. The \
    inner sizes match, and the result has shape $(\(a), \(d))$.
    """
    "A product $(p, q) (q, r)$ costs $p · q · r$. Two products add up:"
    steps(
      "(\(f[0]) \(f[1])) \(f[2]): \(a) · \(b) · \(c) + \(a) · \(c) · \(d) = \(a * b * c) + \(a * c * d) = \(p.left)",
      "\(f[0]) (\(f[1]) \(f[2])): \(b) · \(c) · \(d) + \(a) · \(b) · \(d) = \(b * c * d) + \(a * b * d) = \(p.right)"
    )
    "The cheaper one is the \(p.left < p.right ? "left" : "right") one."
  }
}
