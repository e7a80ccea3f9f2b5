/// Eight characters and a check character that stand on a paper: `7K2M-Q9XD-4`.
///
/// The alphabet is Crockford's base 32 (no I, L, O, U). The check is a weighted sum in the field of
/// 32 elements with a different weight for each place, so every single wrong character and every
/// swap of two characters is detected.
package struct PaperCode: Hashable, Sendable {
  /// Nine characters without separators.
  package let characters: String

  /// The code of the first 40 bits of `bytes`.
  package init(bits bytes: [UInt8]) {
    var bits: UInt64 = 0
    for byte in bytes.prefix(5) { bits = bits << 8 | UInt64(byte) }
    var digits = (0..<8).map { place in UInt8(truncatingIfNeeded: bits >> (35 - 5 * place)) & 31 }
    digits.append(Self.check(of: digits))
    characters = String(digits.map { Self.alphabet[Int($0)] })
  }

  /// Reads what a person typed: any case, spaces and hyphens anywhere, O for 0, I and L for 1.
  ///
  /// Nil where it is not nine characters or the check character does not fit: a mistyped code is
  /// never guessed.
  package init?(typed: String) {
    var digits: [UInt8] = []
    for letter in typed.uppercased() where letter != "-" && !letter.isWhitespace {
      let plain: Character = letter == "O" ? "0" : letter == "I" || letter == "L" ? "1" : letter
      guard let digit = Self.alphabet.firstIndex(of: plain) else { return nil }
      digits.append(UInt8(digit))
    }
    guard digits.count == 9, Self.check(of: Array(digits.prefix(8))) == digits[8] else {
      return nil
    }
    characters = String(digits.map { Self.alphabet[Int($0)] })
  }

  /// The codes that differ from what was typed by one wrong character or by two swapped ones.
  ///
  /// A proposal for a person, never an answer: the check character says only that something is wrong.
  package static func near(_ typed: String) -> [PaperCode] {
    var letters = typed.uppercased().filter { $0 != "-" && !$0.isWhitespace }
    letters = String(letters.map { $0 == "O" ? "0" : $0 == "I" || $0 == "L" ? "1" : $0 })
    let characters = Array(letters)
    guard characters.count == 9 else { return [] }
    var found: [PaperCode] = []
    for place in characters.indices {
      var tried = characters
      for letter in alphabet where letter != characters[place] {
        tried[place] = letter
        if let code = PaperCode(typed: String(tried)) { found.append(code) }
      }
      guard place > 0, characters[place] != characters[place - 1] else { continue }
      tried = characters
      tried.swapAt(place, place - 1)
      if let code = PaperCode(typed: String(tried)) { found.append(code) }
    }
    return found
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  private static func check(of digits: [UInt8]) -> UInt8 {
    var sum: UInt8 = 0
    var weight: UInt8 = 2
    for digit in digits {
      sum ^= multiply(digit, weight)
      weight = multiply(weight, 2)
    }
    return sum
  }

  /// The product in GF(32) modulo x⁵ + x² + 1, in which 2 generates every non-zero element.
  private static func multiply(_ a: UInt8, _ b: UInt8) -> UInt8 {
    var (a, b, product) = (a, b, UInt8(0))
    while b > 0 {
      if b & 1 == 1 { product ^= a }
      a <<= 1
      if a & 32 != 0 { a ^= 0b100101 }
      b >>= 1
    }
    return product
  }
}

extension PaperCode: CustomStringConvertible {
  package var description: String {
    "\(characters.prefix(4))-\(characters.dropFirst(4).prefix(4))-\(characters.suffix(1))"
  }
}
