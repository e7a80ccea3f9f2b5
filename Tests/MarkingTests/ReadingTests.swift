import ExamModel
import Marking
import Testing

@Suite("Reading what people type") struct ReadingTests {
  @Test("no text of two thousand random signs does harm", arguments: 0..<300 as Range<UInt64>)
  func noise(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let signs = Array("0123456789.,-+*/^()[]{}<>;= xeE%\\frac_|&\n½²×−πln")
    let text = String((0..<dice.below(120)).map { _ in dice.pick(signs) })
    for kind in AnswerKind.allCases {
      if case .value(let value, _) = Reading(text, as: kind) {
        #expect(value.entries.allSatisfy { !$0.isNaN }, "\(text.debugDescription)")
      }
    }
  }

  @Test("a shape of more axes than a tensor can have is not read")
  func manyAxes() {
    let axes = { String(repeating: "3x", count: $0 - 1) + "3" }
    #expect(Reading(axes(64), as: .shape).value == .shape(Array(repeating: 3, count: 64)))
    // Printed with commas it would be too long to be read back.
    #expect(Reading(axes(600), as: .shape).value == nil)
  }

  @Test("an endless answer is not looked at")
  func tooLong() {
    let text = String(repeating: "(", count: 5000)
    #expect(Reading(text, as: .number) == .unreadable("the answer is longer than 2000 bytes"))
  }
}
