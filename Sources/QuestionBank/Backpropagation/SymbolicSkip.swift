import Calculus
import ExamModel
import Typesetting

/// A derivative in the five-node skip network as an expression, for one of three networks.
///
/// ∂loss/∂v = c(x_e − t)·w_e·R, with c = 2 or 1 and R what v adds to x_d over both paths.
enum SymbolicSkip: QuestionFamily {
  static let heading = Heading(
    "backprop.skip-symbolic", "Skip connection: a derivative as an expression", difficulty: 4,
    version: 1)

  /// How node d joins its two inputs.
  enum Network: String, Codable, Sendable, CaseIterable {
    /// Both have a weight and a bias.
    case weighted
    /// They are added as they are.
    case identity
    /// The skip joins, unweighted, behind node d.
    case drawn

    var nodeD: String {
      switch self {
      case .weighted: "wd*xc+bd+wd2*xb+bd2"
      case .identity: "xc+xb"
      case .drawn: "wd*xc+bd+xb"
      }
    }
    /// What one unit of x_b adds to x_d.
    var both: String {
      switch self {
      case .weighted: "(wd*wc+wd2)"
      case .identity: "(wc+1)"
      case .drawn: "(wd*wc+1)"
      }
    }
    var main: String { self == .identity ? "1" : "wd" }
    var skip: String { self == .weighted ? "wd2" : "1" }

    var formula: String {
      switch self {
      case .weighted: "x_d = w_d x_c + b_d + w_{d2} x_b + b_{d2}"
      case .identity: "x_d = x_c + x_b"
      case .drawn: "x_d = w_d x_c + b_d + x_b"
      }
    }
    var words: Prose {
      switch self {
      case .weighted: "node d gives each of its two inputs a weight and a bias of its own"
      case .identity: "node d has no weights and adds its two inputs as they are"
      case .drawn: "node d has a weight for $x_c$ only, and the skip is added behind it as it is"
      }
    }
  }

  enum Loss: String, Codable, Sendable { case square, half }

  enum Variable: String, Codable, Sendable, CaseIterable {
    case xb, bb, wb, xa, wa, x0, ba, wc, bc, wd, wd2, we

    func exists(in network: Network) -> Bool {
      switch self {
      case .wd: network != .identity
      case .wd2: network == .weighted
      default: true
      }
    }
  }

  /// `points` may accompany the parameters as places to compare at; they change nothing.
  struct Parameters: Codable, Sendable, Equatable {
    let network: Network
    let variable: Variable
    let loss: Loss
    var points: [[String: Double]]?

    enum CodingKeys: String, CodingKey {
      case loss, points
      case network = "mode"
      case variable = "var"
    }

    var head: String { (loss == .square ? "2*" : "") + "(xe-t)" }
  }

  static let parts = [Part("dv", .expression)]

  static let misconceptions: [Misconception] = [
    .core("no-skip", "The skip also carries gradient back to x_b: add its path."),
    .core("loss-factor", "Look at the loss: (…)² has derivative 2(…), and ½(…)² has (…)."),
    .core("sign", "The residual is x_e − t; your sign is reversed."),
    .core("no-we", "The factor ∂x_e/∂x_d = w_e is missing."),
    .optional("identity-skip", "That is right for a node d without weights; this one has some."),
    .optional("drawn-skip", "The skip of this network does not join like that."),
    .optional("paths-multiplied", "Parallel paths add; only factors along one path multiply."),
    .optional("skip-only", "You followed the skip only; the path through node c is missing."),
    .optional("weighted-skip", "Node d of this network has no such weights."),
    .optional("no-input", "Multiply by the input of the weight's node."),
    .optional(
      "own-output",
      "A weight's gradient contains the value that enters its edge, not the one that leaves."),
    .optional("through-skip-too", "w_c lies on the path through node c only, not on the skip."),
    .optional("skip-input", "w_d multiplies x_c, not the skip's input x_b."),
  ]

  static let variants: Int? = 66

  static func draw(from dice: inout Dice) -> Parameters? {
    let network = dice.pick([.weighted, .weighted, .identity, .drawn] as [Network])
    return Parameters(
      network: network, variable: dice.pick(Variable.allCases.filter { $0.exists(in: network) }),
      loss: dice.oneIn(2) ? .square : .half)
  }

  static func objection(to p: Parameters) -> String? {
    p.variable.exists(in: p.network)
      ? nil : "there is no \(p.variable.rawValue) in the \(p.network.rawValue) network"
  }

  static func names(_ p: Parameters) -> NamedQuantities {
    let free = [
      "wa", "ba", "wb", "bb", "wc", "bc", "wd", "bd", "wd2", "bd2", "we", "be", "x0", "t",
    ]
    // Weights that a network lacks stay readable, so that their use can be named as a mistake.
    return NamedQuantities(
      free: free,
      derived: [
        "xa": "wa*x0+ba", "xb": "wb*xa+bb", "xc": "wc*xb+bc", "xd": p.network.nodeD,
        "xe": "we*xd+be",
      ])
  }

  /// What follows after node b on the way back to a variable before it.
  private static func behind(_ variable: Variable) -> String? {
    switch variable {
    case .xb, .bb: "1"
    case .wb: "xa"
    case .xa, .ba: "wb"
    case .wa: "wb*x0"
    case .x0: "wb*wa"
    default: nil
    }
  }

