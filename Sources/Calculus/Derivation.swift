/// The lines of worked solutions over one tape, whose formulas are written down once: keep it in a
/// `static let` beside the tape.
package struct Derivation: Sendable {
  private let tape: Tape
  private let lines: [ForwardLine]
  /// Every name with what reads it.
  private let names: [Name]
  private let places: [String: Int]
  /// Every name that has a slope, in the order of the sweep backwards.
  private let sweep: [Int]

  package init(_ tape: Tape) {
    self.tape = tape
    let formulas = tape.formulas
    lines = formulas.map { name, formula in
      ForwardLine(
        node: tape[name],
        words: Array("\(Expression.variable(name).latex) = \(formula.latex) = ".utf8),
        numbers: NumberedText(formula, over: tape))
    }
    var names = tape.names.map { name, node in
      Name(node: node, latex: Array(Expression.variable(name).latex.utf8))
    }
    let places = Dictionary(
      zip(tape.names.map(\.name), names.indices), uniquingKeysWith: { first, _ in first })
    self.places = places
    for (reader, formula) in formulas {
      guard let readerPlace = places[reader] else { continue }
      for name in formula.variables {
        guard let place = places[name] else { continue }
        names[place].readers.append(Reader(readerPlace, of: formula, by: name, over: tape))
      }
    }
    self.names = names
    let own = tape.nodeNames
    sweep = (formulas.map(\.name).reversed() + tape.inputs.reversed().compactMap { own[$0.index] })
      .compactMap { places[$0] }
  }

  private struct ForwardLine {
    let node: Node
    let words: [UInt8]
    let numbers: NumberedText
  }

  private struct Name {
    let node: Node
    let latex: [UInt8]
    /// What reads it directly, in the order of recording.
    var readers: [Reader] = []
  }

  /// A formula that reads a name, and its slope with respect to it.
  private struct Reader {
    /// The place of its name.
    let place: Int
    let isOne: Bool
    let words, bracketedWords: [UInt8]
    let numbers, bracketedNumbers: NumberedText

    init(_ place: Int, of formula: Expression, by variable: String, over tape: Tape) {
      let slope = formula.derivative(by: variable)
      self.place = place
      isOne = slope == .one
      let latex = slope.latex
      let isSum = if case .sum = slope { true } else { false }
      words = Array(latex.utf8)
      bracketedWords = Array((isSum ? "(\(latex))" : bracketed(latex)).utf8)
      numbers = NumberedText(slope, over: tape)
      bracketedNumbers = numbers.bracketed()
    }
  }

  /// A line of a worked solution, as the source of a formula in UTF-8.
  package typealias Line = [UInt8]

  /// The forward pass in lines with the numbers in: `x_b = w_b x_a + b_b = 3 · (-2) + 1 = -5`.
  package func forwardLines(_ run: Run, decimals: Int = 3) -> [Line] {
    lines.map { line in
      var text = Self.emptyLine
      text += line.words
      line.numbers.write(to: &text, run, decimals)
      text += Self.equals
      text.append(run[line.node], decimals)
      return text
    }
  }

  /// The backward pass from a named node, each name with what comes back over its readers.
  ///
  /// Without `wanted` every name has a line, in the order of the sweep.
  package func backwardLines(
    _ run: Run, of root: String, wanted: [String]? = nil, decimals: Int = 3
  ) -> [Line] {
    let rootNode = tape[root]
    let rootPlace = places[root]
    let gradient = run.gradient(of: rootNode)
    let above = Array("\\frac{∂\(Expression.variable(root).latex)}{∂".utf8)
    func writeSlope(_ place: Int, to text: inout [UInt8]) {
      text += above
      text += names[place].latex
      text.append(UInt8(ascii: "}"))
    }
    return (wanted.map { $0.compactMap { places[$0] } } ?? sweep).compactMap { place in
      let readers = names[place].readers
      guard place != rootPlace, !readers.isEmpty, gradient[names[place].node] != 0 else {
        return nil
      }
      var (words, numbers) = (Self.emptyLine, Self.emptyLine)
      writeSlope(place, to: &words)
      words += Self.equals
      // Where one gradient arrives unchanged, the value alone says it.
      var (isHandedOn, isFirst) = (readers.count == 1, true)
      for reader in readers where gradient[names[reader.place].node] != 0 {
        if !isFirst {
          words += Self.plus
          numbers += Self.plus
        }
        isFirst = false
        if reader.place == rootPlace {
          words += reader.words
          reader.numbers.write(to: &numbers, run, decimals)
          isHandedOn = false
        } else {
          writeSlope(reader.place, to: &words)
          numbers.append(gradient[names[reader.place].node], decimals, isSigned: true)
          if !reader.isOne {
            words += Self.times
            words += reader.bracketedWords
            numbers += Self.times
            reader.bracketedNumbers.write(to: &numbers, run, decimals)
            isHandedOn = false
          }
        }
      }
      words += Self.equals
      if !isHandedOn {
        words += numbers
        words += Self.equals
      }
      words.append(gradient[names[place].node], decimals)
      return words
    }
  }

  private static let (equals, plus, times) = (
    Array(" = ".utf8), Array(" + ".utf8), Array(" · ".utf8)
  )
  /// Room for a usual line.
  private static var emptyLine: [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(160)
    return line
  }
}

