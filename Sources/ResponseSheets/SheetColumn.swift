/// What one column of an export is.
package struct SheetColumn: Sendable, Hashable {
  package enum Role: String, Sendable, Hashable, CaseIterable {
    /// When the answers were sent.
    case time
    /// An e-mail address or an id of the roster.
    case identity
    /// An id of the service's own: it counts where the roster has it and says nothing elsewhere.
    case hint
    case paperCode
    /// A mark that the service gave.
    case score
    /// A remark of the service to an answer.
    case feedback
    /// The answer to a question.
    case question
    /// One choice of a question that has a column for each.
    case option
    /// A row of the table says by it whether it was a trial.
    case preview
    case other
  }

  /// As exported; of several header rows, the one that says what is asked.
  package var title: String
  package var role: Role
  /// What the column answers: the test's item, by its title, or else what the form asks.
  package var question: String?
  /// Which of the test's items; nil where it is none of them, or no test is known.
  package var item: Int?
  /// What is chosen where the cell is filled.
  package var option: String?
  /// The items whose answers the cell lists in their order, `part 1: 32; part 2: 4`.
  package var parts: [Part] = []

  package struct Part: Sendable, Hashable {
    package let item: Int
    package let question: String
  }

  package init(title: String, role: Role, question: String? = nil, option: String? = nil) {
    self.title = title
    self.role = role
    self.question = question
    self.option = option
  }
}
