internal import Cryptography
package import ExamModel

/// Something that happened, on its way into the audit trail.
///
/// Its details name rows and runs, never a candidate: nothing is ever taken out of the trail again.
package struct AuditNote: Sendable, Hashable {
  /// `import`, `run.published`, `quarantine.released`, `overrule`, ….
  package var kind: String
  /// Nil for what belongs to no test.
  package var test: TestID?
  /// Who did it; `gradus` where no person did.
  package var actor: String
  package var details: JSON

  package init(
    _ kind: String, of test: TestID?, by actor: String = "gradus", _ details: [(String, JSON)]
  ) {
    self.kind = kind
    self.test = test
    self.actor = actor
    self.details = .object(details)
  }
}

/// A link of a test's trail.
package struct AuditEntry: Sendable, Hashable {
  /// Nil for what belongs to no test.
  package var test: TestID?
  /// From 1, without gaps.
  package var number: Int
  /// Microseconds since 1970 in UTC.
  package var recordedMicroseconds: Int64
  package var kind: String
  package var actor: String
  /// Who was connected to the database; empty where it knows no users.
  package var session: String
  /// A JSON object as text.
  package var details: String
  /// The hash of the entry before it, or of nothing.
  package var previousHash: String
  package var hash: String

  /// What the hash of a trail's first entry follows.
  package static let beginning = String(repeating: "0", count: 64)

  /// What `hash` ought to be: SHA-256 over all else, each field led by its length, so that no two
  /// entries have the same bytes.
  package var expectedHash: String {
    let fields = [
      previousHash, test?.rawValue ?? "", String(number), String(recordedMicroseconds), kind, actor,
      session, details,
    ]
    let bytes = fields.flatMap { Array("\($0.utf8.count):\($0),".utf8) }
    return Hex.encode(SHA256.hash(bytes))
  }
}

/// The first entry of a trail that is not what was written, and how that shows.
package struct BrokenLink: Sendable, Hashable {
  package var test: TestID?
  package var number: Int
  package var finding: String

  /// Of a trail that ought to have entries and has none.
  package static func wholeTrail(of test: TestID?) -> BrokenLink {
    BrokenLink(
      test: test, number: 1,
      finding: "it and all others are missing, though the store holds imports of this test")
  }
}

/// Follows a trail from its first entry on; the entries come in order, in pages of any size.
package struct AuditVerification: Sendable {
  /// The last entry that holds: its number and hash, which are worth keeping elsewhere.
  package private(set) var number = 0
  package private(set) var head = AuditEntry.beginning

  package init() {}

  /// Nil where the entry is the next link.
  package mutating func follow(_ entry: AuditEntry) -> BrokenLink? {
    func broken(_ finding: String) -> BrokenLink {
      BrokenLink(test: entry.test, number: entry.number, finding: finding)
    }
    guard entry.number == number + 1 else {
      return broken(
        number + 2 == entry.number
          ? "entry \(number + 1) before it is missing"
          : "entries \(number + 1) to \(entry.number - 1) before it are missing")
    }
    guard entry.previousHash == head else {
      return broken("it does not follow the entry before it, which is another one by now")
    }
    guard entry.hash == entry.expectedHash else {
      return broken("its contents were changed after it was written")
    }
    (number, head) = (entry.number, entry.hash)
    return nil
  }
}
