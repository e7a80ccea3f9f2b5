import Calculus
import ExamModel
import Typesetting

/// One neuron L = 1/(1 + exp(s·u)), u = w₀x₀ + w₁x₁ + w₂, and its slope in every variable.
///
/// With s = +1 this is the function of many study notes, the mirror image of the logistic function
/// (s = −1). For both ∂L/∂u = −s·L(1 − L).
enum SigmoidNeuron: QuestionFamily {
  static let heading = Heading(
    "backprop.sigmoid-neuron", "Gradient of one sigmoid neuron", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let w0, x0, w1, x1, w2: Double
    let s: Int
  }

  static let parts = [
    Part.real("u", mayBeObvious: true),
    Part.real("L", dependsOn: ["u"]),
    Part.real("dL/du", dependsOn: ["L"]),
    Part.real("dL/dw0", dependsOn: ["dL/du"]),
    Part.real("dL/dx0", dependsOn: ["dL/du"]),
    Part.real("dL/dw1", dependsOn: ["dL/du"]),
    Part.real("dL/dx1", dependsOn: ["dL/du"]),
    Part.real("dL/dw2", dependsOn: ["dL/du"]),
  ]

  static let misconceptions: [Misconception] = [
    .optional(
      "wrong-sign-exponent",
      "Mind the sign in the exponent: you computed the other sigmoid, which is 1 − L."),
    .core(
      "sign",
      "The slope has the other sign here: σ′ = σ(1 − σ) belongs to 1/(1 + exp(−u)), and its mirror image falls."
    ),
    .core("swapped", "∂u/∂w₀ is x₀; you multiplied by w₀."),
    .core("stopped-at-u", "That is ∂L/∂u; multiply by ∂u/∂w₀ as well."),
    .core(
      "no-square", "The reciprocal rule puts the square of the denominator below: (1/f)′ = −f′/f²."),
    .core(
      "no-inner-exp",
      "The inner function 1 + exp(·) has a derivative of its own, exp(·), which is missing."),
    .optional("slope-is-L", "The slope of the sigmoid is L(1 − L), not L."),
    .optional(
      "bias-constant", "w₂ is a parameter like the others: ∂u/∂w₂ = 1, so the slope is not 0."),
    .optional("bias-times-w2", "∂u/∂w₂ is 1; w₂ itself does not appear."),
    .optional(
      "sign-x",
      "The slope has the other sign here: σ′ = σ(1 − σ) belongs to 1/(1 + exp(−u)), and its mirror image falls."
    ),
    .optional("swapped-x", "∂u/∂x₀ is w₀; you multiplied by x₀."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "u", "L", "dL/du", "dL/dw2",
      because: "u is one of eight exponents with well-known powers of e, and these follow from it")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let signs = [-1.0, 1.0]
    let (w0, w1) = (
      dice.pick(signs) * dice.pick([2, 3, 4]), dice.pick(signs) * dice.pick([2, 3, 4])
    )
    let inputs = [0.5, 1.5, 2, 3]
    let (x0, x1) = (dice.pick(signs) * dice.pick(inputs), dice.pick(signs) * dice.pick(inputs))
    let u = dice.pick(signs) * dice.pick([0.5, 1, 1.5, 2])
    let w2 = u - w0 * x0 - w1 * x1
    let s = dice.oneIn(3) ? -1 : 1
    guard w0.magnitude != x0.magnitude, w1.magnitude != x1.magnitude, w2.magnitude <= 12,
      ![0, 1, -1].contains(w2)
    else { return nil }
    return Parameters(w0: w0, x0: x0, w1: w1, x1: x1, w2: w2, s: s)
  }

  static func objection(to p: Parameters) -> String? {
    unless([-1, 1].contains(p.s), "s is 1 or -1")
      ?? within(-1000...1000, "weights and inputs", p.w0, p.x0, p.w1, p.x1, p.w2)
  }

