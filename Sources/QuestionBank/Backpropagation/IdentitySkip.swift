import Calculus
import ExamModel
import Typesetting

/// Five nodes in a row with a skip connection that node d adds unweighted: x_d = x_c + x_b.
///
/// Two edges leave x_b, so ∂loss/∂x_b = ∂loss/∂x_d · (w_c + 1) (He et al. 2016, equation 5).
enum IdentitySkip: QuestionFamily {
  static let heading = Heading(
    "backprop.skip-identity", "Backpropagation through an identity skip", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let wa, ba, wb, bb, wc, bc, we, be, x0, t: Int

    fileprivate var inputs: [Double] { [wa, ba, wb, bb, wc, bc, we, be, x0, t].map(Double.init) }
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
    Part("dwe", .integer, dependsOn: ["dxe", "xd"]), Part("dwa", .integer, dependsOn: ["dxb"]),
    Part("dx0", .integer, dependsOn: ["dxb"]),
  ]

  static let usualParts: [PartID] = ["xb", "xd", "xe", "dxe", "dxd", "dxb", "dwb"]

  static let misconceptions: [Misconception] = [
    .core("no-skip", "The skip adds x_b itself to x_d: its factor 1 is missing from w_c + 1."),
    .core("skip-only", "You followed the skip only; the path through node c adds the factor w_c."),
    .core("no-factor-2", "The derivative of the squared error has a factor 2."),
    .core("sign", "The residual is prediction minus target; your sign is reversed."),
    .core("no-we", "The factor ∂x_e/∂x_d = w_e is missing."),
    .optional("skip-counted-twice", "The skip is one edge: it adds 1 to w_c, not 2."),
    .optional(
      "value-not-slope", "The derivative of x_b with respect to x_b is 1; you put in its value."),
    .optional("no-input", "Multiply by the input of node b: ∂x_b/∂w_b = x_a."),
    .optional("input-is-x0", "The input of node b is x_a, not x_0."),
    .optional("no-skip-dwb", "The skip also feeds the gradient of w_b, because it starts at x_b."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("xa", because: "it is one product and one sum of small numbers"),
    FrequentAnswer(
      "loss", "dxe", "dxd", "dxc",
      because:
        "the residual is one of ±1, ±2 and ±3, so that every gradient stays small enough to compute by hand"
    ),
  ]

  /// The pairs (w_c, w_e) whose core mistakes give different multiples of ∂loss/∂x_e.
  private static let separatedWeights: [(Int, Int)] = {
    let weights = [-4, -3, -2, 2, 3, 4]
    var kept: [(Int, Int)] = []
    for wc in weights {
      for we in weights {
        let key = we * (wc + 1)
        // Doubled, so that half of the key is a whole number too.
        let values = [2 * key, 2 * we * wc, 2 * we, key, -2 * key, 2 * (wc + 1)]
        if key != 0, Set(values).count == values.count { kept.append((wc, we)) }
      }
    }
    return kept
  }()

  static func draw(from dice: inout Dice) -> Parameters? {
    let weights = [-3, -2, -1, 1, 2, 3]
    let (wc, we) = dice.pick(separatedWeights)
    let (wa, wb) = (dice.pick(weights), dice.pick(weights))
    let biases = dice.integers(4, in: -3...3)
    let (x0, residual) = (dice.pick(weights), dice.pick(weights))
    let xa = wa * x0 + biases[0]
    let xb = wb * xa + biases[1]
    let xc = wc * xb + biases[2]
    let xe = we * (xc + xb) + biases[3]
    guard [xa, xb, xc, xc + xb, xe].allSatisfy({ abs($0) <= 60 }), abs(xe - residual) <= 99,
      abs(xa) > 1, abs(xb) > 1, xa != x0, xa != xb
    else { return nil }
    return Parameters(
      wa: wa, ba: biases[0], wb: wb, bb: biases[1], wc: wc, bc: biases[2], we: we, be: biases[3],
      x0: x0, t: xe - residual)
  }

  static func objection(to p: Parameters) -> String? {
    p.inputs.dropLast().allSatisfy((-20...20).contains) && (-1000...1000).contains(p.t)
      ? nil : "weights, biases and input lie between -20 and 20, the target between -1000 and 1000"
  }

  private static let model = Tape { tape in
    let i = ["wa", "ba", "wb", "bb", "wc", "bc", "we", "be", "x0", "t"].map { tape.input($0) }
    let xa = tape.name("xa", i[0] * i[8] + i[1])
    let xb = tape.name("xb", i[2] * xa + i[3])
    let xc = tape.name("xc", i[4] * xb + i[5])
    let xd = tape.name("xd", xc + xb)
    let xe = tape.name("xe", i[6] * xd + i[7])
    tape.name("loss", square(xe - i[9]))
  }
  private static let derivation = Derivation(model)
  private static let forward = ["xa", "xb", "xc", "xd", "xe", "loss"].map { model[$0] }
  private static let backward = [
    "xe", "xd", "xc", "xb", "bb", "wb", "wc", "we", "wa", "x0",
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
      let xa = (p.wa + (name == "wa" ? step : 0)) * (p.x0 + (name == "x0" ? step : 0)) + p.ba
      let xb = (p.wb + (name == "wb" ? step : 0)) * xa + p.bb + (name == "xb" ? step : 0)
      let xc = (p.wc + (name == "wc" ? step : 0)) * xb + p.bc + (name == "xc" ? step : 0)
      let xd = xc + xb + (name == "xd" ? step : 0)
      let xe = (p.we + (name == "we" ? step : 0)) * xd + p.be + (name == "xe" ? step : 0)
      return [xa, xb, xc, xd, xe, (xe - p.t) * (xe - p.t)]
    }
    let slopes = ["xe", "xd", "xc", "xb", "xb", "wb", "wc", "we", "wa", "x0"].map { name in
      (values(name, 1)[5] - values(name, -1)[5]) / 2
    }
    return AnswerKey((values("", 0) + slopes).map(AnswerValue.integer))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let key = key(p, carrying: .none).values.map { Int($0?.entries.first ?? 0) }
    let (xa, xb, dxe, dxd, dxb) = (key[0], key[1], key[6], key[7], key[9])
    Mistake("no-skip", "dxb", dxd * p.wc)
    Mistake("skip-only", "dxb", dxd)
    Mistake("no-factor-2", "dxb", dxb / 2)
    Mistake("sign", "dxb", -dxb)
    Mistake("no-we", "dxb", dxe * (p.wc + 1))
    Mistake("skip-counted-twice", "dxb", dxd * (p.wc + 2))
    Mistake("value-not-slope", "dxb", dxd * (p.wc + xb))
    Mistake("no-input", "dwb", dxb)
    Mistake("input-is-x0", "dwb", dxb * p.x0)
    Mistake("no-skip-dwb", "dwb", dxd * p.wc * xa)
  }

