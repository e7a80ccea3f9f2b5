/// A JSON value that remembers where it stood, so that an error can say which line is meant.
package struct LocatedJSON: Sendable {
  package let line: Int
  package let column: Int
  package let content: Content

  package enum Content: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([LocatedJSON])
    case object([Member])
  }

  package struct Member: Sendable {
    package let key: String
    package let line: Int
    package let column: Int
    package let value: LocatedJSON
  }

  /// Reads JSON5: comments, trailing commas, unquoted keys, single quotes, `.5`, `+1`, hexadecimal.
  ///
  /// - Throws: `SourceError` with line and column. Nesting deeper than 64 and a key that stands
  ///   twice in one object are errors; infinities and NaN are not numbers here.
  package init(parsing text: String, file: String) throws(SourceError) {
    var reader = JSON5Reader(text: text, file: file)
    self = try reader.document()
  }

  init(line: Int, column: Int, content: Content) {
    self.line = line
    self.column = column
    self.content = content
  }

  /// The value without its places.
  package var plain: JSON {
    switch content {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .number(let x): x == x.rounded() && x.magnitude < 1e15 ? .integer(Int(x)) : .number(x)
    case .string(let text): .string(text)
    case .array(let items): .array(items.map(\.plain))
    case .object(let members): .object(members.map { ($0.key, $0.value.plain) })
    }
  }

  /// What the value is, for an error: `a number`.
  package var noun: String {
    switch content {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSON {
  /// Reads JSON or JSON5; see `LocatedJSON`.
  package init(parsing text: String, file: String) throws(SourceError) {
    self = try LocatedJSON(parsing: text, file: file).plain
  }
}

/// A recursive-descent reader over the unicode scalars of a text.
private struct JSON5Reader {
  private let scalars: [Unicode.Scalar]
  private let file: String
  private var next = 0
  private var line = 1
  private var lineStart = 0

  init(text: String, file: String) {
    scalars = Array(text.unicodeScalars)
    self.file = file
    if scalars.first == "\u{FEFF}" { next = 1 }
  }

  mutating func document() throws(SourceError) -> LocatedJSON {
    let value = try value(depth: 0)
    try skipSpace()
    if next < scalars.count { throw error("there is more after the end of the value") }
    return value
  }

  private var column: Int { next - lineStart + 1 }
  private var peek: Unicode.Scalar? { next < scalars.count ? scalars[next] : nil }

  private func error(_ message: String) -> SourceError {
    SourceError(file: file, line: line, column: column, message)
  }

  private var found: String { peek.map { "found \"\($0)\"" } ?? "the text ends" }

  private mutating func advance() {
    if scalars[next] == "\n" {
      line += 1
      lineStart = next + 1
    }
    next += 1
  }

  private mutating func skipSpace() throws(SourceError) {
    while let scalar = peek {
      if scalar.properties.isWhitespace || scalar == "\u{FEFF}" {
        advance()
      } else if scalar == "/", next + 1 < scalars.count, scalars[next + 1] == "/" {
        while let scalar = peek, scalar != "\n" { _ = scalar; advance() }
      } else if scalar == "/", next + 1 < scalars.count, scalars[next + 1] == "*" {
        let start = error("this comment is never closed; add */")
        advance()
        advance()
        while !(peek == "*" && next + 1 < scalars.count && scalars[next + 1] == "/") {
          guard next < scalars.count else { throw start }
          advance()
        }
        advance()
        advance()
      } else {
        return
      }
    }
  }

  private mutating func value(depth: Int) throws(SourceError) -> LocatedJSON {
    guard depth < 64 else { throw error("nested more than 64 deep") }
    try skipSpace()
    let (line, column) = (line, column)
    let content: LocatedJSON.Content =
      switch peek {
      case "{": try object(depth: depth)
      case "[": try array(depth: depth)
      case "\"", "'": .string(try string())
      default: try word()
      }
    return LocatedJSON(line: line, column: column, content: content)
  }

  private mutating func object(depth: Int) throws(SourceError) -> LocatedJSON.Content {
    advance()
    var members: [LocatedJSON.Member] = []
    while true {
      try skipSpace()
      if peek == "}" {
        advance()
        return .object(members)
      }
      let (line, column) = (line, column)
      let key = peek == "\"" || peek == "'" ? try string() : try bareKey()
      if members.contains(where: { $0.key == key }) {
        throw SourceError(
          file: file, line: line, column: column, "key \"\(key)\" stands here twice; remove one")
      }
      try skipSpace()
      guard peek == ":" else { throw error("expected \":\" after the key \"\(key)\", \(found)") }
      advance()
      let value = try value(depth: depth + 1)
      members.append(.init(key: key, line: line, column: column, value: value))
      try skipSpace()
      if peek == "," {
        advance()
      } else if peek != "}" {
        throw error("expected \",\" or \"}\" after the value of \"\(key)\", \(found)")
      }
    }
  }

  private mutating func array(depth: Int) throws(SourceError) -> LocatedJSON.Content {
    advance()
    var items: [LocatedJSON] = []
    while true {
      try skipSpace()
      if peek == "]" {
        advance()
        return .array(items)
      }
      items.append(try value(depth: depth + 1))
      try skipSpace()
      if peek == "," {
        advance()
      } else if peek != "]" {
        throw error("expected \",\" or \"]\" in a list, \(found)")
      }
    }
  }

  private mutating func bareKey() throws(SourceError) -> String {
    var key = String.UnicodeScalarView()
    while let scalar = peek,
      scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
        || (!key.isEmpty && ("0"..."9").contains(scalar))
    {
      key.append(scalar)
      advance()
    }
    guard !key.isEmpty else { throw error("expected a key, \(found)") }
    return String(key)
  }

  private mutating func string() throws(SourceError) -> String {
    let quote = scalars[next]
    let start = error("this text is never closed; add \(quote)")
    advance()
    var text = String.UnicodeScalarView()
    while let scalar = peek {
      advance()
      switch scalar {
      case quote: return String(text)
      case "\n": throw start
      case "\\": try escape(into: &text)
      default: text.append(scalar)
      }
    }
    throw start
  }

  private mutating func escape(into text: inout String.UnicodeScalarView) throws(SourceError) {
    guard let scalar = peek else { throw error("the text ends in an escape") }
    advance()
    switch scalar {
    case "n": text.append("\n")
    case "r": text.append("\r")
    case "t": text.append("\t")
    case "b": text.append("\u{08}")
    case "f": text.append("\u{0C}")
    case "\n": break
    case "u":
      var unit = try hexadecimal(4)
      if (0xD800..<0xDC00).contains(unit), peek == "\\", next + 1 < scalars.count,
        scalars[next + 1] == "u"
      {
        advance()
        advance()
        let low = try hexadecimal(4)
        guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair") }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let decoded = Unicode.Scalar(unit) else { throw error("half of a surrogate pair") }
      text.append(decoded)
    default: text.append(scalar)
    }
  }

  private mutating func hexadecimal(_ count: Int) throws(SourceError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = peek.flatMap({ Character($0).hexDigitValue }) else {
        throw error("\\u needs four hexadecimal digits, \(found)")
      }
      value = value << 4 | UInt32(digit)
      advance()
    }
    return value
  }

  private mutating func word() throws(SourceError) -> LocatedJSON.Content {
    let start = error("")
    var word = ""
    while let scalar = peek,
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || "+-._".unicodeScalars.contains(scalar)
    {
      word.unicodeScalars.append(scalar)
      advance()
    }
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "": throw error("expected a value, \(found)")
    default: break
    }
    let digits = word.hasPrefix("+") ? String(word.dropFirst()) : word
    let value =
      digits.lowercased().hasPrefix("0x")
      ? Int(digits.dropFirst(2), radix: 16).map(Double.init)
      : digits.first.map { $0.isNumber || $0 == "-" || $0 == "." } == true ? Double(digits) : nil
    guard let value, value.isFinite else {
      var wrong = start
      wrong.message = "\"\(word)\" is no value; quote a text: \"\(word)\""
      throw wrong
    }
    return .number(value)
  }
}
