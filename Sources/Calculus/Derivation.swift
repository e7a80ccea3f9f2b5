/// The lines of worked solutions over one tape, whose formulas are written down once: keep it in a
/// `static let` beside the tape.
package struct Derivation: Sendable {
  private let tape: Tape
  private let lines: [ForwardLine]
  /// What reads each name directly, in the order of recording.
  private let readers: [String: [Reader]]
  /// Every name that has a slope, in the order of the sweep backwards.
  private let sweep: [String]

  package init(_ tape: Tape) {
    self.tape = tape
    let formulas = tape.formulas
    lines = formulas.map { name, formula in
      ForwardLine(
        node: tape[name], words: "\(Expression.variable(name).latex) = \(formula.latex) = ",
        numbers: NumberedText(formula, over: tape))
    }
    var readers: [String: [Reader]] = [:]
    for (reader, formula) in formulas {
      for name in formula.variables {
        readers[name, default: []].append(Reader(reader, of: formula, by: name, over: tape))
      }
    }
    self.readers = readers
    let own = tape.nodeNames
    sweep =
      formulas.map(\.name).reversed() + tape.inputs.reversed().compactMap { own[$0.index] }
  }

  private struct ForwardLine {
    let node: Node
    let words: String
    let numbers: NumberedText
  }

  /// A formula that reads a name, and its slope with respect to it.
  private struct Reader {
    let name: String
    let node: Node
    let isOne: Bool
    let words, bracketedWords: String
    let numbers, bracketedNumbers: NumberedText

    init(_ name: String, of formula: Expression, by variable: String, over tape: Tape) {
      let slope = formula.derivative(by: variable)
      self.name = name
      node = tape[name]
      isOne = slope == .one
      words = slope.latex
      let isSum = if case .sum = slope { true } else { false }
      bracketedWords = isSum ? "(\(words))" : bracketed(words)
      numbers = NumberedText(slope, over: tape)
      bracketedNumbers = numbers.bracketed()
    }
  }

  /// A line of a worked solution, as the source of a formula.
  package typealias Line = String

  /// The forward pass in lines with the numbers in: `x_b = w_b x_a + b_b = 3 · (-2) + 1 = -5`.
  package func forwardLines(_ run: Run, decimals: Int = 3) -> [Line] {
    lines.map { line in
      var text = line.words
      line.numbers.write(to: &text, run, decimals)
      text += " = "
      text += plain(run[line.node], decimals)
      return text
    }
  }

  /// The backward pass from a named node, each name with what comes back over its readers.
  ///
  /// Without `wanted` every name has a line, in the order of the sweep.
  package func backwardLines(
    _ run: Run, of root: String, wanted: [String]? = nil, decimals: Int = 3
  ) -> [Line] {
    let gradient = run.gradient(of: tape[root])
    let above = "\\frac{∂\(Expression.variable(root).latex)}{∂"
    func slope(_ name: String) -> String { above + Expression.variable(name).latex + "}" }
    return (wanted ?? sweep).compactMap { name in
      guard name != root, let readers = readers[name], gradient[tape[name]] != 0 else { return nil }
      let own = slope(name)
      var (words, numbers) = ("", "")
      // Where one gradient arrives unchanged, the value alone says it.
      var isHandedOn = readers.count == 1
      for reader in readers where gradient[reader.node] != 0 {
        if !words.isEmpty {
          words += " + "
          numbers += " + "
        }
        if reader.name == root {
          words += reader.words
          reader.numbers.write(to: &numbers, run, decimals)
          isHandedOn = false
        } else {
          words += slope(reader.name)
          numbers += signed(plain(gradient[reader.node], decimals))
          if !reader.isOne {
            words += " · " + reader.bracketedWords
            numbers += " · "
            reader.bracketedNumbers.write(to: &numbers, run, decimals)
            isHandedOn = false
          }
        }
      }
      return own + " = " + words + " = " + (isHandedOn ? "" : numbers + " = ")
        + plain(gradient[tape[name]], decimals)
    }
  }
}

/// An expression with places for the values of a tape's nodes.
private struct NumberedText {
  /// Words, and the node whose value follows them.
  private var pieces: [(words: String, node: Node)] = []
  private var end = ""

  init(_ expression: Expression, over tape: Tape) {
    let marks = Dictionary(
      uniqueKeysWithValues: tape.names.map { ($0.name, String(Self.mark(of: $0.node))) })
    var words = ""
    for scalar in expression.latex(with: marks).unicodeScalars {
      if scalar.value >= Self.firstMark {
        pieces.append((words, Node(index: Int(scalar.value - Self.firstMark))))
        words = ""
      } else {
        words.unicodeScalars.append(scalar)
      }
    }
    end = words
  }

  /// A scalar of a private plane, which no expression holds.
  private static let firstMark: UInt32 = 0xF_0000
  private static func mark(of node: Node) -> Character {
    Character(Unicode.Scalar(firstMark + UInt32(node.index)) ?? "?")
  }

  /// The same in brackets where a factor needs them.
  func bracketed() -> NumberedText {
    let words = pieces.map(\.words).joined(separator: "x") + end
    guard Calculus.bracketed(words) != words else { return self }
    var copy = self
    copy.end += ")"
    if copy.pieces.isEmpty {
      copy.end = "(" + copy.end
    } else {
      copy.pieces[0].words = "(" + copy.pieces[0].words
    }
    return copy
  }

  /// Appends the text with a run's values, negative ones in brackets.
  func write(to text: inout String, _ run: Run, _ decimals: Int) {
    for (words, node) in pieces {
      text += words
      text += signed(plain(run[node], decimals))
    }
    text += end
  }
}

/// A number, in brackets where it is negative.
private func signed(_ number: String) -> String { number.hasPrefix("-") ? "(\(number))" : number }

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

extension Expression {
  /// LaTeX with other words in place of names, and products with a sign.
  fileprivate func latex(with words: [String: String]) -> String {
    switch self {
    case .variable(let name): return words[name] ?? name
    case .constant(let c):
      return c.integer.map(String.init) ?? "\\frac{\(c.numerator)}{\(c.denominator)}"
    case .sum(let terms):
      return terms.enumerated().map { index, term in
        let text = term.latex(with: words)
        return index == 0 ? text : text.hasPrefix("-") ? " - \(text.dropFirst())" : " + \(text)"
      }.joined()
    case .product(let factors):
      var (above, below, sign): ([String], [String], String) = ([], [], "")
      for factor in factors {
        switch factor {
        case .constant(-1): sign = "-"
        case .power(let base, .constant(let n)) where n < 0:
          below.append((n == -1 ? base : .power(base, .constant(-n))).latex(with: words))
        case .sum: above.append("(\(factor.latex(with: words)))")
        default: above.append(factor.latex(with: words))
        }
      }
      let top = above.isEmpty ? "1" : above.joined(separator: " · ")
      return sign + (below.isEmpty ? top : "\\frac{\(top)}{\(below.joined(separator: " · "))}")
    case .power(let base, let exponent):
      let text = base.latex(with: words)
      let isBare = if case .variable = base { true } else { false }
      return "\(isBare ? text : "(\(text))")^{\(exponent.latex(with: words))}"
    case .function(let function, let argument):
      return Expression.function(function, .variable("@")).latex.replacing(
        "@", with: argument.latex(with: words))
    case .choice(let condition, let yes, let no):
      let parts = [condition, yes, no].map { $0.latex(with: words) }
      return "\\operatorname{where}(\(parts.joined(separator: ", ")))"
    }
  }
}
