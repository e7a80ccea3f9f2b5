/// Eight characters and a check character that stand on a paper: `7K2M-Q9XD-4`.
///
/// The alphabet is Crockford's base 32 (no I, L, O, U). The check is a weighted sum in the field of
/// 32 elements with a different weight for each place, so every single wrong character and every
/// swap of two characters is detected.
package struct PaperCode: Hashable, Sendable {
  /// Nine digits of five bits each, the check character's last.
  private let bits: UInt64

  /// Nine characters without separators.
  package var characters: String {
    String(
      decoding: (0..<9).map { Self.alphabet[Int(bits >> (40 - 5 * $0)) & 31] }, as: UTF8.self)
  }

  /// The code of the first 40 bits of `bytes`.
  package init(bits bytes: [UInt8]) {
    var bits: UInt64 = 0
    for byte in bytes.prefix(5) { bits = bits << 8 | UInt64(byte) }
    self.bits = bits << 5 | Self.check(of: bits)
  }

  /// Reads what a person typed: any case, O for 0, I and L for 1, letters and digits of full width
  /// or another script, and spaces, dashes, brackets and the like anywhere. The words "paper code" may
  /// stand before it.
  ///
  /// Nil where it is not nine characters or the check character does not fit: a mistyped code is
  /// never guessed.
  package init?(typed: String) { self.init(typed: typed.utf8.span) }

  /// The same of the UTF-8 of what was typed.
  package init?(typed: Span<UInt8>) {
    var bits: UInt64 = 0
    var count = 0
    for index in typed.indices {
      let byte = typed[index]
      guard byte < 0x80 else {
        self.init(digits: Self.digits(String(bytes: typed)))
        return
      }
      let digit = Self.values[Int(byte)]
      if digit == Self.separator { continue }
      guard digit < 32, count < 9 else {
        self.init(digits: Self.digits(String(bytes: typed)))
        return
      }
      bits = bits << 5 | UInt64(digit)
      count += 1
    }
    self.init(bits: bits, count: count)
  }

  private init?(digits: [UInt8]) {
    guard digits.allSatisfy({ $0 < 32 }), digits.count <= 9 else { return nil }
    self.init(bits: digits.reduce(0) { $0 << 5 | UInt64($1) }, count: digits.count)
  }

  private init?(bits: UInt64, count: Int) {
    guard count == 9, Self.check(of: bits >> 5) == bits & 31 else { return nil }
    self.bits = bits
  }

  /// The codes that differ from what was typed by one wrong character or by two swapped ones.
  ///
  /// A proposal for a person, never an answer: the check character says only that something is wrong.
  package static func near(_ typed: String) -> [PaperCode] {
    let digits = digits(typed)
    guard digits.count == 9 else { return [] }
    var found: [PaperCode] = []
    for place in digits.indices {
      var tried = digits
      for digit in 0..<UInt8(32) where digit != digits[place] {
        tried[place] = digit
        if let code = PaperCode(digits: tried) { found.append(code) }
      }
      guard place > 0, digits[place] != digits[place - 1] else { continue }
      tried = digits
      tried.swapAt(place, place - 1)
      if let code = PaperCode(digits: tried) { found.append(code) }
    }
    return found
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
  private static let separator: UInt8 = 254
  private static let stranger: UInt8 = 255

  /// What each ASCII character stands for: a digit, a separator or nothing.
  private static let values: [UInt8] = (0..<128).map { byte in
    character(Unicode.Scalar(UInt8(byte))).map(value) ?? separator
  }

  private static func value(of capital: Character) -> UInt8 {
    let plain: Character = capital == "O" ? "0" : capital == "I" || capital == "L" ? "1" : capital
    return alphabet.firstIndex { Character(Unicode.Scalar($0)) == plain }.map(UInt8.init)
      ?? stranger
  }

  /// The digits of a text, without separators and the words before the code; what is none is
  /// `stranger`.
  private static func digits(_ typed: String) -> [UInt8] {
    let characters = typed.unicodeScalars.compactMap(character)
    for words in ["PAPERCODEIS", "PAPERCODE", "CODEIS", "CODE"]
    where characters.count - words.count == 9 && characters.starts(with: words) {
      return characters.dropFirst(words.count).map(value)
    }
    return characters.map(value)
  }

  /// The capital, as ASCII where it is a figure or of full width; nil for what may stand between.
  private static func character(_ scalar: Unicode.Scalar) -> Character? {
    let isWide = (0xFF01...0xFF5E).contains(scalar.value)
    let plain = isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
    let properties = plain.properties
    if properties.isWhitespace || separators.contains(properties.generalCategory)
      || "\u{2212}\"'`.,:;".unicodeScalars.contains(plain)
    {
      return nil
    }
    if properties.numericType == .decimal, let figure = properties.numericValue {
      return Character(String(Int(figure)))
    }
    return String(plain).uppercased().first
  }

  /// Dashes, brackets, quotation marks and what cannot be seen.
  private static let separators: Set<Unicode.GeneralCategory> = [
    .dashPunctuation, .connectorPunctuation, .initialPunctuation, .finalPunctuation,
    .openPunctuation, .closePunctuation, .format,
  ]

  /// The sum of the eight digits in `bits`, the first of which weighs 2, by Horner's rule.
  private static func check(of bits: UInt64) -> UInt64 {
    (0..<8).reduce(0) { sum, place in double(sum ^ bits >> (5 * place) & 31) }
  }

  /// Twice a number of GF(32) modulo x⁵ + x² + 1, in which 2 generates every non-zero element.
  private static func double(_ number: UInt64) -> UInt64 {
    number & 16 == 0 ? number << 1 : number << 1 ^ 0b100101
  }
}

extension PaperCode: CustomStringConvertible {
  package var description: String {
    let characters = characters
    return "\(characters.prefix(4))-\(characters.dropFirst(4).prefix(4))-\(characters.suffix(1))"
  }
}
