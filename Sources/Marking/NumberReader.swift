import Calculus
import ExamModel

/// A number with what its notation said about its precision.
struct ReadNumber: Sendable {
  let value: Double
  /// Digits after the decimal mark of a plain decimal; nil for a fraction, a power, a percentage.
  let places: Int?
}

/// Reads one number in the notations that people use, arithmetic included.
enum NumberReader {
  /// What settles a mark before exactly three digits.
  struct Marks {
    var locale = NumberLocale.undecided
    /// Whether a whole number is asked for, so that `1,024` is no decimal.
    var isWhole = false
  }

  static func read(_ typed: String, marks: Marks) throws(ReadingError) -> ReadNumber {
    let text = withoutRemarks(typed)
    let pieces = text.split(omittingEmptySubsequences: false) { "=≈~".contains($0) }
      .map { $0.trimmed() }
    guard pieces.count > 1 else { return try readOne(text, marks: marks) }
    return try readEquation(pieces, marks: marks)
  }

  /// `x = 3`, `1/4 = 0.25`: labels are dropped, and several values must be one.
  private static func readEquation(
    _ pieces: [String], marks: Marks
  ) throws(ReadingError) -> ReadNumber {
    var values: [ReadNumber] = []
    for (index, piece) in pieces.enumerated() where !piece.isEmpty {
      do throws(ReadingError) {
        values.append(try readOne(piece, marks: marks))
      } catch {
        // A label stands before the first value and begins with a letter; all else is not understood.
        let isLabel = piece.first.map { $0.isLetter || $0 == "∂" } == true
        guard values.isEmpty, index < pieces.count - 1, isLabel else {
          throw error
        }
      }
    }
    guard let first = values.first, let last = values.last else {
      throw ReadingError(reason: "there is no number after the equals sign")
    }
    let slack = last.places.map { 0.5 * power(10, -$0) } ?? 0
    guard (first.value - last.value).magnitude <= slack * 1.000_001 else {
      throw ReadingError(reason: "two values that differ")
    }
    return first
  }

  private static func readOne(_ text: String, marks: Marks) throws(ReadingError) -> ReadNumber {
    if let plain = try plainNumber(text, marks: marks) { return plain }
    var parser = try ArithmeticParser(text)
    let value = try parser.parse()
    guard value.isFinite else { throw ReadingError(reason: "the value is not finite") }
    return ReadNumber(value: value, places: nil)
  }

  // MARK: Remarks

  /// Drops `about` before a number, and `(3 dp)`, `to 3 decimals`, `approx.` after one.
  private static func withoutRemarks(_ typed: String) -> String {
    var text = typed.trimmed()
    let lower = text.lowercased()
    for word in ["approximately", "approx.", "approx", "about", "answer:", "ans:", "it is", "ca."]
    where lower.hasPrefix(word + " ") {
      text = String(text.dropFirst(word.count)).trimmed()
    }
    for word in ["approximately", "approx.", "approx", "rounded"] where lower.hasSuffix(" " + word)
    {
      text = String(text.dropLast(word.count)).trimmed()
    }
    if text.hasSuffix(")"), let open = text.lastIndex(of: "("), open > text.startIndex {
      let inside = text[open...].lowercased()
      let before = text[..<open].trimmed()
      let isRemark = ["dp", "d.p", "decimal", "s.f", "sf", "round", "approx", "signif"]
        .contains { inside.contains($0) }
      if isRemark, before.last?.isNumber == true { text = before }
    }
    if let to = text.range(of: " to "), text[..<to.lowerBound].last?.isNumber == true {
      let tail = text[to.upperBound...].lowercased()
      if tail.contains("dp") || tail.contains("decimal") || tail.contains("place") {
        text = text[..<to.lowerBound].trimmed()
      }
    }
    return text
  }

  // MARK: Plain numbers

