import Calculus
import ExamModel
import Typesetting

/// Rotary position embedding of one pair of entries: a turn by the position times θ (Su et al. 2021).
enum RotaryPositions: QuestionFamily {
  static let heading = Heading("attention.rope", "Rotary position embedding", difficulty: 4)

  /// θ is π / `divisor`; the query stands at `m`, the key at `n`.
  struct Parameters: Codable, Sendable, Equatable {
    let divisor, m, n: Int
    let q, k: [Int]

    func turned(_ v: [Int], by steps: Int) -> [Double] {
      let angle = Elementary.sineAndCosine(Double.pi * Double(steps) / Double(divisor))
      let (x, y) = (Double(v[0]), Double(v[1]))
      return [x * angle.cosine - y * angle.sine, x * angle.sine + y * angle.cosine]
    }
    func score(_ offset: Int) -> Double { dot(q.map(Double.init), turned(k, by: offset)) }
  }

  static let parts = [Part.real("rot", .vector), Part.real("dot", mayBeObvious: true)]

  static let misconceptions: [Misconception] = [
    .core("minus-angle", "Turn by +mθ: the first entry is x₁ cos − x₂ sin."),
    .core("position-ignored", "The angle is the position times θ."),
    .optional("added", "The pair is turned; nothing is added to it."),
    .core("sum-of-positions", "The score depends on the difference of the positions."),
    .core("not-rotated", "Both query and key are turned before the product."),
    .optional("reversed-offset", "The key is turned by n − m relative to the query."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let entries = [-3, -2, -1, 1, 2, 3]
    let p = Parameters(
      divisor: dice.pick([2, 3, 4, 6]), m: dice.integer(in: 2...7), n: dice.integer(in: 1...7),
      q: dice.picks(2, from: entries), k: dice.picks(2, from: entries))
    let whole = 2 * p.divisor
    return p.m % p.divisor == 0 || (p.m - 1) % whole == 0 || (p.m - p.n) % p.divisor == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100, "divisor", p.divisor) ?? within(0...1000, "m and n", p.m, p.n)
      ?? within(-1000...1000, "q", p.q, count: 2) ?? within(-1000...1000, "k", p.k, count: 2)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.turned(p.q, by: p.m), p.score(p.n - p.m))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // As complex numbers, one small turn after another, and both turned before the product.
    func turned(_ v: [Int], _ steps: Int) -> [Double] {
      let unit = Elementary.sineAndCosine(Double.pi / Double(p.divisor))
      return (0..<steps).reduce(v.map(Double.init)) { v, _ in
        [v[0] * unit.cosine - v[1] * unit.sine, v[1] * unit.cosine + v[0] * unit.sine]
      }
    }
    let (q, k) = (turned(p.q, p.m), turned(p.k, p.n))
    return AnswerKey(q, q[0] * k[0] + q[1] * k[1])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let unit = p.turned([1, 0], by: p.m)
    Mistake("minus-angle", "rot", p.turned(p.q, by: -p.m))
    Mistake("position-ignored", "rot", p.turned(p.q, by: 1))
    Mistake("added", "rot", [Double(p.q[0]) + unit[0], Double(p.q[1]) + unit[1]])
    Mistake("sum-of-positions", "dot", p.score(p.n + p.m))
    Mistake("not-rotated", "dot", p.score(0))
    Mistake("reversed-offset", "dot", p.score(p.m - p.n))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Rotary embedding turns a pair $(x_1, x_2)$ at position $m$ into $(y_1, y_2)$ with
    """
    Block.formula("y_1 = x_1 \\cos mθ - x_2 \\sin mθ, y_2 = x_1 \\sin mθ + x_2 \\cos mθ")
    """
    Here $θ = \\frac{π}{\(p.divisor)}$. A query $\(tuple(p.q))$ stands at position $\(p.m)$, a key \
    $\(tuple(p.k))$ at position $\(p.n)$.
    """
    ask("rot", "the turned query")
    ask("dot", "the dot product of the turned query and the turned key")
  }

  static func solve(_ p: Parameters) -> Document {
    "The query turns by $\(p.m) θ$:"
    steps("\(tuple(p.turned(p.q, by: p.m), decimals: 3))")
    """
    The key turns by $\(p.n) θ$. Only the difference matters: turning both back by $\(p.m) θ$ leaves \
    the query as it was and the key turned by $(\(p.n) - \(p.m)) θ$:
    """
    steps(
      "\(tuple(p.q)) · \(tuple(p.turned(p.k, by: p.n - p.m), decimals: 3)) = \(p.score(p.n - p.m), decimals: 3)"
    )
  }
}
