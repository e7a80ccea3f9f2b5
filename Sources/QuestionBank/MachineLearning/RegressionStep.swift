import Calculus
import ExamModel
import Typesetting

/// One step of gradient descent on the mean squared error of a line.
enum RegressionStep: QuestionFamily {
  static let heading = Heading(
    "ml.linreg-gd-step", "A gradient step of linear regression", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let x, y: [Int]
    let w, b: Int
    let lr: Rational

    var count: Double { Double(x.count) }
    func errors(_ w: Double) -> [Double] {
      zip(x, y).map { w * Double($0) + Double(b) - Double($1) }
    }
    func slopes(_ w: Double) -> (w: Double, b: Double) {
      let errors = errors(w)
      return (2 / count * dot(errors, x.map(Double.init)), 2 / count * errors.sum)
    }
  }

  static let parts = [
    Part.fraction("gradW", mayBeObvious: true), Part.fraction("gradB", mayBeObvious: true),
    Part.fraction("w1", to: 4, dependsOn: ["gradW"]),
    Part.fraction("b1", to: 4, dependsOn: ["gradB"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("no-factor-2", "The square brings down a factor 2."),
    .core("not-averaged", "The loss is a mean: divide by the number of points."),
    .core("sign", "The error is prediction minus target."),
    .optional("no-input", "∂/∂w of the error is x; that factor is missing."),
    .core("ascent", "Descent goes against the gradient: subtract."),
    .optional("lr-forgotten", "The step is the learning rate times the gradient."),
    .optional("sequential", "Both are updated from the same gradient, computed before the step."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let x = dice.draw(dice.integer(in: 2...4), from: [-3, -2, -1, 1, 2, 3, 4])
    let p = Parameters(
      x: x, y: dice.integers(x.count, in: -3...6), w: dice.integer(in: -2...3),
      b: dice.integer(in: -2...2),
      lr: dice.pick([Rational(1, 10), Rational(1, 100), Rational(1, 20)]))
    let slopes = p.slopes(Double(p.w))
    return slopes.w == 0 || slopes.b == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "x", p.x, count: 1...12)
      ?? within(-1000...1000, "y", p.y, count: p.x.count)
      ?? within(-1000...1000, "w and b", p.w, p.b)
      ?? positive("lr", p.lr, upTo: 10, denominators: 10_000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let slopes = p.slopes(Double(p.w))
    let w = key.fraction(slopes.w)
    let b = key.fraction(slopes.b)
    key.fraction(Double(p.w) - p.lr.value * w)
    key.fraction(Double(p.b) - p.lr.value * b)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The loss is a parabola in each, so its central difference is its slope.
    func loss(_ w: Double, _ b: Double) -> Double {
      zip(p.x, p.y).map { x, y in
        let error = w * Double(x) + b - Double(y)
        return error * error
      }.mean
    }
    let (w, b) = (Double(p.w), Double(p.b))
    let (dw, db) = ((loss(w + 1, b) - loss(w - 1, b)) / 2, (loss(w, b + 1) - loss(w, b - 1)) / 2)
    return AnswerKey(dw, db, w - p.lr.value * dw, b - p.lr.value * db)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (slopes, lr) = (p.slopes(Double(p.w)), p.lr.value)
    let w1 = Double(p.w) - lr * slopes.w
    Mistake("no-factor-2", "gradW", slopes.w / 2)
    Mistake("not-averaged", "gradW", slopes.w * p.count)
    Mistake("sign", "gradW", -slopes.w)
    Mistake("no-input", "gradW", slopes.b)
    Mistake("ascent", "w1", Double(p.w) + lr * slopes.w)
    Mistake("lr-forgotten", "w1", Double(p.w) - slopes.w)
    Mistake("sequential", "b1", Double(p.b) - lr * p.slopes(w1).b)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A line $w x + b$ is fitted to the points with $x = \(tuple(p.x))$ and $y = \(tuple(p.y))$. The \
    loss is $L = \\frac{1}{\(p.x.count)} \\sum_i (w x_i + b - y_i)^2$. From $w = \(p.w)$ and $b = \(p.b)$ \
    one step of gradient descent with learning rate $\(plainNumber(p.lr.value))$ is taken.
    """
    ask("gradW", "$\\frac{∂L}{∂w}$")
    ask("gradB", "$\\frac{∂L}{∂b}$")
    ask("w1", "$w$ after the step")
    ask("b1", "$b$ after the step")
  }

  static func solve(_ p: Parameters) -> Document {
    let slopes = p.slopes(Double(p.w))
    let n = p.x.count
    "The errors, prediction minus target, are $e = \(tuple(p.errors(Double(p.w))))$."
    steps(
      "\\frac{∂L}{∂w} = \\frac{2}{\(n)} \\sum e_i x_i = \(shown(slopes.w))",
      "\\frac{∂L}{∂b} = \\frac{2}{\(n)} \\sum e_i = \(shown(slopes.b))")
    "The step goes against the gradient:"
    steps(
      "w - η \\frac{∂L}{∂w} = \(shown(Double(p.w) - p.lr.value * slopes.w, decimals: 4))",
      "b - η \\frac{∂L}{∂b} = \(shown(Double(p.b) - p.lr.value * slopes.b, decimals: 4))")
  }
}
