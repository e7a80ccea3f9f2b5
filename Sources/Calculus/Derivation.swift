/// The lines of worked solutions over one tape, whose formulas are written down once: keep it in a
/// `static let` beside the tape.
package struct Derivation: Sendable {
  private let tape: Tape
  private let formulas: [(name: String, formula: Expression)]

  package init(_ tape: Tape) {
    self.tape = tape
    formulas = tape.formulas
  }

  /// A line of a worked solution, as the source of a formula.
  package typealias Line = String

  /// The forward pass in lines with the numbers in: `x_b = w_b x_a + b_b = 3 · (-2) + 1 = -5`.
  package func forwardLines(_ run: Run, decimals: Int = 3) -> [Line] {
    formulas.map { name, formula in
      let numbers = formula.latex(with: values(of: run, decimals: decimals))
      return "\(Expression.variable(name).latex) = \(formula.latex) = \(numbers) = "
        + plain(run[tape[name]], decimals)
    }
  }

  /// The backward pass from a named node, each name with what comes back over its readers.
  ///
  /// Without `wanted` every name has a line, in the order of the sweep.
  package func backwardLines(
    _ run: Run, of root: String, wanted: [String]? = nil, decimals: Int = 3
  ) -> [Line] {
    let gradient = run.gradient(of: tape[root])
    let known = values(of: run, decimals: decimals)
    func slope(_ name: String) -> String {
      "\\frac{∂\(Expression.variable(root).latex)}{∂\(Expression.variable(name).latex)}"
    }
    let own = tape.nodeNames
    let sweep =
      formulas.map(\.name).reversed() + tape.inputs.reversed().compactMap { own[$0.index] }
    return (wanted ?? sweep).compactMap { name in
      let readers = formulas.filter { $0.formula.variables.contains(name) }
      guard name != root, !readers.isEmpty, gradient[tape[name]] != 0 else { return nil }
      var (words, numbers): ([String], [String]) = ([], [])
      for reader in readers where gradient[tape[reader.name]] != 0 {
        let local = reader.formula.derivative(by: name)
        let arriving = bracketed(plain(gradient[tape[reader.name]], decimals))
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
        + plain(gradient[tape[name]], decimals)
    }
  }

  private func values(of run: Run, decimals: Int) -> [String: String] {
    Dictionary(uniqueKeysWithValues: tape.names.map { ($0.name, plain(run[$0.node], decimals)) })
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
