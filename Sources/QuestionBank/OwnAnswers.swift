import Calculus
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
/// Calls with one number or list append the next part's right answer and return the candidate's own
/// one where it is carried, so that a family's key reads like its formulas.
package struct KeyWriter {
  let own: OwnAnswers
  private(set) var key = AnswerKey([])

  init(carrying own: OwnAnswers, parts: Int) {
    self.own = own
    key.values.reserveCapacity(parts)
  }

  /// This draw does not ask the next parts.
  mutating func skip(_ count: Int = 1) { for _ in 0..<count { key.values.append(nil) } }

  mutating func write(_ value: AnswerValue?) { key.values.append(value) }

  mutating func write(_ n: Int?) { key.values.append(n.map(AnswerValue.integer)) }

  // Inlined into the families, so that it is made for their types and not for any.
  @inline(__always) mutating func write(_ value: some AnswerConvertible) {
    key.values.append(value.answer)
  }

  /// The answers of the next parts; nil for one that this draw does not ask.
  mutating func write(_ values: AnswerValue?...) { key.values.append(contentsOf: values) }

  /// The answers of the next parts; nil for one that this draw does not ask.
  @inline(__always) mutating func write<each Entry: KeyEntry>(_ values: repeat each Entry) {
    repeat key.values.append((each values).entry)
  }

  /// The nodes of a tape, of the parts from `first` on, whose value the candidate's own replaces.
  func replaced(_ nodes: [Node], from first: Int = 0) -> [(node: Node, value: Double)] {
    if own.values.isEmpty { return [] }
    var replaced: [(node: Node, value: Double)] = []
    replaced.reserveCapacity(nodes.count)
    for (offset, node) in nodes.enumerated() {
      if let value = own[first + offset]?.firstEntry { replaced.append((node, value)) }
    }
    return replaced
  }

  @discardableResult mutating func number(_ x: Double) -> Double {
    defer { write(.number(x)) }
    return own[key.values.count]?.firstEntry ?? x
  }

  /// Own answers that are no whole number carry nothing.
  @discardableResult mutating func integer(_ n: Int) -> Int {
    defer { write(.integer(n)) }
    return own[key.values.count]?.firstEntry.flatMap { Int(exactly: $0) } ?? n
  }

  /// Own matrices of another shape carry nothing.
  @discardableResult mutating func matrix(_ rows: [[Double]]) -> [[Double]] {
    defer { write(.matrix(rows)) }
    guard case .matrix(let mine)? = own[key.values.count], mine.map(\.count) == rows.map(\.count)
    else { return rows }
    return mine
  }

  /// Own vectors of another length carry nothing.
  @discardableResult mutating func vector(_ xs: [Double]) -> [Double] {
    defer { write(.vector(xs)) }
    guard case .vector(let mine)? = own[key.values.count], mine.count == xs.count else { return xs }
    return mine
  }

  /// A number that is a simple fraction: what arithmetic in doubles left of one is put right.
  @discardableResult mutating func fraction(_ x: Double) -> Double { number(nearFraction(x)) }

  @discardableResult mutating func fractions(_ xs: [Double]) -> [Double] {
    vector(xs.map(nearFraction))
  }
}
