import ExamModel
import QuestionBank
import Testing
import Typesetting

@Suite("Documents in three forms") struct DocumentTests {
  @Test(
    "every block is set as the table says",
    arguments: [
      (
        .paragraph("Is $x_0$ *really* `x`?"), "Is x₀ really x?",
        #"Is $x_0$ \emph{really} \texttt{x}?"#,
        "<p>Is \(math("x₀", "<msub><mi>x</mi><mn>0</mn></msub>")) <em>really</em> <code>x</code>?</p>"
      ),
      (
        .formula("x"), "  x", #"\[ x \]"#,
        #"<math display="block" alttext="x"><mi>x</mi></math>"#
      ),
      (
        .code("def f(x):\n\n  return x < 1\n"), "    def f(x):\n\n      return x < 1",
        "\\begin{verbatim}\ndef f(x):\n\n  return x < 1\n\\end{verbatim}",
        "<pre><code>def f(x):\n\n  return x &lt; 1</code></pre>"
      ),
      (
        .paragraph("So:"), "So:", #"So:\nopagebreak"#, "<p>So:</p>"
      ),
      (
        .list(["one", "two"]), "• one\n• two",
        "\\begin{itemize}\n  \\item {} one\n  \\item {} two\n\\end{itemize}",
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"
      ),
      (
        .list(["one", ""], isNumbered: true), "1. one\n2.",
        "\\begin{enumerate}\n  \\item {} one\n  \\item {} \n\\end{enumerate}",
        "<ol>\n<li>one</li>\n<li></li>\n</ol>"
      ),
      (
        .table(header: ["n", "value"], rows: [["10", "a"], ["[2]", "*"]]),
        "n    value\n───  ─────\n10   a\n[2]  *",
        "\\begin{tabular}{ll}\nn & value \\\\\n\\hline\n10 & a \\\\\n{}[2] & * \\\\\n\\end{tabular}",
        #"<table>\#n<thead><tr><th scope="col">n</th><th scope="col">value</th></tr></thead>\#n"#
          + "<tbody>\n<tr><td>10</td><td>a</td></tr>\n<tr><td>[2]</td><td>*</td></tr>\n"
          + "</tbody>\n</table>"
      ),
      (
        .table(header: ["", "b"], rows: [["c", "d"]]), "   b\n─  ─\nc  d",
        "\\begin{tabular}{ll}\n & b \\\\\n\\hline\nc & d \\\\\n\\end{tabular}",
        #"<table>\#n<thead><tr><td></td><th scope="col">b</th></tr></thead>\#n"#
          + "<tbody>\n<tr><td>c</td><td>d</td></tr>\n</tbody>\n</table>"
      ),
      (
        .table(header: [], rows: [["a", "b"], ["c"]]), "a  b\nc",
        "\\begin{tabular}{ll}\na & b \\\\\nc \\\\\n\\end{tabular}",
        "<table>\n<tbody>\n<tr><td>a</td><td>b</td></tr>\n<tr><td>c</td></tr>\n</tbody>\n</table>"
      ),
      (
        .steps(["y = a", Step("= 2", because: "put in")]), "  y = a\n    = 2    (put in)",
        "\\begin{align*}\n  y &= a \\\\\n   &= 2 && \\text{put in}\n\\end{align*}",
        """
        <math display="block" alttext="y = a; = 2"><mtable displaystyle="true"><mtr>\
        <mtd style="text-align: right"><mrow><mi>y</mi></mrow></mtd>\
        <mtd style="text-align: left"><mrow><mo>=</mo><mi>a</mi></mrow></mtd></mtr><mtr>\
        <mtd style="text-align: right"><mrow></mrow></mtd>\
        <mtd style="text-align: left"><mrow><mo>=</mo><mn>2</mn></mrow></mtd>\
        <mtd style="text-align: left"><mspace width="2em"></mspace><mtext>put in</mtext></mtd></mtr>\
        </mtable></math>
        """
      ),
      (
        .steps(["x = 1, y = 2", "z = 3"]), "  x = 1, y = 2\n  z = 3",
        "\\begin{align*}\n  x &= 1, y = 2 \\\\\n  z &= 3\n\\end{align*}",
        """
        <p class="formula"><math displaystyle="true" alttext="x = 1,"><mrow><mi>x</mi><mo>=</mo>\
        <mn>1</mn><mo>,</mo></mrow></math> <math displaystyle="true" alttext="y = 2"><mrow>\
        <mi>y</mi><mo>=</mo><mn>2</mn></mrow></math><br/>
        <math displaystyle="true" alttext="z = 3"><mrow><mi>z</mi><mo>=</mo><mn>3</mn></mrow></math></p>
        """
      ),
    ] as [(Block, String, String, String)])
  func blocks(_ block: Block, _ text: String, _ latex: String, _ html: String) {
    let document: Document = [block]
    #expect(document.plainText() == text)
    #expect(document.latex() == latex)
    #expect(document.html() == html)
    #expect(isWellFormed(document.html()))
  }

