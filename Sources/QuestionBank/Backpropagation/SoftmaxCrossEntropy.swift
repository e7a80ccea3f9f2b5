import Calculus
import ExamModel
import Typesetting

/// Softmax, cross-entropy and its gradient with respect to the logits: (p − y)/B.
enum SoftmaxCrossEntropy: QuestionFamily {
  static let heading = Heading(
    "backprop.softmax-ce", "Gradient of softmax with cross-entropy", difficulty: 3)

  /// Logits are ln n; `y` is the target, and the loss is a mean over `batch` samples.
  struct Parameters: Codable, Sendable, Equatable {
    let n: [Int]
    let y: [Rational]
    let batch: Int

    var p: [Rational] { n.map { Rational($0, n.reduce(0, +)) } }
    var gradient: [Rational] { zip(p, y).map { ($0 - $1) / Rational(batch) } }
    var isOneHot: Bool { y.allSatisfy { $0 == 0 || $0 == 1 } }
    var loss: Double {
      zip(p, y).reduce(0) { $1.1 == 0 ? $0 : $0 - $1.1.value * Elementary.log($1.0.value) }
    }
  }

  static let parts = [
    Part.fraction("p", .vector),
    Part.real("loss", dependsOn: ["p"]),
    Part.fraction("grad", .vector, weight: 2, dependsOn: ["p"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("negated", "That points downhill. The gradient is p − y, prediction minus target."),
    .core("no-subtraction", "Subtract the target from the probabilities."),
    .core(
      "double-slope",
      "The softmax's own slope is already contained in p − y; do not multiply it in again."),
    .optional(
      "stopped-at-p", "That is the gradient with respect to p; go on through the softmax to z."),
    .core("target-only", "Every logit moves the probabilities, not only the target's."),
    .optional("wrong-target", "The 1 of the target stands at another class."),
    .optional("not-averaged", "The loss is a mean over the batch: divide by its size."),
    .optional("log2", "The loss uses the natural logarithm."),
    .optional("loss-of-p", "The loss is −ln p of the target, not 1 − p."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let n = dice.draw(3, from: 1...8)
    let total = n.reduce(0, +)
    guard n.allSatisfy({ 2 * $0 != total }) else { return nil }
    var y: [Rational] = [0, 0, 0]
    if dice.oneIn(4) {
      y = dice.shuffled([Rational(1, 2), Rational(1, 4), Rational(1, 4)])
    } else {
      y[dice.below(3)] = 1
    }
    return Parameters(n: n, y: y, batch: dice.pick([1, 1, 4]))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "n", p.n, count: 2...10)
      ?? unless(
        p.y.count == p.n.count && p.y.allSatisfy { $0 >= 0 && $0.denominator <= 1000 },
        "y has a share for each class") ?? unless(p.y.sum == 1, "the shares of y sum to 1")
      ?? within(1...10_000, "batch", p.batch)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let probabilities = key.vector(p.p.map(\.value))
    let loss = zip(probabilities, p.y).reduce(0.0) { sum, pair in
      pair.1 == 0 ? sum : sum - pair.1.value * Elementary.log(pair.0)
    }
    key.write(loss)
    key.write(
      .vector(
        key.own[0] == nil
          ? p.gradient.map(\.value)
          : zip(probabilities, p.y).map { ($0 - $1.value) / Double(p.batch) }))
  }

  /// The loss as it is defined, on a tape: logits to exponentials, shares, logarithms.
  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let names = p.n.indices.map { "z\($0)" }
    let model = Tape { tape in
      let e = names.map { exp(tape.input($0)) }
      let sum = e.dropFirst().reduce(e[0]) { $0 + $1 }
      let terms = zip(e, p.y).enumerated().map { i, pair in
        log(tape.name("p\(i)", pair.0 / sum)) * -pair.1.value
      }
      tape.name("loss", terms.dropFirst().reduce(terms[0]) { $0 + $1 })
    }
    let run = model.run(p.n.map { Elementary.log(Double($0)) })
    let gradient = run.gradient(of: model["loss"])
    return AnswerKey(
      p.n.indices.map { run[model["p\($0)"]] }, run[model["loss"]],
      names.map { gradient[model[$0]] / Double(p.batch) })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (q, y) = (p.p.map(\.value), p.y.map(\.value))
    let size = Double(p.batch)
    let plain = zip(q, y).map { $0 - $1 }
    let grad = { (id: MisconceptionID, values: [Double]) in
      Mistake(id, "grad", values.map { $0 / size })
    }
    let turned = [y[y.count - 1]] + y.dropLast()
    grad("negated", plain.map { -$0 })
    grad("no-subtraction", q)
    grad("double-slope", zip(plain, q).map { $0 * $1 * (1 - $1) })
    if p.isOneHot { grad("target-only", zip(plain, y).map { $1 == 0 ? 0 : $0 }) }
    grad("stopped-at-p", zip(q, y).map { $1 == 0 ? 0 : -$1 / $0 })
    grad("wrong-target", zip(q, turned).map { $0 - $1 })
    Mistake("log2", "loss", p.loss / Elementary.log(2))
    Mistake("loss-of-p", "loss", 1 - zip(q, y).reduce(0) { $0 + $1.0 * $1.1 })
    if p.batch > 1 { Mistake("not-averaged", "grad", plain) }
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    ["p": list(p.p), "grad": list(p.gradient)]
  }

  static func pose(_ p: Parameters) -> Prompt {
    let logits = p.n.map { "\\ln \($0)" }.joined(separator: ", ")
    let mean: Prose =
      p.batch == 1
      ? ""
      : " The loss is the mean over a batch of \(p.batch) such samples; the gradient asked for is that of the mean."
    Block.paragraph(
      """
      A classifier has the logits $z = (\(logits))$ for one sample whose target is \
      $y = \(fractions(p.y))$. With $p = \\softmax(z)$ the sample's loss is $L = -\\sum_i y_i \\ln p_i$.
      """ + mean)
    "Give fractions, or decimals to 3 places; vectors in order and in brackets."
    ask("p", "the probabilities $p$")
    ask("loss", "the sample's loss $L$, to 3 decimals")
    ask(
      "grad",
      p.batch == 1
        ? "the gradient of $L$ with respect to $z$"
        : "the gradient of the mean loss with respect to this sample's $z$")
  }

  static func solve(_ p: Parameters) -> Document {
    let total = p.n.reduce(0, +)
    let terms = zip(p.y, p.p).filter { $0.0 != 0 }.map { y, q in
      y == 1 ? "-\\ln \(fraction(q))" : "-\(fraction(y)) \\ln \(fraction(q))"
    }
    let scale = p.batch == 1 ? "" : "\\frac{1}{\(p.batch)} "
    "Exponentials undo the logarithms:"
    steps(
      "p = \(tuple(p.n.map(Double.init))) / \(total) = \(fractions(p.p)) = \(tuple(p.p.map(\.value), decimals: 3))",
      "L = \(terms.joined(separator: " ")) = \(plainNumber(p.loss, decimals: 3))")
    """
    The slopes of the logarithm and of the softmax combine to \
    $\\frac{∂L}{∂z_j} = p_j \\sum_i y_i - y_j = p_j - y_j$:
    """
    steps(
      """
      \\frac{∂L}{∂z} = \(scale)(\(fractions(p.p)) - \(fractions(p.y))) = \(fractions(p.gradient)) = \
      \(tuple(p.gradient.map(\.value), decimals: 3))
      """)
    "Check: the entries sum to 0."
  }
}