  /// The recorded model. L is recorded as a sigmoid, whose slope follows from its own value: so a
  /// candidate's wrong L leads to the slope that belongs to it.
  private static let model = Tape { tape in
    let w0 = tape.input("w0")
    let x0 = tape.input("x0")
    let w1 = tape.input("w1")
    let x1 = tape.input("x1")
    let w2 = tape.input("w2")
    let s = tape.input("s")
    let u = tape.name("u", w0 * x0 + w1 * x1 + w2)
    tape.name("L", sigmoid(-(s * u)))
  }
  private static let u = model["u"]
  private static let output = model["L"]
  private static let slopes = ["u", "w0", "x0", "w1", "x1", "w2"].map { model[$0] }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let run = model.run(
      [p.w0, p.x0, p.w1, p.x1, p.w2, Double(p.s)], replacing: key.replaced([u, output]))
    let gradient = run.gradient(of: output, replacing: key.replaced([u], from: 2))
    key.write(run[u], run[output])
    for slope in slopes { key.write(gradient[slope]) }
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // L = (1 − tanh(su/2))/2, whose slope is −s(1 − tanh²)/4.
    let u = p.w0 * p.x0 + p.w1 * p.x1 + p.w2
    let half = Elementary.tanh(Double(p.s) * u / 2)
    let slope = -Double(p.s) * (1 - half * half) / 4
    return AnswerKey(
      [u, (1 - half) / 2, slope, slope * p.x0, slope * p.w0, slope * p.x1, slope * p.w1, slope]
        .map(AnswerValue.number))
  }

  static func twins(_ p: Parameters) -> [Set<PartID>] { [["dL/du", "dL/dw2"]] }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let s = Double(p.s)
    let e = Elementary.exp(s * (p.w0 * p.x0 + p.w1 * p.x1 + p.w2))
    let output = 1 / (1 + e)
    let slope = -s * output * (1 - output)
    Mistake("wrong-sign-exponent", "L", 1 - output)
    Mistake("sign", "dL/dw0", -slope * p.x0)
    Mistake("swapped", "dL/dw0", slope * p.w0)
    Mistake("stopped-at-u", "dL/dw0", slope)
    Mistake("no-square", "dL/dw0", -s * e / (1 + e) * p.x0)
    Mistake("no-inner-exp", "dL/dw0", -s / ((1 + e) * (1 + e)) * p.x0)
    Mistake("slope-is-L", "dL/dw0", -s * output * p.x0)
    Mistake("bias-constant", "dL/dw2", .number(0))
    Mistake("bias-times-w2", "dL/dw2", slope * p.w2)
    Mistake("sign-x", "dL/dx0", -slope * p.w0)
    Mistake("swapped-x", "dL/dx0", slope * p.x0)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let exponent = p.s == 1 ? "u" : "-u"
    """
    A neuron computes $L = \\frac{1}{1 + \\exp(\(exponent))}$ with \
    $u = w_0 x_0 + w_1 x_1 + w_2$, at
    """
    Block.formula(
      """
      w_0 = \(plainNumber(p.w0)), x_0 = \(plainNumber(p.x0)), w_1 = \(plainNumber(p.w1)), \
      x_1 = \(plainNumber(p.x1)), w_2 = \(plainNumber(p.w2))
      """)
    "Mind the sign of the exponent. Give each value to 3 decimals."
    ask("u", "$u$")
    ask("L", "$L$")
    ask("dL/du", "$\\frac{∂L}{∂u}$")
    ask("dL/dw0", "$\\frac{∂L}{∂w_0}$")
    ask("dL/dx0", "$\\frac{∂L}{∂x_0}$")
    ask("dL/dw1", "$\\frac{∂L}{∂w_1}$")
    ask("dL/dx1", "$\\frac{∂L}{∂x_1}$")
    ask("dL/dw2", "$\\frac{∂L}{∂w_2}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let key = key(p, carrying: .none)
    let shown = key.values.map { $0.map { plainNumber($0.entries[0], decimals: 3) } ?? "" }
    let slope = signed(shown[2])
    let inner = { (x: Double) in factor(x) }
    let sign = p.s == 1 ? "-" : ""
    let exponent = p.s == 1 ? "u" : "-u"
    let e = plainNumber(
      Elementary.exp(Double(p.s) * (p.w0 * p.x0 + p.w1 * p.x1 + p.w2)), decimals: 3)
    "Forward: first the sum, then the exponential, then the fraction."
    steps(
      """
      u = \(plainNumber(p.w0)) · \(inner(p.x0)) + \(inner(p.w1)) · \(inner(p.x1)) + \
      \(inner(p.w2)) = \(shown[0])
      """,
      "\\exp(\(exponent)) = \(e)",
      "L = \\frac{1}{1 + \(e)} = \(shown[1])")
    """
    Backward: with $f = 1 + \\exp(\(exponent))$ the reciprocal rule gives \
    $\\frac{∂L}{∂u} = -\\frac{f'}{f^2}$, and $f' = \(p.s == 1 ? "" : "-")\\exp(\(exponent))$. In \
    terms of the output this is $\(sign)L (1 - L)$.
    """
    steps(
      "\\frac{∂L}{∂u} = \(sign)\(shown[1]) · (1 - \(shown[1])) = \(shown[2])",
      "\\frac{∂L}{∂w_0} = \\frac{∂L}{∂u} · x_0 = \(slope) · \(inner(p.x0)) = \(shown[3])",
      "\\frac{∂L}{∂x_0} = \\frac{∂L}{∂u} · w_0 = \(slope) · \(inner(p.w0)) = \(shown[4])",
      "\\frac{∂L}{∂w_1} = \\frac{∂L}{∂u} · x_1 = \(slope) · \(inner(p.x1)) = \(shown[5])",
      "\\frac{∂L}{∂x_1} = \\frac{∂L}{∂u} · w_1 = \(slope) · \(inner(p.w1)) = \(shown[6])",
      "\\frac{∂L}{∂w_2} = \\frac{∂L}{∂u} · 1 = \(shown[7])")
    "Products are taken from unrounded values; intermediate results show 3 decimals."
  }
}
