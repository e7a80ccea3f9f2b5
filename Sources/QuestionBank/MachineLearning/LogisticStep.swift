import Calculus
import ExamModel
import Typesetting

/// One step of gradient descent on the log loss of one sample, without a bias.
///
/// With p = σ(w·x) the gradient of −y ln p − (1 − y) ln(1 − p) is (p − y)·x.
enum LogisticStep: QuestionFamily {
  static let heading = Heading(
    "ml.logistic-step", "One step of logistic regression", difficulty: 3, version: 2)

  /// `expz` is exp(w·x), given so that p is a fraction.
  struct Parameters: Codable, Sendable, Equatable {
    let x, w: [Int]
    let expz: Rational
    let y: Int
    let lr: Rational

    var p: Rational { expz / (1 + expz) }
    var error: Rational { p - Rational(y) }
    var gradient: [Rational] { x.map { error * Rational($0) } }
    var updated: [Rational] { zip(w, gradient).map { Rational($0) - lr * $1 } }
  }

  static let parts = [
    Part.fraction("p"),
    Part.fraction("gradW", .vector, weight: 2, dependsOn: ["p"]),
    Part.fraction("w1", .vector, dependsOn: ["gradW"]),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "label-sign",
      "The error is prediction minus label; yours has the opposite sign and points downhill."),
    .core(
      "mse-slope",
      "The factor p(1 − p) belongs to the squared error; with the log loss it cancels."),
    .core("no-input", "Multiply the error by each feature: ∂z/∂w is x."),
    .optional(
      "prediction-not-error", "Subtract the label from the prediction before you multiply by x."),
    .optional(
      "thresholded",
      "The gradient uses the probability itself, not the class that it is rounded to."),
    .core("ascent", "Gradient descent subtracts the gradient; you added it."),
    .core("lr-forgotten", "Multiply the gradient by the learning rate before subtracting."),
    .core("odds-for-probability", "exp(z) is the odds; the probability is exp(z)/(1 + exp(z))."),
  ]

  private static let odds: [Rational] = [
    Rational(1, 5), Rational(1, 4), Rational(1, 3), Rational(2, 5), Rational(1, 2), Rational(2, 3),
    Rational(3, 2), 2, Rational(5, 2), 3, 4, 5,
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let values = [-3, -2, -1, 1, 2, 3]
    let x = [dice.pick(values), dice.pick(values)]
    guard x != [1, 1] else { return nil }
    return Parameters(
      x: x, w: [dice.pick(values), dice.pick(values)], expz: dice.pick(odds),
      y: dice.oneIn(2) ? 1 : 0, lr: dice.pick([5, 1, 2], over: 10))
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "x", p.x, count: 1...10)
      ?? within(-1000...1000, "w", p.w, count: p.x.count) ?? within(0...1, "the label y", p.y)
      ?? positive("expz and lr", p.expz, p.lr, upTo: 1000, denominators: 1000)
      ?? within(1...1000, "numerators", p.expz.numerator, p.lr.numerator)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let probability = key.number(p.p.value)
    let gradient = key.vector(p.x.map { (probability - Double(p.y)) * Double($0) })
    key.write(zip(p.w, gradient).map { Double($0) - p.lr.value * $1 })
  }

  /// The log loss as it is written, differentiated by the tape.
  private static let model = [0, 1].map { label in
    Tape { tape in
      let z = tape.input("z")
      let p = tape.name("p", sigmoid(z))
      tape.name("loss", -log(label == 1 ? p : 1 - p))
    }
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let model = model[p.y]
    let run = model.run([Elementary.log(p.expz.value)])
    let slope = run.gradient(of: model["loss"])[model["z"]]
    let gradient = p.x.map { slope * Double($0) }
    return AnswerKey(
      run[model["p"]], gradient, zip(p.w, gradient).map { Double($0) - p.lr.value * $1 })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (q, error, rate) = (p.p.value, p.error.value, p.lr.value)
    let times = { (c: Double) in p.x.map { c * Double($0) } }
    let gradient = p.gradient.map(\.value)
    Mistake("label-sign", "gradW", times(-error))
    Mistake("mse-slope", "gradW", times(error * q * (1 - q)))
    Mistake("no-input", "gradW", p.x.map { _ in error })
    Mistake("prediction-not-error", "gradW", times(q))
    Mistake("thresholded", "gradW", times((q >= 0.5 ? 1 : 0) - Double(p.y)))
    Mistake("ascent", "w1", zip(p.w, gradient).map { Double($0) + rate * $1 })
    Mistake("lr-forgotten", "w1", zip(p.w, gradient).map { Double($0) - $1 })
    Mistake("odds-for-probability", "p", p.expz.value)
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    ["p": p.p.description, "gradW": list(p.gradient), "w1": list(p.updated)]
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Logistic regression without a bias predicts $p = σ(z)$ with $z = w · x$. For one sample \
    with features $x = \(tuple(p.x.map(Double.init)))$ and label $y = \(p.y)$, the weights are \
    $w = \(tuple(p.w.map(Double.init)))$ and, to spare you a calculator, take \
    $\\exp(z) = \(fraction(p.expz))$ as given.
    """
    """
    The loss is $-y \\ln p - (1 - y) \\ln(1 - p)$. Give fractions, or decimals to 3 places.
    """
    ask("p", "the predicted probability $p$")
    ask("gradW", "the gradient of the loss with respect to $w$")
    ask(
      "w1", "the weights after one step of gradient descent with learning rate $\(fraction(p.lr))$")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "p = \\frac{\\exp(z)}{1 + \\exp(z)} = \\frac{\(fraction(p.expz))}{1 + \(fraction(p.expz))} = \(shown(p.p))",
      "p - y = \(fraction(p.p)) - \(p.y) = \(fraction(p.error))")
    "The slope of the sigmoid, $p (1 - p)$, cancels with the slope of the log loss:"
    steps(
      """
      \\frac{∂\\text{loss}}{∂w} = (p - y) · x = \(factor(p.error)) · \(tuple(p.x.map(Double.init))) \
      = \(fractions(p.gradient)) = \(tuple(p.gradient.map(\.value), decimals: 3))
      """,
      """
      w - η \\frac{∂\\text{loss}}{∂w} = \(tuple(p.w.map(Double.init))) - \(fraction(p.lr)) · \
      \(fractions(p.gradient)) = \(fractions(p.updated)) = \
      \(tuple(p.updated.map(\.value), decimals: 3))
      """)
  }
}
