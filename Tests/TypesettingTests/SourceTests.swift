import Calculus
import Testing
import Typesetting

@Suite("Reading the source") struct SourceTests {
  @Test(
    "a mistake in a formula is named with its place",
    arguments: [
      ("x_1_2", "a second subscript stands", 4), ("x^1^2", "a second superscript stands", 4),
      ("f'^2", "a second superscript stands", 3),
      ("_1", "there is nothing that _ could hang on", 1),
      ("(^2)", "there is nothing that ^ could hang on", 2),
      ("{}'", "there is nothing that ' could hang on", 1), ("x_", "the formula ends too early", 3),
      ("a -- ", "the formula ends too early", 6), ("(a + b", ") is missing", 7),
      ("[a", ") is missing", 3), ("|a", "| is missing", 3), (#"\{a"#, #"\} is missing"#, 4),
      (#"\langle a"#, #"\rangle is missing"#, 10), ("a)", ") stands alone", 2),
      ("a}", "} stands alone", 2), ("a & b", "& stands alone", 3), ("(a}", "} stands alone", 3),
      (#"\frac{a}"#, "{ is missing", 9), (#"\frac{a}{b"#, "} is missing", 11),
      (#"\sqrt 2"#, "{ is missing", 7), (#"\hat{x"#, "} is missing", 7),
      (#"\text{ab"#, "} is missing", 9),
      ("x^-1", "braces are missing round a script with a minus", 3),
      ("x_−1", "braces are missing round a script with a minus", 3),
      (#"a \unknown b"#, #"\unknown is not known"#, 3), (#"a\"#, #"\ is not known"#, 2),
      (#"\mathbb{K}"#, "K has no double-struck form here", 1),
      (#"\begin{pmatrix}"#, #"\begin{pmatrix} is not known"#, 1),
      (#"\matrix{1 & 2"#, "} is missing", 14), (#"\matrix 1"#, "{ is missing", 9),
      (#"\matrix{1 & 2 \\ 3}"#, "the rows of the matrix differ in length", 8),
      (#"\begin{bmatrix} 1"#, #"\end{bmatrix} is missing"#, 18),
      ("x²", "² is not known in formulas", 2), ("a @ b", "@ is not known in formulas", 3),
      (String(repeating: "(", count: 65), "brackets are nested too deeply", 65),
      ("a" + String(repeating: "-", count: 99), "too many signs follow one another", 66),
    ])
  func formulaErrors(_ source: String, _ reason: String, _ column: Int) {
    let error = #expect(throws: FormulaError.self) { try Formula(parsing: source) }
    #expect(error?.reason == reason)
    #expect(error?.column == column)
    #expect(error?.description == "\(reason) at column \(column) of “\(source)”")
  }

  @Test(
    "a mistake in prose is named with its place, one in a formula with the formula's",
    arguments: [
      ("costs $5", "a formula without an end begins at column 7 of “costs $5”"),
      ("`x", "code without an end begins at column 1 of “`x”"),
      (#"$a\$"#, #"a formula without an end begins at column 1 of “$a\$”"#),
      ("so $x_$ it is", "the formula ends too early at column 3 of “x_”"),
    ])
  func proseErrors(_ source: String, _ description: String) {
    let error = #expect(throws: FormulaError.self) { try Prose(parsing: source) }
    #expect(error?.description == description)
  }

  @Test(
    "prose is text, formulas, code and emphasis",
    arguments: [
      ("a $x$ b", [.text("a "), .formula("x"), .text(" b")]),
      ("`a*b` *c*", [.code("a*b"), .text(" "), .emphasis("c")]),
      ("2 * 3 * 4", [.text("2 * 3 * 4")]), ("a *b", [.text("a *b")]), ("**", [.text("**")]),
      (#"\$5, \*, \`, \\ and \n"#, [.text(#"$5, *, `, \ and \n"#)]),
      (#"\*a\*b $x$\`"#, [.text("*a*b "), .formula("x"), .text("`")]),
      (#"`\`"#, [.code(#"\"#)]), ("$$", [.formula("")]), ("", []),
    ] as [(String, [Prose.Piece])])
  func prose(_ source: String, _ pieces: [Prose.Piece]) throws {
    #expect(try Prose(parsing: source).pieces == pieces)
  }

  @Test("numbers go into formulas as an author would write them")
  func interpolation() {
    let (w, x) = (-2.5, 0.125)
    #expect(("\(w) + \(x)" as Formula).plainText() == "−2.5 + 0.125")
    #expect(("2 · \(w)" as Formula).plainText() == "2 · (−2.5)")
    #expect(("\(factor: w)^2 · \(factor: x)" as Formula).plainText() == "(−2.5)² · 0.125")
    #expect(("\(x, decimals: 2)" as Formula).plainText() == "0.12")
    #expect(("\(factor: Rational(-1, 3)) x" as Formula).plainText() == "(−1/3)x")
    #expect(("x_\(12) = \(Rational(3, 8))" as Formula).plainText() == "x₁₂ = 3/8")
    #expect(("Is $\(w)$ *\(verbatim: "a*b $")*?" as Prose).plainText() == "Is −2.5 *a*b $*?")
    #expect((Step("a = \(w)", because: "put in $\(x)$").reason)?.plainText() == "put in 0.125")
  }

  @Test(
    "numbers are written in plain digits",
    arguments: [
      (0, nil, "0"), (-0.0, nil, "0"), (3, nil, "3"), (-0.1, nil, "-0.1"),
      (1e21, nil, "1000000000000000000000"),
      (1.5e-7, nil, "0.00000015"), (123456.789, nil, "123456.789"),
      (.nan, nil, #"\text{undefined}"#),
      (.infinity, 3, "∞"), (-.infinity, nil, "-∞"), (0.5, 3, "0.500"), (0.0625, 3, "0.062"),
      (0.1875, 3, "0.188"), (-0.0004, 3, "0.000"), (-0.0006, 3, "-0.001"), (2.675, 2, "2.67"),
      (0.5, 0, "0"), (1.5, 0, "2"), (9.9996, 3, "10.000"), (.leastNonzeroMagnitude, 3, "0.000"),
      (0.1, 22, "0.1000000000000000055511"),
      (1e18, 2, "1000000000000000000"),
    ] as [(Double, Int?, String)])
  func numbers(_ x: Double, _ decimals: Int?, _ text: String) {
    #expect(plainNumber(x, decimals: decimals) == text)
  }
}
