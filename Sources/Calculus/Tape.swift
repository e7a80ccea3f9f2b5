/// A recorded computation over numbers, to be run with many inputs and swept backwards.
///
/// Nodes are numbered as they are recorded, so every operand stands before its result: one loop
/// forwards gives the values, one loop backwards the gradient, and there is nothing to reset.
package struct Tape: Sendable {
  /// One value of the computation.
  package struct Node: Sendable, Hashable {
    fileprivate let index: Int
  }

  fileprivate enum Operation: Sendable {
    case input
    case constant(Double)
    case add(Int, Int)
    case subtract(Int, Int)
    case multiply(Int, Int)
    case divide(Int, Int)
    case negate(Int)
    case square(Int)
    case exp(Int)
    case log(Int)
    case sigmoid(Int)
  }

  private let operations: [Operation]
  private let names: [String: Int]
  private let inputs: [Int]

  /// Records a computation: `Tape { tape in let w = tape.input("w"); tape.name("y", w * w) }`.
  package init(_ record: (Recorder) -> Void) {
    let recorder = Recorder()
    record(recorder)
    operations = recorder.operations
    names = recorder.names
    inputs = recorder.inputs
  }

  /// The node that bears a name; inputs bear theirs.
  package func node(_ name: String) -> Node {
    guard let index = names[name] else { preconditionFailure("the tape has no node \"\(name)\"") }
    return Node(index: index)
  }

  /// Runs forwards.
  ///
  /// - Parameters:
  ///   - values: one for each input, in the order of recording.
  ///   - replacements: values that stand in for what a node computes, for everything after it:
  ///     how an earlier answer is carried into later ones.
  package func run(inputs values: [Double], replacing replacements: [(Node, Double)] = []) -> Run {
    precondition(values.count == inputs.count, "a value is needed for every input")
    // What a node computes, and what the nodes after it are given.
    var computed = [Double](repeating: 0, count: operations.count)
    var given = computed
    var nextInput = 0
    for index in operations.indices {
      let value: Double
      switch operations[index] {
      case .input:
        value = values[nextInput]
        nextInput += 1
      case .constant(let x): value = x
      case .add(let a, let b): value = given[a] + given[b]
      case .subtract(let a, let b): value = given[a] - given[b]
      case .multiply(let a, let b): value = given[a] * given[b]
      case .divide(let a, let b): value = given[a] / given[b]
      case .negate(let a): value = -given[a]
      case .square(let a): value = given[a] * given[a]
      case .exp(let a): value = Elementary.exp(given[a])
      case .log(let a): value = Elementary.log(given[a])
      case .sigmoid(let a): value = Elementary.sigmoid(given[a])
      }
      computed[index] = value
      given[index] = replacements.first { $0.0.index == index }?.1 ?? value
    }
    return Run(tape: self, computed: computed, given: given)
  }

  /// The values of one run.
  package struct Run: Sendable {
    private let tape: Tape
    private let computed: [Double]
    private let given: [Double]

    fileprivate init(tape: Tape, computed: [Double], given: [Double]) {
      self.tape = tape
      self.computed = computed
      self.given = given
    }

    /// What a node computes; a replacement of its own does not show here.
    package subscript(node: Node) -> Double { computed[node.index] }

    /// The derivative of `root` in every node, by one reverse sweep.
    ///
    /// Local rules use the values that the run handed on. A replaced derivative stands in for what
    /// arrives at a node, for everything further back.
    package func gradient(
      of root: Node, replacing replacements: [(Node, Double)] = []
    ) -> Gradient {
      var arrived = [Double](repeating: 0, count: computed.count)
      arrived[root.index] = 1
      for index in stride(from: root.index, through: 0, by: -1) {
        let slope = replacements.first { $0.0.index == index }?.1 ?? arrived[index]
        switch tape.operations[index] {
        case .input, .constant: break
        case .add(let a, let b):
          arrived[a] += slope
          arrived[b] += slope
        case .subtract(let a, let b):
          arrived[a] += slope
          arrived[b] -= slope
        case .multiply(let a, let b):
          arrived[a] += slope * given[b]
          arrived[b] += slope * given[a]
        case .divide(let a, let b):
          arrived[a] += slope / given[b]
          arrived[b] -= slope * given[a] / (given[b] * given[b])
        case .negate(let a): arrived[a] -= slope
        case .square(let a): arrived[a] += slope * 2 * given[a]
        case .exp(let a): arrived[a] += slope * given[index]
        case .log(let a): arrived[a] += slope / given[a]
        case .sigmoid(let a): arrived[a] += slope * given[index] * (1 - given[index])
        }
      }
      return Gradient(arrived: arrived)
    }
  }

  /// Derivatives of one number in every node.
  package struct Gradient: Sendable {
    fileprivate let arrived: [Double]
    package subscript(node: Node) -> Double { arrived[node.index] }
  }
}

extension Tape {
  /// Writes a tape down; its values combine with + − × ÷ like numbers.
  package final class Recorder {
    fileprivate var operations: [Operation] = []
    fileprivate var names: [String: Int] = [:]
    fileprivate var inputs: [Int] = []

    package func input(_ name: String) -> Value {
      let value = append(.input)
      inputs.append(value.index)
      return self.name(name, value)
    }

    package func constant(_ x: Double) -> Value { append(.constant(x)) }

    /// Gives a value a name by which the tape finds its node.
    @discardableResult package func name(_ name: String, _ value: Value) -> Value {
      precondition(names[name] == nil, "two nodes are named \"\(name)\"")
      names[name] = value.index
      return value
    }

    package func square(_ a: Value) -> Value { append(.square(a.index)) }
    package func exp(_ a: Value) -> Value { append(.exp(a.index)) }
    package func log(_ a: Value) -> Value { append(.log(a.index)) }
    package func sigmoid(_ a: Value) -> Value { append(.sigmoid(a.index)) }

    fileprivate func append(_ operation: Operation) -> Value {
      operations.append(operation)
      return Value(recorder: self, index: operations.count - 1)
    }
  }

  /// A value while it is recorded.
  package struct Value {
    fileprivate let recorder: Recorder
    fileprivate let index: Int

    package static func + (a: Value, b: Value) -> Value { a.recorder.append(.add(a.index, b.index)) }
    package static func - (a: Value, b: Value) -> Value {
      a.recorder.append(.subtract(a.index, b.index))
    }
    package static func * (a: Value, b: Value) -> Value {
      a.recorder.append(.multiply(a.index, b.index))
    }
    package static func / (a: Value, b: Value) -> Value {
      a.recorder.append(.divide(a.index, b.index))
    }
    package static prefix func - (a: Value) -> Value { a.recorder.append(.negate(a.index)) }
  }
}
