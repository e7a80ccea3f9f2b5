import ExamModel
import QuestionBank
import Testing
import Typesetting

@Suite("Digits in questions") struct DigitsTests {
  /// Nobody works with more than eight: they are left over from binary fractions.
  @Test(
    "nothing shows the rest of a binary fraction", arguments: Catalogue.families.map { $0.id })
  func short(_ id: FamilyID) throws {
    for seed in 0..<60 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = try Catalogue.family(id).question(from: &dice, style: QuestionStyle())
      let prompt = question.prompt()
      let texts =
        [prompt.stem.plainText(), question.solution().plainText()]
        + prompt.parts.map { $0.text.plainText() }
      for text in texts {
        let long = text.split { !($0.isNumber || $0 == ".") }.filter { word in
          word.firstIndex(of: ".").map { word[$0...].utf8.count > 9 } ?? false
        }
        #expect(long.isEmpty, "\(id) seed \(seed): \(long)")
      }
    }
  }
}
