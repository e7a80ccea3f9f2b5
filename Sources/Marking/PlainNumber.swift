import ExamModel

/// A number with what its notation said about its precision.
struct ReadNumber: Sendable {
  let value: Double
  /// Digits after the decimal mark of a plain decimal; nil for a fraction, a power, a percentage.
  let places: Int?
}

/// What settles a mark before exactly three digits.
struct Marks {
  var locale = NumberLocale.undecided
  /// Whether a whole number is asked for, so that `1,024` is no decimal.
  var isWhole = false
}

/// Numbers of digits with a sign, a decimal mark, groups, an exponent or a percent sign.
enum PlainNumber {
  /// Any plain number; nil where there is more to it than digits and marks.
  static func read(_ text: String, marks: Marks) throws(ReadingError) -> ReadNumber? {
    var body = Substring(text)
    var isNegative = false
    if let sign = body.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      body = body.dropFirst().drop { $0 == " " }
    }
    var isPercent = false
    for suffix in ["\\%", "%", " percent", " per cent", "percent"] where body.hasSuffix(suffix) {
      body = body.dropLast(suffix.count)
      isPercent = true
      break
    }
    while body.last == " " { body.removeLast() }
    var exponent = ""
    if let mark = body.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      let digits = body[body.index(after: mark)...]
      guard Int(digits) != nil, digits.count <= 5 else { return nil }
      exponent = "e" + digits
      body = body[..<mark]
      if body.last == " " { body.removeLast() }
    }
    guard body.contains(where: \.isNumber),
      body.allSatisfy({ $0.isASCII && ($0.isNumber || ".,'_ ".contains($0)) })
    else { return nil }
    let (digits, places) = try decimal(String(body), marks: marks)
    guard let value = Double(digits + exponent), value.isFinite else {
      throw ReadingError(reason: "the number is too large")
    }
    let signed = isNegative ? -value : value
    let isPlain = exponent.isEmpty && !isPercent
    return ReadNumber(value: isPercent ? signed / 100 : signed, places: isPlain ? places : nil)
  }

  /// The digits with a point as decimal mark and without groups, and how many stand behind it.
  static func decimal(
    _ body: String, marks: Marks
  ) throws(ReadingError) -> (digits: String, places: Int) {
    let signs = body.filter { !$0.isNumber }
    guard let last = signs.last else { return (body, 0) }
    if signs == "." || signs == "," { return try singleMark(body, last, marks: marks) }
    // A point or comma that stands once and differs from a mark before or after it is the decimal.
    let decimals = signs.filter { ".,".contains($0) }
    let mark: Character?
    if let point = decimals.last, Set(signs).count > 1 {
      guard decimals.count(where: { $0 == point }) == 1,
        last == point || decimals.count == 1
      else { throw ReadingError(reason: "the marks between the digits do not fit together") }
      mark = point
    } else {
      mark = nil
    }
    let split = mark.flatMap { body.lastIndex(of: $0) } ?? body.endIndex
    let fraction = mark == nil ? "" : String(body[body.index(after: split)...])
    guard let whole = joined(String(body[..<split])), let rest = joinedFraction(fraction) else {
      throw ReadingError(
        reason: signs.contains(" ") ? "two numbers" : "several numbers, or odd groups of digits")
    }
    return (whole + (mark == nil ? "" : "." + rest), rest.count)
  }

  /// `1,234,567` or, as in India, `12,34,567`; nil where the groups are no groups.
  private static func joined(_ body: String) -> String? {
    guard let mark = body.first(where: { !$0.isNumber }) else { return body }
    let groups = body.split(separator: mark, omittingEmptySubsequences: false)
    guard groups.allSatisfy({ $0.allSatisfy(\.isNumber) }), (1...3).contains(groups[0].count),
      groups.last?.count == 3
    else { return nil }
    let middle = groups.dropFirst().dropLast()
    let isIndian = mark == "," && groups[0].count <= 2 && middle.allSatisfy { $0.count == 2 }
    return middle.allSatisfy { $0.count == 3 } || isIndian ? groups.joined() : nil
  }

  /// `678 901 2`: three by three behind the mark.
  private static func joinedFraction(_ body: String) -> String? {
    guard let mark = body.first(where: { !$0.isNumber }) else { return body }
    let groups = body.split(separator: mark, omittingEmptySubsequences: false)
    guard mark == " ", groups.dropLast().allSatisfy({ $0.count == 3 }),
      (1...3).contains(groups[groups.count - 1].count),
      groups.allSatisfy({ $0.allSatisfy(\.isNumber) })
    else { return nil }
    return groups.joined()
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
}
