extension Rational: Codable {
  /// Reads `"3/8"`, `"-2"` or a whole number.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let whole = try? container.decode(Int.self) {
      self.init(whole)
      return
    }
    let text = try container.decode(String.self)
    guard let fraction = Rational(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a fraction is written \"3/8\", not \"\(text)\"")
    }
    self = fraction
  }

  /// Writes `"3/8"`.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Reads `3/8` or `-2`; nil for anything else.
  package init?(_ text: String) {
    let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(pieces.count), let above = Int(pieces[0]),
      let below = pieces.count == 2 ? Int(pieces[1]) : 1
    else { return nil }
    self.init(numerator: above, denominator: below)
  }
}
