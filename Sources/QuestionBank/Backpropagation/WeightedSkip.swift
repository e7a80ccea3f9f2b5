import Calculus
import ExamModel

/// Five affine nodes in a row with a skip connection from b into d, whose weight is its own.
///
/// x_d = w_d x_c + b_d + w_d2 x_b + b_d2, so two edges leave x_b and
/// ∂loss/∂x_b = ∂loss/∂x_d · (w_d w_c + w_d2).
enum WeightedSkip: QuestionFamily {
  static let heading = Heading(
    "backprop.skip-weighted", "Backpropagation through a weighted skip connection", difficulty: 4)

  struct Parameters: Codable, Sendable, Equatable {
    let wa, ba, wb, bb, wc, bc, wd, bd, wd2, bd2, we, be, x0, t: Int

    var inputs: [Double] {
      [wa, ba, wb, bb, wc, bc, wd, bd, wd2, bd2, we, be, x0, t].map(Double.init)
    }
    /// What one unit of x_b adds to x_d, over both paths.
    fileprivate var bothPaths: Int { wd * wc + wd2 }
  }

  static let parts = [
    Part("xa", .integer),
    Part("xb", .integer, dependsOn: ["xa"]),
    Part("xc", .integer, dependsOn: ["xb"]),
    Part("xd", .integer, dependsOn: ["xc", "xb"]),
    Part("xe", .integer, dependsOn: ["xd"]),
    Part("loss", .integer, dependsOn: ["xe"]),
    Part("dxe", .integer, dependsOn: ["xe"]),
    Part("dxd", .integer, dependsOn: ["dxe"]),
    Part("dxc", .integer, dependsOn: ["dxd"]),
    Part("dxb", .integer, dependsOn: ["dxd"]),
    Part("dbb", .integer, dependsOn: ["dxb"]),
    Part("dwb", .integer, dependsOn: ["dxb", "xa"]),
    Part("dwc", .integer, dependsOn: ["dxc", "xb"]),
    Part("dwe", .integer, dependsOn: ["dxe", "xd"]),
    Part("dwd", .integer, dependsOn: ["dxd", "xc"]),
    Part("dwd2", .integer, dependsOn: ["dxd", "xb"]),
    Part("dbd", .integer, dependsOn: ["dxd"]),
    Part("dwa", .integer, dependsOn: ["dxb"]),
    Part("dx0", .integer, dependsOn: ["dxb"]),
  ]

  /// Eight of the nineteen: the forward pass, the way back to x_b, and two weights.
  static let usualParts: [PartID] = ["xa", "xb", "xe", "dxe", "dxd", "dxb", "dwb", "dwd2"]

