/// Puts values into the source of a formula or of prose as an author would write them.
package struct SourceInterpolation: StringInterpolationProtocol, Sendable {
  /// The source put together so far.
  private(set) var text = ""

  /// Starts with nothing.
  package init(literalCapacity: Int, interpolationCount: Int) {
    text.reserveCapacity(literalCapacity + 8 * interpolationCount)
  }

  /// Appends what stands between the values.
  package mutating func appendLiteral(_ literal: String) { text += literal }

  /// Appends a value as source: `\(n)`, `\(fraction)`, `\("x_0")`.
  package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
    text += value.description
  }

  /// Appends a number in plain digits, as `plainNumber` writes them.
  package mutating func appendInterpolation(_ value: Double, decimals: Int? = nil) {
    text += plainNumber(value, decimals: decimals)
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
    for scalar in value.unicodeScalars {
      if scalar.isASCII, Prose.Mark.all.contains(UInt8(scalar.value)) { text.append("\\") }
      text.unicodeScalars.append(scalar)
    }
  }

  private mutating func appendFactor(_ digits: String) {
    text += digits.hasPrefix("-") || digits.contains("/") ? "(\(digits))" : digits
  }
}
