/// A computation over scalars, written down once and run with many inputs.
///
/// Nodes are numbered in the order in which they were recorded, so an operand always stands
/// before its result: one loop forwards evaluates, one loop backwards differentiates.
///
/// ```swift
/// static let neuron = Tape { t in
///   let (w, x, b) = (t.input("w"), t.input("x"), t.input("b"))
///   let u = t.name("u", w * x + b)
///   t.name("L", sigmoid(-u))
/// }
/// let run = neuron.run([2, -1, 3])
/// let slope = run.gradient(of: neuron["L"])[neuron["w"]]
/// ```
package struct Tape: Sendable {
  /// What the nodes do, in order of recording.
  let operations: [Operation]
  let names: [(name: String, node: Node)]
  /// The inputs, in the order in which `run` takes their values.
  package let inputs: [Node]

  /// Records what the closure does with the terms it is given; record once, in a `static let`.
  package init(_ record: (Recording) -> Void) {
    let recording = Recording()
    record(recording)
    operations = recording.operations
    names = recording.names
    inputs = recording.inputs
  }

  /// The number of nodes, constants included.
  package var count: Int { operations.count }

  /// The node recorded under a name; an unknown name is a mistake. Look it up once and keep it.
  package subscript(name: String) -> Node {
    guard let found = names.first(where: { $0.name == name }) else {
      preconditionFailure("nothing on this tape is named \(name)")
    }
    return found.node
  }
}

/// The place of one value on a tape.
package struct Node: Sendable, Hashable {
  let index: Int
}

/// One step of a tape: what it computes, and from which earlier nodes.
enum Operation: Sendable, Hashable {
  case input(Int32)
  case constant(Double)
  case add(Int32, Int32)
  case subtract(Int32, Int32)
  case multiply(Int32, Int32)
  case divide(Int32, Int32)
  case power(Int32, Int32)
  case negate(Int32)
  case square(Int32)
  case exp(Int32)
  case log(Int32)
  case sigmoid(Int32)
  case tanh(Int32)
  case relu(Int32)
}
