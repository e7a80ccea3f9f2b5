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
