package import ExamModel

/// A candidate, and what rows that were found to be nobody's may name them by.
package struct PersonalNames: Sendable, Hashable {
  package let id: CandidateID
  private let address: String?
  private let code: PaperCode?

  /// - Parameters:
  ///   - address: their e-mail address, where it is known.
  ///   - code: the code on their paper, where it is known.
  package init(_ id: CandidateID, address: String? = nil, code: PaperCode? = nil) {
    self.id = id
    self.address = address.map { Roster.folded($0) }.flatMap { $0.isEmpty ? nil : $0 }
    self.code = code
  }

  /// Whether a text is the id or the code, or holds the address.
  func isNamed(in texts: [String]) -> Bool {
    let id = Roster.folded(id.rawValue)
    return texts.contains { text in
      let folded = Roster.folded(text)
      return folded == id || address.map(folded.contains) == true
        || code != nil && PaperCode(typed: text) == code
    }
  }
}

/// What was removed of one person, or would be.
package struct Erasure: Sendable, Hashable {
  /// Rows of exports, graded or not.
  package var submissions = 0
  /// Results in all runs, earlier ones too.
  package var results = 0
  package var overrules = 0
  /// Decisions about quarantined rows.
  package var settlements = 0
  /// Events of the outbox that named the person.
  package var events = 0
  /// Reasons for others' quarantine that named the person among those whose the row may be.
  package var mentions = 0

  package init() {}

  package var isEmpty: Bool { self == Erasure() }
}

/// A test with the time of its last import.
package struct TestAge: Sendable, Hashable {
  package var test: TestID
  /// Microseconds since 1970 in UTC.
  package var lastImportMicroseconds: Int64
}
