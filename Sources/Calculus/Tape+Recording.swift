extension Tape {
  /// What a tape is while it is being written: it hands out terms and appends what they do.
  package final class Recording {
    private(set) var operations: [Operation] = []
    private(set) var names: [(name: String, node: Node)] = []
    private(set) var inputs: [Node] = []

    init() {}

    /// A number that each run is given, under a name of its own.
    package func input(_ name: String) -> Term {
      let term = self.name(name, append(.input(Int32(inputs.count))))
      inputs.append(Node(index: Int(term.index)))
      return term
    }

    /// A number that is the same in every run.
    package func constant(_ value: Double) -> Term { append(.constant(value)) }

    /// Names a term so that it can be read, replaced or differentiated; a name is used once.
    @discardableResult
    package func name(_ name: String, _ term: Term) -> Term {
      precondition(!names.contains { $0.name == name }, "two nodes are named \(name)")
      precondition(term.recording === self, "\(name) was recorded on another tape")
      names.append((name, Node(index: Int(term.index))))
      return term
    }

    fileprivate func append(_ operation: Operation) -> Term {
      operations.append(operation)
      return Term(recording: self, index: Int32(operations.count - 1))
    }
  }

  /// A value on a tape that is being recorded; arithmetic on it appends to the tape.
  package struct Term {
    fileprivate let recording: Recording
    fileprivate let index: Int32
  }
}

/// What a family's own functions take and return while they record.
package typealias Term = Tape.Term

extension Tape.Term {
  /// Records a sum.
  package static func + (a: Term, b: Term) -> Term { a.joined(b, Operation.add) }
  /// Records a sum with a constant.
  package static func + (a: Term, b: Double) -> Term { a + a.recording.constant(b) }
  /// Records a sum with a constant.
  package static func + (a: Double, b: Term) -> Term { b.recording.constant(a) + b }

  /// Records a difference.
  package static func - (a: Term, b: Term) -> Term { a.joined(b, Operation.subtract) }
  /// Records a difference from a constant.
  package static func - (a: Term, b: Double) -> Term { a - a.recording.constant(b) }
  /// Records a difference from a constant.
  package static func - (a: Double, b: Term) -> Term { b.recording.constant(a) - b }

  /// Records a product.
  package static func * (a: Term, b: Term) -> Term { a.joined(b, Operation.multiply) }
  /// Records a product with a constant.
  package static func * (a: Term, b: Double) -> Term { a * a.recording.constant(b) }
  /// Records a product with a constant.
  package static func * (a: Double, b: Term) -> Term { b.recording.constant(a) * b }

  /// Records a quotient.
  package static func / (a: Term, b: Term) -> Term { a.joined(b, Operation.divide) }
  /// Records a quotient by a constant.
  package static func / (a: Term, b: Double) -> Term { a / a.recording.constant(b) }
  /// Records a quotient of a constant.
  package static func / (a: Double, b: Term) -> Term { b.recording.constant(a) / b }

  /// Records a change of sign.
  package static prefix func - (a: Term) -> Term { a.recording.append(.negate(a.index)) }

  /// Records a whole power, which may be negative.
  package func power(_ exponent: Int32) -> Term { recording.append(.power(index, exponent)) }

  private func joined(_ other: Term, _ operation: (Int32, Int32) -> Operation) -> Term {
    precondition(recording === other.recording, "the two terms are on different tapes")
    return recording.append(operation(index, other.index))
  }
}

/// Records the square of a term.
package func square(_ a: Term) -> Term { a.recording.append(.square(a.index)) }

/// Records the exponential of a term; its slope is read from its own value.
package func exp(_ a: Term) -> Term { a.recording.append(.exp(a.index)) }

/// Records the natural logarithm of a term.
package func log(_ a: Term) -> Term { a.recording.append(.log(a.index)) }

/// Records 1/(1 + e⁻ᵃ); its slope y(1 − y) is read from its own value y.
package func sigmoid(_ a: Term) -> Term { a.recording.append(.sigmoid(a.index)) }

/// Records the hyperbolic tangent; its slope 1 − y² is read from its own value y.
package func tanh(_ a: Term) -> Term { a.recording.append(.tanh(a.index)) }

/// Records max(a, 0), with slope zero at the kink.
package func relu(_ a: Term) -> Term { a.recording.append(.relu(a.index)) }
