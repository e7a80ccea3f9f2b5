/// A number with what it counts: `1 paper`, `2 papers`.
///
/// - Parameter noun: one whose plural ends in s.
package func counted(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}

/// The first four of many: `a, b, c, d and 23 more`.
package func listed(_ names: [String]) -> String {
  let rest = names.count - 4
  return names.prefix(4).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}
