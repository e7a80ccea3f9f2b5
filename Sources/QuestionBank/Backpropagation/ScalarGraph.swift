import ExamModel
import Typesetting

/// A small computation graph of whole numbers, differentiated backwards.
///
/// A node that feeds several others receives the sum of what comes back from them.
enum ScalarGraph: QuestionFamily {
  static let heading = Heading(
    "backprop.scalar-dag", "Backpropagation through a computation graph", difficulty: 3, version: 2)

  enum Operation: String, Codable, Sendable {
    case leaf, add, sub, mul, square, relu, neg
    var count: Int { self == .leaf ? 0 : [.add, .sub, .mul].contains(self) ? 2 : 1 }
  }

  struct Parameters: Codable, Sendable, Equatable {
    /// A node reads earlier ones, by index; leaves come first.
    struct Node: Codable, Sendable, Equatable {
      let op: Operation
      var inputs: [Int] = []

      enum CodingKeys: String, CodingKey {
        case op
        case inputs = "in"
      }

      init(_ op: Operation, _ inputs: [Int] = []) {
        self.op = op
        self.inputs = inputs
      }

      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        op = try container.decode(Operation.self, forKey: .op)
        inputs = try container.decodeIfPresent([Int].self, forKey: .inputs) ?? []
      }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(op, forKey: .op)
        if !inputs.isEmpty { try container.encode(inputs, forKey: .inputs) }
      }
    }

    let nodes: [Node]
    let leaves: [Int]
    /// The leaf whose gradient is looked at for mistakes.
    let ask: Int
  }

  private static let leafParts: [PartID] = ["da", "db", "dc", "dd"]
  static let leavesPartsOut = true
  static let parts =
    [Part("out", .integer)] + leafParts.map { Part($0, .integer, weight: 2, mayBeObvious: true) }

  static let misconceptions: [Misconception] = [
    .core(
      "overwrote",
      "A value that feeds several nodes receives a contribution from each of them: add them up."),
    .optional("product-own-factor", "In a product each factor's derivative is the other factor."),
    .optional(
      "minus-lost", "The second operand of a difference receives the gradient with a minus sign."),
    .optional("square-no-2", "The derivative of x² is 2x."),
    .optional("relu-always-open", "ReLU passes nothing back where its input was negative."),
  ]

  /// One rule of the backward pass broken.
  private enum Slip { case none, overwrite, ownFactor, minusLost, squareWithout2, openGate }

  private static func values(_ p: Parameters) -> [Int] {
    var v: [Int] = []
    for (index, node) in p.nodes.enumerated() {
      let a = node.inputs.first.map { v[$0] } ?? 0
      let b = node.inputs.last.map { v[$0] } ?? 0
      switch node.op {
      case .leaf: v.append(p.leaves[index])
      case .add: v.append(a &+ b)
      case .sub: v.append(a &- b)
      case .mul: v.append(a &* b)
      case .square: v.append(a &* a)
      case .relu: v.append(max(a, 0))
      case .neg: v.append(-a)
      }
    }
    return v
  }

  private static func gradients(
    _ p: Parameters, _ v: [Int], seed: Int? = nil, slip: Slip = .none
  ) -> [Int] {
    var d = [Int](repeating: 0, count: v.count)
    d[d.count - 1] = 1
    func pass(_ slope: Int, to node: Int) {
      d[node] = slip == .overwrite ? slope : d[node] &+ slope
    }
    for i in p.nodes.indices.reversed() {
      let (node, g) = (p.nodes[i], d[i])
      guard let a = node.inputs.first, let b = node.inputs.last else { continue }
      switch node.op {
      case .leaf: break
      case .add:
        pass(g, to: a)
        pass(g, to: b)
      case .sub:
        pass(g, to: a)
        pass(slip == .minusLost ? g : -g, to: b)
      case .mul:
        pass(g &* v[slip == .ownFactor ? a : b], to: a)
        pass(g &* v[slip == .ownFactor ? b : a], to: b)
      case .square: pass(g &* (slip == .squareWithout2 ? 1 : 2) &* v[a], to: a)
      case .relu: pass(v[a] > 0 || slip == .openGate ? g : 0, to: a)
      case .neg: pass(-g, to: a)
      }
    }
    return d
  }

  static func draw(from dice: inout Dice) -> Parameters? {
    let count = dice.integer(in: 3...4)
    let values = [-4, -3, -2, -1, 1, 2, 3, 4]
    let leaves = dice.picks(count, from: values)
    var nodes = leaves.map { _ in Parameters.Node(.leaf) }
    // Nodes that nobody reads yet; they must all be joined before the end.
    var open = Array(nodes.indices)
    var unused: [Operation] = [.square, .relu, .neg]
    let steps = dice.integer(in: max(4, count)...6)
    for step in 0..<steps {
      var op = dice.pick([.add, .sub, .mul, .mul, .square, .relu, .neg] as [Operation])
      if op.count == 1 {
        if unused.contains(op), open.count - 1 <= steps - step - 1 {
          unused.removeAll { $0 == op }
        } else {
          op = dice.pick([.add, .sub, .mul, .mul])
        }
      }
      let first = open.remove(at: dice.below(open.count))
      var inputs = [first]
      if op.count == 2 {
        let reused = nodes.indices.filter { !open.contains($0) && $0 != first }
        if open.isEmpty || (open.count < steps - step && !reused.isEmpty && dice.oneIn(2)) {
          guard !reused.isEmpty else { return nil }
          inputs.append(dice.pick(reused))
        } else {
          inputs.append(open.remove(at: dice.below(open.count)))
        }
      }
      nodes.append(Parameters.Node(op, inputs))
      open.append(nodes.count - 1)
    }
    guard open.count == 1 else { return nil }
    // Ask where two paths meet, if any leaf shows it.
    for ask in dice.shuffled(Array(0..<count)) {
      let p = Parameters(nodes: nodes, leaves: leaves, ask: ask)
      let v = Self.values(p)
      let d = gradients(p, v)
      guard v.allSatisfy({ abs($0) <= 60 }), d.allSatisfy({ abs($0) <= 99 }), d[ask] != 0,
        abs(d[ask]) > 1 || dice.oneIn(3), d[ask] != gradients(p, v, slip: .overwrite)[ask],
        !nodes.contains(where: { $0.op == .relu && v[$0.inputs[0]] == 0 })
      else { continue }
      return p
    }
    return nil
  }

  static func objection(to p: Parameters) -> String? {
    guard (1...4).contains(p.leaves.count), p.leaves.allSatisfy((-100...100).contains),
      (p.leaves.count + 1...16).contains(p.nodes.count)
    else { return "there are 1 to 4 leaves between -100 and 100, and at most 16 nodes" }
    for (index, node) in p.nodes.enumerated() {
      guard (node.op == .leaf) == (index < p.leaves.count), node.inputs.count == node.op.count,
        node.inputs.allSatisfy((0..<index).contains)
      else {
        return "node \(index) reads as many earlier nodes as its operation takes; leaves come first"
      }
    }
    guard p.leaves.indices.contains(p.ask) else { return "ask is the index of a leaf" }
    let v = values(p)
    guard v.allSatisfy({ $0.magnitude < 1 << 20 }),
      gradients(p, v).allSatisfy({ $0.magnitude < 1 << 40 })
    else { return "the values grow too large" }
    return p.nodes.contains { $0.op == .relu && v[$0.inputs[0]] == 0 }
      ? "ReLU has no slope at 0: choose other leaves" : nil
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let v = values(p)
    let d = gradients(p, v)
    key.write(v[v.count - 1])
    for leaf in leafParts.indices {
      key.write(p.leaves.indices.contains(leaf) ? .integer(d[leaf]) : nil)
    }
  }

  /// A value with its slope: one forward sweep for each leaf.
  private struct Dual {
    var value = 0
    var slope = 0
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    func slope(_ leaf: Int) -> Int {
      var duals: [Dual] = []
      for (index, node) in p.nodes.enumerated() {
        let a = node.inputs.first.map { duals[$0] } ?? Dual()
        let b = node.inputs.last.map { duals[$0] } ?? Dual()
        let next: Dual
        switch node.op {
        case .leaf: next = Dual(value: p.leaves[index], slope: index == leaf ? 1 : 0)
        case .add: next = Dual(value: a.value + b.value, slope: a.slope + b.slope)
        case .sub: next = Dual(value: a.value - b.value, slope: a.slope - b.slope)
        case .mul:
          next = Dual(value: a.value * b.value, slope: a.slope * b.value + a.value * b.slope)
        case .square: next = Dual(value: a.value * a.value, slope: 2 * a.value * a.slope)
        case .relu: next = a.value > 0 ? a : Dual()
        case .neg: next = Dual(value: -a.value, slope: -a.slope)
        }
        duals.append(next)
      }
      return duals[duals.count - 1].slope
    }
    let v = values(p)
    return AnswerKey(
      [.integer(v[v.count - 1])]
        + leafParts.indices.map { p.leaves.indices.contains($0) ? .integer(slope($0)) : nil })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let v = values(p)
    let slips: [(MisconceptionID, Slip, Operation?)] = [
      ("overwrote", .overwrite, nil), ("product-own-factor", .ownFactor, .mul),
      ("minus-lost", .minusLost, .sub), ("square-no-2", .squareWithout2, .square),
      ("relu-always-open", .openGate, .relu),
    ]
    return slips.compactMap { id, slip, needed in
      if let needed, !p.nodes.contains(where: { $0.op == needed }) { return nil }
      return Mistake(id, leafParts[p.ask], .integer(gradients(p, v, slip: slip)[p.ask]))
    }
  }

  private static func name(_ node: Int, of p: Parameters) -> String {
    node == p.nodes.count - 1 ? "L" : String(UnicodeScalar(UInt8(97 + node)))
  }

  private static func code(_ p: Parameters) -> String {
    let leaves = p.leaves.enumerated().map { "\(name($0, of: p)) = \($1)" }.joined(separator: "; ")
    let lines = p.nodes.enumerated().dropFirst(p.leaves.count).map { index, node in
      let a = name(node.inputs[0], of: p)
      let b = node.inputs.last.map { name($0, of: p) } ?? ""
      let term =
        switch node.op {
        case .leaf: ""
        case .add: "\(a) + \(b)"
        case .sub: "\(a) - \(b)"
        case .mul: "\(a) * \(b)"
        case .square: "\(a) ** 2"
        case .relu: "relu(\(a))"
        case .neg: "-\(a)"
        }
      return "\(name(index, of: p)) = \(term)"
    }
    return ([leaves] + lines).joined(separator: "\n")
  }

  static func pose(_ p: Parameters) -> Prompt {
    "A program computes"
    Block.code(code(p))
    "Then the backward pass is run from `L`. All answers are whole numbers."
    ask("out", "the value of $L$")
    for (part, leaf) in zip(leafParts, ["a", "b", "c", "d"]) { ask(part, "$\\frac{∂L}{∂\(leaf)}$") }
  }

  static func solve(_ p: Parameters) -> Document {
    let v = values(p)
    let d = gradients(p, v)
    func term(_ i: Int) -> String { name(i, of: p) }
    let forward = p.nodes.indices.dropFirst(p.leaves.count).map { i -> Step in
      let node = p.nodes[i]
      let a = factor(Double(v[node.inputs[0]]))
      let b = node.inputs.last.map { factor(Double(v[$0])) } ?? ""
      let work =
        switch node.op {
        case .leaf: ""
        case .add: "\(a) + \(b)"
        case .sub: "\(a) - \(b)"
        case .mul: "\(a) · \(b)"
        case .square: "\(a)^2"
        case .relu: "\\ReLU(\(v[node.inputs[0]]))"
        case .neg: "-\(a)"
        }
      return Step("\(term(i)) = \(work) = \(v[i])")
    }
    var backward: [Step] = []
    for i in p.nodes.indices.dropLast().reversed() {
      // One contribution for each edge to a reader, in order.
      var pieces: [String] = []
      for reader in p.nodes.indices.dropFirst(i + 1) {
        let node = p.nodes[reader]
        let g = factor(Double(d[reader]))
        for (side, input) in node.inputs.enumerated() where input == i {
          let other = factor(Double(v[node.inputs[node.inputs.count - 1 - side]]))
          switch node.op {
          case .leaf: break
          case .add: pieces.append(g)
          case .sub: pieces.append(side == 0 ? g : "(-1) · \(g)")
          case .mul: pieces.append("\(g) · \(other)")
          case .square: pieces.append("\(g) · 2 · \(factor(Double(v[i])))")
          case .relu: pieces.append(v[i] > 0 ? g : "\(g) · 0")
          case .neg: pieces.append("(-1) · \(g)")
          }
        }
      }
      backward.append(
        Step(
          "\\frac{∂L}{∂\(term(i))} = \(pieces.isEmpty ? "0" : pieces.joined(separator: " + ")) = \(d[i])"
        ))
    }
    return [
      .paragraph("Forward:"), .steps(forward),
      .paragraph(
        "Backward from $\\frac{∂L}{∂L} = 1$. A value that is read in several places adds what comes back from each:"
      ),
      .steps(backward),
    ]
  }
}
