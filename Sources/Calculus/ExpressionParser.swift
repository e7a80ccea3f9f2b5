/// Tokens to a tree, by descent: sums of products of powers.
struct ExpressionParser {
  private let tokens: [ExpressionToken]
  private var position = 0
  private var depth = 0
  /// Whether the next | closes a magnitude.
  private var isInBars = false

  /// More than any answer needs, and far less than a stack can hold.
  private static let deepest = 60

  init(_ tokens: [ExpressionToken]) { self.tokens = tokens }

  private var peek: ExpressionToken? { position < tokens.count ? tokens[position] : nil }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard position < tokens.count, case .sign(let next) = tokens[position],
      next == UInt8(ascii: sign)
    else { return false }
    position += 1
    return true
  }

  private func fail(_ reason: String) -> ExpressionError { ExpressionError(reason: reason) }

  private mutating func descend() throws(ExpressionError) {
    depth += 1
    guard depth < Self.deepest else { throw fail("the expression is nested too deeply") }
  }

  mutating func whole() throws(ExpressionError) -> Expression {
    guard !tokens.isEmpty else { throw fail("there is no expression") }
    let result: Expression
    if let order = try order() { result = order } else { result = try conditional() }
    guard let rest = peek else { return result }
    switch rest {
    case .sign(UInt8(ascii: ",")), .word(.or): throw fail("there is more than one answer")
    case .sign(UInt8(ascii: "<")), .sign(UInt8(ascii: ">")), .sign(UInt8(ascii: "l")),
      .sign(UInt8(ascii: "g")):
      throw fail("an inequality stands where an expression was asked for")
    case .number: throw fail("a number behind a factor can be read in two ways; put a sign *")
    case .word: throw fail("words stand round the expression")
    default: throw fail("the brackets do not match")
    }
  }

  /// O(…) is an answer of its own and no part of another.
  private mutating func order() throws(ExpressionError) -> Expression? {
    guard case .function(let function)? = tokens.first, function.isOrder else { return nil }
    position = 1
    return .function(function, try bracketed())
  }

  /// A sum, or `a if x > 0 else b`.
  private mutating func conditional() throws(ExpressionError) -> Expression {
    let value = try sum()
    guard peek == .word(.if) else { return value }
    position += 1
    let condition = try condition()
    guard peek == .word(.else) else { throw fail("an if needs an else") }
    position += 1
    try descend()
    defer { depth -= 1 }
    return .choice(condition, value, try conditional())
  }

  /// A comparison, in brackets or not.
  private mutating func condition() throws(ExpressionError) -> Expression {
    let left = try sum()
    if let condition = try comparison(left) { return condition }
    guard left.isCondition else { throw fail("a condition compares nothing") }
    return left
  }

  /// `left > right` as 1 or 0; nil where no comparison follows.
  private mutating func comparison(_ left: Expression) throws(ExpressionError) -> Expression? {
    guard case .sign(let sign)? = peek else { return nil }
    let function: Expression.Function
    switch sign {
    case UInt8(ascii: "<"), UInt8(ascii: ">"): function = .positive
    case UInt8(ascii: "l"), UInt8(ascii: "g"): function = .nonnegative
    default: return nil
    }
    position += 1
    let right = try sum()
    if case .sign(let next)? = peek, "<>lg".utf8.contains(next) {
      throw fail("a chain of comparisons is not read here")
    }
    let isGreater = sign == UInt8(ascii: ">") || sign == UInt8(ascii: "g")
    return .function(function, isGreater ? left - right : right - left)
  }

  private mutating func sum() throws(ExpressionError) -> Expression {
    try descend()
    defer { depth -= 1 }
    let first = try product()
    var terms: [Expression]?
    while true {
      let next: Expression
      if take("+") {
        next = try product()
      } else if take("-") {
        next = -(try product())
      } else {
        return terms.map { .sum($0) } ?? first
      }
      if terms == nil { terms = [first, next] } else { terms?.append(next) }
    }
  }

  private mutating func product() throws(ExpressionError) -> Expression {
    let first = try signed()
    var factors: [Expression]?
    func append(_ factor: Expression) {
      if factors == nil { factors = [first, factor] } else { factors?.append(factor) }
    }
    var wasDivided = false
    while let next = peek {
      if take("*") {
        append(try signed())
        wasDivided = false
      } else if take("/") {
        append(Self.reciprocal(try signed()))
        wasDivided = true
      } else if next.beginsFactor || (next == .sign("|") && !isInBars) {
        guard !wasDivided else {
          throw fail("a product after / can be read in two ways; put brackets or a sign *")
        }
        append(try power())
      } else {
        break
      }
    }
    return factors.map { .product($0) } ?? first
  }

  private static func reciprocal(_ x: Expression) -> Expression {
    if case .constant(let c) = x, let inverse = Rational(1).divided(by: c) {
      return .constant(inverse)
    }
    return .power(x, .constant(-1))
  }

  private mutating func signed() throws(ExpressionError) -> Expression {
    var isNegative = false
    var count = 0
    while true {
      if take("-") { isNegative.toggle() } else if !take("+") { break }
      count += 1
      guard count < 10 else { throw fail("too many signs follow one another") }
    }
    let result = try power()
    return isNegative ? -result : result
  }

  private mutating func power() throws(ExpressionError) -> Expression {
    if peek == .e {
      position += 1
      return .function(.exp, take("^") ? try exponent() : .one)
    }
    let base = try primary()
    return take("^") ? .power(base, try exponent()) : base
  }

  /// What stands behind ^; a bare one ends where something could be multiplied to it or not.
  private mutating func exponent(ofFunction: Bool = false) throws(ExpressionError) -> Expression {
    try descend()
    defer { depth -= 1 }
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    let isBracketed = isOpening(peek)
    let isNumber = if case .number? = peek { true } else { false }
    var inner = peek == .e ? try power() : try primary()
    if !isBracketed, let next = peek {
      if next == .sign("^") {
        guard !isNumber else { throw fail("powers of powers need brackets") }
        position += 1
        inner = .power(inner, try exponent())
      } else if isNumber, !ofFunction, next.beginsFactor, next != .sign("(") {
        throw fail("put brackets round the exponent")
      }
    }
    if case .constant(let n) = inner, n.value.magnitude > Expression.largestPower {
      throw fail("a power is too large")
    }
    return isNegative ? -inner : inner
  }

  private func isOpening(_ token: ExpressionToken?) -> Bool {
    guard case .sign(let sign)? = token else { return false }
    return "([{".utf8.contains(sign)
  }

  private mutating func primary() throws(ExpressionError) -> Expression {
    guard let token = peek else { throw fail("the expression ends too early") }
    position += 1
    switch token {
    case .number(let x): return .constant(x)
    case .name(let name): return .variable(name)
    case .e: return .function(.exp, .one)
    case .function(let function):
      guard !function.isOrder else { throw fail("an order stands inside another expression") }
      return try applied(function.rawValue, isCircular: function.isCircular) {
        .function(function, $0)
      }
    case .logarithm(let base):
      return try applied("log", isCircular: false) {
        .product([.function(.ln, $0), .power(.function(.ln, base), .constant(-1))])
      }
    case .many(let many): return try applied(many)
    case .fraction:
      let above = try group()
      return .product([above, .power(try group(), .constant(-1))])
    case .root:
      guard take("["), case .number(let index)? = peek, index.integer ?? 0 > 1 else {
        throw fail("a root needs a whole number as its index")
      }
      position += 1
      guard take("]") else { throw fail("a bracket is never closed") }
      return .power(try group(), .constant(Rational(1).divided(by: index) ?? 1))
    case .sign(let sign) where "([{".utf8.contains(sign):
      position -= 1
      return try bracketed()
    case .sign(UInt8(ascii: "|")):
      if peek == .sign("|") { throw fail("a norm is not read here") }
      let outer = isInBars
      isInBars = true
      let inner = try sum()
      isInBars = outer
      guard take("|") else { throw fail("a bar is never closed") }
      return .function(.abs, inner)
    case .sign(let sign):
      throw fail("\"\(UnicodeScalar(sign))\" stands in a wrong place")
    case .word: throw fail("words stand round the expression")
    }
  }

  /// A group of LaTeX: in braces, or one sign.
  private mutating func group() throws(ExpressionError) -> Expression {
    guard let token = peek else { throw fail("\\frac and \\sqrt need groups in braces") }
    if token == .sign("{") || token == .sign("(") { return try bracketed() }
    switch token {
    case .number, .name, .e: return try primary()
    default: throw fail("\\frac and \\sqrt need groups in braces")
    }
  }

  private mutating func bracketed() throws(ExpressionError) -> Expression {
    let list = try arguments()
    guard list.count == 1 else { throw fail("a list stands where a value was asked for") }
    return list[0]
  }

  /// Values in brackets; a comparison counts as 1 or 0.
  private mutating func arguments() throws(ExpressionError) -> [Expression] {
    guard case .sign(let open)? = peek, let kind = "([{".utf8.firstIndex(of: open) else {
      throw fail("a bracket is missing")
    }
    position += 1
    let close = ")]}".utf8[kind]
    let outer = isInBars
    isInBars = false
    defer { isInBars = outer }
    var list: [Expression] = []
    repeat {
      let value = try conditional()
      list.append(try comparison(value) ?? value)
    } while list.count < 3 && take(",")
    guard take(Unicode.Scalar(close)) else {
      throw fail(peek == nil ? "a bracket is never closed" : "the brackets do not match")
    }
    return list
  }

  private mutating func applied(
    _ many: ExpressionToken.Many
  ) throws(ExpressionError) -> Expression {
    try descend()
    defer { depth -= 1 }
    let list = try arguments()
    switch (many, list.count) {
    case (.max, 2): return Self.larger(list[0], list[1])
    case (.max, 3): return Self.larger(Self.larger(list[0], list[1]), list[2])
    case (.min, 2): return -Self.larger(-list[0], -list[1])
    case (.min, 3): return -Self.larger(-Self.larger(list[0], list[1]), -list[2])
    case (.power, 2): return .power(list[0], list[1])
    case (.choice, 3):
      guard list[0].isCondition else { throw fail("a condition compares nothing") }
      return .choice(list[0], list[1], list[2])
    case (.indicator, 1):
      guard list[0].isCondition else { throw fail("an indicator needs a comparison") }
      return list[0]
    default: throw fail("a function has a wrong number of arguments")
    }
  }

  /// max(a, b) as a + relu(b − a), and as relu(b) where a is 0.
  private static func larger(_ a: Expression, _ b: Expression) -> Expression {
    if a == .zero { return .function(.relu, b) }
    if b == .zero { return .function(.relu, a) }
    return a + .function(.relu, b - a)
  }

  private mutating func applied(
    _ name: String, isCircular: Bool, _ apply: (Expression) -> Expression
  ) throws(ExpressionError) -> Expression {
    try descend()
    defer { depth -= 1 }
    var exponent: Expression?
    if take("^") {
      exponent = try self.exponent(ofFunction: true)
      if isCircular, case .product(let factors)? = exponent, factors.first == .constant(-1) {
        throw fail("\(name)^-1 may be an inverse or a reciprocal")
      }
    }
    let isBracketed = isOpening(peek) || peek == .sign("|")
    let isNegative = !isBracketed && take("-")
    let argument = peek == .e ? try power() : try primary()
    if !isBracketed, let next = peek, next.beginsFactor || next == .sign("^") {
      throw fail("put brackets round the argument of \(name)")
    }
    let value = apply(isNegative ? -argument : argument)
    return exponent.map { .power(value, $0) } ?? value
  }
}
