import ExamModel
import Foundation
import QuestionBank
import Testing

@Suite("Released draws") struct GoldenTests {
  /// Which numbers and keys 200 seeds give, folded into one number (FNV-1a, 64 bits).
  private func digest(of family: any QuestionFamily.Type) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for seed in 0..<200 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = family.question(from: &dice, style: QuestionStyle())
      let key = question.key.values.map { $0?.json.text ?? "-" }.joined(separator: " ")
      for byte in (question.parametersJSON().text + key).utf8 {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      }
    }
    return String(hash, radix: 16)
  }

  @Test("a version of a family always draws the same")
  func golden() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "families.golden.txt")
    let text =
      Catalogue.families.map { "\($0.id)@\($0.version) \(digest(of: $0))" }
      .joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["GRADUS_GOLDEN"] == "update" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }
}
