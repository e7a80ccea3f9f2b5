extension Tape {
  static func formulas(
    of operations: [Operation], nodeNames own: [String?]
  ) -> [(name: String, formula: Expression)] {
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

  static func nodeNames(_ names: [(name: String, node: Node)], _ count: Int) -> [String?] {
    var own = [String?](repeating: nil, count: count)
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

// MARK: Worked steps

extension Tape {
  /// A line of a worked solution, as the source of a formula.
  package typealias Line = String

  /// The forward pass in lines with the numbers in: `x_b = w_b x_a + b_b = 3 · (-2) + 1 = -5`.
  package func forwardLines(_ run: Run, decimals: Int = 3) -> [Line] {
    formulas.map { name, formula in
      let numbers = formula.latex(with: values(of: run, decimals: decimals))
      return "\(Expression.variable(name).latex) = \(formula.latex) = \(numbers) = "
        + plain(run[self[name]], decimals)
    }
  }

  /// The backward pass from a named node, each name with what comes back over its readers.
  ///
  /// Without `wanted` every name has a line, in the order of the sweep.
  package func backwardLines(
    _ run: Run, of root: String, wanted: [String]? = nil, decimals: Int = 3
  ) -> [Line] {
    let gradient = run.gradient(of: self[root])
    let known = values(of: run, decimals: decimals)
    func slope(_ name: String) -> String {
      "\\frac{∂\(Expression.variable(root).latex)}{∂\(Expression.variable(name).latex)}"
    }
    let own = Self.nodeNames(names, count)
    let sweep = formulas.map(\.name).reversed() + inputs.reversed().compactMap { own[$0.index] }
    return (wanted ?? sweep).compactMap { name in
      let readers = formulas.filter { $0.formula.variables.contains(name) }
      guard name != root, !readers.isEmpty, gradient[self[name]] != 0 else { return nil }
      var (words, numbers): ([String], [String]) = ([], [])
      for reader in readers where gradient[self[reader.name]] != 0 {
        let local = reader.formula.derivative(by: name)
        let arriving = bracketed(plain(gradient[self[reader.name]], decimals))
        let factor = reader.name == root ? "" : slope(reader.name)
        let isOne = local == .one
        words.append(
          isOne && !factor.isEmpty
            ? factor : factor.isEmpty ? local.latex : "\(factor) · \(bracketed(local))")
        numbers.append(
          factor.isEmpty
            ? local.latex(with: known)
            : isOne ? arriving : "\(arriving) · \(bracketed(local.latex(with: known)))")
      }
      // Where one gradient arrives unchanged, the value alone says it.
      let isHandedOn = readers.count == 1 && words[0] == slope(readers[0].name)
      return "\(slope(name)) = \(words.joined(separator: " + ")) = "
        + (isHandedOn ? "" : "\(numbers.joined(separator: " + ")) = ")
        + plain(gradient[self[name]], decimals)
    }
  }

  private func values(of run: Run, decimals: Int) -> [String: String] {
    Dictionary(uniqueKeysWithValues: names.map { ($0.name, plain(run[$0.node], decimals)) })
  }

  private func bracketed(_ expression: Expression) -> String {
    if case .sum = expression { return "(\(expression.latex))" }
    return bracketed(expression.latex)
  }

  private func bracketed(_ text: String) -> String {
    text.hasPrefix("-") || text.contains(" + ") || text.contains(" - ") ? "(\(text))" : text
  }

  /// Whole numbers as they are, others to decimals.
  private func plain(_ x: Double, _ decimals: Int) -> String {
    if x == x.rounded(), x.magnitude < 1e15 { return "\(Int(x))" }
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let units = (x.magnitude * scale).rounded()
    guard units < 1e15 else { return "\(x)" }
    let digits = "\(Int(units))"
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let text = "\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    return x < 0 && units > 0 ? "-\(text)" : text
  }
}

extension Expression {
  /// LaTeX with numbers in place of names, products with a sign and negative numbers in brackets.
  fileprivate func latex(with numbers: [String: String]) -> String {
    switch self {
    case .variable(let name):
      let text = numbers[name] ?? name
      return text.hasPrefix("-") ? "(\(text))" : text
    case .constant(let c):
      return c.integer.map(String.init) ?? "\\frac{\(c.numerator)}{\(c.denominator)}"
    case .sum(let terms):
      return terms.enumerated().map { index, term in
        let text = term.latex(with: numbers)
        return index == 0 ? text : text.hasPrefix("-") ? " - \(text.dropFirst())" : " + \(text)"
      }.joined()
    case .product(let factors):
      var (above, below, sign): ([String], [String], String) = ([], [], "")
      for factor in factors {
        switch factor {
        case .constant(-1): sign = "-"
        case .power(let base, .constant(let n)) where n < 0:
          below.append((n == -1 ? base : .power(base, .constant(-n))).latex(with: numbers))
        case .sum: above.append("(\(factor.latex(with: numbers)))")
        default: above.append(factor.latex(with: numbers))
        }
      }
      let top = above.isEmpty ? "1" : above.joined(separator: " · ")
      return sign + (below.isEmpty ? top : "\\frac{\(top)}{\(below.joined(separator: " · "))}")
    case .power(let base, let exponent):
      let text = base.latex(with: numbers)
      let isBare = if case .variable = base { true } else { false }
      return "\(isBare ? text : "(\(text))")^{\(exponent.latex(with: numbers))}"
    case .function(let function, let argument):
      return Expression.function(function, .variable("@")).latex.replacing(
        "@", with: argument.latex(with: numbers))
    case .choice(let condition, let yes, let no):
      let parts = [condition, yes, no].map { $0.latex(with: numbers) }
      return "\\operatorname{where}(\(parts.joined(separator: ", ")))"
    }
  }
}
