import ExamModel
import Marking
import Testing

@Suite("Partial credit") struct PartialCreditTests {
  private func earned(
    _ typed: String, _ kind: AnswerKind, _ key: String, options: [String]? = nil,
    worth: Points = Points(1), _ change: (inout MarkingPolicy) -> Void = { _ in }
  ) throws -> Points {
    var policy = MarkingPolicy()
    change(&policy)
    return try LoneQuestion(
      kind: kind, key: key, tolerance: [.vector, .matrix].contains(kind) ? .decimals(2) : nil,
      options: options
    ).mark(typed, worth: worth, by: Marker(policy: policy)).awarded
  }

  @Test(
    "counts the entries of vectors and matrices",
    arguments: [
      ("[0.5, 0.25, 0.25]", 100), ("[0.5, 0.25, 0.3]", 83), ("[0.5, 0.25, 0.9]", 67),
      ("[0.5, 0.9, 0.9]", 33), ("[0.9, 0.9, 0.9]", 0), ("[0.5, 0.25]", 0), ("", 0), ("?", 0),
      ("0.5, 0.25, x", 0),
    ])
  func entries(_ typed: String, _ hundredths: Int) throws {
    #expect(
      try earned(typed, .vector, "[0.5, 0.25, 0.25]") == Points(hundredths: hundredths))
    let strict = try earned(typed, .vector, "[0.5, 0.25, 0.25]") { $0.entries = .allOrNothing }
    // Coarse as a whole is another rule than right in parts.
    let whole = [100: 100, 83: 50][hundredths] ?? 0
    #expect(strict == Points(hundredths: whole))
  }

  @Test("of a matrix names the entries that differ")
  func differences() throws {
    let question = try LoneQuestion(
      kind: .matrix, key: "[[1, 2], [3, 4]]", tolerance: .decimals(2))
    let mark = question.mark("[[1, 5], [6, 4]]", worth: Points(2))
    #expect(
      mark.verdict(key: question.key, feedback: nil).reasons == [
        "read as [[1, 5], [6, 4]]",
        "these entries do not agree with the key: row 1 column 2, row 2 column 1",
        "2 of 4 entries are right", "earns 1 of 2",
      ])
  }

  @Test("never makes a wrong answer dearer than its penalty says")
  func penalty() throws {
    let none = try earned("[0.9, 0.9]", .vector, "[0.5, 0.25]") { $0.wrong = -0.25 }
    #expect(none == Points(-0.25))
    let half = try earned("[0.5, 0.9]", .vector, "[0.5, 0.25]") { $0.wrong = -0.25 }
    #expect(half == Points(0.5))
  }

  private static let options = ["a1", "b2", "c3", "d4", "e5"]

  @Test(
    "counts ticks by the rule that the policy names",
    arguments: [
      ("A, B, C", 100, 100, 100), ("A, B", 67, 80, 0), ("A, B, D", 33, 60, 0), ("D, E", 0, 0, 0),
      ("A, B, C, D, E", 33, 60, 0), ("A, D, E", 0, 20, 0), ("none", 0, 40, 0), ("", 0, 0, 0),
    ])
  func ticks(_ typed: String, _ subtract: Int, _ proportional: Int, _ strict: Int) throws {
    for (rule, hundredths) in [
      (MarkingPolicy.ChoiceRule.subtract, subtract), (.proportional, proportional),
      (.allOrNothing, strict),
    ] {
      let awarded = try earned(
        typed, .choices, #"["a1", "b2", "c3"]"#, options: Self.options
      ) { $0.choices = rule }
      #expect(awarded == Points(hundredths: hundredths), "\(rule)")
    }
  }

  @Test("is all or nothing where no option is to be ticked")
  func noTicks() throws {
    #expect(try earned("none", .choices, "[]", options: Self.options) == Points(1))
    #expect(try earned("A", .choices, "[]", options: Self.options) == .zero)
  }

  @Test(
    "counts pairs in order by the rule that the policy names",
    arguments: [
      ("A, B, C, D, E", 100, 100, 100), ("B, A, C, D, E", 90, 80, 0), ("E, D, C, B, A", 0, 0, 0),
      ("E, A, B, C, D", 60, 20, 0), ("D, E, A, B, C", 40, 0, 0), ("A, B, C", 0, 0, 0),
    ])
  func pairs(_ typed: String, _ pairs: Int, _ kendall: Int, _ strict: Int) throws {
    for (rule, hundredths) in [
      (MarkingPolicy.OrderRule.pairs, pairs), (.kendall, kendall), (.allOrNothing, strict),
    ] {
      let awarded = try earned(
        typed, .ordering, #"["a1", "b2", "c3", "d4", "e5"]"#, options: Self.options
      ) { $0.ordering = rule }
      #expect(awarded == Points(hundredths: hundredths), "\(rule)")
    }
  }

  @Test("counts no pairs where the key has an item twice, and the answer names it once")
  func repeated() throws {
    #expect(try earned("ab, b, a", .ordering, #"["ab", "ab", "b", "a"]"#, options: []) == .zero)
    #expect(
      try earned("ab, ab, b, a", .ordering, #"["ab", "ab", "b", "a"]"#, options: []) == Points(1))
  }

  @Test("is computed in whole numbers, half a hundredth going up")
  func exact() {
    #expect(Points(hundredths: 5).share(1, of: 2) == Points(hundredths: 3))
    #expect(Points(hundredths: -5).share(1, of: 2) == Points(hundredths: -3))
    #expect(Points(hundredths: 100).share(2, of: 3) == Points(hundredths: 67))
    #expect(Points(hundredths: 100).scaled(by: 0.145) == Points(hundredths: 15))
    #expect(Points(hundredths: 100).scaled(by: -0.145) == Points(hundredths: -15))
    #expect(Points(hundredths: 29).split(by: [1, 1, 1]).map(\.hundredths) == [10, 9, 10])
  }
}