/// An expression with places for the values of a tape's nodes.
private struct NumberedText {
  /// Words, and the node whose value follows them.
  private var pieces: [(words: [UInt8], node: Node)] = []
  private var end: [UInt8] = []

  init(_ expression: Expression, over tape: Tape) {
    let marks = Dictionary(
      uniqueKeysWithValues: tape.names.map { ($0.name, String(Self.mark(of: $0.node))) })
    var words: [UInt8] = []
    for scalar in expression.latex(with: marks).unicodeScalars {
      if scalar.value >= Self.firstMark {
        pieces.append((words, Node(index: Int(scalar.value - Self.firstMark))))
        words = []
      } else {
        words += scalar.utf8
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
    let words = String(
      decoding: pieces.map(\.words).joined(separator: "x".utf8) + end, as: UTF8.self)
    guard Calculus.bracketed(words) != words else { return self }
    var copy = self
    copy.end.append(UInt8(ascii: ")"))
    if copy.pieces.isEmpty {
      copy.end.insert(UInt8(ascii: "("), at: 0)
    } else {
      copy.pieces[0].words.insert(UInt8(ascii: "("), at: 0)
    }
    return copy
  }

  /// Appends the text with a run's values, negative ones in brackets.
  func write(to text: inout [UInt8], _ run: Run, _ decimals: Int) {
    for (words, node) in pieces {
      text += words
      text.append(run[node], decimals, isSigned: true)
    }
    text += end
  }
}

private func bracketed(_ text: String) -> String {
  text.hasPrefix("-") || text.contains(" + ") || text.contains(" - ") ? "(\(text))" : text
}

extension [UInt8] {
  /// Appends a whole number as it is, another to decimals.
  ///
  /// - Parameter isSigned: whether a negative one stands in brackets.
  fileprivate mutating func append(_ x: Double, _ decimals: Int, isSigned: Bool = false) {
    let start = count
    append(digitsOf: x, decimals)
    guard isSigned, self[start] == UInt8(ascii: "-") else { return }
    insert(UInt8(ascii: "("), at: start)
    append(UInt8(ascii: ")"))
  }

  private mutating func append(digitsOf x: Double, _ decimals: Int) {
    if x == x.rounded(), x.magnitude < 1e15 { return append(contentsOf: String(Int(x)).utf8) }
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let units = (x.magnitude * scale).rounded()
    guard units < 1e15 else { return append(contentsOf: "\(x)".utf8) }
    if x < 0, units > 0 { append(UInt8(ascii: "-")) }
    let digits = String(Int(units)).utf8
    let missing = Swift.max(0, decimals + 1 - digits.count)
    append(contentsOf: repeatElement(UInt8(ascii: "0"), count: missing))
    append(contentsOf: digits)
    insert(UInt8(ascii: "."), at: count - decimals)
  }
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
