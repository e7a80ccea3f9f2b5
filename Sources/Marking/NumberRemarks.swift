import ExamModel

/// What people write around a number without changing it: `about`, `(3 dp)`, `because …`.
enum NumberRemarks {
  private static let openings = [
    "approximately", "approx.", "approx", "about", "roughly", "around", "circa", "ca.", "answer:",
    "answer is", "answer", "ans:", "ans", "result:", "result", "the answer is", "the result is",
    "it is", "it's", "its", "i think", "i get", "i got", "value:", "\\approx",
  ]
  private static let closings = [
    "approximately", "approx.", "approx", "rounded", "exactly", "or so", "i think",
  ]
  private static let reasons = [" because ", " since ", ", because", ", since", " as the "]
  private static let roundings = [
    "dp", "d.p", "decimal", "s.f", "sf", "sig", "round", "approx", "signif", "place", "exact",
  ]

  static func stripped(_ typed: String) -> String {
    var text = typed.trimmed()
    // Without a letter, a bracket or a loud sign there is nothing but a number.
    guard text.utf8.contains(where: { Self.startsRemark($0) }) || text.hasSuffix("...") else {
      return text
    }
    var before = ""
    while before != text {
      before = text
      text = withoutOpening(text)
      text = withoutClosing(text)
    }
    // `0.25 (= 1/4)`: the bracket says the value once more.
    if text.hasSuffix(")"), let open = text.range(of: "(=") ?? text.range(of: "(≈") {
      text = text[..<open.lowerBound] + "=" + text[open.upperBound...].dropLast()
    }
    return text
  }

  private static func startsRemark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "e"), UInt8(ascii: "E"): false
    case UInt8(ascii: "*")...UInt8(ascii: "/"), UInt8(ascii: " "), UInt8(ascii: "^"): false
    case UInt8(ascii: "%"), UInt8(ascii: "'"), UInt8(ascii: "="): false
    default: true
    }
  }

  private static func withoutOpening(_ text: String) -> String {
    let lower = text.lowercased()
    for opening in openings where lower.hasPrefix(opening) {
      let rest = text.dropFirst(opening.count)
      if rest.first.map({ $0.isWhitespace || opening.hasSuffix(":") }) == true {
        return rest.trimmed()
      }
    }
    // `Q3: 0.25`, `L: 0.25`: a label before a colon.
    if let colon = text.firstIndex(of: ":"), text.first?.isLetter == true,
      !text[..<colon].contains(where: { "([{,;=".contains($0) })
    {
      return text[text.index(after: colon)...].trimmed()
    }
    return text
  }

  private static func withoutClosing(_ typed: String) -> String {
    var text = typed
    let lower = text.lowercased()
    for closing in closings where lower.hasSuffix(" " + closing) {
      text = text.dropLast(closing.count).trimmed()
      if text.last == "," { text.removeLast() }
      return text
    }
    for reason in reasons {
      if let hit = text.range(of: reason), hit.lowerBound > text.startIndex {
        return text[..<hit.lowerBound].trimmed()
      }
    }
    if text.hasSuffix(")"), let open = text.lastIndex(of: "("), open > text.startIndex {
      let inside = text[open...].lowercased()
      let before = text[..<open].trimmed()
      if isRounding(inside), before.last.map({ $0.isNumber || ")%]".contains($0) }) == true {
        return before
      }
    }
    for word in [" to ", " rounded to ", ", rounded", ", "] {
      if let hit = text.range(of: word), text[..<hit.lowerBound].last?.isNumber == true,
        isRounding(text[hit.upperBound...].lowercased())
      {
        return text[..<hit.lowerBound].trimmed()
      }
    }
    for ellipsis in ["...", "…", "\\dots", "\\ldots"] where text.hasSuffix(ellipsis) {
      let before = text.dropLast(ellipsis.count)
      if before.last?.isNumber == true { return String(before) }
    }
    // `0.25!` is loud and no factorial; `0.25f` is a number in C.
    if let last = text.last, "!f".contains(last), text.dropLast().last?.isNumber == true,
      text.contains("."), text.dropLast().allSatisfy({ $0.isNumber || ".-+".contains($0) })
    {
      text.removeLast()
    }
    return text
  }

  /// Words about rounding and nothing else: `(3 dp)`, `2 s.f.`, `three decimal places`.
  private static func isRounding(_ text: String) -> Bool {
    roundings.contains { text.contains($0) } && !text.contains { "=/*^+".contains($0) }
  }
}

/// Units and counting words after a number, where they leave its value alone.
enum NumberUnit {
  private static let words: Set = [
    "byte", "bytes", "bit", "bits", "nat", "nats", "parameter", "parameters", "params", "param",
    "weight", "weights", "bias", "biases", "epoch", "epochs", "step", "steps", "iteration",
    "iterations", "sample", "samples", "example", "examples", "token", "tokens", "element",
    "elements", "entry", "entries", "flop", "flops", "multiplication", "multiplications", "mults",
    "addition", "additions", "operation", "operations", "ops", "unit", "units", "neuron", "neurons",
    "layer", "layers", "head", "heads", "batch", "batches", "update", "updates", "second",
    "seconds", "sec", "s", "day", "days", "hour", "hours", "usd", "eur", "dollar", "dollars",
    "euro", "euros", "degrees", "times", "m", "rows", "columns", "floats", "numbers", "values",
    "trainable", "in", "total", "altogether", "scalar", "multiplies", "adds", "gpus", "gpu",
  ]
  private static let scales: [String: Double] = [
    "k": 1e3, "K": 1e3, "thousand": 1e3, "M": 1e6, "million": 1e6, "billion": 1e9, "G": 1e9,
    "trillion": 1e12,
  ]
  private static let signs = "°$€£¥"

  /// The number, and what the words after it multiply it by; nil where there are no such words.
  ///
  /// - Throws: where a unit might mean another value: `3m` is three metres or three thousandths.
  static func split(_ text: String) throws(ReadingError) -> (number: String, scale: Double)? {
    if let first = text.first, signs.contains(first) { return (text.dropFirst().trimmed(), 1) }
    let isWordSign = { (c: Character) in c.isLetter || c == " " || signs.contains(c) }
    guard text.last.map(isWordSign) == true else { return nil }
    let tail = String(text.reversed().prefix(while: isWordSign).reversed())
    let number = String(text.dropLast(tail.count))
    guard !tail.trimmed().isEmpty, number.last.map({ $0.isNumber || ".)%".contains($0) }) == true
    else { return nil }
    if signs.contains(tail.trimmed()) { return (number, 1) }
    var names = tail.split(separator: " ").map(String.init)
    var scale = 1.0
    if let factor = scales[names[0]] {
      scale = factor
      names.removeFirst()
    } else if names[0] == "B" {
      // A B alone may be bytes.
      guard names.count > 1, ["parameters", "params", "tokens", "weights"].contains(names[1]) else {
        throw ReadingError(reason: "B may mean bytes or billions")
      }
      scale = 1e9
      names.removeFirst()
    }
    guard names.allSatisfy({ words.contains($0.lowercased()) }) else { return nil }
    // Nobody writes a thousand milli and more.
    if tail == "m", (Double(number)?.magnitude ?? 0) < 1000 {
      throw ReadingError(reason: "the m may be a unit, a thousandth or a name")
    }
    return (number, scale)
  }
}
