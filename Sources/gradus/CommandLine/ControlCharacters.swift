// Text from files and candidates may hold what steers a terminal; none of it gets there.
extension String {
  /// On one line, with a mark in the place of each control character: for a cell of a table.
  var onOneLine: String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    return String(UnicodeScalarView(unicodeScalars.map { $0.isControl ? "␣" : $0 }))
  }

  /// Line ends and tabs stay; every other control character becomes its escape in JSON, so that a
  /// JSON text means the same.
  ///
  /// - Parameter passing: sequences that stay as well.
  func escapingControls(except passing: [[Unicode.Scalar]] = []) -> String {
    guard unicodeScalars.contains(where: { $0.isControl && $0 != "\n" && $0 != "\t" }) else {
      return self
    }
    var (safe, rest) = (UnicodeScalarView(), unicodeScalars[...])
    while let scalar = rest.first {
      if let passed = passing.first(where: { rest.starts(with: $0) }) {
        safe.append(contentsOf: passed)
        rest = rest.dropFirst(passed.count)
        continue
      }
      rest.removeFirst()
      if !scalar.isControl || scalar == "\n" || scalar == "\t"
        || (scalar == "\r" && rest.first == "\n")
      {
        safe.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        safe.append(
          contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
            .unicodeScalars)
      }
    }
    return String(safe)
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
