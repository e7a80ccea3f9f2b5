import ExamModel

/// A piece of arithmetic: a number as it stands, a name, a sign.
enum ArithmeticToken: Equatable {
  /// `isExact`: written as digits, so that a power of ten after it can be taken into it.
  case number(Double, text: String)
  /// `½`; after a whole number it makes a mixed one.
  case vulgar(Double)
  case name(String)
  case sign(Character)

  var isTen: Bool { if case .number(_, "10") = self { true } else { false } }
  var whole: Int? { if case .number(_, let text) = self { Int(text) } else { nil } }
  var isPlain: Bool { if case .number = self { true } else { false } }
}

extension ArithmeticToken {
  /// Takes a text apart; LaTeX's fractions and signs become plain ones.
  static func tokens(of text: String, marks: Marks) throws(ReadingError) -> [ArithmeticToken] {
    var tokens: [ArithmeticToken] = []
    var rest = withoutLaTeX(text)[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first.isASCII, first.isNumber || ".,".contains(first) {
        let (token, length) = try number(at: rest, marks: marks)
        if tokens.last?.isPlain == true {
          throw ReadingError(reason: "two numbers, or one that was cut in two")
        }
        tokens.append(token)
        rest = rest.dropFirst(length)
      } else if first.isNumber, let value = first.unicodeScalars.first?.properties.numericValue {
        tokens.append(.vulgar(value))
        rest.removeFirst()
      } else if first.isLetter {
        let name = name(at: rest)
        tokens.append(.name(name.lowercased()))
        rest = rest.dropFirst(name.count)
      } else if rest.hasPrefix("**") {
        tokens.append(.sign("^"))
        rest = rest.dropFirst(2)
      } else if "+-*/^()%!".contains(first) {
        tokens.append(.sign(first))
        rest.removeFirst()
      } else {
        throw ReadingError(reason: "\"\(first)\" has no meaning in a number")
      }
    }
    return try joiningPowers(try settlingTimes(tokens))
  }

  /// Digits with their marks, and an exponent only where digits follow it.
  private static func number(
    at text: Substring, marks: Marks
  ) throws(ReadingError) -> (ArithmeticToken, length: Int) {
    var literal = text.prefix { $0.isASCII && ($0.isNumber || ".,'_".contains($0)) }
    while literal.last.map({ !$0.isNumber && $0 != "." }) == true { literal.removeLast() }
    guard literal.contains(where: \.isNumber) else {
      throw ReadingError(reason: "\"\(text.first ?? " ")\" has no meaning in a number")
    }
    var length = literal.count
    var digits = try PlainNumber.decimal(String(literal), marks: marks).digits
    let rest = text.dropFirst(length)
    if let mark = rest.first, mark == "e" || mark == "E" {
      let sign = rest.dropFirst().prefix { $0 == "-" || $0 == "+" }
      let exponent = rest.dropFirst(1 + sign.count).prefix { $0.isASCII && $0.isNumber }
      if sign.count <= 1, !exponent.isEmpty {
        digits += "e" + sign + exponent
        length += 1 + sign.count + exponent.count
      }
    }
    guard let value = Double(digits), value.isFinite else {
      throw ReadingError(reason: "\"\(digits)\" is no number")
    }
    return (.number(value, text: digits), length)
  }

  /// Letters; the logarithms' bases belong to their names.
  private static func name(at text: Substring) -> Substring {
    for name in ["log_2", "log_10", "log2", "log10"] where text.hasPrefix(name) {
      let after = text.dropFirst(name.count).first
      if after?.isNumber != true { return text.prefix(name.count) }
    }
    return text.prefix { $0.isLetter }
  }

  /// `2.5x10^-3`: an x is a times sign only before a power of ten; `2.5x10` has two readings.
  private static func settlingTimes(
    _ tokens: [ArithmeticToken]
  ) throws(ReadingError) -> [ArithmeticToken] {
    var tokens = tokens
    for index in tokens.indices where tokens[index] == .name("x") {
      guard index > 0, index + 2 < tokens.count, tokens[index + 1].isTen,
        tokens[index + 2] == .sign("^")
      else { throw ReadingError(reason: "the x may be a times sign or a name") }
      tokens[index] = .sign("*")
    }
    return tokens
  }

