import Calculus
import ExamModel
import Typesetting

/// What `w.grad` holds after a loop, depending on where it is zeroed and stepped.
///
/// `backward` adds 2(wx − t)x, with the weight of that moment, to what is there.
enum GradientAccumulation: QuestionFamily {
  static let heading = Heading(
    "torch.grad-accumulation", "What w.grad shows after a loop", difficulty: 3)

  enum Mode: String, Codable, Sendable {
    case none, every, scaled, twice, stepping
    case everyM = "every-m"
    case steppingNoZero = "stepping-no-zero"

    var steps: Bool { self == .stepping || self == .steppingNoZero }
  }

  struct Parameters: Codable, Sendable, Equatable {
    let mode: Mode
    let w: Int
    let x, t: [Int]
    let lr: Rational
    let m: Int
  }

  static let leavesPartsOut = true
  static let parts = [
    Part.fraction("grad", weight: 2),
    Part.fraction("w"),
  ]

  static let misconceptions: [Misconception] = [
    .core("last-only", "backward() adds to .grad; it does not replace what is there."),
    .core(
      "summed-all", "Something clears or scales the gradients here: the plain sum is too much."),
    .optional("averaged", "Nothing divides by the number of samples unless the code does."),
    .core("no-chain-2", "The derivative of the square has a factor 2."),
    .optional("no-input-factor", "The inner derivative is missing: ∂(wx)/∂w is x."),
    .core(
      "halved",
      "A factor 2 is missing: either the second backward() call or the derivative of the square."),
    .optional("cleared-by-step", "step() uses the gradients and leaves them as they are."),
    .core(
      "weights-not-updated",
      "The weight has changed in between: use its current value for each gradient."),
    .core("sign-of-step", "A step goes against the gradient: subtract lr times it."),
    .core("single-step", "There is a step in every pass of the loop."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let mode = dice.pick(
      [.none, .every, .everyM, .scaled, .twice, .stepping, .steppingNoZero] as [Mode])
    let count = mode == .everyM ? 4 : dice.integer(in: 2...(mode.steps ? 3 : 4))
    let values = [-3, -2, -1, 1, 2, 3]
    let p = Parameters(
      mode: mode, w: dice.pick(values), x: dice.picks(count, from: values),
      t: dice.integers(count, in: -4...4), lr: dice.pick([1, 5], over: 10), m: 2)
    return objection(to: p) == nil && slopes(p).allSatisfy { $0 != 0 } ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    within(-20...20, "x", p.x, count: 1...6) ?? within(-20...20, "t", p.t, count: p.x.count)
      ?? within(-20...20, "w", p.w) ?? positive("lr", p.lr, upTo: 1, denominators: 10)
      ?? within(1...6, "m", p.m)
  }

  /// One slip in following the loop.
  private enum Slip { case none, noChain, frozen, oneStep }

  private static func run(_ p: Parameters, _ slip: Slip = .none) -> (grad: Rational, w: Rational) {
    let start = Rational(p.w)
    var (w, grad): (Rational, Rational) = (start, 0)
    for i in p.x.indices {
      if p.mode == .every || p.mode == .stepping || (p.mode == .everyM && i % p.m == 0) { grad = 0 }
      let x = Rational(p.x[i])
      let residual = (slip == .frozen ? start : w) * x - Rational(p.t[i])
      var slope = residual * x * (slip == .noChain ? 1 : 2)
      if p.mode == .scaled { slope = slope / Rational(p.x.count) }
      if p.mode == .twice { slope = slope * 2 }
      grad = grad + slope
      if p.mode.steps, slip != .oneStep || i == 0 { w = w - p.lr * grad }
    }
    return (grad, w)
  }

  /// The slope of each sample at the first weight.
  private static func slopes(_ p: Parameters) -> [Int] {
    zip(p.x, p.t).map { 2 * (p.w * $0 - $1) * $0 }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let (grad, w) = run(p)
    key.write(.number(grad.value), p.mode.steps ? .number(w.value) : nil)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Which samples stand in .grad at the end, and with which weight each was met.
    var weights = [Double(p.w)]
    var terms: [Double] = []
    func slope(_ i: Int) -> Double {
      let step = 1.0 / 1024
      func loss(_ w: Double) -> Double {
        let r = w * Double(p.x[i]) - Double(p.t[i])
        return r * r
      }
      let w = weights[weights.count - 1]
      return (loss(w + step) - loss(w - step)) / (2 * step)
    }
    let share = p.mode == .scaled ? 1 / Double(p.x.count) : p.mode == .twice ? 2 : 1
    for i in p.x.indices {
      let clears =
        switch p.mode {
        case .every, .stepping: true
        case .everyM: i.isMultiple(of: p.m)
        default: false
        }
      if clears { terms.removeAll() }
      terms.append(share * slope(i))
      if p.mode.steps { weights.append(weights[i] - p.lr.value * terms.sum) }
    }
    return AnswerKey([.number(terms.sum), p.mode.steps ? .number(weights[weights.count - 1]) : nil])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let slopes = slopes(p)
    let (count, total) = (p.x.count, slopes.sum)
    let key = run(p)
    func grad(_ id: MisconceptionID, _ value: Rational) -> Mistake {
      Mistake(id, "grad", .number(value.value))
    }
    // Without zeroing the sum is right, and with zeroing the last one is.
    let isSummed = [.none, .scaled, .twice, .steppingNoZero, .everyM].contains(p.mode)
    var mistakes: [Mistake] = []
    if isSummed { mistakes.append(grad("last-only", Rational(slopes[count - 1]))) }
    if p.mode != .none, p.mode != .twice, p.mode != .steppingNoZero {
      mistakes.append(grad("summed-all", Rational(total)))
    }
    if p.mode != .twice {
      mistakes.append(grad("no-chain-2", run(p, .noChain).grad))
    } else {
      mistakes.append(grad("halved", key.grad / 2))
    }
    if p.mode.steps {
      mistakes += [
        grad("weights-not-updated", run(p, .frozen).grad),
        Mistake("sign-of-step", "w", .number((2 * Rational(p.w) - key.w).value)),
        Mistake("single-step", "w", .number(run(p, .oneStep).w.value)),
      ]
    }
    if p.mode != .scaled { mistakes.append(grad("averaged", Rational(total, count))) }
    let residuals = zip(p.x, p.t).map { 2 * (p.w * $0 - $1) }
    let bare = p.mode == .none ? residuals.sum : residuals[count - 1]
    return mistakes + [grad("no-input-factor", Rational(bare)), grad("cleared-by-step", 0)]
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    let (grad, w) = run(p)
    return p.mode.steps
      ? ["grad": grad.description, "w": w.description] : ["grad": grad.description]
  }

  private static func code(_ p: Parameters) -> String {
    let (x, t) = (p.x.map(String.init), p.t.map(String.init))
    let data = zip(x, t).map { "(\($0)., \($1).)" }.joined(separator: ", ")
    var body: [String] = []
    switch p.mode {
    case .every, .stepping: body.append("optimizer.zero_grad()")
    case .everyM: body.append("if i % \(p.m) == 0: optimizer.zero_grad()")
    default: break
    }
    body.append("loss = (w * x - t) ** 2" + (p.mode == .scaled ? " / \(p.x.count)" : ""))
    body.append(p.mode == .twice ? "loss.backward(retain_graph=True)" : "loss.backward()")
    if p.mode == .twice { body.append("loss.backward()") }
    if p.mode.steps { body.append("optimizer.step()") }
    return """
      w = torch.tensor(\(p.w)., requires_grad=True)
      optimizer = torch.optim.SGD([w], lr=\(plainNumber(p.lr.value)))
      for i, (x, t) in enumerate([\(data)]):
      \(body.map { "    " + $0 }.joined(separator: "\n"))
      print(w.grad)
      """
  }

  static func pose(_ p: Parameters) -> Prompt {
    "This program runs to its end. Give fractions, or decimals to 3 places."
    Block.code(code(p))
    ask("grad", "the number that is printed")
    ask("w", "the value of `w` at the end")
  }

  static func solve(_ p: Parameters) -> Document {
    var (w, grad): (Rational, Rational) = (Rational(p.w), 0)
    var steps: [Step] = []
    for i in p.x.indices {
      let clears = p.mode == .every || p.mode == .stepping || (p.mode == .everyM && i % p.m == 0)
      if clears { grad = 0 }
      let x = Rational(p.x[i])
      var slope = 2 * (w * x - Rational(p.t[i])) * x
      var work = "2 · (\(factor(w)) · \(factor(x)) - \(factor(Rational(p.t[i])))) · \(factor(x))"
      if p.mode == .scaled {
        slope = slope / Rational(p.x.count)
        work += " / \(p.x.count)"
      }
      if p.mode == .twice {
        slope = slope * 2
        work = "2 · \(work)"
      }
      let before = grad
      grad = grad + slope
      steps.append(
        Step(
          "\\text{sample \(i + 1)}: \(work) = \(fraction(slope)), \\quad \(fraction(before)) + \(factor(slope)) = \(fraction(grad))",
          because: clears ? "zeroed before" : nil))
      if p.mode.steps {
        let old = w
        w = w - p.lr * grad
        steps.append(
          Step("w = \(fraction(old)) - \(fraction(p.lr)) · \(factor(grad)) = \(fraction(w))"))
      }
    }
    var blocks: [Block] = [
      .paragraph(
        "backward() adds $2 (w x - t) x$, taken at the current weight, to `w.grad`, which only `zero_grad()` clears:"
      ), .steps(steps),
      .steps([Step("\\text{w.grad} = \(shown(grad))")]),
    ]
    if p.mode.steps { blocks.append(.steps([Step("w = \(shown(w))")])) }
    return Document(blocks: blocks)
  }
}
