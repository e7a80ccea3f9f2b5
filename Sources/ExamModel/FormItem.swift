extension [String] {
  /// Options with the letters that a paper gives them: A, B, … Z, then A2, B2, ….
  package var lettered: [(letter: String, text: String)] {
    enumerated().map { index, text in
      let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
      return (index < 26 ? letter : letter + "\(index / 26 + 1)", text)
    }
  }

  /// `(B) the sum`; the text alone where it is none of the options.
  package func labelled(_ text: String) -> String {
    lettered.first { $0.text == text }.map { "(\($0.letter)) \(text)" } ?? text
  }
}

/// One answer field of a form: which question of the paper and which of its fields.
package struct FormItem: Sendable, Hashable {
  /// From 1, through all sections.
  package let question: Int
  package let field: PartID

  package init(question: Int, field: PartID) {
    self.question = question
    self.field = field
  }

  /// The field's title in the form, and so the column's in its export: `Q3 dL/dw0`.
  package var title: String { "Q\(question) \(field)" }
}
