import Calculus
import ExamModel
import Typesetting

extension ComputationGraph {
  /// The five nodes in a row with the skip from x_b into node d.
  static let skipNetwork = skipNetwork(into: 7)
  /// The same with the skip to what leaves node d.
  static let drawnSkipNetwork = skipNetwork(into: 8)

  private static func skipNetwork(into place: Int) -> ComputationGraph {
    var nodes: [Node] = [.value("x_0")]
    for name in ["a", "b", "c", "d", "e"] {
      nodes.append(.operation(name))
      nodes.append(.value(Formula(stringLiteral: "x_\(name)")))
    }
    // x_b stands at 4, node d at 7 and x_d at 8.
    return ComputationGraph(nodes, detours: [Detour(from: 4, to: place, label: "skip")])
  }
}

extension Prompt {
  /// What the parts ask: `xa` is a node, `loss` itself, `dwb` the slope of the loss by w_b.
  static func ofSkipNetwork(asking parts: [Part]) -> Prompt {
    Prompt(
      [],
      parts.map { part in
        let id = part.id.rawValue
        if id == "loss" { return ask(part.id, "the loss") }
        let name = id.hasPrefix("d") ? id.dropFirst() : id[...]
        let index = name.dropFirst()
        let symbol = "\(name.prefix(1))_" + (index.count > 1 ? "{\(index)}" : index)
        return ask(
          part.id, id == name ? "$\(symbol)$" : "$\\frac{∂\\text{loss}}{∂\(symbol)}$")
      })
  }
}

extension Derivation {
  /// The forward pass, node by node.
  func forward(_ run: Run) -> Block { .steps(forwardLines(run).map(Step.init(source:))) }

  /// What comes back to each name from the loss.
  func backward(_ run: Run, _ names: String...) -> Block {
    .steps(backwardLines(run, of: "loss", wanted: names).map(Step.init(source:)))
  }
}
