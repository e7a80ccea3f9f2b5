import ExamModel

/// How texts of exports are compared.
enum ExportText {
  /// Small letters, blanks of any kind as single spaces, none at the ends.
  static func folded(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.isBlank ? " " : Character($0) })
      .split(separator: " ").joined(separator: " ").lowercased()
  }

  static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.isBlank) }

  /// The same of a text's UTF-8.
  static func isBlank(_ text: Span<UInt8>) -> Bool {
    let range = text.trimmedIndices
    guard let first = range.first, text[first] >= 0x80 else { return range.isEmpty }
    return isBlank(String(bytes: text))
  }

  /// Without blanks at the ends.
  static func trimmed(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, last.isBlank { scalars.removeLast() }
    while let first = scalars.first, first.isBlank { scalars.removeFirst() }
    return String(scalars)
  }
}
