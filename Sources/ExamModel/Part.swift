/// One answer that a family can ask for.
///
/// A class, since each of the millions of marks of a cohort holds one.
package final class Part: Sendable {
  package let id: PartID
  /// The form's field that takes the answer; parts of which any draw asks one at most may share it.
  package let field: PartID
  /// The kind where the key is `undefined`, and in every draw but those that say otherwise.
  package let kind: AnswerKind
  package let tolerance: Tolerance
  /// The part's share of the question's marks, relative to its sisters.
  package let weight: Int
  /// Whether the key is a fraction that can be typed as it is, so that nothing is rounded on the way.
  package let isFraction: Bool
  /// Whether 0, 1 or ½, which a guesser tries first, may be right: only where they are no accident.
  package let mayBeObvious: Bool
  /// Earlier parts whose own wrong answer may be carried into this one.
  package let dependsOn: [PartID]

  package init(
    _ id: PartID, _ kind: AnswerKind, field: PartID? = nil, tolerance: Tolerance = .exact,
    weight: Int = 1, isFraction: Bool = false, mayBeObvious: Bool = false,
    dependsOn: [PartID] = []
  ) {
    self.id = id
    self.field = field ?? id
    self.kind = kind
    self.tolerance = tolerance
    self.weight = weight
    self.isFraction = isFraction
    self.mayBeObvious = mayBeObvious
    self.dependsOn = dependsOn
  }

  /// The same part with another tolerance.
  package func tolerating(_ tolerance: Tolerance) -> Part {
    Part(
      id, kind, field: field, tolerance: tolerance, weight: weight, isFraction: isFraction,
      mayBeObvious: mayBeObvious, dependsOn: dependsOn)
  }
}

extension Part: Hashable {
  package static func == (a: Part, b: Part) -> Bool {
    a === b
      || a.id == b.id && a.field == b.field && a.kind == b.kind && a.tolerance == b.tolerance
        && a.weight == b.weight && a.isFraction == b.isFraction
        && a.mayBeObvious == b.mayBeObvious && a.dependsOn == b.dependsOn
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(id)
    hasher.combine(tolerance)
  }
}

/// The right answers to one drawn question, in the order of the family's parts.
///
/// A part that this draw does not ask (a count of multiplications where there is no product) is nil.
package struct AnswerKey: Sendable, Hashable {
  package var values: [AnswerValue?]

  package init(_ values: [AnswerValue?]) { self.values = values }
  package subscript(index: Int) -> AnswerValue? { values[index] }
}
