/// One small description of a test, from which every candidate's paper is computed.
package struct Blueprint: Sendable, Hashable {
  package var id: TestID
  package var title: String
  package var minutes: Int
  package var sections: [Section]
  package var marking: MarkingPolicy
  /// What was found wrong since; papers do not depend on it.
  package var corrections: [Correction]

  package struct Section: Sendable, Hashable {
    package var title: String
    package var entries: [Entry]
    /// Whether each paper has an order of its own; questions keep their numbers, by which the form
    /// asks for them.
    package var isShuffled = false
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

extension Blueprint {
  /// The blueprint without comments, defaults filled in: equal blueprints give equal bytes.
  package var canonicalJSON: JSON {
    var members = paperMembers + [("marking", marking.canonicalJSON)]
    if !corrections.isEmpty {
      members.append(("corrections", .array(corrections.map(\.canonicalJSON))))
    }
    return .object(members)
  }

  /// The part of it that papers are made of: equal where every paper is equal, whatever the marking.
  package var paperJSON: JSON { .object(paperMembers) }

  private var paperMembers: [(String, JSON)] {
    [
      ("id", .string(id.rawValue)), ("title", .string(title)), ("minutes", .integer(minutes)),
      ("sections", .array(sections.map(\.canonicalJSON))),
    ]
  }
}

extension Blueprint.Section {
  fileprivate var canonicalJSON: JSON {
    let shuffle: [(String, JSON)] = isShuffled ? [("shuffle", .bool(true))] : []
    return .object(
      [("title", .string(title))] + shuffle
        + [("questions", .array(entries.map(\.canonicalJSON)))])
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
