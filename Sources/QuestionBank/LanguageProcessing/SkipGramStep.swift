import Calculus
import ExamModel
import Typesetting

/// A step of skip-gram with negative sampling for one pair of words (Mikolov et al. 2013).
enum SkipGramStep: QuestionFamily {
  static let heading = Heading(
    "nlp.sgns-update", "A step of skip-gram with negative sampling", difficulty: 3)

  /// The centre word's vector v, the other's u; label 1 for a true neighbour, 0 for a drawn one.
  struct Parameters: Codable, Sendable, Equatable {
    let v, u: [Int]
    let label: Int
    let lr: Double

    var product: Int { dot(v, u) }
    var probability: Double { Elementary.sigmoid(Double(product)) }
    func scaled(_ factor: Double, _ xs: [Int]) -> [Double] { xs.map { factor * Double($0) } }
    var gradient: [Double] { scaled(probability - Double(label), u) }
    func moved(_ step: Double, _ gradient: [Double]) -> [Double] {
      zip(v, gradient).map { Double($0) + step * $1 }
    }
  }

  static let parts = [
    Part.real("p"), Part.real("gradC", .vector, dependsOn: ["p"]),
    Part.real("vNew", .vector, dependsOn: ["gradC"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("label-sign", "The error is σ(u·v) minus the label."),
    .core("own-vector", "The slope of u·v with respect to v is u."),
    .core("no-error", "Multiply by the error, σ(u·v) minus the label."),
    .core("with-slope", "The slope of σ cancels against that of the logarithm."),
    .core("ascent", "The loss is to fall: subtract."),
    .core("lr-forgotten", "The step is the learning rate times the gradient."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("p", because: "it is the sigmoid of a whole number from -4 to 4")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      v: dice.integers(2, in: -2...2), u: dice.integers(2, in: -2...2), label: dice.below(2),
      lr: dice.pick([0.1, 0.2, 0.5]))
    return p.product == 0 || abs(p.product) > 4 || p.u == p.v || p.u == p.v.map { -$0 } ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-20...20, "v", p.v, count: 1...6) ?? within(-20...20, "u", p.u, count: p.v.count)
      ?? within(0...1, "label", p.label) ?? unless(p.lr > 0 && p.lr <= 10, "lr is positive")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let probability = key.number(p.probability)
    let gradient = key.vector(p.scaled(probability - Double(p.label), p.u))
    key.write(p.moved(-p.lr, gradient))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // For the label 1, −ln σ(z) has the slope −σ(−z); for 0, −ln σ(−z) has σ(z).
    let z = Double(p.product)
    let (up, down) = (Elementary.exp(z), Elementary.exp(-z))
    let slope = p.label == 1 ? -down / (1 + down) : up / (1 + up)
    return AnswerKey(
      up / (1 + up), p.u.map { Double($0) * slope },
      p.v.indices.map { Double(p.v[$0]) - p.lr * slope * Double(p.u[$0]) })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (q, y, gradient) = (p.probability, Double(p.label), p.gradient)
    Mistake("label-sign", "gradC", p.scaled(y - q, p.u))
    Mistake("own-vector", "gradC", p.scaled(q - y, p.v))
    Mistake("no-error", "gradC", p.scaled(p.label == 1 ? q : 1, p.u))
    Mistake("with-slope", "gradC", p.scaled((q - y) * q * (1 - q), p.u))
    Mistake("ascent", "vNew", p.moved(p.lr, gradient))
    Mistake("lr-forgotten", "vNew", p.moved(-1, gradient))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    Skip-gram with negative sampling looks at a centre word $v = \(tuple(p.v))$ and \
    \(p.label == 1 ? "a word from its context" : "a word drawn at random"), $u = \(tuple(p.u))$. The \
    loss of this pair is $\(p.label == 1 ? "-\\ln σ(u · v)" : "-\\ln σ(-u · v)")$.
    """
    ask("p", "$σ(u · v)$")
    ask("gradC", "the gradient of the loss with respect to $v$")
    ask("vNew", "$v$ after a step with learning rate $\(p.lr)$")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "u · v = \(p.product)", "σ(\(p.product)) = \(p.probability, decimals: 3)",
      "\\frac{∂L}{∂v} = (σ(u · v) - \(p.label)) u = \(tuple(p.gradient, decimals: 3))",
      "v - \(p.lr) \\frac{∂L}{∂v} = \(tuple(p.moved(-p.lr, p.gradient), decimals: 3))")
  }
}
