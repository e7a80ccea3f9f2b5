/// Puts values into the source of a formula or of prose as an author would write them.
package struct SourceInterpolation: StringInterpolationProtocol, Sendable {
  /// The source put together so far, in UTF-8.
  private(set) var bytes: [UInt8] = []

  /// Starts with nothing.
  package init(literalCapacity: Int, interpolationCount: Int) {
    bytes.reserveCapacity(literalCapacity + 8 * interpolationCount)
  }

  /// Appends what stands between the values.
  package mutating func appendLiteral(_ literal: String) { bytes.append(literal) }

  /// Appends a value as source: `\(n)`, `\(fraction)`, `\("x_0")`.
  package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
    bytes.append(value.description)
  }

  /// Appends a number in plain digits, as `plainNumber` writes them.
  package mutating func appendInterpolation(_ value: Double, decimals: Int? = nil) {
    bytes.append(plainNumber(value, decimals: decimals))
  }

  /// Appends a number that is to be multiplied or raised: a negative one gets its parentheses.
  package mutating func appendInterpolation(factor value: Double, decimals: Int? = nil) {
    appendFactor(plainNumber(value, decimals: decimals))
  }

  /// Appends a value that is to be multiplied or raised: a sign or a bar gets its parentheses.
  package mutating func appendInterpolation(factor value: some CustomStringConvertible) {
    appendFactor(value.description)
  }

  /// Appends to prose a text in which nothing is markup, whoever wrote it.
  package mutating func appendInterpolation(verbatim value: String) {
    for byte in value.utf8 {
      if Prose.Mark.all.contains(byte) { bytes.append(Prose.Mark.backslash) }
      bytes.append(byte)
    }
  }

  private mutating func appendFactor(_ digits: String) {
    let isBracketed = digits.hasPrefix("-") || digits.utf8.contains(UInt8(ascii: "/"))
    if isBracketed { bytes.append("(") }
    bytes.append(digits)
    if isBracketed { bytes.append(")") }
  }
}
