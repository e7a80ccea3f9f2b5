extension MatrixExpression {
  /// Reads what people type: LaTeX, NumPy, MATLAB or Unicode.
  ///
  /// `X^T`, `X'`, `Xᵀ`, `X.T` and `transpose(X)` are one; so are `X^{-1}` and `inv(X)`. A product
  /// is `@`, a point, or nothing; a point between two vectors is their inner product. An asterisk
  /// between two matrices has two readings and is refused.
  ///
  /// - Throws: `ExpressionError`, also for names that the question does not have.
  package init(parsing typed: String, names: [String]) throws(ExpressionError) {
    guard typed.utf8.count <= 2000 else {
      throw ExpressionError(reason: "the expression is longer than 2000 bytes")
    }
    var parser = MatrixParser(typed, names: names)
    self = try parser.whole()
  }

  /// The names in a text in plain syntax.
  package static func names(in text: String) -> [String] {
    var names: [String] = []
    for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
      let name = word.filter { $0 != "_" }
      guard let first = name.first, first.isLetter, !MatrixParser.functions.contains(name),
        !names.contains(name)
      else { continue }
      names.append(name)
    }
    return names
  }

  /// Whether a text in plain syntax can only be about matrices.
  package static func isNamed(in text: String) -> Bool {
    text.contains("@") || ["transpose(", "inv(", "norm(", "dot("].contains { text.contains($0) }
  }
}

/// Reads from left to right; a formula of matrices is short.
private struct MatrixParser {
  static let functions: Set = ["inv", "inverse", "transpose", "norm", "dot", "matmul"]
  private static let deepest = 40

  private let text: [Character]
  private let names: [String]
  private var position = 0
  private var depth = 0

  init(_ typed: String, names: [String]) {
    self.names = names
    var text = typed
    for (from, to) in [
      ("np.linalg.", ""), ("numpy.linalg.", ""), ("torch.linalg.", ""), ("linalg.", ""),
      ("np.", ""), ("numpy.", ""), ("torch.", ""), ("\\left", ""), ("\\right", ""),
      ("\\cdot", "·"), ("\\top", "⊤"), ("\\intercal", "⊤"), ("\\|", "‖"), ("||", "‖"),
      ("\\lVert", "‖"), ("\\rVert", "‖"), ("\\mathbf", ""), ("\\mathrm", ""), ("\\", ""),
      ("⋅", "·"), ("−", "-"), ("²", "^2"), ("⁻¹", "^-1"), ("ᵀ", "⊤"), ("′", "'"), ("$", ""),
      ("_", ""), ("λ", "lambda"),
    ] { text = text.replacing(from, with: to) }
    // Small digits below are an index, which belongs to the name.
    let indices = Array("₀₁₂₃₄₅₆₇₈₉")
    self.text = text.map { character in
      indices.firstIndex(of: character).map { Character("\($0)") } ?? character
    }
  }

  mutating func whole() throws(ExpressionError) -> MatrixExpression {
    let result = try sum()
    guard next == nil else { throw strange() }
    return result
  }

  private var next: Character? {
    var place = position
    while place < text.count, text[place].isWhitespace { place += 1 }
    return place < text.count ? text[place] : nil
  }

  private mutating func take(_ character: Character) -> Bool {
    guard next == character else { return false }
    while text[position].isWhitespace { position += 1 }
    position += 1
    return true
  }

  private func strange() -> ExpressionError {
    ExpressionError(
      reason: next.map { "\"\($0)\" has no meaning here" } ?? "the expression is cut short")
  }

  private mutating func expect(_ character: Character) throws(ExpressionError) {
    guard take(character) else { throw ExpressionError(reason: "\"\(character)\" is missing") }
  }

