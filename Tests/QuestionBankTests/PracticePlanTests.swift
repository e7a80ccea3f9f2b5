import ExamModel
import QuestionBank
import Testing

@Suite("What practice asks next") struct PracticePlanTests {
  /// Families asked in a session in which `share` of the points is earned each time.
  private func session(
    _ count: Int, of families: [any QuestionFamily.Type] = Catalogue.families, seed: UInt64,
    share: (FamilyID) -> Double
  ) -> [FamilyID] {
    var plan = PracticePlan(families, dice: Dice(seed: seed))
    return (0..<count).map { _ in
      let question = plan.next()
      plan.note(share(question.family.id), of: question.family.id)
      return question.family.id
    }
  }

  @Test(
    "what goes wrong comes back more often than what goes right", arguments: 0..<20 as Range<UInt64>
  )
  func weakness(seed: UInt64) {
    let weak: FamilyID = "softmax.values"
    let families = Catalogue.families.filter { $0.id.rawValue.hasPrefix("softmax.") }
    let asked = session(100, of: families, seed: seed) { $0 == weak ? 0 : 1 }
    let others = Dictionary(grouping: asked.filter { $0 != weak }) { $0 }.values.map(\.count)
    #expect(asked.count { $0 == weak } > others.max() ?? 0)
  }

  @Test("no family is asked twice in a row while there is another")
  func change() {
    let asked = session(300, seed: 5) { _ in 0 }
    #expect(zip(asked, asked.dropFirst()).allSatisfy { $0 != $1 })
  }

  @Test("every family has its turn when all goes well")
  func everything() {
    let asked = session(8 * Catalogue.families.count, seed: 1) { _ in 1 }
    #expect(Set(asked).count == Catalogue.families.count)
  }

  @Test("one family alone is asked again and again with other numbers")
  func alone() throws {
    var plan = PracticePlan([try Catalogue.family("softmax.values")], dice: Dice(seed: 1))
    let questions = (0..<5).map { _ in plan.next() }
    #expect(Set(questions.map { $0.parametersJSON().text }).count == 5)
  }
}
