extension Tape {
  /// Evaluates every node.
  ///
  /// A replaced node keeps the value it is given, and all that follows is computed from it: this
  /// is how an answer is judged by a candidate's own earlier answer. Of two replacements of one
  /// node the later counts. Division by zero gives infinity or NaN, as in IEEE arithmetic.
  package func run(
    _ inputs: [Double], replacing replaced: [(node: Node, value: Double)] = []
  ) -> Run {
    precondition(inputs.count == self.inputs.count, "this tape has \(self.inputs.count) inputs")
    var values: [Double] = []
    values.reserveCapacity(operations.count)
    for i in operations.indices {
      values.append(operations[i].value(inputs, values))
      for (node, value) in replaced where node.index == i { values[i] = value }
    }
    return Run(tape: self, values: values)
  }
}

/// The values of one evaluation of a tape.
package struct Run: Sendable {
  private let tape: Tape
  /// A value for each node, in order of recording.
  package let values: [Double]

  fileprivate init(tape: Tape, values: [Double]) {
    self.tape = tape
    self.values = values
  }

  /// The value of a node.
  package subscript(node: Node) -> Double { values[node.index] }

  /// The derivative of one node with respect to every node, by one sweep backwards.
  ///
  /// Local slopes use the values of this run, replaced ones included. A replaced derivative is
  /// used instead of the accumulated one for all that lies further back; replacing a node
  /// recorded after the root has no effect. A node whose derivative is zero passes nothing back,
  /// so an infinite slope off the path does no harm.
  package func gradient(
    of root: Node, replacing replaced: [(node: Node, value: Double)] = []
  ) -> Gradient {
    var adjoints = values.map { _ in 0.0 }
    adjoints[root.index] = 1
    for i in stride(from: root.index, through: 0, by: -1) {
      for (node, value) in replaced where node.index == i { adjoints[i] = value }
      if adjoints[i] != 0 {
        tape.operations[i].passBack(adjoints[i], from: i, values, into: &adjoints)
      }
    }
    return Gradient(adjoints: adjoints)
  }
}

/// The derivatives of one node with respect to each node of its tape.
package struct Gradient: Sendable {
  /// A derivative for each node, in order of recording; zero where the root does not depend on it.
  package let adjoints: [Double]

  /// The derivative with respect to a node.
  package subscript(node: Node) -> Double { adjoints[node.index] }
}

extension Operation {
  fileprivate func value(_ inputs: [Double], _ v: [Double]) -> Double {
    switch self {
    case .input(let position): inputs[Int(position)]
    case .constant(let value): value
    case .add(let a, let b): v[Int(a)] + v[Int(b)]
    case .subtract(let a, let b): v[Int(a)] - v[Int(b)]
    case .multiply(let a, let b): v[Int(a)] * v[Int(b)]
    case .divide(let a, let b): v[Int(a)] / v[Int(b)]
    case .power(let a, let n): raised(v[Int(a)], to: n)
    case .negate(let a): -v[Int(a)]
    case .square(let a): v[Int(a)] * v[Int(a)]
    case .exp(let a): Elementary.exp(v[Int(a)])
    case .log(let a): Elementary.log(v[Int(a)])
    case .sigmoid(let a): Elementary.sigmoid(v[Int(a)])
    case .tanh(let a): Elementary.tanh(v[Int(a)])
    case .relu(let a): v[Int(a)] > 0 || v[Int(a)].isNaN ? v[Int(a)] : 0
    }
  }

  /// Adds this node's share of the derivative to its operands.
  fileprivate func passBack(_ g: Double, from i: Int, _ v: [Double], into d: inout [Double]) {
    switch self {
    case .input, .constant: break
    case .add(let a, let b):
      d[Int(a)] += g
      d[Int(b)] += g
    case .subtract(let a, let b):
      d[Int(a)] += g
      d[Int(b)] -= g
    case .multiply(let a, let b):
      d[Int(a)] += g * v[Int(b)]
      d[Int(b)] += g * v[Int(a)]
    case .divide(let a, let b):
      d[Int(a)] += g / v[Int(b)]
      d[Int(b)] -= g * v[Int(a)] / (v[Int(b)] * v[Int(b)])
    case .power(_, 0): break
    case .power(let a, let n): d[Int(a)] += g * Double(n) * raised(v[Int(a)], to: n - 1)
    case .negate(let a): d[Int(a)] -= g
    case .square(let a): d[Int(a)] += g * 2 * v[Int(a)]
    case .exp(let a): d[Int(a)] += g * v[i]
    case .log(let a): d[Int(a)] += g / v[Int(a)]
    case .sigmoid(let a): d[Int(a)] += g * (v[i] * (1 - v[i]))
    case .tanh(let a): d[Int(a)] += g * (1 - v[i] * v[i])
    case .relu(let a): d[Int(a)] += v[Int(a)] > 0 ? g : 0
    }
  }
}

/// A whole power by repeated squaring; a negative one is the inverse of the positive.
private func raised(_ base: Double, to exponent: Int32) -> Double {
  var (result, square, rest) = (1.0, base, exponent.magnitude)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    rest >>= 1
    if rest > 0 { square *= square }
  }
  return exponent < 0 ? 1 / result : result
}
