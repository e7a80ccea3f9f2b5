import ExamModel
import Foundation
import Publishing
import TestKit
import Testing

@Suite("Patterns of form fields") struct FormPatternTests {
  @Test("let through whatever can be read", arguments: AnswerKind.allCases)
  func readable(_ kind: AnswerKind) throws {
    let pattern = try NSRegularExpression(pattern: kind.formPattern)
    let rows = TypedAnswer.all.filter {
      $0.kind == kind && !["blank", "unreadable"].contains($0.outcome)
    }
    let refusals = kind == .matrix ? ["impossible", "DNE", "Does not exist", "no product"] : []
    for typed in rows.map(\.typed) + refusals {
      let range = NSRange(typed.startIndex..., in: typed)
      #expect(pattern.firstMatch(in: typed, range: range) != nil, "\(typed.debugDescription)")
    }
  }

  @Test("stop an empty field and words in place of a number", arguments: ["", " ", "three", "yes"])
  func words(_ typed: String) throws {
    let pattern = try NSRegularExpression(pattern: AnswerKind.number.formPattern)
    #expect(pattern.firstMatch(in: typed, range: NSRange(typed.startIndex..., in: typed)) == nil)
  }
}
