import ExamModel
import Marking
import QuestionBank
import Testing

@Suite("Candidates who make a known mistake") struct MisconceptionTests {
  /// They type its value, rounded as asked. A mistake whose value in some draw cannot be told from
  /// the key or another mistake's is not among that draw's mistakes.
  @Test(
    "are told so in every draw, and never of another", arguments: Catalogue.families.map { $0.id })
  func told(_ id: FamilyID) throws {
    for seed in 0..<100 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = try Catalogue.family(id).question(from: &dice, style: QuestionStyle())
      for mistake in question.mistakes {
        for answersRest in [false, true] {
          let outcome = try outcome(of: mistake, in: question, answersRest: answersRest)
          #expect(outcome == .misconception(mistake.id), "\(id) seed \(seed) \(mistake)")
        }
      }
    }
  }

  /// - Parameter answersRest: whether they answer what comes before it, and rightly.
  private func outcome(
    of mistake: Mistake, in question: any Question, answersRest: Bool
  ) throws -> Outcome? {
    let place = try #require(question.parts.firstIndex { $0.id == mistake.part })
    var typed: [PartID: String] = [:]
    for index in question.asked where answersRest && index < place {
      typed[question.parts[index].id] = asked(question.key[index], of: question.parts[index])
    }
    typed[mistake.part] = asked(mistake.value, of: question.parts[place])
    return Marker().mark(question, typed: { typed[$0] }, worth: Points(10))
      .first { $0.part.id == mistake.part }?.outcome
  }
}

/// An answer to the places that its part asks for, and a few where it asks for none.
func asked(_ value: AnswerValue?, of part: Part) -> String {
  value?.written(to: part.tolerance) ?? ""
}
