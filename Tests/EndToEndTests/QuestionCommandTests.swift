import ExamModel
import Foundation
import TestKit
import Testing

@Suite("Questions at the terminal") struct QuestionCommandTests {
  private func run(
    _ arguments: String..., typing input: String = ""
  ) throws -> Program.Outcome {
    try Program.run(arguments, in: "/", typing: input)
  }

  @Test("families are listed with a sample, of one topic too, and as JSON")
  func families() throws {
    let all = try run("families")
    #expect(all.status == 0)
    #expect(all.output.contains("softmax.values@1  Values of a softmax (level 2"))
    let topic = try run("families", "--topic", "matdim")
    #expect(topic.output.contains("A has shape") && !topic.output.contains("softmax.values"))
    let json = try JSON(parsing: try run("families", "--format", "json").output, file: "output")
    #expect(json.array?.allSatisfy { $0["sample"]?.string?.isEmpty == false } == true)
    let wrong = try run("families", "--topic", "nonsense")
    #expect(wrong.status == 64 && wrong.errors.contains("topics are matdim, backprop"))
  }

  @Test("the answers of a question are shown when they are asked for")
  func solution() throws {
    let question = try run("question", "matdim.product", "--seed", "1")
    #expect(question.output.contains("What is the shape of AB?"))
    #expect(!question.output.contains("(6, 9)"))
    let solved = try run("question", "matdim.product", "--seed", "1", "--solution")
    #expect(solved.output.contains("(6, 9)") && solved.output.contains("What people get wrong"))
    let page = try run("question", "matdim.product", "--seed", "1", "--format", "html")
    #expect(page.output.hasPrefix("<!doctype html>") && page.output.contains("</html>"))
    let file = try run("question", "softmax.values", "--seed", "3", "--format", "latex")
    #expect(file.output.contains(#"\begin{document}"#) && file.output.contains(#"\ln"#))
  }

  @Test("a check says what many draws show")
  func check() throws {
    let outcome = try run("check", "softmax.values", "--draws", "200", "--format", "json")
    let json = try JSON(parsing: outcome.output, file: "output")
    #expect(json.array?.first?["draws"] == .integer(200))
    #expect(json.array?.first?["disagreements"] == .integer(0))
    #expect((json.array?.first?["separation"]?.double ?? 0) >= 10)
    #expect(try run("check", "softmax.value").status == 64)
    #expect(try run("check", "--draws", "0").status == 64)
  }

  @Test("practice reads, judges, names the mistake and sums up")
  func practice() throws {
    // Seed 1 asks for A (9, 7) times B (7, 6).
    let outcome = try run(
      "practice", "--family", "matdim.product", "--seed", "1", "--count", "1",
      typing: "perhaps\n7x7\n9 x 6\nundefined\n54\n:s\n")
    #expect(outcome.status == 0)
    for words in [
      "I cannot read that", "✗ Read as (7, 7). The inner dimensions must match and then disappear",
      "Try once more", "✓ Read as (9, 6). Right.", "✓ Read as undefined. Right.",
      "✗ Read as 54. That is the number of entries of AB", "9 · 7 · 6 = 378", "1.5 of 3 points",
      "Mistakes to remember", "Next: gradus practice --family matdim.product",
    ] { #expect(outcome.output.contains(words), "\(words)\n\(outcome.output)") }
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test("practice ends where the input ends, and says what was earned")
  func practiceEnds() throws {
    let outcome = try run("practice", "--seed", "1", "--topic", "matdim", typing: "")
    #expect(outcome.status == 0 && outcome.output.contains("Nothing was asked."))
    let wrong = try run("practice", "--topic", "matdim", "--family", "matdim.product")
    #expect(wrong.status == 64)
  }
}
