import Calculus
import ExamModel
import Typesetting

/// The derivative of a neuron's output as an expression: ∂L/∂v = dL/du · k · ∂z/∂v.
enum SymbolicNeuron: QuestionFamily {
  static let heading = Heading(
    "backprop.sigmoid-neuron-symbolic", "Derivative of a neuron as an expression", difficulty: 3,
    version: 1)

  enum Kind: String, Codable, Sendable, CaseIterable {
    case seed, logistic, softplus, neglogsigmoid, tanh, squared

    /// L in terms of u.
    var output: String {
      switch self {
      case .seed: "1/(1+exp(u))"
      case .logistic: "1/(1+exp(-u))"
      case .softplus: "ln(1+exp(u))"
      case .neglogsigmoid: "-ln(sigmoid(u))"
      case .tanh: "tanh(u)"
      case .squared: "(sigmoid(u)-t)^2"
      }
    }

    /// dL/du.
    var slope: String {
      switch self {
      case .seed: "-exp(u)/(1+exp(u))^2"
      case .logistic: "exp(-u)/(1+exp(-u))^2"
      case .softplus: "sigmoid(u)"
      case .neglogsigmoid: "-1/(1+exp(u))"
      case .tanh: "(1-tanh(u)^2)"
      case .squared: "2*(sigmoid(u)-t)*sigmoid(u)*(1-sigmoid(u))"
      }
    }

    /// The square of the denominator, or of tanh, forgotten.
    var withoutSquare: String? {
      switch self {
      case .seed: "-exp(u)/(1+exp(u))"
      case .logistic: "exp(-u)/(1+exp(-u))"
      case .tanh: "(1-tanh(u))"
      default: nil
      }
    }

    /// The inner derivative forgotten.
    var withoutInner: String? {
      switch self {
      case .seed: "-1/(1+exp(u))^2"
      case .logistic: "-1/(1+exp(-u))^2"
      case .softplus: "1/(1+exp(u))"
      case .neglogsigmoid: "-1/sigmoid(u)"
      default: nil
      }
    }

    var formula: String {
      switch self {
      case .seed: "\\frac{1}{1 + \\exp(u)}"
      case .logistic: "\\frac{1}{1 + \\exp(-u)}"
      case .softplus: "\\ln(1 + \\exp(u))"
      case .neglogsigmoid: "-\\ln σ(u)"
      case .tanh: "\\tanh(u)"
      case .squared: "(σ(u) - t)^2"
      }
    }
  }

  enum Variable: String, Codable, Sendable, CaseIterable {
    case w0, x0, w1, x1, w2

    /// ∂z/∂v for z = w0·x0 + w1·x1 + w2.
    var partner: String {
      switch self {
      case .w0: "x0"
      case .x0: "w0"
      case .w1: "x1"
      case .x1: "w1"
      case .w2: "1"
      }
    }

    var formula: String { "\(rawValue.prefix(1))_\(rawValue.dropFirst())" }
  }

  /// `points` may accompany the parameters as places to compare at; they change nothing.
  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let variable: Variable
    let k: Int
    var points: [[String: Double]]?

    enum CodingKeys: String, CodingKey {
      case kind, k, points
      case variable = "var"
    }