  private mutating func sum() throws(ExpressionError) -> MatrixExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else {
      throw ExpressionError(reason: "the brackets are nested too deeply")
    }
    var terms: [MatrixExpression] = []
    var isNegative = take("-")
    while true {
      let term = try product()
      terms.append(isNegative ? .product([.number(-1)] + term.factors) : term)
      if take("+") {
        isNegative = false
      } else if take("-") {
        isNegative = true
      } else {
        return terms.count == 1 ? terms[0] : .sum(terms)
      }
    }
  }

  private mutating func product() throws(ExpressionError) -> MatrixExpression {
    var factors = [try postfixed()]
    while let sign = next {
      switch sign {
      case "@": position = after("@")
      case "·":
        position = after("·")
        let right = try postfixed()
        if case .name(let a)? = factors.last, case .name(let b) = right,
          MatrixExpression.isVector(a), MatrixExpression.isVector(b)
        {
          factors[factors.count - 1] = .dot(.name(a), .name(b))
        } else {
          factors.append(right)
        }
        continue
      case "*":
        position = after("*")
        let right = try postfixed()
        guard right.isScalar || factors.last?.isScalar == true else {
          throw ExpressionError(
            reason: "* between matrices may go entry by entry; write @ for the product")
        }
        factors.append(right)
        continue
      case "/":
        position = after("/")
        guard case .number(let n) = try postfixed(), n != 0 else {
          throw ExpressionError(reason: "only a number other than 0 can stand below a matrix")
        }
        if case .number(let above)? = factors.last {
          guard let quotient = above.divided(by: n) else {
            throw ExpressionError(reason: "its numbers are too large")
          }
          factors[factors.count - 1] = .number(quotient)
        } else {
          factors.append(.number(1 / n))
        }
        continue
      case _ where sign.isLetter || sign == "(" || sign == "[" || sign.isNumber: break
      case "‖" where !isInNorm: break
      default: return factors.count == 1 ? factors[0] : .product(factors)
      }
      factors.append(try postfixed())
    }
    return factors.count == 1 ? factors[0] : .product(factors)
  }

  /// Between two norm signs the next one closes.
  private var isInNorm = false

  private func after(_ character: Character) -> Int {
    var place = position
    while text[place] != character { place += 1 }
    return place + 1
  }

  /// An operand with its transposes and powers.
  private mutating func postfixed() throws(ExpressionError) -> MatrixExpression {
    var result = try operand()
    while let sign = next {
      if sign == "'" || sign == "⊤" {
        position = after(sign)
        result = .transpose(result)
      } else if sign == ".", text[after(".")...].first == "T" {
        position = after(".") + 1
        result = .transpose(result)
      } else if sign == "^" {
        position = after("^")
        result = try raised(result)
      } else {
        break
      }
    }
    return result
  }

  private mutating func raised(
    _ base: MatrixExpression
  ) throws(ExpressionError) -> MatrixExpression {
    let close: Character? = take("{") ? "}" : take("(") ? ")" : nil
    defer { if let close { _ = take(close) } }
    if take("T") || take("⊤") { return .transpose(base) }
    let isNegative = take("-")
    while next != nil, text[position].isWhitespace { position += 1 }
    let digits = text[position...].prefix { $0.isASCII && $0.isNumber }
    guard let n = Int(String(digits)), (1...9).contains(n), !isNegative || n == 1 else {
      throw ExpressionError(reason: "a matrix has powers from 1 to 9 and an inverse, -1")
    }
    position += digits.count
    return isNegative ? .inverse(base) : n == 1 ? base : .power(base, n)
  }

  private mutating func operand() throws(ExpressionError) -> MatrixExpression {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}")] as [(Character, Character)]
    where take(open) {
      let wasInNorm = isInNorm
      isInNorm = false
      defer { isInNorm = wasInNorm }
      let inner = try sum()
      try expect(close)
      return inner
    }
    if take("‖") {
      isInNorm = true
      defer { isInNorm = false }
      let inner = try sum()
      try expect("‖")
      return .norm(inner)
    }
    guard let first = next, first.isLetter || first.isNumber else { throw strange() }
    while text[position].isWhitespace { position += 1 }
    if first.isNumber { return try number() }
    let run = String(text[position...].prefix { $0.isLetter || $0.isNumber })
    if Self.functions.contains(run), text.dropFirst(position + run.count).first == "(" {
      position += run.count + 1
      return try function(run)
    }
    guard let name = names.filter({ run.hasPrefix($0) }).max(by: { $0.count < $1.count }) else {
      throw ExpressionError(
        reason: "\"\(run)\" is none of the names \(names.joined(separator: ", "))")
    }
    position += name.count
    // A digit behind a name would be an index that the question does not have.
    if let digit = text.dropFirst(position).first, digit.isNumber {
      throw ExpressionError(
        reason: "\"\(run)\" is none of the names \(names.joined(separator: ", "))")
    }
    return .name(name)
  }

  private mutating func number() throws(ExpressionError) -> MatrixExpression {
    let digits = String(text[position...].prefix { $0.isASCII && ($0.isNumber || $0 == ".") })
    let pieces = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard pieces.count <= 2, digits.count <= 15, let all = Int(pieces.joined()),
      let places = pieces.count == 2 ? pieces[1].count : 0 as Int?,
      let value = Rational(numerator: all, denominator: (0..<places).reduce(1) { n, _ in n * 10 })
    else { throw ExpressionError(reason: "\"\(digits)\" is no number") }
    position += digits.count
    return .number(value)
  }

  private mutating func function(_ name: String) throws(ExpressionError) -> MatrixExpression {
    let first = try sum()
    if name == "dot" || name == "matmul" {
      try expect(",")
      let second = try sum()
      try expect(")")
      return name == "dot" ? .dot(first, second) : .product([first, second])
    }
    try expect(")")
    switch name {
    case "transpose": return .transpose(first)
    case "norm": return .norm(first)
    default: return .inverse(first)
    }
  }
}

extension MatrixExpression {
  fileprivate var factors: [MatrixExpression] {
    if case .product(let factors) = self { factors } else { [self] }
  }
}
