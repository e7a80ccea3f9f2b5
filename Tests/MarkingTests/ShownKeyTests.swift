import ExamModel
import Marking
import QuestionBank
import Testing

@Suite("Keys as they are shown") struct ShownKeyTests {
  @Test("are right when they are typed back", arguments: Catalogue.families.map { $0.id })
  func right(_ id: FamilyID) throws {
    for seed in 0..<60 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = try Catalogue.family(id).question(from: &dice, style: QuestionStyle())
      // Options are shown with letters and texts, and typed as one or the other.
      let marks = Marker().mark(
        question,
        typedAt: { index in
          let texts: [String] =
            switch question.key[index] {
            case .choice(let text)?: [text]
            case .choices(let texts)?: texts
            default: []
            }
          let options = question.options[question.parts[index].id] ?? []
          let letters = texts.compactMap { text in
            options.lettered.first { $0.text == text }?.letter
          }
          return letters.isEmpty ? question.display(index) : letters.joined(separator: ", ")
        }, worth: Points(10))
      for (index, mark) in zip(question.asked, marks) {
        #expect(
          mark.outcome == .correct,
          "\(id) seed \(seed) \(mark.part.id): \(question.display(index)) of \(question.key[index]!)"
        )
      }
    }
  }

  @Test(
    "have the digits that are asked for",
    arguments: [
      (5e-5, .significant(3), "0.0000500"), (-0.012345, .significant(3), "-0.0123"),
      (1234.6, .significant(3), "1235"), (5e-9, .significant(3), "5.00e-9"),
      (0.5, .decimals(3), "0.500"), (2, .decimals(3), "2"), (0.0625, .exact, "0.0625"),
      (0.000123456, .relative(0.02), "0.0001235"), (1.0 / 3, .exact, "0.3333"),
    ] as [(Double, Tolerance, String)])
  func digits(value: Double, tolerance: Tolerance, text: String) {
    #expect(AnswerValue.number(value).written(to: tolerance) == text)
  }
}
