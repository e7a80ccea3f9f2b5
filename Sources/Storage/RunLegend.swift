package import ExamModel

/// What the numbers in a run's results stand for.
package struct RunLegend: Sendable, Hashable {
  /// One answer column of the paper; results hold one entry for each, in this order.
  package struct Item: Sendable, Hashable {
    package var question: Int
    package var part: PartID
    package var family: FamilyID
    package var version: Int
    package init(question: Int, part: PartID, family: FamilyID, version: Int) {
      self.question = question
      self.part = part
      self.family = family
      self.version = version
    }
  }

  /// A mistake that results name as outcome `RunLegend.firstMistake` plus its index.
  package struct Mistake: Sendable, Hashable {
    package var family: FamilyID
    package var misconception: MisconceptionID
    package init(family: FamilyID, misconception: MisconceptionID) {
      self.family = family
      self.misconception = misconception
    }
  }

  package static let firstMistake: Int16 = 100

  package var items: [Item]
  package var mistakes: [Mistake]
  package init(items: [Item], mistakes: [Mistake]) {
    self.items = items
    self.mistakes = mistakes
  }
}

extension RunLegend {
  /// The word and, where it is one, the misconception that an outcome of this run stands for.
  package func outcome(_ code: Int16) -> (word: String, misconception: MisconceptionID?) {
    switch code {
    case OutcomeCode.correct: return ("correct", nil)
    case OutcomeCode.imprecise: return ("imprecise", nil)
    case OutcomeCode.followThrough: return ("followThrough", nil)
    case OutcomeCode.incorrect: return ("incorrect", nil)
    case OutcomeCode.blank: return ("blank", nil)
    case OutcomeCode.unreadable: return ("unreadable", nil)
    case OutcomeCode.void: return ("void", nil)
    default:
      let index = Int(code - Self.firstMistake)
      return (
        "misconception", mistakes.indices.contains(index) ? mistakes[index].misconception : nil
      )
    }
  }
}

/// Outcomes as results store them; from 100 on, a misconception of the run's legend.
package enum OutcomeCode {
  /// The candidate's paper does not ask this item.
  package static let notAsked: Int16 = 0
  package static let correct: Int16 = 1
  package static let imprecise: Int16 = 2
  package static let followThrough: Int16 = 3
  package static let incorrect: Int16 = 4
  package static let blank: Int16 = 5
  package static let unreadable: Int16 = 6
  /// Not marked any more, by a correction of the blueprint.
  package static let void: Int16 = 7

  /// What each is called, and any misconception.
  package static var words: [String] {
    let legend = RunLegend(items: [], mistakes: [])
    return (Array(correct...void) + [RunLegend.firstMistake]).map { legend.outcome($0).word }
  }
}
