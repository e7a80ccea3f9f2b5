/// A person on the roster.
package struct Candidate: Sendable, Hashable {
  package var id: CandidateID
  package var name: String
  /// Empty where the roster has none.
  package var email: String

  package init(id: CandidateID, name: String, email: String) {
    self.id = id
    self.name = name
    self.email = email
  }
}

extension Unicode.Scalar {
  /// White space of any kind, also the invisible ones that forms leave behind.
  package var isBlank: Bool {
    // Nearly all are ASCII, for which no table need be asked.
    if value < 0x80 { return value == 32 || (9...13).contains(value) }
    return properties.isWhitespace || self == "\u{200B}" || self == "\u{FEFF}" || self == "\u{2060}"
  }
}
