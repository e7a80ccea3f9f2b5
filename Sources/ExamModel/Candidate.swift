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

/// The people who sit a test, each once.
package struct Roster: Sendable {
  package let candidates: [Candidate]
  private let byKey: [String: Int]

  /// - Throws: `SourceError` where two people share an id or an e-mail address.
  package init(_ candidates: [Candidate], file: String) throws(SourceError) {
    var byKey: [String: Int] = [:]
    for (index, candidate) in candidates.enumerated() {
      let keys = Set([candidate.id.rawValue, candidate.email].map(Self.folded)).subtracting([""])
      for key in keys {
        if let other = byKey[key] {
          throw SourceError(
            file: file, line: index + 2,
            "\"\(key)\" stands already in line \(other + 2); ids and e-mail addresses are unique")
        }
        byKey[key] = index
      }
    }
    self.candidates = candidates
    self.byKey = byKey
  }

  /// The candidate whose id or e-mail address was typed, whatever its case and outer spaces.
  package func candidate(named typed: String) -> Candidate? {
    byKey[Self.folded(typed)].map { candidates[$0] }
  }

  package static func folded(_ typed: String) -> String {
    var scalars = typed.unicodeScalars[...]
    while let last = scalars.last, last.isBlank { scalars.removeLast() }
    while let first = scalars.first, first.isBlank { scalars.removeFirst() }
    return String(scalars).lowercased()
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
