import ExamModel
import Typesetting

/// What reaches `x.grad` where part of the computation is cut off the graph.
enum DetachedGradient: QuestionFamily {
  static let heading = Heading("torch.detach", "Gradients and detach", difficulty: 3)

  /// How y is computed; `d` stands for detach.
  enum Kind: String, Codable, Sendable, CaseIterable {
    case square = "x2*d(x)"
    case product = "d(x2)*x"
    case sum = "x*x+d(x)*c"
    case noGrad = "nograd-y"
    case cut = "d(x)2*c"
    case clone
  }

  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let x, c: Int

    /// Nil where backward() raises an error.
    var gradient: Int? {
      switch kind {
      case .square: 2 * x * x
      case .product: x * x
      case .sum: 2 * x
      case .noGrad: c * x
      case .cut: nil
      case .clone: 2 * c * x
      }
    }
    /// As if nothing were cut off.
    var full: Int {
      switch kind {
      case .square, .product: 3 * x * x
      case .sum: 2 * x + c
      case .noGrad, .cut, .clone: 2 * c * x
      }
    }
    /// Of the other factor alone.
    var other: Int? {
      switch kind {
      case .square: x * x
      case .product: 2 * x * x
      case .sum, .noGrad: c
      case .cut, .clone: nil
      }
    }
  }

  static let parts = [Part("grad", .integer, mayBeObvious: true)]

  static let misconceptions: [Misconception] = [
    .core(
      "full-derivative", "detach() and no_grad() cut the graph: what they return is a constant."),
    .optional("zero", "The part that is not cut off still passes its gradient on."),
    .core("other-factor", "You took the derivative of the factor that is cut off."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("grad", because: "one program of six raises an error")
  ]

  static let variants: Int? = 288

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      kind: dice.pick(Kind.allCases), x: dice.pick([-5, -4, -3, -2, 2, 3, 4, 5]),
      c: dice.pick([-3, -2, -1, 1, 2, 3]))
  }

  static func objection(to p: Parameters) -> String? { within(-1000...1000, "x and c", p.x, p.c) }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.gradient.map(AnswerValue.integer) ?? AnswerValue.undefined)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // A central difference that moves x where it is tracked and leaves it where it is cut off.
    func y(_ x: Int) -> Int? {
      switch p.kind {
      case .square: x * x * p.x
      case .product: p.x * p.x * x
      case .sum: x * x + p.x * p.c
      case .noGrad: x * (p.c * p.x)
      case .cut: nil
      case .clone: p.c * x * x
      }
    }
    guard let up = y(p.x + 1), let down = y(p.x - 1) else {
      return AnswerKey(AnswerValue.undefined)
    }
    return AnswerKey((up - down) / 2)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    if p.kind != .clone { Mistake("full-derivative", "grad", p.full) }
    if let other = p.other { Mistake("other-factor", "grad", other) }
    Mistake("zero", "grad", 0)
  }

  private static func code(_ p: Parameters) -> String {
    let y =
      switch p.kind {
      case .square: "y = x**2 * x.detach()"
      case .product: "y = (x**2).detach() * x"
      case .sum: "y = x * x + x.detach() * \(signed("\(p.c)"))"
      case .noGrad: "with torch.no_grad():\n    z = \(p.c) * x\ny = x * z"
      case .cut: "y = x.detach()**2 * \(signed("\(p.c)"))"
      case .clone: "y = \(p.c) * x.clone()**2"
      }
    return "x = torch.tensor(\(p.x).0, requires_grad=True)\n\(y)\ny.backward()\nprint(x.grad)"
  }

  static func pose(_ p: Parameters) -> Prompt {
    "What does this program print as a number?"
    Block.code(code(p))
    ask("grad", "what is printed, or *undefined* if the program stops before")
  }

  static func solve(_ p: Parameters) -> Document {
    let why: Prose =
      switch p.kind {
      case .square: "`x.detach()` is the constant $\(p.x)$, so $y = \(factor: p.x) x^2$"
      case .product: "`(x**2).detach()` is the constant $\(p.x * p.x)$, so $y = \(p.x * p.x) x$"
      case .sum: "The second term is a constant, so only $x^2$ counts"
      case .noGrad: "`z` is the constant $\(p.c * p.x)$, so $y = \(factor: p.c * p.x) x$"
      case .cut: "Nothing in `y` is tracked"
      case .clone: "A clone stays in the graph, so $y = \(p.c) x^2$"
      }
    guard let gradient = p.gradient else {
      return Document { why + ": `backward()` raises an error, since `y` needs no gradient." }
    }
    return Document { why + ", and the slope at $x = \(p.x)$ is $\(gradient)$." }
  }
}
