package import ExamModel

/// What a practice session asks next: first a little of everything, then what went wrong.
package struct PracticePlan: Sendable {
  /// What became of the questions of one family so far.
  package struct Record: Sendable {
    package var asked = 0
    /// The share of the points earned, summed over the questions asked.
    package var earned = 0.0
    /// The number of the question at which the family was asked last, from 1.
    package var last = 0

    /// Lost questions, of which an unasked family has none.
    package var lost: Double { Double(asked) - earned }
  }

  package let families: [any QuestionFamily.Type]
  package private(set) var records: [FamilyID: Record] = [:]
  private var dice: Dice
  private var count = 0

  package init(_ families: [any QuestionFamily.Type], dice: Dice) {
    precondition(!families.isEmpty, "practice needs a family to ask about")
    self.families = families
    self.dice = dice
  }

  /// The next question.
  ///
  /// A family that went wrong comes back with new numbers, though not at once if there is another;
  /// one that went right waits. What was never asked goes before what went right, easy before hard.
  package mutating func next() -> any Question {
    let weights = families.map(weight)
    var throwOf = dice.below(max(1, weights.sum))
    let index = weights.firstIndex { weight in
      throwOf -= weight
      return throwOf < 0
    }
    let family = families[index ?? 0]
    count += 1
    records[family.id, default: Record()].last = count
    return family.question(from: &dice, style: QuestionStyle(askedParts: family.usualParts))
  }

  /// Records how much of the last question's points were earned, from 0 to 1.
  package mutating func note(_ share: Double, of family: FamilyID) {
    records[family, default: Record()].asked += 1
    records[family]?.earned += share
  }

  /// In how many of all throws a family is asked.
  private func weight(_ family: any QuestionFamily.Type) -> Int {
    let record = records[family.id] ?? Record()
    if record.last == count, count > 0, families.count > 1 { return 0 }
    if record.asked == 0 { return 12 - 2 * family.difficulty }
    let weakness = record.lost / Double(record.asked)
    return weakness > 0.25 ? Int(40 * weakness) : 1
  }
}
