import ExamModel

/// Reads one number in the notations that people use, with what they write around it.
enum NumberReader {
  static func read(_ typed: String, marks: Marks) throws(ReadingError) -> ReadNumber {
    let text = PythonName.unwrapped(NumberRemarks.stripped(typed))
    let alternatives = text.pieces(between: " or ")
    var values: [ReadNumber] = []
    for alternative in alternatives {
      values.append(try equation(alternative, marks: marks))
    }
    let best = values.first { $0.places == nil } ?? values[0]
    for value in values
    where value.value != best.value
      && (value.value - best.value).magnitude > 1e-9 * best.value.magnitude
    {
      throw ReadingError(reason: "two values that differ")
    }
    return best
  }

  /// `x = 3`, `1/4 = 0.25`, `1/3 ≈ 0.333`: labels are dropped, and several values must be one.
  private static func equation(
    _ text: String, marks: Marks
  ) throws(ReadingError) -> ReadNumber {
    guard text.utf8.contains(where: { $0 == 61 || $0 == 126 || $0 >= 128 }) else {
      return try one(text, marks: marks)  // no `=`, no `~`, nothing beyond ASCII
    }
    let pieces = text.split(omittingEmptySubsequences: false) { "=≈~≅≃".contains($0) }
      .map { $0.trimmed() }
    guard pieces.count > 1 else { return try one(text, marks: marks) }
    var values: [ReadNumber] = []
    for (index, piece) in pieces.enumerated() where !piece.isEmpty {
      // A label stands before the first value and begins with a letter; all else is not understood.
      let mayBeLabel =
        values.isEmpty && index < pieces.count - 1
        && piece.first.map { $0.isLetter || "∂∇Σ\\".contains($0) } == true
      if mayBeLabel, !piece.contains(where: \.isNumber) { continue }
      do throws(ReadingError) {
        values.append(try one(piece, marks: marks))
      } catch {
        if !mayBeLabel { throw error }
      }
    }
    guard let first = values.first else {
      throw ReadingError(reason: "there is no number after the equals sign")
    }
    let best = values.reduce(first, finer)
    guard values.allSatisfy({ agrees($0, with: best) }) else {
      throw ReadingError(reason: "two values that differ")
    }
    return best
  }

  /// A fraction or a power says more than a decimal, and more places say more than fewer.
  private static func finer(_ a: ReadNumber, _ b: ReadNumber) -> ReadNumber {
    guard let places = a.places else { return a }
    return b.places.map { $0 > places } ?? true ? b : a
  }

  /// Whether one value is the other, or a rounding of it to at least one place.
  private static func agrees(_ value: ReadNumber, with best: ReadNumber) -> Bool {
    let distance = (value.value - best.value).magnitude
    if distance == 0 || distance <= 1e-12 * best.value.magnitude { return true }
    guard let places = value.places, places > 0 else { return false }
    return distance <= 0.5 * Double.powerOfTen(-places) * 1.000_001
  }

  private static func one(_ typed: String, marks: Marks) throws(ReadingError) -> ReadNumber {
    if let plain = try PlainNumber.read(typed, marks: marks) { return plain }
    let text = withoutWrapping(typed)
    if let special = special(text) { return ReadNumber(value: special, places: nil) }
    if let (number, scale) = try NumberUnit.split(text) {
      let read = try one(number, marks: marks)
      return scale == 1 ? read : ReadNumber(value: read.value * scale, places: nil)
    }
    if text != typed, let plain = try PlainNumber.read(text, marks: marks) { return plain }
    var parser = try ArithmeticParser(text, marks: marks)
    let value = try parser.parse()
    guard value.isFinite else { throw ReadingError(reason: "the value is not finite") }
    return ReadNumber(value: value, places: nil)
  }

