import Calculus
import Testing
import Typesetting

@Suite("Typst") struct TypstTests {
  @Test(
    "formulas are written in its math mode",
    arguments: [
      (#"\frac{∂L}{∂w_0} = -\frac{1}{2} x^2"#, "(∂ L)/(∂ w_(0)) = − (1)/(2) x^(2)"),
      (#"6,\quad 4"#, "6 , quad 4"), ("I(X; Y)", #"I lr(\( X \; Y \))"#),
      (#"\softmax(z)"#, #"op("softmax") lr(\( z \))"#),
      (#"\matrix{1 & 2 \\ 3 & 4}"#, #"mat(delim: "[", 1, 2; 3, 4)"#),
      (#"\sqrt{d_k} \text{if "so"}"#, #"sqrt(d_(k)) "if \"so\"""#),
    ])
  func formulas(_ source: String, _ typst: String) throws {
    #expect(try Formula(parsing: source).typst() == typst)
  }

  @Test("text in which signs have a meaning loses it")
  func escaping() {
    let document: Document = [.paragraph(Prose(verbatim: "#let $x$ = *1* // [a] <b> @c -- \"d\""))]
    #expect(
      document.typst()
        == ##"\#let \$x\$ \= \*1\* \/\/ \[a\] \<b\> \@c \-\- \"d\""## + "\n")
  }

  @Test(
    "a number with a point begins no list",
    arguments: [
      ("1. Final", #"1\. Final"#), (" 12. x", #" 12\. x"#), ("1.", #"1\."#), ("1.5", "1.5"),
      ("x\n2. y", "x 2. y"), ("a 1. b", "a 1. b"),
    ])
  func numbered(_ text: String, _ typst: String) { #expect(escapedTypst(text) == typst) }

  @Test("blocks become tables, lists and raw text")
  func blocks() {
    let document: Document = [
      .table(header: ["a", "b"], rows: [["1", "$x$"]]), .list(["one", "two"], isNumbered: true),
      .code("x = \"1\"\ny"), .steps(["x = 1 + 2", "x = 3"]),
    ]
    #expect(
      document.typst() == """
        #table(
          columns: 2,
          [a], [b],
          [1], [$x$],
        )

        + one
        + two

        #raw(block: true, "x = \\"1\\"\\ny")

        $ x & = 1 + 2 \\
          x & = 3 $

        """)
  }

  @Test("an expression is a formula in every form")
  func expressions() throws {
    let slope = try Expression(parsing: "-e^u/(1+e^u)^2 * x_0", names: ["u", "x0"])
    let formula = Formula(slope)
    #expect(formula.plainText() == "−(exp(u)x₀)/(1 + exp(u))²")
    #expect(formula.typst().hasPrefix("− (op(\"exp\") lr("))
    #expect(formula.html(isDisplayed: false).contains("<mfrac>"))
  }
}