  private static func math(_ text: String, _ content: String) -> String {
    "<math alttext=\"\(text)\">\(content)</math>"
  }

  @Test(
    "a step says nothing twice",
    arguments: [
      ("x = 1 = 1", "x = 1"), (#"x = \frac{1}{2} = \frac{1}{2} ≈ 0.5"#, "x = 1/2 ≈ 0.5"),
      ("x = x", "x = x"), ("x = 1 ≈ 1", "x = 1 ≈ 1"), ("x = 1 = 2 = 2 = 1", "x = 1 = 2 = 1"),
    ])
  func repeats(source: String, text: String) {
    let document: Document = [.steps([Step("\(source)")])]
    #expect(document.plainText() == "  " + text)
  }

  @Test("steps stand below one another at their first relation, their reasons below one another")
  func steps() {
    let document = Document {
      Block.steps([
        Step(#"\frac{∂L}{∂w} = 2x"#, because: "by $L = x^2$"),
        Step("≈ 1", because: "for $x = 0.5$"),
        "w = -1",
      ])
      Block.steps([Step("a", because: "first"), "b + c"])
    }
    #expect(
      document.plainText() == """
          ∂L/∂w = 2x    (by L = x²)
                ≈ 1     (for x = 0.5)
          w     = −1

          a    (first)
          b + c
        """)
  }

  @Test("paragraphs and lists are wrapped, and formulas stay whole where they can")
  func wrapping() {
    let document = Document {
      #"One two three four and $a + b = c$ and `x = y + z` and $α + β + γ + δ = ε + ζ$ end."#
      Block.list(["The first item is longer than a line.", "Short."], isNumbered: true)
      Block.code("a line of code stays as wide as it is")
    }
    #expect(
      document.plainText(width: 22) == """
        One two three four and
        a + b = c and
        x = y + z and α + β +
        γ + δ = ε + ζ end.

        1. The first item is
           longer than a line.
        2. Short.

            a line of code stays as wide as it is
        """)
    for width in 1...90 {
      let lines = document.plainText(width: width).split(separator: "\n")
      let widest = lines.filter { !$0.contains("code") }.map(\.count).max() ?? 0
      #expect(widest <= max(width, 12), "width \(width)")
    }
  }

  @Test("what is empty leaves no trace, in no form")
  func empty() {
    for block: Block in [
      .paragraph(""), .formula("{}"), .steps([]), .code(""), .list([]),
      .table(header: [], rows: []), .table(header: [], rows: [[]]),
    ] {
      let document: Document = [.paragraph("a"), block, .paragraph("b")]
      #expect(document.plainText() == "a\n\nb" && document.latex() == "a\n\nb")
      #expect(document.html() == "<p>a</p>\n<p>b</p>")
    }
    let nothing: Document = []
    #expect(nothing.plainText() + nothing.html() + nothing.latex() == "")
  }

  @Test("a document is written with conditions and loops")
  func builder() {
    func made(_ isLong: Bool) -> String {
      Document {
        "Start."
        if isLong { "Long." }
        if isLong { Block.code("x") } else { Block.list(["y"]) }
        for n in 1...2 { "Step $\(n)$." }
      }.plainText()
    }
    #expect(made(true) == "Start.\n\nLong.\n\n    x\n\nStep 1.\n\nStep 2.")
    #expect(made(false) == "Start.\n\n• y\n\nStep 1.\n\nStep 2.")
  }

  @Test(
    "every family's questions and solutions are sound in every form",
    arguments: 0..<25 as Range<UInt64>)
  func families(_ seed: UInt64) {
    for family in Catalogue.families {
      var dice = Dice(seed: seed)
      let question = family.question(from: &dice, style: QuestionStyle())
      let prompt = question.prompt()
      let asked = Document(blocks: prompt.parts.map { .paragraph($0.text) })
      for document in [prompt.stem, asked, question.solution()] {
        let (text, latex) = (document.plainText(), document.latex())
        #expect(isWellFormed(document.html()), "\(family.id)")
        #expect(isBalanced(latex) && latex.utf8.allSatisfy { $0 < 128 }, "\(family.id)")
        #expect(!["\\", "$", "−−", "+ −", "· −"].contains { text.contains($0) }, "\(text)")
      }
    }
  }

  /// Whether braces, dollar signs, brackets that grow and environments come in pairs.
  private func isBalanced(_ latex: String) -> Bool {
    let bare = latex.replacing(#"\{"#, with: "").replacing(#"\}"#, with: "")
    func count(_ needle: String) -> Int { bare.ranges(of: needle).count }
    return count("{") == count("}") && count("$").isMultiple(of: 2)
      && count(#"\left"#) == count(#"\right"#) && count(#"\begin{"#) == count(#"\end{"#)
      && count(#"\["#) == count(#"\]"#)
  }
}
