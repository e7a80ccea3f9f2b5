import Calculus
import ExamModel
import Typesetting

/// Second-order Taylor polynomials at 0.
enum TaylorPolynomial: QuestionFamily {
  static let heading = Heading("math.taylor", "A Taylor polynomial of second order", difficulty: 2)

  enum Function: String, Codable, Sendable, CaseIterable {
    case exp, log1p, sqrt1p, inv1p, sigmoid

    /// f(0), f′(0) and f″(0).
    var derivatives: (Rational, Rational, Rational) {
      switch self {
      case .exp: (1, 1, 1)
      case .log1p: (0, 1, -1)
      case .sqrt1p: (1, Rational(1, 2), Rational(-1, 4))
      case .inv1p: (1, -1, 2)
      case .sigmoid: (Rational(1, 2), Rational(1, 4), 0)
      }
    }
    var formula: String {
      switch self {
      case .exp: "e^x"
      case .log1p: "\\ln(1 + x)"
      case .sqrt1p: "\\sqrt{1 + x}"
      case .inv1p: "\\frac{1}{1 + x}"
      case .sigmoid: "\\frac{1}{1 + e^{-x}}"
      }
    }
    func value(_ x: Double) -> Double {
      switch self {
      case .exp: Elementary.exp(x)
      case .log1p: Elementary.log(1 + x)
      case .sqrt1p: (1 + x).squareRoot()
      case .inv1p: 1 / (1 + x)
      case .sigmoid: Elementary.sigmoid(x)
      }
    }
  }

  struct Parameters: Codable, Sendable, Equatable {
    let f: Function
    let h: Rational
    var terms: (Rational, Rational, Rational) {
      let d = f.derivatives
      return (d.0, d.1 * h, d.2 * h * h / 2)
    }
    var value: Rational { terms.0 + terms.1 + terms.2 }
  }

  static let parts = [Part.fraction("T2", to: 5)]

  static let misconceptions: [Misconception] = [
    .core("no-half", "The quadratic term has the factor ½."),
    .core("first-order", "The quadratic term is missing."),
    .core("second-sign", "Look at the sign of the second derivative."),
    .core("sign", "Look at the sign of the linear term."),
    .optional("constant-forgotten", "The polynomial begins with f(0)."),
  ]

  static let variants: Int? = 45

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      f: dice.pick(Function.allCases), h: dice.pick([-5, -3, -2, -1, 1, 2, 3, 4, 5], over: 10))
  }

  static func objection(to p: Parameters) -> String? {
    p.h > -1 && p.h < 1 && p.h != 0 && p.h.denominator <= 100 ? nil : "h lies between -1 and 1"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.value) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Differences of the function itself around 0, extrapolated twice, and rounded to what they can tell.
    func slopes(_ h: Double) -> (Double, Double) {
      let (up, here, down) = (p.f.value(h), p.f.value(0), p.f.value(-h))
      return ((up - down) / (2 * h), (up - 2 * here + down) / (h * h))
    }
    let (a, b, c) = (slopes(0.04), slopes(0.02), slopes(0.01))
    func limit(_ x: Double, _ y: Double, _ z: Double) -> Double {
      let (first, second) = ((4 * y - x) / 3, (4 * z - y) / 3)
      return ((16 * second - first) / 15 * 1e6).rounded() / 1e6
    }
    let (d1, d2) = (limit(a.0, b.0, c.0), limit(a.1, b.1, c.1))
    return AnswerKey(p.f.value(0) + d1 * p.h.value + d2 * p.h.value * p.h.value / 2)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (constant, linear, quadratic) = p.terms
    if p.f != .sigmoid {
      Mistake("no-half", "T2", constant + linear + 2 * quadratic)
      Mistake("first-order", "T2", constant + linear)
      Mistake("second-sign", "T2", constant + linear - quadratic)
    }
    Mistake("sign", "T2", constant - linear + quadratic)
    Mistake("constant-forgotten", "T2", linear + quadratic)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "$f(x) = \(p.f.formula)$ is approximated by its Taylor polynomial of second order at 0."
    ask("T2", "its value at $x = \(plainNumber(p.h.value))$")
  }

  static func solve(_ p: Parameters) -> Document {
    let d = p.f.derivatives
    "$f(0) = \(fraction(d.0))$, $f'(0) = \(fraction(d.1))$ and $f''(0) = \(fraction(d.2))$:"
    steps(
      "f(0) + f'(0) x + \\frac{1}{2} f''(0) x^2 = \(fraction(d.0)) + \(factor(p.terms.1)) + \(factor(p.terms.2))",
      "= \(shown(p.value, decimals: 5))")
  }
}
