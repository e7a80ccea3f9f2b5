/// How far from the key a number may lie and still be right; `Acceptance` decides it.
package enum Tolerance: Sendable, Hashable {
  /// Equal as a whole number or as a double.
  case exact
  /// Rounds, by any usual rule, to what the key rounds to at this many decimal places. What earlier
  /// values rounded to one place more would give is right as well, where a question is around it.
  case decimals(Int)
  /// At most this far from the key.
  case absolute(Double)
  /// At most this share of the key's magnitude from it; a key of 0 accepts only 0.
  case relative(Double)
  /// Rounds to what the key rounds to at this many significant digits; zeros at the end count, so
  /// `1.0000` has five.
  case significant(Int)

  /// The rule in words, as a candidate reads it: `to 3 decimals`.
  package var words: String {
    switch self {
    case .exact: "exactly"
    case .decimals(0): "to the nearest whole number"
    case .decimals(1): "to 1 decimal"
    case .decimals(let d): "to \(d) decimals"
    case .absolute(let x): "within \(JSON.number(x).text)"
    case .relative(let x): "within \(JSON.number((x * 100_000_000).rounded() / 1_000_000).text) %"
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
