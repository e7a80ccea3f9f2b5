/// How far from the key a number may lie and still be right.
package enum Tolerance: Sendable, Hashable {
  /// Equal as a whole number or as a double.
  case exact
  /// Rounds, by any usual rule, to what the key rounds to at this many decimal places.
  case decimals(Int)
  /// At most this far from the key.
  case absolute(Double)
  /// At most this share of the key's magnitude from it; a key of 0 accepts only 0.
  case relative(Double)
  /// Rounds to what the key rounds to at this many significant digits.
  case significant(Int)

  /// The rule in words, as a candidate reads it: `to 3 decimals`.
  package var words: String {
    switch self {
    case .exact: "exactly"
    case .decimals(0): "to the nearest whole number"
    case .decimals(1): "to 1 decimal"
    case .decimals(let d): "to \(d) decimals"
    case .absolute(let x): "within \(JSON.number(x).text)"
    case .relative(let x): "within \(JSON.number(x * 100).text) %"
    case .significant(let s): "to \(s) significant digits"
    }
  }

  /// `{"decimals": 3}`, or `"exact"`.
  package var json: JSON {
    switch self {
    case .exact: .string("exact")
    case .decimals(let d): .object([("decimals", .integer(d))])
    case .absolute(let x): .object([("absolute", .number(x))])
    case .relative(let x): .object([("relative", .number(x))])
    case .significant(let s): .object([("significant", .integer(s))])
    }
  }
}