  private static func joined(_ factors: String...) -> String {
    factors.filter { $0 != "1" }.joined(separator: "*")
  }

  private static func keyText(_ p: Parameters) -> String {
    if let behind = behind(p.variable) { return joined(p.head, "we", p.network.both, behind) }
    switch p.variable {
    case .wc: return joined(p.head, "we", p.network.main, "xb")
    case .bc: return joined(p.head, "we", p.network.main)
    case .wd: return joined(p.head, "we", "xc")
    case .wd2: return joined(p.head, "we", "xb")
    default: return joined(p.head, "xd")
    }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(.expression(keyText(p))) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The loss in terms of the variable and what does not depend on it, differentiated symbolically.
    let quantities = names(p)
    var names = quantities.free
    var known: [String: Expression] = [:]
    for derived in quantities.derived {
      if derived.name == p.variable.rawValue {
        names.append(derived.name)
        continue
      }
      guard let value = try? Expression(parsing: derived.expression, names: names) else {
        return nil
      }
      known[derived.name] = value.substituting(known)
      names.append(derived.name)
    }
    let scale = p.loss == .half ? "1/2*" : ""
    guard let loss = try? Expression(parsing: scale + "(xe-t)^2", names: names) else { return nil }
    let slope = loss.substituting(known).derivative(by: p.variable.rawValue)
    return AnswerKey(AnswerValue.expression(slope.description))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let key = keyText(p)
    func mistake(_ id: MisconceptionID, _ text: String) -> Mistake {
      Mistake(id, "dv", .expression(text))
    }
    let (network, head) = (p.network, p.head)
    var mistakes = [
      mistake("loss-factor", p.loss == .square ? "(\(key))/2" : "2*\(key)"),
      mistake("sign", "-(\(key))"),
    ]
    if p.variable != .we { mistakes.append(mistake("no-we", "(\(key))/we")) }
    if let behind = behind(p.variable) {
      func paths(_ id: MisconceptionID, _ both: String) -> Mistake {
        mistake(id, joined(head, "we", both, behind))
      }
      mistakes.insert(paths("no-skip", joined(network.main, "wc")), at: 0)
      mistakes += [
        paths("skip-only", network.skip), paths("identity-skip", "(wc+1)"),
        paths("drawn-skip", "(wd*wc+1)"), paths("paths-multiplied", "wd*wc*wd2"),
        paths("weighted-skip", "(wd*wc+wd2)"),
      ]
    }
    func other(_ id: MisconceptionID, _ factors: String) -> Mistake {
      mistake(id, joined(head, "we", factors))
    }
    switch p.variable {
    case .wb:
      mistakes += [other("no-input", network.both), other("own-output", "\(network.both)*xb")]
    case .wc:
      mistakes += [
        other("own-output", joined(network.main, "xc")),
        other("through-skip-too", "\(network.both)*xb"),
      ]
    case .wd: mistakes.append(other("skip-input", "xb"))
    case .wd2: mistakes.append(other("own-output", "xc"))
    case .we: mistakes.append(mistake("own-output", joined(head, "xe")))
    default: break
    }
    // A mistake that names weights this network lacks is made by mixing up the networks.
    return mistakes.filter { mistake in
      guard case .expression(let text) = mistake.value else { return true }
      return mistake.id == "weighted-skip" || network != .identity
        || (!text.contains("wd") || mistake.id == "drawn-skip")
    }
  }

  private static func formula(_ variable: String) -> String {
    "\(variable.prefix(1))_{\(variable.dropFirst())}"
  }

  static func pose(_ p: Parameters) -> Prompt {
    let loss = p.loss == .square ? "(x_e - t)^2" : "\\frac{1}{2} (x_e - t)^2"
    Block.paragraph(
      "Five nodes stand in a row, and a skip connection carries $x_b$ past node c. In this network "
        + p.network.words + ":")
    Block.figure(p.network == .drawn ? .drawnSkipNetwork : .skipNetwork)
    Block.steps([
      "x_a = w_a x_0 + b_a", "x_b = w_b x_a + b_b", "x_c = w_c x_b + b_c",
      Step("\(p.network.formula)"), "x_e = w_e x_d + b_e", Step("\\text{loss} = \(loss)"),
    ])
    """
    Give the derivative as an expression in weights, node values and target, such as \
    `2*(xe - t)*we*wb`. Write $w_d$ as `wd` and $x_b$ as `xb`.
    """
    ask("dv", "$\\frac{∂\\text{loss}}{∂\(formula(p.variable.rawValue))}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let scope = names(p)
    func latex(_ text: String) -> String {
      (try? Expression(parsing: text, names: scope.free + scope.derived.map(\.name)))?.latex ?? text
    }
    let slope = { (name: String) in "\\frac{∂\\text{loss}}{∂\(formula(name))}" }
    return [
      .paragraph(
        """
        Start at the loss and go back edge by edge. The path to $x_e$ gives \
        $\(latex(p.head))$, the one to $x_d$ the factor $w_e$.
        """),
      .paragraph(
        """
        $x_b$ reaches $x_d$ over two paths, through node c and over the skip, so their factors add to \
        $\(latex(p.network.both))$. A weight's derivative contains what enters its edge; a bias's \
        contains 1.
        """),
      .steps([
        Step("\(slope(p.variable.rawValue)) = \(latex(keyText(p)))")
      ]),
    ]
  }
}
