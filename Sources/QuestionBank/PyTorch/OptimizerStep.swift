import Calculus
import ExamModel
import Typesetting

/// Two steps of an optimiser on one weight, as PyTorch defines them.
///
/// SGD: b ← μb + g, w ← w − lr·b. Adam: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
/// w ← w − lr·m̂/(√v̂ + ε) with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ) (Kingma, Ba 2015).
enum OptimizerStep: QuestionFamily {
  static let heading = Heading("torch.optimizer-step", "Two steps of an optimiser", difficulty: 4)

  enum Kind: String, Codable, Sendable {
    case sgd, momentum, nesterov, adam, adamw, rmsprop
    case sgdDecay = "sgd-wd"

    var hasBuffer: Bool { self == .momentum || self == .nesterov }
    var isAdam: Bool { self == .adam || self == .adamw }
  }

  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let w: Double
    let g: [Double]
    let lr, mu, wd, b1, b2, alpha, eps: Double
  }

  static let leavesPartsOut = true
  static let parts = [
    Part.real("w1", to: 4),
    Part.real("w2", to: 4, weight: 2, dependsOn: ["w1"]),
    Part.real("buf", to: 4),
    Part.real("m2", to: 4), Part.real("v2", to: 4),
  ]

  static let misconceptions: [Misconception] = [
    .core("ascent", "A step goes against the gradient: subtract, do not add."),
    .core(
      "averaged-momentum",
      "PyTorch adds the whole gradient to μ times the buffer; it does not weigh it by 1 − μ."),
    .core("plain-sgd", "That is a plain gradient step; this optimiser does more."),
    .optional(
      "old-momentum-only", "The second step uses μ times the buffer plus the new gradient."),
    .optional("not-nesterov", "Nesterov's step uses g + μ·buffer, after the buffer was updated."),
    .core("no-decay", "The weight decay adds λw to the gradient."),
    .optional("decay-without-lr", "The decay is scaled by the learning rate as well."),
    .optional("decay-sign", "The decay pulls towards 0: it is added to the gradient."),
    .core(
      "no-bias-correction",
      "Divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ: both start at 0 and would be too small."),
    .core("no-sqrt", "Divide by the square root of v, not by v."),
    .optional("late-counter", "The first step has t = 1 in the bias correction."),
    .core("gradient-not-squared", "v averages the squares of the gradients."),
    .optional(
      "coupled", "AdamW shrinks the weight on its own; it does not add λw to the gradient."),
    .core("decay-forgotten", "AdamW first multiplies the weight by 1 − lr·λ."),
    .optional("adam-style-correction", "RMSprop does not correct the bias of its average."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let kind = dice.pick(
      [.sgd, .sgdDecay, .momentum, .momentum, .nesterov, .adam, .adam, .adamw, .rmsprop] as [Kind])
    let g = [-4, -3, -2, -1, 1, 2, 3, 4].map(Double.init)
    let decays = kind == .sgdDecay || kind == .adamw
    let p = Parameters(
      kind: kind, w: Double(dice.pick([-2, -1, 1, 2, 3])), g: [dice.pick(g), dice.pick(g)],
      lr: dice.pick([0.1, 0.2, 0.5]), mu: dice.pick([0.9, 0.5]),
      wd: decays ? dice.pick([0.1, 0.2, 0.5]) : 0, b1: dice.pick([0.9, 0.5]),
      b2: dice.pick([0.99, 0.9]), alpha: dice.pick([0.9, 0.99]), eps: 1e-8)
    // With these the first step is the same with and without bias correction.
    return kind.isAdam && p.b1 == 0.9 && p.b2 == 0.99 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    guard p.g.count == 2, (p.g + [p.w]).allSatisfy({ $0.magnitude <= 1000 && $0.isFinite }) else {
      return "g has two gradients; they and w lie between -1000 and 1000"
    }
    guard p.lr > 0, p.lr <= 10, p.wd >= 0, p.wd <= 10, p.eps >= 0, p.eps <= 0.1 else {
      return "lr lies above 0 and wd from 0 up to 10, eps from 0 to 0.1"
    }
    return [p.mu, p.b1, p.b2, p.alpha].allSatisfy { $0 >= 0 && $0 < 1 }
      ? nil : "mu, b1, b2 and alpha lie from 0 up to, not including, 1"
  }

  private struct State {
    var w: [Double] = []
    var buffer = 0.0
    var m = 0.0
    var v = 0.0
  }

  /// What an adaptive method does differently where somebody goes wrong.
  private struct Slips {
    var corrects = true
    var late = 0
    var takesRoot = true
    var couples = false
    var decays = true
    var squares = true
  }

  private static func adaptive(_ p: Parameters, _ slips: Slips = Slips(), w1: Double? = nil)
    -> State
  {
    var s = State()
    var w = p.w
    var (power1, power2) = (1.0, 1.0)
    for _ in 0..<slips.late { (power1, power2) = (power1 * p.b1, power2 * p.b2) }
    for gradient in p.g {
      var g = gradient
      if p.kind == .adamw {
        if slips.couples { g += p.wd * w } else if slips.decays { w *= 1 - p.lr * p.wd }
      }
      (power1, power2) = (power1 * p.b1, power2 * p.b2)
      if p.kind == .rmsprop {
        s.v = p.alpha * s.v + (1 - p.alpha) * g * g
        let scale = slips.takesRoot ? s.v.squareRoot() : s.v
        w -= p.lr * g / (scale + p.eps)
      } else {
        s.m = p.b1 * s.m + (1 - p.b1) * g
        s.v = p.b2 * s.v + (1 - p.b2) * (slips.squares ? g * g : g)
        let m = slips.corrects ? s.m / (1 - power1) : s.m
        let v = slips.corrects ? s.v / (1 - power2) : s.v
        w -= p.lr * m / ((slips.takesRoot ? v.squareRoot() : v) + p.eps)
      }
      s.w.append(w)
      if s.w.count == 1, let w1 { w = w1 }
    }
    return s
  }

  private static func run(_ p: Parameters, w1: Double? = nil) -> State {
    switch p.kind {
    case .adam, .adamw, .rmsprop: return adaptive(p, w1: w1)
    case .sgd, .sgdDecay, .momentum, .nesterov:
      var s = State()
      var w = p.w
      for gradient in p.g {
        let g = gradient + p.wd * w
        s.buffer = p.kind.hasBuffer ? p.mu * s.buffer + g : g
        w -= p.lr * (p.kind == .nesterov ? g + p.mu * s.buffer : s.buffer)
        s.w.append(w)
        if s.w.count == 1, let w1 { w = w1 }
      }
      return s
    }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let s = run(p, w1: key.own[0]?.firstEntry)
    let first = key.own[0] == nil ? s : run(p)
    key.write(first.w[0])
    key.write(s.w[1])
    key.write(p.kind.hasBuffer ? .number(s.buffer) : nil)
    key.write(p.kind.isAdam ? .number(first.m) : nil)
    key.write(p.kind.isAdam ? .number(first.v) : nil)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Both steps written out, without a loop.
    let (g1, g2) = (p.g[0], p.g[1])
    switch p.kind {
    case .sgd, .sgdDecay:
      let w1 = p.w * (1 - p.lr * p.wd) - p.lr * g1
      return AnswerKey(w1, w1 * (1 - p.lr * p.wd) - p.lr * g2, nil, nil, nil)
    case .momentum, .nesterov:
      let buffer = p.mu * g1 + g2
      let isPlain = p.kind == .momentum
      let w1 = p.w - p.lr * (isPlain ? g1 : g1 * (1 + p.mu))
      return AnswerKey([
        .number(w1), .number(w1 - p.lr * (isPlain ? buffer : g2 + p.mu * buffer)),
        .number(buffer), nil, nil,
      ])
    case .rmsprop:
      let v1 = (1 - p.alpha) * g1 * g1
      let v2 = (1 - p.alpha) * (p.alpha * g1 * g1 + g2 * g2)
      let w1 = p.w - p.lr * g1 / (v1.squareRoot() + p.eps)
      return AnswerKey(w1, w1 - p.lr * g2 / (v2.squareRoot() + p.eps), nil, nil, nil)
    case .adam, .adamw:
      // The corrected averages weigh both gradients: (β g₁ + g₂)/(β + 1).
      let m = (p.b1 * g1 + g2) / (p.b1 + 1)
      let v = (p.b2 * g1 * g1 + g2 * g2) / (p.b2 + 1)
      let shrink = p.kind == .adamw ? 1 - p.lr * p.wd : 1
      let w1 = p.w * shrink - p.lr * g1 / (g1.magnitude + p.eps)
      return AnswerKey(
        w1, w1 * shrink - p.lr * m / (v.squareRoot() + p.eps), nil, m * (1 - p.b1 * p.b1),
        v * (1 - p.b2 * p.b2))
    }
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let s = run(p)
    let (w0, g1, g2, lr) = (p.w, p.g[0], p.g[1], p.lr)
    let w1 = { (id: MisconceptionID, x: Double) in Mistake(id, "w1", x) }
    let w2 = { (id: MisconceptionID, x: Double) in Mistake(id, "w2", x) }
    let plain = { (change: (inout Slips) -> Void) -> State in
      var slips = Slips()
      change(&slips)
      return adaptive(p, slips)
    }
    switch p.kind {
    case .sgd: w1("ascent", w0 + lr * g1)
    case .sgdDecay:
      w1("ascent", w0 + lr * g1)
      w1("no-decay", w0 - lr * g1)
      w1("decay-without-lr", w0 * (1 - p.wd) - lr * g1)
      w1("decay-sign", w0 - lr * (g1 - p.wd * w0))
    case .momentum, .nesterov:
      let damped1 = (1 - p.mu) * g1
      let damped2 = p.mu * damped1 + (1 - p.mu) * g2
      let isPlain = p.kind == .momentum
      let averaged = isPlain ? damped1 + damped2 : g1 + g2 + p.mu * (damped1 + damped2)
      w1("ascent", 2 * w0 - s.w[0])
      w2("averaged-momentum", w0 - lr * averaged)
      w2("plain-sgd", w0 - lr * (g1 + g2))
      w2("old-momentum-only", s.w[0] - lr * p.mu * g1)
      if !isPlain { w2("not-nesterov", w0 - lr * (g1 + p.mu * g1 + g2)) }
    case .rmsprop:
      w1("ascent", 2 * w0 - s.w[0])
      w1("no-sqrt", plain { $0.takesRoot = false }.w[0])
      w1("plain-sgd", w0 - lr * g1)
      w1("adam-style-correction", w0 - lr * (g1 < 0 ? -1 : 1))
    case .adam, .adamw:
      w1("ascent", p.kind == .adamw ? w0 + lr * g1 : 2 * w0 - s.w[0])
      w1("no-bias-correction", plain { $0.corrects = false }.w[0])
      w2("no-sqrt", plain { $0.takesRoot = false }.w[1])
      w1("plain-sgd", w0 - lr * g1)
      w1("late-counter", plain { $0.late = 1 }.w[0])
      Mistake("gradient-not-squared", "v2", plain { $0.squares = false }.v)
      if p.kind == .adamw {
        w2("coupled", plain { $0.couples = true }.w[1])
        w1("decay-forgotten", plain { $0.decays = false }.w[0])
      }
    }
  }

  private static func settings(_ p: Parameters) -> String {
    let n = { (x: Double) in plainNumber(x) }
    switch p.kind {
    case .sgd: return "torch.optim.SGD([w], lr=\(n(p.lr)))"
    case .sgdDecay: return "torch.optim.SGD([w], lr=\(n(p.lr)), weight_decay=\(n(p.wd)))"
    case .momentum: return "torch.optim.SGD([w], lr=\(n(p.lr)), momentum=\(n(p.mu)))"
    case .nesterov: return "torch.optim.SGD([w], lr=\(n(p.lr)), momentum=\(n(p.mu)), nesterov=True)"
    case .adam: return "torch.optim.Adam([w], lr=\(n(p.lr)), betas=(\(n(p.b1)), \(n(p.b2))))"
    case .adamw:
      return
        "torch.optim.AdamW([w], lr=\(n(p.lr)), betas=(\(n(p.b1)), \(n(p.b2))), weight_decay=\(n(p.wd)))"
    case .rmsprop: return "torch.optim.RMSprop([w], lr=\(n(p.lr)), alpha=\(n(p.alpha)))"
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    "One weight is optimised in PyTorch by"
    Block.code(settings(p))
    """
    It starts at $w_0 = \(plainNumber(p.w))$. The gradient is $g_1 = \(plainNumber(p.g[0]))$ in the \
    first step and $g_2 = \(plainNumber(p.g[1]))$ in the second. Take $ε$ as negligible, and give \
    4 decimals.
    """
    ask("w1", "the weight $w_1$ after the first step")
    ask("w2", "the weight $w_2$ after the second step")
    ask("buf", "the momentum buffer after the second step")
    ask("m2", "the average of the gradients $m_2$ after the second step, uncorrected")
    ask("v2", "the average of the squared gradients $v_2$ after the second step, uncorrected")
  }

  static func solve(_ p: Parameters) -> Document {
    let s = run(p)
    let n = { (x: Double) in plainNumber(x) }
    let d = { (x: Double) in plainNumber(x, decimals: 4) }
    let f = { (x: Double) in factor(x) }
    let (g1, g2) = (p.g[0], p.g[1])
    switch p.kind {
    case .sgd, .sgdDecay:
      let decay = { (w: Double) in p.kind == .sgd ? "" : " + \(n(p.wd)) · \(signed(n(w)))" }
      return [
        .paragraph(
          p.kind == .sgd
            ? "Each step subtracts lr times the gradient." : "The decay adds $λ w$ to the gradient."
        ),
        .steps([
          Step("w_1 = \(n(p.w)) - \(n(p.lr)) · (\(n(g1))\(decay(p.w))) = \(d(s.w[0]))"),
          Step("w_2 = \(d(s.w[0])) - \(n(p.lr)) · (\(n(g2))\(decay(s.w[0]))) = \(d(s.w[1]))"),
        ]),
      ]
    case .momentum, .nesterov:
      let isPlain = p.kind == .momentum
      let look = { (g: Double, b: Double) in
        isPlain ? signed(n(b)) : "(\(n(g)) + \(n(p.mu)) · \(signed(n(b))))"
      }
      return [
        .paragraph(
          isPlain
            ? "The buffer is $b_1 = g_1$, then $b_t = μ b_{t-1} + g_t$; the step uses the buffer."
            : "The buffer is $b_1 = g_1$, then $b_t = μ b_{t-1} + g_t$; Nesterov's step uses $g_t + μ b_t$."
        ),
        .steps([
          Step("w_1 = \(n(p.w)) - \(n(p.lr)) · \(look(g1, g1)) = \(d(s.w[0]))"),
          Step("b_2 = \(n(p.mu)) · \(f(g1)) + \(f(g2)) = \(d(s.buffer))"),
          Step("w_2 = \(d(s.w[0])) - \(n(p.lr)) · \(look(g2, s.buffer)) = \(d(s.w[1]))"),
        ]),
      ]
    case .rmsprop:
      let v1 = (1 - p.alpha) * g1 * g1
      return [
        .paragraph("$v_t = α v_{t-1} + (1 - α) g_t^2$, and the step divides by $\\sqrt{v_t}$."),
        .steps([
          Step("v_1 = \(d(1 - p.alpha)) · \(f(g1))^2 = \(d(v1))"),
          Step("w_1 = \(n(p.w)) - \(n(p.lr)) · \\frac{\(n(g1))}{\\sqrt{\(d(v1))}} = \(d(s.w[0]))"),
          Step("v_2 = \(n(p.alpha)) · \(d(v1)) + \(d(1 - p.alpha)) · \(f(g2))^2 = \(d(s.v))"),
          Step(
            "w_2 = \(d(s.w[0])) - \(n(p.lr)) · \\frac{\(n(g2))}{\\sqrt{\(d(s.v))}} = \(d(s.w[1]))"),
        ]),
      ]
    case .adam, .adamw:
      let (m1, v1) = ((1 - p.b1) * g1, (1 - p.b2) * g1 * g1)
      let (m2, v2) = (s.m / (1 - p.b1 * p.b1), s.v / (1 - p.b2 * p.b2))
      let shrink = p.kind == .adamw ? " · (1 - \(n(p.lr)) · \(n(p.wd)))" : ""
      return [
        .paragraph(
          "$m$ averages the gradients and $v$ their squares; both are divided by $1 - β^t$, since they start at 0."
            + (p.kind == .adamw ? " AdamW first multiplies the weight by $1 - lr · λ$." : "")),
        .steps([
          Step("m_1 = \(d(m1)), \\quad v_1 = \(d(v1))"),
          Step("\\hat{m}_1 = \(d(g1)), \\quad \\hat{v}_1 = \(d(g1 * g1))"),
          Step(
            "w_1 = \(n(p.w))\(shrink) - \(n(p.lr)) · \\frac{\(n(g1))}{\\sqrt{\(n(g1 * g1))}} = \(d(s.w[0]))"
          ),
          Step("m_2 = \(n(p.b1)) · \(signed(d(m1))) + \(d(1 - p.b1)) · \(f(g2)) = \(d(s.m))"),
          Step("v_2 = \(n(p.b2)) · \(d(v1)) + \(d(1 - p.b2)) · \(f(g2))^2 = \(d(s.v))"),
          Step("\\hat{m}_2 = \(d(m2)), \\quad \\hat{v}_2 = \(d(v2))"),
          Step(
            "w_2 = \(d(s.w[0]))\(shrink) - \(n(p.lr)) · \\frac{\(d(m2))}{\\sqrt{\(d(v2))}} = \(d(s.w[1]))"
          ),
        ]),
      ]
    }
  }
}
