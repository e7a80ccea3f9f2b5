import ExamModel
import Foundation
import Marking
import TestKit
import Testing

@Suite("The table of typed answers") struct TypedAnswersTests {
  @Test("is marked as it says", arguments: TypedAnswer.all)
  func outcome(_ row: TypedAnswer) throws {
    let mark = try row.question().mark(row.typed, worth: Points(1))
    #expect(mark.outcome.word == row.outcome, "\(mark.reading)")
  }

  @Test("is long enough to be a manual, and has every kind and outcome")
  func coverage() {
    #expect(TypedAnswer.all.count >= 600)
    for kind in AnswerKind.allCases {
      let outcomes = Set(TypedAnswer.all.filter { $0.kind == kind }.map(\.outcome))
      #expect(outcomes.isSuperset(of: ["correct", "incorrect", "blank"]), "\(kind)")
    }
  }

  /// Where spaces stand makes no difference at either end, and none that is not seen does anywhere.
  @Test("stays the same with spaces around", arguments: ["\u{20}", "\u{A0}", "\n", "\u{200B}"])
  func spaces(_ space: String) throws {
    for row in TypedAnswer.all where row.kind != .expression {
      let typed = space + row.typed + space
      let mark = try row.question().mark(typed, worth: Points(1))
      #expect(mark.outcome.word == row.outcome, "\(row.kind) \(typed.debugDescription)")
    }
  }

  @Test(
    "stays the same in an equivalent spelling",
    arguments: [
      ("-", "−"), ("-", "–"), ("*", "×"), ("*", "·"), ("/", "÷"), ("/", "∕"), ("'", "’"),
      ("e-", "E-"),
      (" ", "\u{A0}"), (" ", "\u{202F}"), ("×", "✕"), ("^2", "²"), ("1", "１"), ("7", "٧"),
      ("pi", "π"),
    ])
  func spellings(_ plain: String, _ other: String) throws {
    for row in TypedAnswer.all where row.kind != .expression && row.typed.contains(plain) {
      // Words keep their digits and dashes, and `**` is one sign.
      if [.choice, .choices, .ordering, .text].contains(row.kind), plain != " ", plain != "-" {
        continue
      }
      if row.typed.contains("**") || row.typed.contains("\\") || row.typed.contains("<") {
        continue
      }
      let typed = row.typed.replacing(plain, with: other)
      let mark = try row.question().mark(typed, worth: Points(1))
      #expect(mark.outcome.word == row.outcome, "\(row.kind) \(typed.debugDescription)")
    }
  }
}