  /// `2.5 * 10 ^ -3` is the number 2.5e-3, rounded once.
  private static func joiningPowers(
    _ tokens: [ArithmeticToken]
  ) throws(ReadingError) -> [ArithmeticToken] {
    var joined: [ArithmeticToken] = []
    var index = 0
    while index < tokens.count {
      if case .number(_, let text) = tokens[index], !text.contains("e"),
        tokens.count > index + 3, tokens[index + 1] == .sign("*"), tokens[index + 2].isTen,
        joined.last != .sign("^")
      {
        guard joined.last != .sign("/") else {
          throw ReadingError(reason: "it is not clear how far the division goes; use brackets")
        }
        if tokens[index + 3] == .sign("^"), let (power, end) = power(in: tokens, at: index + 4),
          end == tokens.count || tokens[end] != .sign("^"), let value = Double("\(text)e\(power)"),
          value.isFinite
        {
          joined.append(.number(value, text: "\(text)e\(power)"))
          index = end
          continue
        }
        if "+-".contains(where: { tokens[index + 3] == .sign($0) }), tokens.count == index + 5 {
          throw ReadingError(reason: "the power of ten may have lost its exponent")
        }
      }
      try refuseLostPower(tokens[index...])
      joined.append(tokens[index])
      index += 1
    }
    return joined
  }

  /// `2.5×103` may be 2.5×10³ whose exponent came down on the way.
  private static func refuseLostPower(_ tokens: ArraySlice<ArithmeticToken>) throws(ReadingError) {
    guard tokens.count == 3, case .number(_, let factor)? = tokens.first,
      tokens[tokens.startIndex + 1] == .sign("*"), case .number(_, let power)? = tokens.last,
      factor.contains("."), power.hasPrefix("10"), (3...4).contains(power.count),
      power.allSatisfy(\.isNumber), !power.hasPrefix("100")
    else { return }
    throw ReadingError(reason: "the power of ten may have lost its exponent")
  }

  /// A whole exponent, in brackets or not, and where it ends.
  private static func power(
    in tokens: [ArithmeticToken], at start: Int
  ) -> (power: Int, end: Int)? {
    var index = start
    let isBracketed = index < tokens.count && tokens[index] == .sign("(")
    if isBracketed { index += 1 }
    var isNegative = false
    if index < tokens.count, tokens[index] == .sign("-") || tokens[index] == .sign("+") {
      isNegative = tokens[index] == .sign("-")
      index += 1
    }
    guard index < tokens.count, let whole = tokens[index].whole, whole.magnitude <= 400 else {
      return nil
    }
    index += 1
    if isBracketed {
      guard index < tokens.count, tokens[index] == .sign(")") else { return nil }
      index += 1
    }
    return (isNegative ? -whole : whole, index)
  }

  // MARK: LaTeX

  private static func withoutLaTeX(_ text: String) -> String {
    guard text.contains(where: { "\\<{".contains($0) }) else { return text }
    var out = text
    for (from, to) in [
      ("\\times", "*"), ("\\cdot", "*"), ("\\left", ""), ("\\right", ""), ("\\dfrac", "\\frac"),
      ("\\tfrac", "\\frac"), ("\\sqrt", "sqrt"), ("\\pi", "pi"), ("\\ln", "ln"), ("\\exp", "exp"),
      ("\\,", ""), ("\\;", ""), ("\\!", ""), ("\\%", "%"), ("<sup>", "^("), ("</sup>", ")"),
    ] { out = out.replacing(from, with: to) }
    var limit = 20
    while limit > 0, let start = out.range(of: "\\frac") {
      var rest = out[start.upperBound...]
      guard let above = argument(&rest), let below = argument(&rest) else { break }
      out = out[..<start.lowerBound] + "((\(above))/(\(below)))" + rest
      limit -= 1
    }
    return out.replacing("{", with: "(").replacing("}", with: ")")
  }

  /// What LaTeX takes for one argument: a group in braces, or one sign.
  private static func argument(_ text: inout Substring) -> String? {
    text = text.drop { $0 == " " }
    guard let first = text.first else { return nil }
    guard first == "{" else {
      text.removeFirst()
      return first.isNumber || first.isLetter ? String(first) : nil
    }
    var depth = 0
    for index in text.indices {
      if text[index] == "{" { depth += 1 }
      if text[index] == "}" { depth -= 1 }
      if depth == 0 {
        defer { text = text[text.index(after: index)...] }
        return String(text[text.index(after: text.startIndex)..<index])
      }
    }
    return nil
  }
}

extension String {
  func replacing(_ needle: String, with replacement: String) -> String {
    var out = ""
    var rest = self[...]
    while let hit = rest.range(of: needle) {
      out += rest[..<hit.lowerBound] + replacement
      rest = rest[hit.upperBound...]
    }
    return out + rest
  }
}