  static let misconceptions: [Misconception] = [
    .core("no-skip", "The gradient also flows back over the skip edge."),
    .core("skip-only", "You followed the skip only; the path through node c contributes too."),
    .core(
      "identity-skip",
      "That is the derivative of x_c + x_b; here node d multiplies its two inputs by w_d and w_d2."),
    .optional(
      "drawn-skip", "The skip has a weight of its own, w_d2; it is not added with factor 1."),
    .core("paths-multiplied", "Parallel paths add; only factors along one path multiply."),
    .optional("skip-inside-wd", "w_d multiplies x_c only; the skip goes around it."),
    .core("no-factor-2", "The derivative of the squared error has a factor 2."),
    .core("sign", "The residual is prediction minus target; your sign is reversed."),
    .optional("no-we", "The factor ∂x_e/∂x_d = w_e is missing."),
    .optional("input-is-x0", "The input of node b is x_a, not x_0."),
    .optional(
      "own-output",
      "A weight is multiplied by what enters its node (x_a), not by what leaves it (x_b)."),
    .optional("no-input", "Multiply by the input of node b: ∂x_b/∂w_b = x_a."),
    .optional("no-skip-dwb", "The skip also feeds the gradient of w_b, because it starts at x_b."),
    .optional("uses-xc", "w_d2 multiplies x_b, so its gradient contains x_b."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("xa", because: "it is one product and one sum of small numbers"),
    FrequentAnswer(
      "loss", "dxe", "dxd", "dxc", "dbd",
      because:
        "the residual is one of ±1, ±2 and ±3, so that every gradient stays small enough to compute by hand"
    ),
  ]

  /// The weights (w_c, w_d, w_d2) whose core mistakes all give different multiples of ∂loss/∂x_d.
  static let separatedWeights: [(Int, Int, Int)] = {
    let weights = [-3, -2, -1, 1, 2, 3]
    var kept: [(Int, Int, Int)] = []
    for wc in weights {
      for wd in weights {
        for wd2 in weights {
          let (path, both) = (wd * wc, wd * wc + wd2)
          // Doubled, so that half of the key is a whole number too.
          let values = [both, path, wd2, wc + 1, path * wd2, -both].map { 2 * $0 } + [both]
          if Set(values).count == values.count { kept.append((wc, wd, wd2)) }
        }
      }
    }
    return kept
  }()

  static func draw(from dice: inout Dice) -> Parameters? {
    let weights = [-3, -2, -1, 1, 2, 3]
    let (wc, wd, wd2) = dice.pick(separatedWeights)
    let (wa, wb, we) = (dice.pick(weights), dice.pick(weights), dice.pick(weights))
    let biases = dice.integers(6, in: -3...3)
    let (x0, residual) = (dice.pick(weights), dice.pick(weights))
    let xa = wa * x0 + biases[0]
    let xb = wb * xa + biases[1]
    let xc = wc * xb + biases[2]
    let xd = wd * xc + biases[3] + wd2 * xb + biases[4]
    let xe = we * xd + biases[5]
    guard [xa, xb, xc, xd, xe].allSatisfy({ abs($0) <= 60 }), abs(xe - residual) <= 99,
      abs(xa) > 1, abs(xb) > 1, xa != x0, xa != xb
    else { return nil }
    return Parameters(
      wa: wa, ba: biases[0], wb: wb, bb: biases[1], wc: wc, bc: biases[2], wd: wd, bd: biases[3],
      wd2: wd2, bd2: biases[4], we: we, be: biases[5], x0: x0, t: xe - residual)
  }

  /// The bounds keep every key and every mistake exact in a double.
  static func objection(to p: Parameters) -> String? {
    p.inputs.dropLast().allSatisfy((-20...20).contains) && (-1000...1000).contains(p.t)
      ? nil : "weights, biases and input lie between -20 and 20, the target between -1000 and 1000"
  }

  static let model = Tape { tape in
    let input = [
      "wa", "ba", "wb", "bb", "wc", "bc", "wd", "bd", "wd2", "bd2", "we", "be", "x0", "t",
    ]
    .map { tape.input($0) }
    let xa = tape.name("xa", input[0] * input[12] + input[1])
    let xb = tape.name("xb", input[2] * xa + input[3])
    let xc = tape.name("xc", input[4] * xb + input[5])
    let xd = tape.name("xd", input[6] * xc + input[7] + input[8] * xb + input[9])
    let xe = tape.name("xe", input[10] * xd + input[11])
    tape.name("loss", square(xe - input[13]))
  }
  static let derivation = Derivation(model)
  private static let forward = ["xa", "xb", "xc", "xd", "xe", "loss"].map { model[$0] }
  /// The nodes whose adjoints are the parts after the loss, in the parts' order.
  private static let backward = [
    "xe", "xd", "xc", "xb", "bb", "wb", "wc", "we", "wd", "wd2", "bd", "wa", "x0",
  ].map { model[$0] }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let run = model.run(p.inputs, replacing: key.replaced(forward))
    let gradient = run.gradient(of: forward[5], replacing: key.replaced(backward, from: 6))
    for node in forward { key.write(Int(exactly: run[node])) }
    for node in backward { key.write(Int(exactly: gradient[node])) }
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The loss is a parabola in each variable: central differences are exact.
    func values(_ name: String, _ step: Int) -> [Int] {
      func moved(_ own: String, _ value: Int) -> Int { value + (own == name ? step : 0) }
      let xa = moved("wa", p.wa) * moved("x0", p.x0) + p.ba
      let xb = moved("xb", moved("wb", p.wb) * xa + p.bb)
      let xc = moved("xc", moved("wc", p.wc) * xb + p.bc)
      let xd = moved("xd", moved("wd", p.wd) * xc + p.bd + moved("wd2", p.wd2) * xb + p.bd2)
      let xe = moved("xe", moved("we", p.we) * xd + p.be)
      return [xa, xb, xc, xd, xe, (xe - p.t) * (xe - p.t)]
    }
    let names = ["xe", "xd", "xc", "xb", "xb", "wb", "wc", "we", "wd", "wd2", "xd", "wa", "x0"]
    let slopes = names.map { (values($0, 1)[5] - values($0, -1)[5]) / 2 }
    return AnswerKey((values("", 0) + slopes).map(AnswerValue.integer))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let xa = p.wa * p.x0 + p.ba
    let xb = p.wb * xa + p.bb
    let xc = p.wc * xb + p.bc
    let xd = p.wd * xc + p.bd + p.wd2 * xb + p.bd2
    let dxe = 2 * (p.we * xd + p.be - p.t)
    let dxd = dxe * p.we
    let dxb = dxd * p.bothPaths
    let path = p.wd * p.wc
    Mistake("no-skip", "dxb", dxd * path)
    Mistake("skip-only", "dxb", dxd * p.wd2)
    Mistake("identity-skip", "dxb", dxd * (p.wc + 1))
    Mistake("drawn-skip", "dxb", dxd * (path + 1))
    Mistake("paths-multiplied", "dxb", dxd * path * p.wd2)
    Mistake("skip-inside-wd", "dxb", dxd * p.wd * (p.wc + p.wd2))
    Mistake("no-factor-2", "dxb", dxb / 2)
    Mistake("sign", "dxb", -dxb)
    Mistake("no-we", "dxb", dxe * p.bothPaths)
    Mistake("input-is-x0", "dwb", dxb * p.x0)
    Mistake("own-output", "dwb", dxb * xb)
    Mistake("no-input", "dwb", dxb)
    Mistake("no-skip-dwb", "dwb", dxd * path * xa)
    Mistake("uses-xc", "dwd2", dxd * xc)
  }
}
