extension FormulaTree {
  /// Reads what `Formula(parsing:)` describes.
  init(parsing source: String) throws(FormulaError) {
    try self.init(parsing: Array(source.unicodeScalars))
  }

  /// Reads the same, in which pairs of stand-ins are numbers.
  init(parsing source: [Unicode.Scalar]) throws(FormulaError) {
    var parser = FormulaParser(source: source)
    self = try parser.whole()
  }
}

/// Reads a formula from left to right, scalar by scalar: no sign of a formula has more than one.
private struct FormulaParser {
  /// More than any formula that can be read, and less than a stack can hold.
  private static let deepest = 64

  private let source: [Unicode.Scalar]
  private var position = 0
  private var depth = 0

  init(source: [Unicode.Scalar]) { self.source = source }

  mutating func whole() throws(FormulaError) -> FormulaTree {
    let items = try row(until: Closer.end)
    return Self.joined(items)
  }

  /// Reads items up to one of the closers, which is left unread; no closers mean the end.
  private mutating func row(until closers: [Closer]) throws(FormulaError) -> [FormulaTree] {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw error("brackets are nested too deeply") }
    var items: [FormulaTree] = []
    while true {
      skipSpaces()
      if position == source.count {
        guard closers.isEmpty else { throw error("\(closers[0].text) is missing") }
        return items
      }
      if closers.contains(where: isNext) { return items }
      if isMinusNext, case .symbol(let last)? = items.last,
        last.role == .binary || last.role == .slash
      {
        items.append(try negativeOperand())
      } else {
        let next = try scripted()
        if case .number? = items.last, next.first?.startsWithDigit == true,
          let dot = Symbol.named("cdot")
        {
          items.append(.symbol(dot))
        }
        items += next
      }
    }
  }

  private var isMinusNext: Bool { peek == "-" || peek == "−" }

  /// Reads a minus after another sign, as in 2 · −3, and what it stands before.
  private mutating func negativeOperand() throws(FormulaError) -> FormulaTree {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw error("too many signs follow one another") }
    position += 1
    skipSpaces()
    let operand = isMinusNext ? [try negativeOperand()] : try scripted()
    return .fenced("(", .row([.symbol(.minus)] + operand), ")")
  }

  /// Reads one item with what hangs on it; braces alone may give none or several.
  private mutating func scripted() throws(FormulaError) -> [FormulaTree] {
    let start = position
    var items = try atom()
    var below: FormulaTree?
    var above: FormulaTree?
    while true {
      skipSpaces()
      guard let next = peek, next == "_" || next == "^" || next == "'" else { break }
      if items.isEmpty { throw error("there is nothing that \(next) could hang on", at: start) }
      position += 1
      if next == "_" {
        if below != nil { throw error("a second subscript stands", at: position - 1) }
        if let name = indexName() { below = name } else { below = try scriptArgument() }
      } else {
        if next == "'", case .symbol(let primes)? = above, primes.isPrime {
          above = .symbol(.primes(primes.text.count + 1))
          continue
        }
        if above != nil { throw error("a second superscript stands", at: position - 1) }
        above = next == "'" ? .symbol(.primes(1)) : try scriptArgument()
      }
    }
    if below != nil || above != nil {
      items = [.script(Self.joined(items), below: below, above: above)]
    }
    return items
  }

  /// Reads a braced index of several letters and digits, which is one name and no product: d2, max.
  private mutating func indexName() -> FormulaTree? {
    guard peek == "{", let end = source[position...].firstIndex(of: "}") else { return nil }
    let name = source[(position + 1)..<end]
    guard name.count > 1, name.allSatisfy({ $0.isPlainLetter || $0.isDigit }),
      name.contains(where: \.isPlainLetter)
    else { return nil }
    position = end + 1
    return .identifier(String(name))
  }

  private mutating func scriptArgument() throws(FormulaError) -> FormulaTree {
    skipSpaces()
    if let next = peek, next.isDigit { return .number(digits()) }
    if isMinusNext { throw error("braces are missing round a script with a minus") }
    return Self.joined(try atom())
  }

  private mutating func atom() throws(FormulaError) -> [FormulaTree] {
    guard let next = peek else { throw error("the formula ends too early") }
    let start = position
    switch next {
    case "{":
      position += 1
      let items = try row(until: Closer.brace)
      position += 1
      return items
    case "(", "[":
      position += 1
      return [try fenced(String(next), until: Closer.brackets)]
    case "|":
      position += 1
      return [try fenced("|", until: Closer.bar)]
    case "\\": return try command()
    case "_", "^", "'": throw error("there is nothing that \(next) could hang on")
    case "}", ")", "]", "&": throw error("\(next) stands alone")
    default: break
    }
    if next.isDigit { return [.number(decimal())] }
    if next == ".", position + 1 < source.count, source[position + 1].isDigit {
      return [.number(decimal())]
    }
    if next.isStandIn {
      position += 2
      return [.number(String(source[start..<position]))]
    }
    position += 1
    if let symbol = Symbol.typed(next) { return [.symbol(symbol)] }
    if next.isLetter || "∂∇∞∅⊤⊥".unicodeScalars.contains(next) {
      return [.identifier(String(next))]
    }
    throw error("\(next) is not known in formulas", at: start)
  }

  private mutating func fenced(
    _ open: String, until closers: [Closer]
  ) throws(FormulaError) -> FormulaTree {
    let inner = Self.joined(try row(until: closers))
    let close = closers.first(where: isNext) ?? closers[0]
    position += close.count
    return .fenced(open, inner, close.sign)
  }

  private mutating func command() throws(FormulaError) -> [FormulaTree] {
    let start = position
    let name = commandName()
    switch name {
    case "frac": return [.fraction(try group(), try group())]
    case "sqrt": return [.root(try group())]
    case "text", "mathrm": return [.text(try words())]
    case "operatorname": return [.function(try words())]
    case "hat", "bar", "tilde":
      guard let accent = FormulaTree.Accent(rawValue: name) else { return [] }
      return [.accent(accent, try group())]
    case "mathbb":
      let letter = try words()
      guard let struck = Letter.doubleStruck[letter] else {
        throw error("\(letter) has no double-struck form here", at: start)
      }
      return [.identifier(struck)]
    case "matrix": return [try matrix(until: Closer("}"))]
    case "begin":
      let kind = try words()
      guard kind == "bmatrix" else { throw error("\\begin{\(kind)} is not known", at: start) }
      return [try matrix(until: Closer(#"\end{bmatrix}"#))]
    case "left", "right", ",", ";", "!", " ": return []
    case "{": return [try fenced("{", until: [Closer(#"\}"#, "}")])]
    case "|": return [try fenced("‖", until: [Closer(#"\|"#, "‖")])]
    case "langle": return [try fenced("⟨", until: [Closer(#"\rangle"#, "⟩")])]
    case "lfloor": return [try fenced("⌊", until: [Closer(#"\rfloor"#, "⌋")])]
    case "lceil": return [try fenced("⌈", until: [Closer(#"\rceil"#, "⌉")])]
    default: break
    }
    if let symbol = Symbol.named(name) { return [.symbol(symbol)] }
    if let letter = Letter.named(name) { return [.identifier(letter)] }
    if Letter.standardFunctions.contains(name) || Letter.ownFunctions.contains(name) {
      return [.function(name)]
    }
    throw error("\\\(name) is not known", at: start)
  }

  private mutating func matrix(until end: Closer) throws(FormulaError) -> FormulaTree {
    let start = position
    if end.text == "}" { try expect("{") }
    let (cell, line) = (Closer("&"), Closer(#"\\"#))
    var rows: [[FormulaTree]] = [[]]
    while true {
      rows[rows.count - 1].append(Self.joined(try row(until: [end, cell, line])))
      if isNext(cell) {
        position += 1
      } else if isNext(line) {
        position += 2
        rows.append([])
      } else {
        position += end.count
        break
      }
    }
    guard rows.allSatisfy({ $0.count == rows[0].count }) else {
      throw error("the rows of the matrix differ in length", at: start)
    }
    return .matrix(rows)
  }

  private mutating func group() throws(FormulaError) -> FormulaTree {
    try expect("{")
    let items = try row(until: Closer.brace)
    position += 1
    return Self.joined(items)
  }

  /// Reads a braced text as it stands; a backslash keeps the next character from meaning anything.
  private mutating func words() throws(FormulaError) -> String {
    try expect("{")
    var text = ""
    while let next = peek, next != "}" {
      if next == "\\", position + 1 < source.count { position += 1 }
      text.unicodeScalars.append(source[position])
      position += 1
    }
    try expect("}")
    return text
  }

  private mutating func commandName() -> String {
    position += 1
    let start = position
    while let next = peek, next.isPlainLetter { position += 1 }
    if position == start, position < source.count { position += 1 }
    return String(source[start..<position])
  }

  private mutating func digits() -> String {
    let start = position
    while let next = peek, next.isDigit { position += 1 }
    return String(source[start..<position])
  }

  private mutating func decimal() -> String {
    var text = digits()
    if peek == ".", position + 1 < source.count, source[position + 1].isDigit {
      position += 1
      text += "." + digits()
    }
    return text
  }

  private var peek: Unicode.Scalar? { position < source.count ? source[position] : nil }

  private func isNext(_ closer: Closer) -> Bool {
    source[position] == closer.first
      && (closer.count == 1 || source[position...].starts(with: closer.text.unicodeScalars))
  }

  private mutating func skipSpaces() {
    while let next = peek, next.isSpace { position += 1 }
  }

  private mutating func expect(_ sign: Unicode.Scalar) throws(FormulaError) {
    skipSpaces()
    guard peek == sign else { throw error("\(sign) is missing") }
    position += 1
  }

  private func error(_ reason: String, at place: Int? = nil) -> FormulaError {
    FormulaError(reason: reason, source: String(source[...]), column: (place ?? position) + 1)
  }

  private static func joined(_ items: [FormulaTree]) -> FormulaTree {
    items.count == 1 ? items[0] : .row(items)
  }
}

/// What ends a row: a bracket, a command, a sign of a matrix.
private struct Closer {
  let text: String
  let first: Unicode.Scalar
  let count: Int
  /// The bracket that is set for it.
  let sign: String

  init(_ text: String, _ sign: String? = nil) {
    self.text = text
    self.sign = sign ?? text
    first = text.unicodeScalars[text.startIndex]
    count = text.unicodeScalars.count
  }

  static let end: [Closer] = []
  static let brace = [Closer("}")]
  static let brackets = [Closer(")"), Closer("]")]
  static let bar = [Closer("|")]
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
  /// a to z and A to Z.
  fileprivate var isPlainLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
  fileprivate var isLetter: Bool { isPlainLetter || (!isASCII && properties.isAlphabetic) }
  fileprivate var isSpace: Bool {
    self == " " || (9...13).contains(value) || (!isASCII && properties.isWhitespace)
  }
}

extension String {
  fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>) {
    if scalars.allSatisfy(\.isASCII) {
      self.init(decoding: scalars.map { UInt8($0.value) }, as: UTF8.self)
    } else {
      self.init(String.UnicodeScalarView(scalars))
    }
  }
}

extension FormulaTree {
  /// Whether it would run together with digits before it.
  fileprivate var startsWithDigit: Bool {
    switch self {
    case .number, .script(.number, _, _): true
    default: false
    }
  }
}