  /// `inf`, `-∞`, `NaN`: right only where the key is the same.
  private static func special(_ text: String) -> Double? {
    var name = text.lowercased()
    let isNegative = name.hasPrefix("-")
    if isNegative || name.hasPrefix("+") { name = name.dropFirst().trimmed() }
    for prefix in ["np.", "numpy.", "math.", "torch.", "\\"] where name.hasPrefix(prefix) {
      name.removeFirst(prefix.count)
    }
    switch name {
    case "inf", "infinity", "infty": return isNegative ? -.infinity : .infinity
    case "nan": return .nan
    default: return nil
    }
  }

  /// Without the names that Python prints round a number, and brackets round a single one.
  private static func withoutWrapping(_ typed: String) -> String {
    var text = typed
    var before = ""
    while before != text {
      before = text
      if text.hasPrefix("["), text.hasSuffix("]") || text.hasPrefix("{") && text.hasSuffix("}") {
        text = text.dropFirst().dropLast().trimmed()
      }
      text = PythonName.unwrapped(text)
      for quote in ["'", "\""]
      where text.count > 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
        text = String(text.dropFirst().dropLast())
      }
      // Round brackets round the whole, so that what is inside may be plain.
      if text.hasPrefix("("), text.hasSuffix(")"), text.count(where: { $0 == "(" }) == 1 {
        text = text.dropFirst().dropLast().trimmed()
      }
    }
    return text
  }
}

/// The names of constructors that programs print and people paste.
enum PythonName {
  private static let constructors: Set = [
    "array", "tensor", "Tensor", "constant", "matrix", "Matrix", "mat", "vec", "vector", "asarray",
    "float", "int", "float32", "float64", "int32", "int64", "Variable", "Fraction", "list", "tuple",
    "FloatTensor", "LongTensor", "c",
  ]
  private static let modules: Set = [
    "np", "numpy", "torch", "jnp", "jax", "tf", "math", "sp", "sympy", "mx",
  ]

  /// `np.array([1, 2], dtype=float)` is `[1, 2]`; any other text stays as it is.
  static func unwrapped(_ text: String) -> String {
    guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return text }
    let path = text[..<open].split(separator: ".", omittingEmptySubsequences: false)
    guard let name = path.last, constructors.contains(String(name)),
      path.dropLast().allSatisfy({ modules.contains(String($0)) }), closes(text, at: open)
    else { return text }
    var inside = text[text.index(after: open)...].dropLast()
    // What PyTorch and NumPy add: dtype=float32, device='cuda:0', grad_fn=<…>.
    for option in ["dtype", "device", "grad_fn", "requires_grad", "shape"] {
      if let hit = inside.range(of: option + "="),
        let comma = inside[..<hit.lowerBound].lastIndex(of: ",")
      {
        inside = inside[..<comma]
      }
    }
    return inside.trimmed()
  }

  /// Whether the bracket that opens here is closed by the text's last sign.
  private static func closes(_ text: String, at open: String.Index) -> Bool {
    var depth = 0
    for index in text[open...].indices {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" { depth -= 1 }
      if depth == 0 { return text.index(after: index) == text.endIndex }
    }
    return false
  }
}

extension StringProtocol {
  func trimmed() -> String {
    let isSpaced = { (byte: UInt8?) in byte.map { $0 <= 32 || $0 >= 128 } ?? false }
    var text = Substring(self)
    guard isSpaced(text.utf8.first) || isSpaced(text.utf8.last) else { return String(self) }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    return String(text)
  }

  /// The first place where `needle` stands, byte by byte.
  func range(of needle: String) -> Range<Index>? {
    let (bytes, wanted) = (utf8, needle.utf8)
    guard let first = wanted.first else { return nil }
    var rest = bytes[...]
    while let hit = rest.firstIndex(of: first) {
      rest = bytes[hit...]
      if rest.starts(with: wanted) { return hit..<bytes.index(hit, offsetBy: wanted.count) }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// What stands between the places of `separator`, trimmed.
  func pieces(between separator: String) -> [String] {
    var pieces: [String] = []
    var rest = self[...]
    while let hit = rest.range(of: separator) {
      pieces.append(rest[..<hit.lowerBound].trimmed())
      rest = rest[hit.upperBound...]
    }
    return pieces + [rest.trimmed()]
  }
}
