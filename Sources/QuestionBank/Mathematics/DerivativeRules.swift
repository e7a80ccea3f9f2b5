import Calculus
import ExamModel
import Typesetting

/// Derivatives that need the product, the chain or the quotient rule.
enum DerivativeRules: QuestionFamily {
  static let heading = Heading("math.derivative", "A derivative", difficulty: 2)

  enum Kind: String, Codable, Sendable, CaseIterable {
    case powerExp, expSquare, powerSquare, logSquare, quotient
  }

  /// `points` are places at which a case compares values; the question itself has none.
  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let a, b, n: Int
    var points: [[String: Double]]?

    private var inner: String { "(\(a)*x^2+\(b))" }
    var function: String {
      switch kind {
      case .powerExp: "x^\(n)*exp(\(a)*x)"
      case .expSquare: "exp(\(a)*x^2)"
      case .powerSquare: "\(inner)^\(n)"
      case .logSquare: "ln\(inner)"
      case .quotient: "x^\(n)/(x+\(b))"
      }
    }
    var derivative: String {
      switch kind {
      case .powerExp: "\(n)*x^\(n - 1)*exp(\(a)*x)+\(a)*x^\(n)*exp(\(a)*x)"
      case .expSquare: "\(2 * a)*x*exp(\(a)*x^2)"
      case .powerSquare: "\(2 * a * n)*x*\(inner)^\(n - 1)"
      case .logSquare: "\(2 * a)*x/\(inner)"
      case .quotient: "(\(n)*x^\(n - 1)*(x+\(b))-x^\(n))/(x+\(b))^2"
      }
    }
    var slips: KeyValuePairs<MisconceptionID, String> {
      switch kind {
      case .powerExp:
        [
          "product-of-derivatives": "\(a * n)*x^\(n - 1)*exp(\(a)*x)",
          "one-term": "\(n)*x^\(n - 1)*exp(\(a)*x)",
          "inner-forgotten": "\(n)*x^\(n - 1)*exp(\(a)*x)+x^\(n)*exp(\(a)*x)",
        ]
      case .expSquare:
        [
          "inner-forgotten": "exp(\(a)*x^2)", "power-rule-on-exp": "\(a)*x^2*exp(\(a)*x^2-1)",
          "inner-derivative-in-exponent": "exp(\(2 * a)*x)",
        ]
      case .powerSquare:
        [
          "inner-forgotten": "\(n)*\(inner)^\(n - 1)",
          "power-not-lowered": "\(2 * a * n)*x*\(inner)^\(n)",
          "outer-forgotten": "(\(2 * a)*x)^\(n)",
        ]
      case .logSquare:
        [
          "inner-forgotten": "1/\(inner)", "inner-inverted": "\(inner)/(\(2 * a)*x)",
          "log-kept": "ln\(inner)*\(2 * a)*x",
        ]
      case .quotient:
        [
          "product-of-derivatives": "\(n)*x^\(n - 1)",
          "denominator-not-squared": "(\(n)*x^\(n - 1)*(x+\(b))-x^\(n))/(x+\(b))",
          "terms-swapped": "(x^\(n)-\(n)*x^\(n - 1)*(x+\(b)))/(x+\(b))^2",
          "plus": "(\(n)*x^\(n - 1)*(x+\(b))+x^\(n))/(x+\(b))^2",
        ]
      }
    }
    var rule: String {
      switch kind {
      case .powerExp:
        "the product rule, $(u v)' = u' v + u v'$, and the chain rule for the exponential"
      case .expSquare, .logSquare:
        "the chain rule: the outer derivative at the inner function, times the inner derivative"
      case .powerSquare:
        "the chain rule: the power comes down, and the inner derivative is multiplied"
      case .quotient: "the quotient rule, $(\\frac{u}{v})' = \\frac{u' v - u v'}{v^2}$"
      }
    }
  }

  static let parts = [Part("d", .expression)]

  static let misconceptions: [Misconception] = [
    .optional(
      "product-of-derivatives",
      "Products and quotients have rules of their own: do not combine the derivatives."),
    .optional("one-term", "The product rule has two terms."),
    .optional("inner-forgotten", "Multiply by the derivative of the inner function."),
    .optional(
      "power-rule-on-exp", "An exponential keeps its exponent; the power rule is for powers of x."),
    .optional(
      "inner-derivative-in-exponent", "The exponent stays; its derivative is a factor in front."),
    .optional("power-not-lowered", "The power goes down by one."),
    .optional("outer-forgotten", "Take the derivative of the power too, at the inner function."),
    .optional("inner-inverted", "The derivative of ln u is u′ / u."),
    .optional("log-kept", "The derivative of ln u is u′ / u; the logarithm goes."),
    .optional(
      "denominator-not-squared", "The quotient rule divides by the square of the denominator."),
    .optional("terms-swapped", "The quotient rule is u′ v − u v′, in this order."),
    .optional("plus", "The quotient rule subtracts."),
  ]

  static let variants: Int? = 84

  static func draw(from dice: inout Dice) -> Parameters? {
    let kind = dice.pick(Kind.allCases)
    switch kind {
    case .powerExp:
      return Parameters(kind: kind, a: dice.pick([-2, -1, 2, 3]), b: 0, n: dice.integer(in: 2...4))
    case .expSquare: return Parameters(kind: kind, a: dice.pick([-3, -2, -1, 2, 3]), b: 0, n: 2)
    case .powerSquare:
      return Parameters(
        kind: kind, a: dice.pick([-2, 2, 3, 4]), b: dice.pick([-1, 1, 2, 3]),
        n: dice.integer(in: 3...4))
    case .logSquare:
      return Parameters(kind: kind, a: dice.integer(in: 1...4), b: dice.integer(in: 1...5), n: 2)
    case .quotient:
      return Parameters(kind: kind, a: 1, b: dice.integer(in: 1...5), n: dice.integer(in: 2...4))
    }
  }

  static func objection(to p: Parameters) -> String? {
    within(-20...20, "a and b", p.a, p.b) ?? within(2...6, "n", p.n) ?? unless(
      p.a != 0, "a is not 0")
      ?? unless(p.kind != .logSquare || p.a > 0 && p.b > 0, "a logarithm has positive a and b")
  }

  static func names(_ p: Parameters) -> NamedQuantities { NamedQuantities(free: ["x"]) }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.expression(p.derivative))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    guard let function = try? Expression(parsing: p.function, names: ["x"]) else { return nil }
    return AnswerKey(AnswerValue.expression(function.derivative(by: "x").description))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    for (id, text) in p.slips { Mistake(id, "d", AnswerValue.expression(text)) }
  }

  private static func latex(_ text: String) -> String {
    (try? Expression(parsing: text, names: ["x"]))?.latex ?? text
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Let $f(x) = \(latex(p.function))$."
    ask("d", "$f'(x)$, in any form")
  }

  static func solve(_ p: Parameters) -> Document {
    "This needs \(p.rule):"
    steps("f'(x) = \(latex(p.derivative))")
  }
}
