import Calculus
import ExamModel
import Typesetting

/// The Jacobian of a softmax and its product with a vector: J = diag(p) − p pᵀ.
enum SoftmaxJacobian: QuestionFamily {
  static let heading = Heading(
    "softmax.jacobian", "Jacobian of the softmax", difficulty: 4, version: 2)

  /// p = n / Σn; the entries (i, i) and (i, j), counted from 0, and the upstream vector g.
  struct Parameters: Codable, Sendable, Equatable {
    let n: [Int]
    let i, j: Int
    let g: [Int]

    var p: [Rational] { n.map { Rational($0, n.reduce(0, +)) } }
    var jacobian: [[Rational]] {
      let p = p
      return p.indices.map { i in p.indices.map { j in i == j ? p[i] * (1 - p[i]) : -(p[i] * p[j]) }
      }
    }
    var mean: Rational { zip(g, p).reduce(0) { $0 + Rational($1.0) * $1.1 } }
    var product: [Rational] { zip(g, p).map { $1 * (Rational($0) - mean) } }
  }

  static let parts = [
    Part.fraction("diag"),
    Part.fraction("off"),
    Part.fraction("J", .matrix, weight: 2),
    Part.fraction("vjp", .vector, weight: 2, dependsOn: ["J"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("off-sign", "Raising one logit lowers the other probabilities: the sign is minus."),
    .core("delta-everywhere", "Off the diagonal the entry is −p_i p_j; the 1 stands on it only."),
    .optional("off-zero", "The softmax couples its inputs: every logit moves every probability."),
    .optional("difference", "The entry is the product −p_i p_j, not a difference."),
    .core("diag-is-p", "On the diagonal stands p_i (1 − p_i), not p_i."),
    .optional("diag-squared", "On the diagonal stands p_i − p_i², not p_i²."),
    .optional("diag-sign", "A logit raises its own probability: the diagonal is positive."),
    .core(
      "diagonal-only", "The entries off the diagonal contribute too; you used the diagonal alone."),
    .core("no-centring", "Subtract the mean g·p from g before you multiply by p."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let n = dice.draw(3, from: 1...9)
    let g = dice.integers(3, in: -3...3)
    let places = dice.draw(2, from: [0, 1, 2])
    let total = n.reduce(0, +)
    guard n.allSatisfy({ 2 * $0 != total }), Set(g).count > 1 else { return nil }
    return Parameters(n: n, i: places[0], j: places[1], g: g)
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100, "n", p.n, count: 2...5) ?? within(0...p.n.count - 1, "i and j", p.i, p.j)
      ?? unless(p.i != p.j, "i and j differ") ?? within(-100...100, "g", p.g, count: p.n.count)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let jacobian = p.jacobian.map { $0.map(\.value) }
    key.write(jacobian[p.i][p.i])
    key.write(jacobian[p.i][p.j])
    let used = key.matrix(jacobian)
    key.write(
      .vector(
        used == jacobian
          ? p.product.map(\.value)
          : used.map { row in zip(row, p.g).reduce(0) { $0 + $1.0 * Double($1.1) } }))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Each probability on a tape of exponentials, differentiated by every logit.
    let model = Tape { tape in
      let e = p.n.indices.map { exp(tape.input("z\($0)")) }
      let sum = e.dropFirst().reduce(e[0]) { $0 + $1 }
      for i in e.indices { tape.name("p\(i)", e[i] / sum) }
    }
    let run = model.run(p.n.map { Elementary.log(Double($0)) })
    let jacobian = p.n.indices.map { i in
      let gradient = run.gradient(of: model["p\(i)"])
      return p.n.indices.map { gradient[model["z\($0)"]] }
    }
    let product = p.n.indices.map { j in
      p.n.indices.reduce(0.0) { $0 + Double(p.g[$1]) * jacobian[$1][j] }
    }
    return AnswerKey(jacobian[p.i][p.i], jacobian[p.i][p.j], jacobian, product)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let q = p.p.map(\.value)
    let (a, b) = (q[p.i], q[p.j])
    Mistake("off-sign", "off", a * b)
    Mistake("delta-everywhere", "off", a * (1 - b))
    Mistake("off-zero", "off", .number(0))
    Mistake("difference", "off", a - b)
    Mistake("diag-is-p", "diag", a)
    Mistake("diag-squared", "diag", a * a)
    Mistake("diag-sign", "diag", -a * (1 - a))
    Mistake("diagonal-only", "vjp", zip(q, p.g).map { $0 * (1 - $0) * Double($1) })
    Mistake("no-centring", "vjp", zip(q, p.g).map { $0 * Double($1) })
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    let jacobian = p.jacobian
    return [
      "diag": jacobian[p.i][p.i].description, "off": jacobian[p.i][p.j].description,
      "J": "[" + jacobian.map(list).joined(separator: ", ") + "]", "vjp": list(p.product),
    ]
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A softmax $p = \\softmax(z)$ gives $p = \(fractions(p.p))$. Entries are counted from 1. Give \
    fractions, or decimals to 3 places.
    """
    ask("diag", "$\\frac{∂p_\(p.i + 1)}{∂z_\(p.i + 1)}$")
    ask("off", "$\\frac{∂p_\(p.i + 1)}{∂z_\(p.j + 1)}$")
    ask("J", "the whole Jacobian, row by row, with $\\frac{∂p_i}{∂z_j}$ in row $i$ and column $j$")
    ask(
      "vjp", "the gradient of $g · p$ with respect to $z$, for $g = \(tuple(p.g.map(Double.init)))$"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    let jacobian = p.jacobian
    let q = p.p
    let (i, j) = (p.i, p.j)
    let rows = jacobian.map { $0.map(fraction).joined(separator: " & ") }.joined(
      separator: " \\\\ ")
    let decimals = jacobian.map {
      $0.map { plainNumber($0.value, decimals: 3) }.joined(separator: " & ")
    }
    .joined(separator: " \\\\ ")
    "The quotient rule gives $p_i (1 - p_i)$ on the diagonal and $-p_i p_j$ off it:"
    steps(
      "\\frac{∂p_\(i + 1)}{∂z_\(i + 1)} = \(fraction(q[i])) · (1 - \(fraction(q[i]))) = \(shown(jacobian[i][i]))",
      "\\frac{∂p_\(i + 1)}{∂z_\(j + 1)} = -\(fraction(q[i])) · \(fraction(q[j])) = \(shown(jacobian[i][j]))"
    )
    "Each row and each column sums to 0:"
    Block.formula("J = \\matrix{\(rows)}")
    Block.formula("J ≈ \\matrix{\(decimals)}")
    "Since $J$ is symmetric, the gradient is $J g$, which is $p ⊙ (g - g · p)$:"
    steps(
      "g · p = \(shown(p.mean))",
      "J g = \(fractions(p.product)) = \(tuple(p.product.map(\.value), decimals: 3))")
  }
}
