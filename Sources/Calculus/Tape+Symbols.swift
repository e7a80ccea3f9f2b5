extension Tape {
  /// The formula of every named node in terms of inputs and of named nodes before it.
  ///
  /// Inputs are missing from the list: they have no formula.
  package var formulas: [(name: String, formula: Expression)] {
    let own = nodeNames
    var terms: [Expression] = []
    var formulas: [(name: String, formula: Expression)] = []
    for (index, operation) in operations.enumerated() {
      let term = operation.expression(terms, name: own[index])
      terms.append(own[index].map(Expression.variable) ?? term)
      if case .input = operation { continue }
      if let name = own[index] { formulas.append((name, term.simplified)) }
    }
    return formulas
  }

  /// The derivative of a named node with respect to another or to an input, as an expression.
  ///
  /// It is written in the names `kept` and in inputs; all other named nodes are put in.
  package func slope(
    of root: String, by name: String, keeping kept: Set<String> = []
  ) -> Expression {
    let formulas = formulas
    // Backwards over the names: what reaches a node is the sum over those that read it.
    var adjoints: [String: Expression] = [root: .one]
    for (reader, formula) in formulas.reversed() {
      guard let arriving = adjoints[reader] else { continue }
      for operand in formula.variables.sorted() {
        let share = arriving * formula.derivative(by: operand)
        adjoints[operand] = (adjoints[operand].map { $0 + share } ?? share)
      }
    }
    var known: [String: Expression] = [:]
    for (own, formula) in formulas where !kept.contains(own) && own != name {
      known[own] = formula.substituting(known)
    }
    return (adjoints[name] ?? .zero).substituting(known).simplified
  }

  var nodeNames: [String?] {
    var own = [String?](repeating: nil, count: operations.count)
    for (name, node) in names { own[node.index] = name }
    return own
  }
}

extension Operation {
  fileprivate func expression(_ terms: [Expression], name: String?) -> Expression {
    func f(_ function: Expression.Function, _ a: Int32) -> Expression {
      .function(function, terms[Int(a)])
    }
    return switch self {
    case .input: .variable(name ?? "input")
    case .constant(let value): .constant(Rational(exactly: value) ?? 0)
    case .add(let a, let b): terms[Int(a)] + terms[Int(b)]
    case .subtract(let a, let b): terms[Int(a)] - terms[Int(b)]
    case .multiply(let a, let b): terms[Int(a)] * terms[Int(b)]
    case .divide(let a, let b): terms[Int(a)] / terms[Int(b)]
    case .power(let a, let n): .power(terms[Int(a)], .constant(Rational(Int(n))))
    case .negate(let a): -terms[Int(a)]
    case .square(let a): .power(terms[Int(a)], .constant(2))
    case .exp(let a): f(.exp, a)
    case .log(let a): f(.ln, a)
    case .sigmoid(let a): f(.sigmoid, a)
    case .tanh(let a): f(.tanh, a)
    case .relu(let a): f(.relu, a)
    }
  }
}

extension Rational {
  /// The fraction that a double is, as long as both parts are small enough to be written down.
  init?(exactly x: Double) {
    guard x.isFinite else { return nil }
    var (value, denominator) = (x, 1)
    while value != value.rounded(), denominator < 1 << 40 {
      (value, denominator) = (value * 2, denominator * 2)
    }
    guard let numerator = Int(exactly: value) else { return nil }
    self.init(numerator: numerator, denominator: denominator)
  }
}

// MARK: Exact arithmetic

extension Tape {
  /// Every node in exact fractions; nil where an operation leaves them or a part does not fit.
  package func exactValues(_ inputs: [Rational]) -> [Rational]? {
    precondition(inputs.count == self.inputs.count, "this tape has \(self.inputs.count) inputs")
    var values: [Rational] = []
    for operation in operations {
      guard let value = operation.exactValue(inputs, values) else { return nil }
      values.append(value)
    }
    return values
  }

  /// The derivative of one node with respect to every node, in exact fractions.
  package func exactGradient(of root: Node, _ inputs: [Rational]) -> [Rational]? {
    guard let values = exactValues(inputs) else { return nil }
    var adjoints = [Rational](repeating: 0, count: values.count)
    adjoints[root.index] = 1
    for i in stride(from: root.index, through: 0, by: -1) where adjoints[i] != 0 {
      guard let shares = operations[i].exactSlopes(values) else { return nil }
      for (operand, slope) in shares {
        guard let share = adjoints[i].multiplied(by: slope),
          let sum = adjoints[Int(operand)].adding(share)
        else { return nil }
        adjoints[Int(operand)] = sum
      }
    }
    return adjoints
  }
}

extension Operation {
  fileprivate func exactValue(_ inputs: [Rational], _ v: [Rational]) -> Rational? {
    switch self {
    case .input(let position): inputs[Int(position)]
    case .constant(let value): Rational(exactly: value)
    case .add(let a, let b): v[Int(a)].adding(v[Int(b)])
    case .subtract(let a, let b): v[Int(a)].subtracting(v[Int(b)])
    case .multiply(let a, let b): v[Int(a)].multiplied(by: v[Int(b)])
    case .divide(let a, let b): v[Int(a)].divided(by: v[Int(b)])
    case .power(let a, let n): v[Int(a)].raised(to: Int(n))
    case .negate(let a): Rational(0).subtracting(v[Int(a)])
    case .square(let a): v[Int(a)].multiplied(by: v[Int(a)])
    case .relu(let a): max(v[Int(a)], 0)
    case .exp, .log, .sigmoid, .tanh: nil
    }
  }

  /// What one unit of each operand adds to the result.
  fileprivate func exactSlopes(_ v: [Rational]) -> [(Int32, Rational)]? {
    switch self {
    case .input, .constant: return []
    case .add(let a, let b): return [(a, 1), (b, 1)]
    case .subtract(let a, let b): return [(a, 1), (b, -1)]
    case .multiply(let a, let b): return [(a, v[Int(b)]), (b, v[Int(a)])]
    case .divide(let a, let b):
      guard let inverse = Rational(1).divided(by: v[Int(b)]),
        let ratio = v[Int(a)].multiplied(by: inverse)?.multiplied(by: inverse)
      else { return nil }
      return [(a, inverse), (b, -ratio)]
    case .power(let a, let n):
      return v[Int(a)].raised(to: Int(n) - 1)?.multiplied(by: Rational(Int(n))).map { [(a, $0)] }
    case .negate(let a): return [(a, -1)]
    case .square(let a): return v[Int(a)].multiplied(by: 2).map { [(a, $0)] }
    case .relu(let a): return [(a, v[Int(a)] > 0 ? 1 : 0)]
    case .exp, .log, .sigmoid, .tanh: return nil
    }
  }
}

extension Rational {
  /// A whole power; nil where it does not fit or divides by 0.
  func raised(to exponent: Int) -> Rational? {
    guard exponent.magnitude <= 64 else { return nil }
    var result: Rational? = 1
    for _ in 0..<exponent.magnitude { result = result?.multiplied(by: self) }
    return exponent < 0 ? result.flatMap { Rational(1).divided(by: $0) } : result
  }
}
