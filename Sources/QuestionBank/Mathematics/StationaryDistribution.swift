import Calculus
import ExamModel
import Typesetting

/// The stationary distribution of a chain of two states: crossed rates of leaving.
enum StationaryDistribution: QuestionFamily {
  static let heading = Heading("math.markov-stationary", "A stationary distribution", difficulty: 2)

  /// The probabilities to leave state 0 and state 1.
  struct Parameters: Codable, Sendable, Equatable {
    let leave0, leave1: Rational
    var matrix: [[Rational]] { [[1 - leave0, leave0], [leave1, 1 - leave1]] }
    func twoSteps(_ i: Int, _ j: Int) -> Rational {
      matrix[i][0] * matrix[0][j] + matrix[i][1] * matrix[1][j]
    }
    func shares(_ x: Rational, _ y: Rational) -> [Rational] { [x / (x + y), y / (x + y)] }
  }

  static let parts = [Part.fraction("pi", .vector), Part.fraction("two", .vector)]

  static let misconceptions: [Misconception] = [
    .core("rates-not-crossed", "A state that is left often is rare: the rates cross."),
    .optional("uniform", "The states are left at different rates."),
    .optional("stay-normalised", "What flows out must flow in: π₀ a = π₁ b."),
    .optional("row", "That is the distribution after one step from state 0."),
    .core("squared-entries", "Two steps are the matrix product, not squared entries."),
    .optional("columns-used", "From state 0: the first row of P²."),
  ]

  static let variants: Int? = 64

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      leave0: Rational(dice.integer(in: 1...9), 10), leave1: Rational(dice.integer(in: 1...9), 10))
    return p.leave0 == p.leave1 || p.leave0 + p.leave1 == 1 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    positive("leave0 and leave1", p.leave0, p.leave1, below: 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.shares(p.leave1, p.leave0), [p.twoSteps(0, 0), p.twoSteps(0, 1)])
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Squaring the matrix until its rows agree; the first square is two steps.
    var m = p.matrix.map { $0.map(\.value) }
    var two: [Double] = []
    for round in 0..<12 {
      m = m.map { row in [0, 1].map { j in dot(row, [m[0][j], m[1][j]]) } }
      if round == 0 { two = m[0] }
    }
    return AnswerKey(m[0], two)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let m = p.matrix
    Mistake("rates-not-crossed", "pi", p.shares(p.leave0, p.leave1))
    Mistake("uniform", "pi", [0.5, 0.5])
    Mistake("stay-normalised", "pi", p.shares(m[0][0], m[1][1]))
    Mistake("row", "pi", m[0])
    Mistake("squared-entries", "two", m[0].map { $0 * $0 })
    Mistake("columns-used", "two", [p.twoSteps(0, 0), p.twoSteps(1, 0)])
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A Markov chain leaves state 0 for state 1 with probability $\(plainNumber(p.leave0.value))$ in each \
    step, and state 1 for state 0 with probability $\(plainNumber(p.leave1.value))$; otherwise it stays.
    """
    ask("pi", "the stationary distribution $(π_0, π_1)$")
    ask("two", "the distribution two steps after starting in state 0")
  }

  static func solve(_ p: Parameters) -> Document {
    "As much must flow from 0 to 1 as back, $π_0 a = π_1 b$, so $π = \\frac{(b, a)}{a + b}$:"
    steps("π = \(shown(p.shares(p.leave1, p.leave0).map(\.value)))")
    "After two steps the first row of $P^2$ holds:"
    steps("\(shown([p.twoSteps(0, 0).value, p.twoSteps(0, 1).value]))")
  }
}
