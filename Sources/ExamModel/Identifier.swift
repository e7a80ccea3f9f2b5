/// A name that cannot be taken for a name of another kind: a paper's test for its candidate.
package struct Identifier<Kind>: RawRepresentable, Hashable, Sendable, Comparable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
  package init(_ name: String) { rawValue = name }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  // What a raw value gets by itself compares through witness tables, and grading compares a lot.
  package static func == (a: Self, b: Self) -> Bool { a.rawValue == b.rawValue }
  package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension Identifier: ExpressibleByStringLiteral {
  package init(stringLiteral name: String) { rawValue = name }
}

extension Identifier: CustomStringConvertible {
  package var description: String { rawValue }
}

package enum FamilyKind {}
package enum PartKind {}
package enum MisconceptionKind {}
package enum TestKind {}
package enum CandidateKind {}

/// `backprop.skip-weighted`: a topic, a full stop, a name.
package typealias FamilyID = Identifier<FamilyKind>
/// `dL/dw0`: one answer of a question, unique within its family.
package typealias PartID = Identifier<PartKind>
/// `no-skip`: one way of going wrong, unique within its family.
package typealias MisconceptionID = Identifier<MisconceptionKind>
/// `mock-logic-2026`: the id of a blueprint.
package typealias TestID = Identifier<TestKind>
/// The roster's own id of a person, or their e-mail address where it has none.
package typealias CandidateID = Identifier<CandidateKind>
