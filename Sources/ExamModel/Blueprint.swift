/// One small description of a test, from which every candidate's paper is computed.
package struct Blueprint: Sendable, Hashable {
  package var id: TestID
  package var title: String
  package var minutes: Int
  package var sections: [Section]
  package var marking: MarkingPolicy

  package struct Section: Sendable, Hashable {
    package var title: String
    package var entries: [Entry]
  }

  /// One line of a section: `count` questions of one family, or of one topic.
  package struct Entry: Sendable, Hashable {
    /// What seeds the entry's questions; unique in its section, independent of its position.
    package var name: String
    package var source: Source
    package var count: Int
    /// Marks of each of the questions.
    package var marks: Points
    /// Replaces the family's tolerance of every number.
    package var decimals: Int?
    /// Which parts to ask; nil asks the family's usual ones.
    package var parts: [PartID]?
    /// Where the entry stands in its file, for errors that only the catalogue can find.
    package var line: Int
  }

  package enum Source: Sendable, Hashable {
    case family(FamilyID, version: Int?)
    /// Any family of the topic with a difficulty in the range, the same for all candidates.
    case topic(String, difficulty: ClosedRange<Int>)
  }
}

/// What each outcome earns, as a share of the part's points, and which attempt counts.
package struct MarkingPolicy: Sendable, Hashable {
  package var blank = 0.0
  package var wrong = 0.0
  package var imprecise = 0.5
  package var followThrough = 1.0
  package var attempts = Attempts.latest
  /// Until when answers count; papers do not depend on it.
  package var deadline: Deadline?
  package var late = Late.quarantine

  /// Which of several submissions by one candidate is graded.
  package enum Attempts: String, Sendable, Hashable, CaseIterable {
    case latest, first
    /// The one with most points; of equal ones the latest.
    case best
  }

  /// What becomes of answers sent after the deadline.
  package enum Late: String, Sendable, Hashable, CaseIterable {
    /// They wait for a person.
    case quarantine
    case grade
  }

  package init() {}
}

extension Blueprint {
  /// The blueprint without comments, defaults filled in: equal blueprints give equal bytes.
  package var canonicalJSON: JSON {
    .object([
      ("id", .string(id.rawValue)), ("title", .string(title)), ("minutes", .integer(minutes)),
      ("sections", .array(sections.map(\.canonicalJSON))),
      (
        "marking",
        .object([
          ("blank", .number(marking.blank)), ("wrong", .number(marking.wrong)),
          ("imprecise", .number(marking.imprecise)),
          ("followThrough", .number(marking.followThrough)),
          ("attempts", .string(marking.attempts.rawValue)),
        ])
      ),
    ])
  }
}

extension Blueprint.Section {
  fileprivate var canonicalJSON: JSON {
    .object([("title", .string(title)), ("questions", .array(entries.map(\.canonicalJSON)))])
  }
}

extension Blueprint.Entry {
  fileprivate var canonicalJSON: JSON {
    var members: [(String, JSON)] = [("name", .string(name))]
    switch source {
    case .family(let id, let version):
      members.append(("family", .string(id.rawValue)))
      if let version { members.append(("version", .integer(version))) }
    case .topic(let topic, let range):
      members.append(("topic", .string(topic)))
      members.append(("difficulty", .string("\(range.lowerBound)-\(range.upperBound)")))
    }
    members.append(("count", .integer(count)))
    members.append(("marks", .integer(marks.hundredths)))
    if let decimals { members.append(("decimals", .integer(decimals))) }
    if let parts { members.append(("parts", .array(parts.map { .string($0.rawValue) }))) }
    return .object(members)
  }
}
