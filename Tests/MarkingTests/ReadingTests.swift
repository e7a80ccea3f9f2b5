import ExamModel
import Marking
import Testing

/// Typed answers, one a line: kind, what was typed, what it is read as.
private struct Typed: Sendable, CustomTestStringConvertible {
  let kind: AnswerKind
  let text: String
  let expected: String

  init(_ kind: AnswerKind, _ text: String, _ expected: String) {
    self.kind = kind
    self.text = text
    self.expected = expected
  }

  var testDescription: String { "\(kind.rawValue) \(text.debugDescription)" }

  static let table: [Typed] = [
    // Plain numbers in their many spellings
    .init(.number, "0.25", "0.25"), .init(.number, ".25", "0.25"),
    .init(.number, "  0.25 ", "0.25"),
    .init(.number, "−0.5", "-0.5"), .init(.number, "–0.5", "-0.5"), .init(.number, "－0.5", "-0.5"),
    .init(.number, "- 0.5", "-0.5"), .init(.number, "+0.5", "0.5"), .init(.number, "00.25", "0.25"),
    .init(.number, "０．２５", "0.25"), .init(.number, "٠٫٢٥", "0.25"),
    .init(.number, "0\u{200B}.25", "0.25"),
    .init(.number, "\u{FEFF}0.25", "0.25"), .init(.number, "0.25\u{A0}", "0.25"),
    .init(.number, "5.", "5"), .init(.number, "0.250", "0.25"), .init(.number, "-0", "0"),
    // Decimal commas and groups
    .init(.number, "0,25", "0.25"), .init(.number, ",5", "0.5"),
    .init(.number, "3,14159", "3.14159"),
    .init(.number, "1,234.5", "1234.5"), .init(.number, "1.234,5", "1234.5"),
    .init(.number, "1 234.5", "1234.5"), .init(.number, "1'234.5", "1234.5"),
    .init(.number, "1,000,000", "1000000"), .init(.number, "1.000.000", "1000000"),
    .init(.number, "1_000", "1000"), .init(.number, "0,125", "0.125"),
    // Powers, fractions, percent, arithmetic
    .init(.number, "2.5e-1", "0.25"), .init(.number, "2.5E-1", "0.25"),
    .init(.number, "2.5e−1", "0.25"),
    .init(.number, "2.5×10^-1", "0.25"), .init(.number, "2.5 × 10^-1", "0.25"),
    .init(.number, "2.5x10^-1", "0.25"), .init(.number, "2.5*10^-1", "0.25"),
    .init(.number, "2.5×10⁻¹", "0.25"), .init(.number, "2.5x10**-1", "0.25"),
    .init(.number, "10^-3", "0.001"), .init(.number, "2¹⁰", "1024"), .init(.number, "1e3", "1000"),
    .init(.number, "1/4", "0.25"), .init(.number, "1 / 4", "0.25"), .init(.number, "1÷4", "0.25"),
    .init(.number, "½", "0.5"), .init(.number, "-1/4", "-0.25"), .init(.number, "5/-4", "-1.25"),
    .init(.number, "25%", "0.25"), .init(.number, "25 %", "0.25"), .init(.number, "0.5%", "0.005"),
    .init(.number, "2+3", "5"), .init(.number, "3*4", "12"), .init(.number, "-2^2", "-4"),
    .init(.number, "2^(1/2)", "1.4142135623730951"), .init(.number, "√4", "2"),
    .init(.number, "exp(0)", "1"), .init(.number, "ln(1)", "0"), .init(.number, "sqrt(9)", "3"),
    .init(.number, #"\frac{1}{4}"#, "0.25"), .init(.number, #"2.5 \times 10^{-1}"#, "0.25"),
    .init(.number, "(0.25)", "0.25"),
    // What stands around a number
    .init(.number, "=0.25", "0.25"), .init(.number, "'0.25", "0.25"),
    .init(.number, "\"0.25\"", "0.25"),
    .init(.number, "`0.25`", "0.25"), .init(.number, "$0.25$", "0.25"),
    .init(.number, "0.25.", "0.25"),
    .init(.number, "0.25,", "0.25"), .init(.number, "0.25;", "0.25"), .init(.number, "x = 3", "3"),
    .init(.number, "x=3", "3"), .init(.number, "dL/du = -0.5", "-0.5"),
    .init(.number, "≈0.73", "0.73"),
    .init(.number, "~0.73", "0.73"), .init(.number, "about 0.73", "0.73"),
    .init(.number, "0.73 approx.", "0.73"), .init(.number, "0.731 (3 dp)", "0.731"),
    .init(.number, "0.73 (2 s.f.)", "0.73"), .init(.number, "0.731 to 3dp", "0.731"),
    .init(.number, "1/4 = 0.25", "0.25"), .init(.number, "Answer: 0.25", "0.25"),
    // Two readings, or none
    .init(.number, "1,234", "unreadable"), .init(.number, "12 3", "unreadable"),
    .init(.number, "3, 4", "unreadable"), .init(.number, "1,2,3", "unreadable"),
    .init(.number, "3 or 4", "unreadable"), .init(.number, "2.5x10", "unreadable"),
    .init(.number, "1 2/3", "unreadable"), .init(.number, "--5", "unreadable"),
    .init(.number, "1..2", "unreadable"), .init(.number, "2.5e-", "unreadable"),
    .init(.number, "1/0", "unreadable"), .init(.number, "10^10^10", "unreadable"),
    .init(.number, "<0.5", "unreadable"), .init(.number, "±3", "unreadable"),
    .init(.number, "nan", "nan"), .init(.number, "inf", "inf"),
    .init(.number, "0x1p3", "unreadable"), .init(.number, "1e400", "unreadable"),
    .init(.number, "see attached", "unreadable"), .init(.number, "#REF!", "unreadable"),
    .init(.number, "x=3 or x=-3", "unreadable"), .init(.number, "1/4 = 0.75", "unreadable"),
    .init(.number, "🤷", "unreadable"), .init(.number, ".", "unreadable"),
    // Nothing
    .init(.number, "", "blank"), .init(.number, " \u{A0}\n", "blank"), .init(.number, "?", "blank"),
    .init(.number, "-", "blank"), .init(.number, "—", "blank"), .init(.number, "idk", "blank"),
    .init(.number, "I don’t know", "blank"), .init(.number, "N/A", "blank"),
    // Whole numbers
    .init(.integer, "42", "42"), .init(.integer, "−42", "-42"), .init(.integer, "42.0", "42"),
    .init(.integer, "16,000", "16000"), .init(.integer, "1_024", "1024"),
    .init(.integer, "1e3", "1000"),
    .init(.integer, "3.5", "3.5"), .init(.integer, "6*7", "42"), .init(.integer, "= 42", "42"),
    // Shapes
    .init(.shape, "(3, 4)", "(3, 4)"), .init(.shape, "3x4", "(3, 4)"),
    .init(.shape, "3 × 4", "(3, 4)"),
    .init(.shape, "3 by 4", "(3, 4)"), .init(.shape, "3-by-4", "(3, 4)"),
    .init(.shape, "[3,4]", "(3, 4)"),
    .init(.shape, "3 4", "(3, 4)"), .init(.shape, "3*4", "(3, 4)"), .init(.shape, "(3,)", "(3,)"),
    .init(.shape, "torch.Size([3, 4])", "(3, 4)"), .init(.shape, "shape: (3, 4)", "(3, 4)"),
    .init(.shape, "3 rows and 4 cols", "(3, 4)"), .init(.shape, "A 3x4 matrix", "(3, 4)"),
    .init(.shape, "(3.0, 4.0)", "(3, 4)"), .init(.shape, "(3, 4).", "(3, 4)"),
    .init(.shape, "(32, 3, 224, 224)", "(32, 3, 224, 224)"), .init(.shape, "'(3, 4)", "(3, 4)"),
    .init(.shape, "undefined", "undefined"), .init(.shape, "Does not exist.", "undefined"),
    .init(.shape, "DNE", "undefined"), .init(.shape, "(3.5, 4)", "unreadable"),
    .init(.shape, "3 4x5", "unreadable"), .init(.shape, "3, 4)", "unreadable"),
    .init(.shape, "3 x", "unreadable"), .init(.shape, "1,024", "unreadable"),
    .init(.shape, "3x4 or 4x3", "unreadable"), .init(.shape, "idk", "blank"),
    // Vectors
    .init(.vector, "[1, 2, 3]", "[1, 2, 3]"), .init(.vector, "(1, 2, 3)", "[1, 2, 3]"),
    .init(.vector, "1, 2, 3", "[1, 2, 3]"), .init(.vector, "1 2 3", "[1, 2, 3]"),
    .init(.vector, "[1 2 3]", "[1, 2, 3]"), .init(.vector, "1; 2; 3", "[1, 2, 3]"),
    .init(.vector, "[[1],[2],[3]]", "[1, 2, 3]"), .init(.vector, "[[1,2,3]]", "[1, 2, 3]"),
    .init(.vector, "[1/2, 1/4]", "[0.5, 0.25]"), .init(.vector, "1,5; 2,5", "[1.5, 2.5]"),
    .init(.vector, "0,5 0,25", "[0.5, 0.25]"),
    .init(.vector, "torch.tensor([1, 2, 3])", "[1, 2, 3]"),
    .init(.vector, "np.array([1., 2.])", "[1, 2]"), .init(.vector, "[1, 2, 3]^T", "[1, 2, 3]"),
    .init(.vector, "p = [0.1, 0.9]", "[0.1, 0.9]"), .init(.vector, "[10%, 90%]", "[0.1, 0.9]"),
    .init(.vector, "<1,2,3>", "[1, 2, 3]"), .init(.vector, "1\n2\n3", "[1, 2, 3]"),
    .init(.vector, "[1, 2", "unreadable"), .init(.vector, "[1, 2]]", "unreadable"),
    .init(.vector, "1, 2 and 3 maybe", "unreadable"), .init(.vector, "[]", "unreadable"),
    // Matrices
    .init(.matrix, "[[1,2],[3,4]]", "[[1, 2], [3, 4]]"),
    .init(.matrix, "[1 2; 3 4]", "[[1, 2], [3, 4]]"),
    .init(.matrix, "1, 2; 3, 4", "[[1, 2], [3, 4]]"),
    .init(.matrix, "1, 2\n3, 4", "[[1, 2], [3, 4]]"),
    .init(.matrix, "[1,2],[3,4]", "[[1, 2], [3, 4]]"),
    .init(.matrix, "{{1,2},{3,4}}", "[[1, 2], [3, 4]]"),
    .init(.matrix, "((1,2),(3,4))", "[[1, 2], [3, 4]]"), .init(.matrix, "[[3, 7]]", "[[3, 7]]"),
    .init(.matrix, "[1 -2; 3 4]", "[[1, -2], [3, 4]]"),
    .init(.matrix, "[[1/2, 1/4], [0, 1]]", "[[0.5, 0.25], [0, 1]]"),
    .init(.matrix, "np.array([[1, 2], [3, 4]])", "[[1, 2], [3, 4]]"),
    .init(.matrix, #"\begin{pmatrix}1&2\\3&4\end{pmatrix}"#, "[[1, 2], [3, 4]]"),
    .init(.matrix, "[[1,2],[3]]", "unreadable"), .init(.matrix, "1 2 3 4", "unreadable"),
    .init(.matrix, "[1 - 2; 3 4]", "unreadable"), .init(.matrix, "[[1, 2]", "unreadable"),
    .init(.matrix, "[[]]", "unreadable"), .init(.matrix, "[[1,2],[3,4]]^T", "unreadable"),
  ]
}

@Suite("Reading what people type") struct ReadingTests {
  @Test("reads it as the table says", arguments: Typed.table)
  private func table(_ row: Typed) {
    switch Reading(row.text, as: row.kind) {
    case .value(let value, _): #expect(value.plainText == row.expected)
    case .blank: #expect(row.expected == "blank")
    case .unreadable(let why): #expect(row.expected == "unreadable", "\(why)")
    }
  }

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

  @Test("an endless answer is not looked at")
  func tooLong() {
    let text = String(repeating: "(", count: 5000)
    #expect(Reading(text, as: .number) == .unreadable("the answer is longer than 2000 bytes"))
  }
}
