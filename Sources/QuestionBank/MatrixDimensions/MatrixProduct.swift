import ExamModel
import Typesetting

/// Shapes of AB and BA, and what the schoolbook product costs: (m × n)(n × q) → (m × q), m·n·q.
enum MatrixProduct: QuestionFamily {
  static let heading = Heading("matdim.product", "Shape of a matrix product", difficulty: 1)

  enum Mode: String, Codable, Sendable { case valid, matvec, vecmat, outer, invalid }

  /// Shapes are (rows, columns).
  struct Parameters: Codable, Sendable, Equatable {
    let mode: Mode
    let a: [Int]
    let b: [Int]

    /// Matrices have capital names.
    enum CodingKeys: String, CodingKey {
      case mode
      case a = "A"
      case b = "B"
    }

    var exists: Bool { a[1] == b[0] }
    var reverseExists: Bool { b[1] == a[0] }
    /// With an inner dimension of 1 the count of entries is right as well, so it is not asked.
    var asksCost: Bool { exists && a[1] > 1 }
  }

  static let leavesPartsOut = true
  static let parts = [Part("AB", .shape), Part("BA", .shape), Part("mults", .integer)]

  static let misconceptions: [Misconception] = [
    .core(
      "inner-kept", "The inner dimensions must match and then disappear; the outer ones remain."),
    .core(
      "swapped",
      "Rows come from the left factor and columns from the right one: yours are the other way round."
    ),
    .optional(
      "first-shape", "That is the shape of the left factor; the matrix product is not elementwise."),
    .optional(
      "needs-equal-shapes",
      "The shapes need not be equal: only the inner dimensions must match, and here they do."),
    .core(
      "outer-anyway", "A has another number of columns than B has rows, so there is no product."),
    .optional(
      "rule-backwards", "You matched the outer dimensions; that is the test for BA, not for AB."),
    .core(
      "outputs-only",
      "That is the number of entries of AB; each of them costs one multiplication for every inner index."
    ),
    .core("added", "Every row of A meets every column of B: the sizes multiply, they do not add."),
    .core("flops", "That counts the additions too; only multiplications are asked for."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "AB", "BA",
      because:
        "where both products exist their sizes hide a swap of rows and columns, so one of the two is undefined"
    )
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let sizes = dice.draw(4, from: 2...9)
    let (m, n, q) = (sizes[0], sizes[1], sizes[2])
    switch dice.pick([Mode.valid, .valid, .matvec, .vecmat, .outer, .invalid]) {
    case .valid: return Parameters(mode: .valid, a: [m, n], b: [n, q])
    case .matvec: return Parameters(mode: .matvec, a: [m, n], b: [n, 1])
    case .vecmat: return Parameters(mode: .vecmat, a: [1, n], b: [n, q])
    case .outer: return Parameters(mode: .outer, a: [m, 1], b: [1, q])
    case .invalid:
      return Parameters(mode: .invalid, a: [m, n], b: [sizes[3], dice.oneIn(2) ? m : q])
    }
  }

  static func objection(to p: Parameters) -> String? {
    within(1...10_000, "A", p.a, count: 2) ?? within(1...10_000, "B", p.b, count: 2)
      ?? unless(
        p.exists == (p.mode != .invalid),
        "mode \"\(p.mode.rawValue)\" does not fit the inner dimensions \(p.a[1]) and \(p.b[0])")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.exists ? .shape([p.a[0], p.b[1]]) : .undefined)
    key.write(p.reverseExists ? .shape([p.b[0], p.a[1]]) : .undefined)
    key.write(p.asksCost ? .integer(p.a[0] * p.a[1] * p.b[1]) : nil)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Walk through the loops of the schoolbook method and count.
    func product(_ a: [Int], _ b: [Int]) -> (shape: AnswerValue, count: Int) {
      guard a[1] == b[0] else { return (.undefined, 0) }
      var count = 0
      for _ in 0..<a[0] { for _ in 0..<b[1] { count += a[1] } }
      return (.shape([a[0], b[1]]), count)
    }
    let (ab, ba) = (product(p.a, p.b), product(p.b, p.a))
    return AnswerKey([
      ab.shape, ba.shape, ab.shape == .undefined || p.a[1] == 1 ? nil : .integer(ab.count),
    ])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (m, n, k, q) = (p.a[0], p.a[1], p.b[0], p.b[1])
    if p.exists {
      Mistake("inner-kept", "AB", .shape([n, k]))
      Mistake("swapped", "AB", .shape([q, m]))
      Mistake("first-shape", "AB", .shape([m, n]))
      Mistake("needs-equal-shapes", "AB", .undefined)
      Mistake("outputs-only", "mults", m * q)
      Mistake("added", "mults", m * n + n * q)
      Mistake("flops", "mults", 2 * m * n * q)
    } else {
      Mistake("outer-anyway", "AB", .shape([m, q]))
      Mistake("rule-backwards", "AB", m == q ? .shape([n, k]) : .undefined)
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    The matrix $A$ has shape $(\(p.a[0]), \(p.a[1]))$ and $B$ has shape \
    $(\(p.b[0]), \(p.b[1]))$. Shapes are given as (rows, columns).
    """
    ask("AB", "What is the shape of $A B$? Write *undefined* if the product does not exist.")
    ask("BA", "What is the shape of $B A$? Write *undefined* if the product does not exist.")
    ask("mults", "How many scalar multiplications does the schoolbook product $A B$ need?")
  }

  static func solve(_ p: Parameters) -> Document {
    let (m, n, k, q) = (p.a[0], p.a[1], p.b[0], p.b[1])
    var blocks: [Block] = [
      .paragraph(
        "Write the shapes side by side. The inner two sizes must be equal; the outer two remain.")
    ]
    blocks.append(
      p.exists
        ? .paragraph(
          "$A B$: $(\(m), \(n)) (\(k), \(q))$: inner $\(n) = \(k)$, so the shape is $(\(m), \(q))$."
        )
        : .paragraph(
          "$A B$: $(\(m), \(n)) (\(k), \(q))$: inner $\(n) ≠ \(k)$, so $A B$ is undefined."))
    blocks.append(
      p.reverseExists
        ? .paragraph(
          "$B A$: $(\(k), \(q)) (\(m), \(n))$: inner $\(q) = \(m)$, so the shape is $(\(k), \(n))$."
        )
        : .paragraph(
          "$B A$: $(\(k), \(q)) (\(m), \(n))$: inner $\(q) ≠ \(m)$, so $B A$ is undefined."))
    if p.asksCost {
      blocks.append(
        .paragraph(
          """
          $A B$ has $\(m) · \(q) = \(m * q)$ entries. Each is a dot product of length $\(n)$ and costs \
          $\(n)$ multiplications: $\(m) · \(n) · \(q) = \(m * n * q)$.
          """))
    }
    return Document(blocks: blocks)
  }
}