  private static let questions = Prompt.ofSkipNetwork(asking: parts)

  static func pose(_ p: Parameters) -> Prompt {
    """
    Five nodes stand in a row. A skip connection carries $x_b$ past node c, and node d adds its \
    two inputs as they are, without weights:
    """
    Block.figure(.skipNetwork)
    steps(
      "x_a = w_a x_0 + b_a", "x_b = w_b x_a + b_b", "x_c = w_c x_b + b_c", "x_d = x_c + x_b",
      "x_e = w_e x_d + b_e", "\\text{loss} = (x_e - t)^2")
    "The numbers are"
    steps(
      "w_a = \(p.wa), b_a = \(p.ba), w_b = \(p.wb), b_b = \(p.bb), w_c = \(p.wc), b_c = \(p.bc)",
      "w_e = \(p.we), b_e = \(p.be), x_0 = \(p.x0), t = \(p.t)")
    "All answers are whole numbers."
    questions
  }

  static func solve(_ p: Parameters) -> Document {
    let run = model.run(p.inputs)
    "Forward, node by node:"
    derivation.forward(run)
    """
    Backward: the sum in node d hands its gradient unchanged to both of its inputs. $x_b$ receives \
    it over the skip, and times $w_c$ through node c.
    """
    derivation.backward(run, "xe", "xd", "xc", "xb")
    "A bias receives its node's gradient; a weight receives it times what enters the node."
    derivation.backward(run, "bb", "wb", "wc", "we", "xa", "wa", "x0")
  }
}