  /// Digits with a decimal mark, groups, an exponent or a percent sign; nil for anything else.
  private static func plainNumber(
    _ text: String, marks: Marks
  ) throws(ReadingError) -> ReadNumber? {
    var body = Substring(text)
    var isNegative = false
    if let sign = body.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      body = body.dropFirst().drop { $0 == " " }
    }
    var isPercent = false
    for suffix in ["\\%", "%", "percent"] where body.hasSuffix(suffix) {
      body = body.dropLast(suffix.count)
      isPercent = true
      break
    }
    while body.last == " " { body.removeLast() }
    var exponent = 0
    if let mark = body.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      let digits = body[body.index(after: mark)...]
      guard let power = Int(digits), digits.count <= 5 else { return nil }
      exponent = power
      body = body[..<mark]
    }
    guard body.contains(where: \.isNumber),
      body.allSatisfy({ $0.isASCII && ($0.isNumber || ".,'_ ".contains($0)) })
    else { return nil }
    let (digits, places) = try decimal(String(body), marks: marks)
    guard let value = Double(digits + (exponent == 0 ? "" : "e\(exponent)")), value.isFinite else {
      throw ReadingError(reason: "the number is too large")
    }
    let signed = isNegative ? -value : value
    let isPlain = exponent == 0 && !isPercent
    return ReadNumber(value: isPercent ? signed / 100 : signed, places: isPlain ? places : nil)
  }

  /// The digits with a point as decimal mark and without groups, and how many stand behind it.
  private static func decimal(
    _ body: String, marks: Marks
  ) throws(ReadingError) -> (digits: String, places: Int) {
    let signs = body.filter { !$0.isNumber }
    guard let last = signs.last else { return (body, 0) }
    if signs == "." || signs == "," { return try singleMark(body, last, marks: marks) }
    // The last mark is decimal if it differs from those before it.
    let kinds = Set(signs)
    let groupKinds = kinds.count > 1 ? kinds.subtracting([last]) : kinds
    guard groupKinds.count == 1, let group = groupKinds.first else {
      throw ReadingError(reason: "the marks between the digits do not fit together")
    }
    let hasDecimal = kinds.count > 1
    guard !hasDecimal || (signs.filter { $0 == last }.count == 1 && ".,".contains(last)) else {
      throw ReadingError(reason: "the marks between the digits do not fit together")
    }
    let split = hasDecimal ? body.lastIndex(of: last) ?? body.endIndex : body.endIndex
    let groups = body[..<split].split(separator: group, omittingEmptySubsequences: false)
    let decimals = hasDecimal ? body[body.index(after: split)...].filter(\.isNumber) : ""
    let isGrouped =
      (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
    guard isGrouped else {
      throw ReadingError(
        reason: group == " " ? "two numbers" : "several numbers, or odd groups of digits")
    }
    return (groups.joined() + (hasDecimal ? "." + decimals : ""), decimals.count)
  }

  /// `1,234` and `1.234` have two readings each; all else with one mark has one.
  private static func singleMark(
    _ body: String, _ mark: Character, marks: Marks
  ) throws(ReadingError) -> (digits: String, places: Int) {
    let halves = body.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
    let asDecimal = (halves[0] + "." + halves[1], halves[1].count)
    let looksGrouped =
      halves[1].count == 3 && (1...3).contains(halves[0].count) && !halves[0].hasPrefix("0")
    guard looksGrouped else { return asDecimal }
    let asGroups = (halves[0] + halves[1], 0)
    switch (mark, marks.locale) {
    case (".", .comma), (",", .point): return asGroups
    case (".", _): return asDecimal
    case (_, .undecided) where marks.isWhole: return asGroups
    case (_, .comma) where !marks.isWhole: return asDecimal
    default: throw ReadingError(reason: "the comma may group thousands or be a decimal mark")
    }
  }

  /// A whole power of ten or of any base, by repeated multiplication.
  static func power(_ base: Double, _ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent.magnitude { power *= base }
    return exponent < 0 ? 1 / power : power
  }
}

extension StringProtocol {
  func trimmed() -> String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    return String(text)
  }

  /// The first place where `needle` stands.
  func range(of needle: String) -> Range<Index>? {
    for start in indices where self[start...].hasPrefix(needle) {
      return start..<index(start, offsetBy: needle.count)
    }
    return nil
  }
}