    var factor: String { k == 1 ? "" : "*(\(k))" }
  }

  static let parts = [Part("dv", .expression)]

  static let misconceptions: [Misconception] = [
    .core("sign", "Look at the sign: yours is reversed."),
    .core("factor-swapped", "The derivative of w·x with respect to one of them is the other one."),
    .core("factor-missing", "Multiply by ∂u/∂v, the factor that stands beside the variable."),
    .optional("bias-constant", "w₂ is a parameter like the others: ∂z/∂w₂ = 1, not 0."),
    .optional("bias-times-itself", "∂z/∂w₂ = 1; do not multiply by w₂."),
    .optional("no-square", "The square of the quotient rule, or of tanh, is missing."),
    .optional("no-inner-derivative", "Differentiate what stands inside the function as well."),
    .optional("sech", "The derivative of tanh is sech², not sech."),
    .optional("no-factor-2", "The derivative of the square has a factor 2."),
    .optional("no-slope", "The sigmoid has a slope of its own: multiply by σ(1 − σ)."),
    .optional("coefficient-lost", "The inner factor of u is missing."),
  ]

  static let variants: Int? = 120

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      kind: dice.pick(Kind.allCases), variable: dice.pick(Variable.allCases),
      k: dice.pick([1, 1, 2, 3, -2]))
  }

  static func objection(to p: Parameters) -> String? {
    p.k != 0 && (-20...20).contains(p.k) ? nil : "k is a whole number from -20 to 20 and not 0"
  }

  static func names(_ p: Parameters) -> NamedQuantities {
    NamedQuantities(
      free: ["w0", "x0", "w1", "x1", "w2"] + (p.kind == .squared ? ["t"] : []),
      derived: ["u": "(w0*x0+w1*x1+w2)\(p.factor)", "L": p.kind.output])
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.expression(product(p.kind.slope, p)))
  }

  private static func product(_ slope: String, _ p: Parameters, by partner: String? = nil) -> String
  {
    let partner = partner ?? p.variable.partner
    return slope + p.factor + (partner == "1" ? "" : "*\(partner)")
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The output with u put in, differentiated symbolically.
    let free = ["w0", "x0", "w1", "x1", "w2", "t"]
    guard let u = try? Expression(parsing: "(w0*x0+w1*x1+w2)\(p.factor)", names: free),
      let output = try? Expression(parsing: p.kind.output, names: free + ["u"])
    else { return nil }
    let slope = output.substituting(["u": u]).derivative(by: p.variable.rawValue)
    return AnswerKey(AnswerValue.expression(slope.description))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let key = product(p.kind.slope, p)
    func mistake(_ id: MisconceptionID, _ text: String) -> Mistake {
      Mistake(id, "dv", .expression(text))
    }
    var mistakes = [mistake("sign", "-(\(key))")]
    if p.variable == .w2 {
      mistakes += [mistake("bias-constant", "0"), mistake("bias-times-itself", "\(key)*w2")]
    } else {
      mistakes += [
        mistake("factor-swapped", product(p.kind.slope, p, by: p.variable.rawValue)),
        mistake("factor-missing", product(p.kind.slope, p, by: "1")),
      ]
    }
    if let slope = p.kind.withoutSquare { mistakes.append(mistake("no-square", product(slope, p))) }
    if let slope = p.kind.withoutInner {
      mistakes.append(mistake("no-inner-derivative", product(slope, p)))
    }
    switch p.kind {
    case .tanh: mistakes.append(mistake("sech", product("sech(u)", p)))
    case .squared:
      mistakes += [
        mistake("no-factor-2", product("(sigmoid(u)-t)*sigmoid(u)*(1-sigmoid(u))", p)),
        mistake("no-slope", product("2*(sigmoid(u)-t)", p)),
      ]
    default: break
    }
    if p.k != 1 {
      let bare = Parameters(kind: p.kind, variable: p.variable, k: 1)
      mistakes.append(mistake("coefficient-lost", product(p.kind.slope, bare)))
    }
    return mistakes
  }

  private static func inner(_ p: Parameters) -> String {
    let z = "w_0 x_0 + w_1 x_1 + w_2"
    return p.k == 1 ? z : "\(p.k) (\(z))"
  }

  static func pose(_ p: Parameters) -> Prompt {
    let sigma: Prose =
      [.neglogsigmoid, .squared].contains(p.kind) ? " Here $σ(u) = \\frac{1}{1 + \\exp(-u)}$." : ""
    "A neuron computes"
    Block.formula("L = \(p.kind.formula), \\quad u = \(inner(p))")
    Block.paragraph(
      sigma
        + " Type an expression such as `x0*exp(u)/(1+exp(u))` or `2 L (1 - L) w1`; you may use `u`, `L` and the letters of the question."
    )
    ask("dv", "$\\frac{∂L}{∂\(p.variable.formula)}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let names = ["w0", "x0", "w1", "x1", "w2", "t", "u", "L"]
    func latex(_ text: String) -> String {
      (try? Expression(parsing: text, names: names))?.latex ?? text
    }
    let v = p.variable.formula
    let partner = p.variable == .w2 ? "1" : latex(p.variable.partner)
    let inner = p.k == 1 ? partner : p.variable == .w2 ? "\(p.k)" : "\(p.k) \(partner)"
    return [
      .paragraph(
        "By the chain rule the derivative is that of the outer function times that of $u$:"),
      .steps([
        Step("\\frac{dL}{du} = \(latex(p.kind.slope))"),
        Step("\\frac{∂u}{∂\(v)} = \(inner)"),
        Step("\\frac{∂L}{∂\(v)} = \(latex(product(p.kind.slope, p)))"),
      ]),
      .paragraph(
        "Any form that is the same function is right, such as one written with $L$ in place of its formula."
      ),
    ]
  }
}
