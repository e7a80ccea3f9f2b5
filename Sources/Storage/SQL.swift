package import ExamModel

/// A statement that keeps its values apart: an interpolated value is bound, never text.
///
/// `"select title from test where test_id = \(test)"`. Text goes in by the loud label `verbatim:`,
/// and another `SQL` is spliced with its values.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
  package enum Value: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
  }

  /// The text around the values; always one more than there are values.
  private(set) var pieces: [String]
  private(set) var values: [Value]

  package init(stringLiteral text: String) {
    pieces = [text]
    values = []
  }

  package init(stringInterpolation: StringInterpolation) {
    pieces = stringInterpolation.pieces
    values = stringInterpolation.values
  }

  /// The text with `$1`, `$2`, … where the values go; both databases read it so.
  var text: String {
    var text = pieces[0]
    for index in values.indices { text += "$\(index + 1)\(pieces[index + 1])" }
    return text
  }

  /// The beginning of the text without its values, fit for a message.
  var opening: String { Self.opening(of: pieces.joined(separator: "?")) }

  /// The first words of a script's first statement.
  static func opening(of script: String) -> String {
    let lines = script.split(separator: "\n").drop { $0.hasPrefix("--") }
    let words = lines.prefix(4).joined(separator: " ").split(whereSeparator: \.isWhitespace)
    return words.prefix(4).joined(separator: " ")
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var pieces = [""]
    fileprivate var values: [Value] = []

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ text: String) { pieces[pieces.count - 1] += text }

    package mutating func appendInterpolation(_ value: Value) {
      values.append(value)
      pieces.append("")
    }

    package mutating func appendInterpolation(_ value: String) {
      appendInterpolation(Value.text(value))
    }

    package mutating func appendInterpolation(_ value: String?) {
      appendInterpolation(value.map(Value.text) ?? .null)
    }

    package mutating func appendInterpolation(_ value: Int) {
      appendInterpolation(Value.integer(Int64(value)))
    }

    package mutating func appendInterpolation(_ value: Int?) {
      appendInterpolation(value.map { Value.integer(Int64($0)) } ?? .null)
    }

    package mutating func appendInterpolation(_ value: Int64) {
      appendInterpolation(Value.integer(value))
    }

    /// A number where PostgreSQL cannot tell its type from what stands around it.
    package mutating func appendInterpolation(cast value: Int64) {
      appendLiteral("cast(")
      appendInterpolation(value)
      appendLiteral(" as bigint)")
    }

    package mutating func appendInterpolation<Kind>(_ id: Identifier<Kind>) {
      appendInterpolation(Value.text(id.rawValue))
    }

    package mutating func appendInterpolation<Kind>(_ id: Identifier<Kind>?) {
      appendInterpolation(id.map { Value.text($0.rawValue) } ?? .null)
    }

    package mutating func appendInterpolation(_ sql: SQL) {
      pieces[pieces.count - 1] += sql.pieces[0]
      pieces += sql.pieces.dropFirst()
      values += sql.values
    }

    /// Text of ours that is part of the statement; never anything from outside.
    package mutating func appendInterpolation(verbatim text: String) { appendLiteral(text) }
  }
}

extension Sequence<SQL> {
  /// The statements one after another with `separator` between them.
  func joined(separator: String) -> SQL {
    var result = SQL.StringInterpolation(literalCapacity: 0, interpolationCount: 0)
    for (index, sql) in enumerated() {
      if index > 0 { result.appendLiteral(separator) }
      result.appendInterpolation(sql)
    }
    return SQL(stringInterpolation: result)
  }
}

/// One row of an answer; columns are counted from 0.
///
/// PostgreSQL answers in text and SQLite in its own types: the readers take both. Asking a column
/// for what it cannot be is our mistake and ends the program.
struct Row {
  var values: [SQL.Value]

  func isNull(_ column: Int) -> Bool { values[column] == .null }

  func optionalInteger(_ column: Int) -> Int64? {
    switch values[column] {
    case .null: return nil
    case .integer(let number): return number
    case .text(let text):
      guard let number = Int64(text) else { preconditionFailure("column \(column) is no integer") }
      return number
    }
  }

  func optionalText(_ column: Int) -> String? {
    switch values[column] {
    case .null: nil
    case .integer(let number): String(number)
    case .text(let text): text
    }
  }

  func integer(_ column: Int) -> Int64 {
    guard let number = optionalInteger(column) else { preconditionFailure("\(column) is null") }
    return number
  }

  func int(_ column: Int) -> Int { Int(integer(column)) }

  func text(_ column: Int) -> String {
    guard let text = optionalText(column) else { preconditionFailure("\(column) is null") }
    return text
  }

  /// `t` and `f` on PostgreSQL, 1 and 0 on SQLite.
  func flag(_ column: Int) -> Bool { values[column] == .integer(1) || values[column] == .text("t") }
}
