import ExamModel

/// How texts of exports are compared.
enum ExportText {
  /// Small letters, blanks of any kind as single spaces, none at the ends.
  static func folded(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.isBlank ? " " : Character($0) })
      .split(separator: " ").joined(separator: " ").lowercased()
  }

  static func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.isBlank) }

  /// Without blanks at the ends.
  static func trimmed(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, last.isBlank { scalars.removeLast() }
    while let first = scalars.first, first.isBlank { scalars.removeFirst() }
    return String(scalars)
  }
}
