/// What every markup needs of words that somebody else wrote.
extension String {
  /// The words on one line: its ends, tabs and controls are blanks.
  ///
  /// An empty line would end a paragraph, and what the paragraph stands in, of any markup.
  var onOneLine: String {
    guard unicodeScalars.contains(where: \.breaksLine) else { return self }
    var line = ""
    for scalar in unicodeScalars { line.unicodeScalars.append(scalar.breaksLine ? " " : scalar) }
    return line
  }

  /// The words with one scalar for a letter and its accents, where Latin, Greek or Cyrillic has it.
  package var precomposed: String {
    guard unicodeScalars.contains(where: { (0x300...0x36F).contains($0.value) }) else {
      return self
    }
    return String(map { composed[$0] ?? $0 })
  }
}

extension Unicode.Scalar {
  /// Whether it is a control, or one of Unicode's own ends of lines and paragraphs.
  fileprivate var breaksLine: Bool {
    switch value {
    case 0..<32, 127..<160, 0x2028, 0x2029: true
    default: false
    }
  }
}

/// Letters with accents. Characters are the same in either spelling; the values are the short ones.
private let composed: [Character: Character] = {
  let letters = [0xC0...0x2FF as ClosedRange<UInt32>, 0x370...0x4FF, 0x1E00...0x1FFF].joined()
    .compactMap(Unicode.Scalar.init).map { Character($0) }
  // Of two spellings in one scalar the first is the common one.
  return Dictionary(letters.map { ($0, $0) }) { first, _ in first }
}()
