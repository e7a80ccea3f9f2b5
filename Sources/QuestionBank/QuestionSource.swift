package import ExamModel

/// How a blueprint wants its questions: which parts, and to how many decimals.
package struct QuestionStyle: Sendable, Hashable {
  /// Nil asks every part.
  package var askedParts: [PartID]?
  package var decimals: Int?

  package init(askedParts: [PartID]? = nil, decimals: Int? = nil) {
    self.askedParts = askedParts
    self.decimals = decimals
  }

  /// The family's parts with the style's tolerances.
  package func parts(of family: any QuestionFamily.Type) -> [Part] {
    guard let decimals else { return family.parts }
    return family.parts.map { part in
      guard case .decimals = part.tolerance else { return part }
      return part.tolerating(.decimals(decimals))
    }
  }
}

/// Where questions of one family and style are drawn.
package protocol QuestionSource: Sendable {
  /// A question with numbers from the dice.
  func question(from dice: inout Dice) -> any Question
}

/// What all draws of a family in one style share, worked out once.
final class StyledFamily<Family: QuestionFamily>: QuestionSource {
  /// The family's parts with the tolerances of the style.
  let parts: [Part]
  /// The parts that the style asks, by index; some draws may lack some.
  let asked: [Int]
  /// For each part, all that it rests on, directly or not, earlier ones first.
  let ancestors: [[Int]]
  let separation: Separation

  init(_ style: QuestionStyle) {
    let parts = style.parts(of: Family.self)
    self.parts = parts
    asked = parts.indices.filter { style.askedParts?.contains(parts[$0].id) ?? true }
    ancestors = Self.ancestors(in: parts)
    separation = Separation(
      of: parts, usual: Set(Family.usualParts), misconceptions: Family.misconceptions)
  }

  func question(from dice: inout Dice) -> any Question {
    guard let question = DrawnQuestion<Family>(throwing: &dice, as: self) else {
      preconditionFailure("\(Family.id): no draw was accepted; can the style be asked?")
    }
    return question
  }

  private static func ancestors(in parts: [Part]) -> [[Int]] {
    var found: [Set<Int>] = []
    for part in parts {
      let direct = part.dependsOn.compactMap { id in parts.firstIndex { $0.id == id } }
      found.append(direct.reduce(into: []) { $0.formUnion(found[$1].union([$1])) })
    }
    return found.map { $0.sorted() }
  }
}
