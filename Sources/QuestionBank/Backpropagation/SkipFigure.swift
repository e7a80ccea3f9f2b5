import Typesetting

extension ComputationGraph {
  /// The five nodes in a row with the skip from x_b: into node d, or to what leaves it.
  static func skipNetwork(skipInto target: String = "d") -> ComputationGraph {
    var nodes: [Node] = [.value("x_0")]
    for name in ["a", "b", "c", "d", "e"] {
      nodes.append(.operation(name))
      nodes.append(.value(Formula(stringLiteral: "x_\(name)")))
    }
    // x_b stands at 4, node d at 7 and x_d at 8.
    return ComputationGraph(
      nodes, detours: [Detour(from: 4, to: target == "d" ? 7 : 8, label: "skip")])
  }
}
