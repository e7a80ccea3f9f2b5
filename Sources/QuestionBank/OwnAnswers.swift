package import ExamModel

/// A candidate's own answers to earlier parts, carried into later ones.
package struct OwnAnswers: Sendable, Hashable {
  /// Aligned with the family's parts; nil carries nothing.
  package let values: [AnswerValue?]

  package static let none = OwnAnswers(values: [])

  package init(values: [AnswerValue?]) { self.values = values }

  package subscript(index: Int) -> AnswerValue? {
    values.indices.contains(index) ? values[index] : nil
  }
}

/// Writes a key part by part, and hands on what later parts are to be computed from.
///
/// Each call appends the next part's right answer and returns the candidate's own one where it is
/// carried, so that a family's key reads like its formulas.
package struct KeyWriter {
  private let own: OwnAnswers
  package private(set) var key = AnswerKey([])

  package init(carrying own: OwnAnswers, parts: Int) {
    self.own = own
    key.values.reserveCapacity(parts)
  }

  /// This draw does not ask the next part.
  package mutating func skip() { key.values.append(nil) }

  package mutating func write(_ value: AnswerValue?) { key.values.append(value) }

  package mutating func number(_ x: Double) -> Double {
    defer { write(.number(x)) }
    return own[key.values.count]?.entries.first ?? x
  }

  /// Own answers that are no whole number carry nothing.
  package mutating func integer(_ n: Int) -> Int {
    defer { write(.integer(n)) }
    return own[key.values.count]?.entries.first.flatMap { Int(exactly: $0) } ?? n
  }

  /// Own matrices of another shape carry nothing.
  package mutating func matrix(_ rows: [[Double]]) -> [[Double]] {
    defer { write(.matrix(rows)) }
    guard case .matrix(let mine)? = own[key.values.count], mine.map(\.count) == rows.map(\.count)
    else { return rows }
    return mine
  }

  /// Own vectors of another length carry nothing.
  package mutating func vector(_ xs: [Double]) -> [Double] {
    defer { write(.vector(xs)) }
    guard case .vector(let mine)? = own[key.values.count], mine.count == xs.count else { return xs }
    return mine
  }
}
