import FoundationEssentials
import FoundationXML
import Testing

@testable import Typesetting

/// A formula as an author writes it, and what becomes of it in each form.
private struct Setting: CustomTestStringConvertible, Sendable {
  let source, text, latex, mathML: String
  var testDescription: String { source }

  /// Source ¦ text ¦ LaTeX ¦ MathML, with short names for what is long or cannot be seen.
  static let table = rows.split(separator: "\n").map { row in
    let columns = row.split(separator: " ¦ ").map { expanded(String($0)) }
    return Setting(
      source: columns[0], text: columns[1], latex: columns[2], mathML: columns[3])
  }

  private static func expanded(_ short: String) -> String {
    func fence(_ form: String, _ sign: Substring, grows: Bool) -> String {
      "<mo form=\"\(form)\" fence=\"true\" stretchy=\"\(grows)\">\(sign)</mo>"
    }
    return
      short
      .replacing("␣", with: "\u{A0}").replacing("⎵", with: "\u{2003}")
      .replacing("<times/>", with: "<mo>&#x2062;</mo>")
      .replacing("<apply/>", with: "<mo>&#x2061;</mo>")
      .replacing("<thin/>", with: #"<mspace width="0.17em"/>"#)
      .replacing(#/<prime>(′+)/#) {
        "<mo form=\"postfix\" lspace=\"0.1em\" rspace=\"0\">\($0.1)</mo>"
      }
      .replacing(#/([‹«])(.)/#) { fence("prefix", $0.2, grows: $0.1 == "«") }
      .replacing(#/(.)([›»])/#) { fence("postfix", $0.1, grows: $0.2 == "»") }
  }

  private static let rows = #"""
    x ¦ x ¦ x ¦ <mi>x</mi>
    ℝ ¦ ℝ ¦ \mathbb{R} ¦ <mi>ℝ</mi>
    x_12 ¦ x₁₂ ¦ x_{12} ¦ <msub><mi>x</mi><mn>12</mn></msub>
    x_{d2} ¦ x_d2 ¦ x_{\mathrm{d2}} ¦ <msub><mi>x</mi><mi>d2</mi></msub>
    x_{i,j} ¦ x_(i,j) ¦ x_{i, j} ¦ <msub><mi>x</mi><mrow><mi>i</mi><mo>,</mo><mi>j</mi></mrow></msub>
    x^{-1} ¦ x⁻¹ ¦ x^{-1} ¦ <msup><mi>x</mi><mrow><mo form="prefix">−</mo><mn>1</mn></mrow></msup>
    x_i^{(l)} ¦ x_i⁽ˡ⁾ ¦ x_i^{(l)} ¦ <msubsup><mi>x</mi><mi>i</mi><mrow>‹(<mi>l</mi>)›</mrow></msubsup>
    f'(x) ¦ f′(x) ¦ f'(x) ¦ <mrow><mrow><mi>f</mi><prime>′</mrow><mrow>‹(<mi>x</mi>)›</mrow></mrow>
    y'' ¦ y′′ ¦ y'' ¦ <mrow><mi>y</mi><prime>′′</mrow>
    e^{-x} ¦ exp(−x) ¦ e^{-x} ¦ <msup><mi>e</mi><mrow><mo form="prefix">−</mo><mi>x</mi></mrow></msup>
    \frac{1}{2} x ¦ (1/2) x ¦ \frac{1}{2} x ¦ <mrow><mfrac><mn>1</mn><mn>2</mn></mfrac><times/><mi>x</mi></mrow>
    \frac{∂L}{∂w_0} ¦ ∂L/∂w₀ ¦ \frac{\partial L}{\partial w_0} ¦ <mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><msub><mi>w</mi><mn>0</mn></msub></mrow></mfrac>
    ∇_w L ¦ ∇_w L ¦ \nabla_w L ¦ <mrow><msub><mi>∇</mi><mi>w</mi></msub><mi>L</mi></mrow>
    \sqrt{2} + \sqrt{a b} ¦ √2 + √(ab) ¦ \sqrt{2} + \sqrt{a b} ¦ <mrow><msqrt><mn>2</mn></msqrt><mo>+</mo><msqrt><mrow><mi>a</mi><times/><mi>b</mi></mrow></msqrt></mrow>
    \hat{y}_i ¦ ŷ_i ¦ \hat{y}_i ¦ <msub><mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover><mi>i</mi></msub>
    \bar{x} ¦ x̄ ¦ \bar{x} ¦ <mover accent="true"><mi>x</mi><mo stretchy="false">¯</mo></mover>
    \tilde{x} ¦ x̃ ¦ \tilde{x} ¦ <mover accent="true"><mi>x</mi><mo stretchy="false">~</mo></mover>
    2 \ln 2 ¦ 2 ln 2 ¦ 2 \ln 2 ¦ <mrow><mn>2</mn><times/><mi>ln</mi><apply/><thin/><mn>2</mn></mrow>
    \max_i x_i ¦ max_i x_i ¦ \max_i x_i ¦ <mrow><munder><mi>max</mi><mi>i</mi></munder><apply/><thin/><msub><mi>x</mi><mi>i</mi></msub></mrow>
    \sum_{i=1}^n x_i ¦ ∑_(i=1)ⁿ x_i ¦ \sum_{i = 1}^n x_i ¦ <mrow><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><msub><mi>x</mi><mi>i</mi></msub></mrow>
    \int_0^1 f(x) dx ¦ ∫₀¹ f(x)dx ¦ \int_0^1 f(x) d x ¦ <mrow><msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup><mi>f</mi><mrow>‹(<mi>x</mi>)›</mrow><times/><mi>d</mi><times/><mi>x</mi></mrow>
    (1 - p)^2 ¦ (1 − p)² ¦ (1 - p)^2 ¦ <msup><mrow>‹(<mn>1</mn><mo>−</mo><mi>p</mi>)›</mrow><mn>2</mn></msup>
    \left[\frac{a}{b}\right) ¦ [a/b) ¦ \left[ \frac{a}{b} \right) ¦ <mrow>«[<mfrac><mi>a</mi><mi>b</mi></mfrac>)»</mrow>
    |x| ¦ |x| ¦ |x| ¦ <mrow>‹|<mi>x</mi>|›</mrow>
    \{x \mid x < 0\} ¦ {x ∣ x < 0} ¦ \{x \mid x < 0\} ¦ <mrow>‹{<mi>x</mi><mo>∣</mo><mi>x</mi><mo>&lt;</mo><mn>0</mn>}›</mrow>
    \langle a, b\rangle ¦ ⟨a, b⟩ ¦ \langle a, b\rangle ¦ <mrow>‹⟨<mi>a</mi><mo>,</mo><mi>b</mi>⟩›</mrow>
    \matrix{1 & -2 \\ x_1 & \frac{1}{2}} ¦ [[1, −2], [x₁, 1/2]] ¦ \begin{bmatrix} 1 & -2 \\ x_1 & \frac{1}{2} \end{bmatrix} ¦ <mrow>«[<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mrow><mo form="prefix">−</mo><mn>2</mn></mrow></mtd></mtr><mtr><mtd><msub><mi>x</mi><mn>1</mn></msub></mtd><mtd><mfrac><mn>1</mn><mn>2</mn></mfrac></mtd></mtr></mtable>]»</mrow>
    \begin{bmatrix} 1 \\ 2 \end{bmatrix}^T ¦ [[1], [2]]ᵀ ¦ \begin{bmatrix} 1 \\ 2 \end{bmatrix}^T ¦ <msup><mrow>«[<mtable><mtr><mtd><mn>1</mn></mtd></mtr><mtr><mtd><mn>2</mn></mtd></mtr></mtable>]»</mrow><mi>T</mi></msup>
    A^\top B ¦ Aᵀ B ¦ A^{\top} B ¦ <mrow><msup><mi>A</mi><mi>⊤</mi></msup><times/><mi>B</mi></mrow>
    w_1 x_1 + … + w_n x_n ¦ w₁ x₁ + … + w_n x_n ¦ w_1 x_1 + \dots + w_n x_n ¦ <mrow><msub><mi>w</mi><mn>1</mn></msub><times/><msub><mi>x</mi><mn>1</mn></msub><mo>+</mo><mo>…</mo><mo>+</mo><msub><mi>w</mi><mi>n</mi></msub><times/><msub><mi>x</mi><mi>n</mi></msub></mrow>
    2 \cdot -3 ¦ 2 · (−3) ¦ 2 \cdot (-3) ¦ <mrow><mn>2</mn><mo>·</mo><mrow>‹(<mo form="prefix">−</mo><mn>3</mn>)›</mrow></mrow>
    a/b ¦ a/b ¦ a/b ¦ <mrow><mi>a</mi><mo>/</mo><mi>b</mi></mrow>
    A \land \neg B ¦ A ∧ ¬B ¦ A \land \neg B ¦ <mrow><mi>A</mi><mo>∧</mo><mo form="prefix">¬</mo><mi>B</mi></mrow>
    5\% ¦ 5% ¦ 5\% ¦ <mrow><mn>5</mn><mo>%</mo></mrow>
    x \in \mathbb{R}^d \quad d > 0 ¦ x ∈ ℝᵈ⎵d > 0 ¦ x \in \mathbb{R}^d\quad d > 0 ¦ <mrow><mi>x</mi><mo>∈</mo><msup><mi>ℝ</mi><mi>d</mi></msup><mspace width="1em"></mspace><mi>d</mi><mo>&gt;</mo><mn>0</mn></mrow>
    x \text{ if } y ¦ x if y ¦ x\text{ if }y ¦ <mrow><mi>x</mi><mtext>␣if␣</mtext><mi>y</mi></mrow>
    \text{a_b & c} ¦ a_b & c ¦ \text{a\_b \& c} ¦ <mtext>a_b &amp; c</mtext>
    """#
}

/// Whether every element is closed where it should be, and no sign stands unescaped.
func isWellFormed(_ fragment: String) -> Bool {
  XMLParser(data: Data("<root>\(fragment)</root>".utf8)).parse()
}

@Suite("Formulas in three forms") struct FormulaTests {
  @Test("every construct is set as the table says", arguments: Setting.table)
  private func forms(_ row: Setting) throws {
    let formula = try Formula(parsing: row.source)
    #expect(formula.plainText() == row.text)
    #expect(formula.latex() == row.latex)
    #expect(formula.mathML == row.mathML)
    #expect(isWellFormed(formula.html(isDisplayed: true)))
    #expect(try Formula(parsing: row.latex).plainText() == row.text, "reading the LaTeX again")
  }

  @Test(
    "two ways to write one formula",
    arguments: [
      ("α·β", #"\alpha \cdot \beta"#), ("a − b", "a - b"), ("x_{12}", "x_12"),
      ("a*b", #"a \ast b"#),
      ("a≤b", #"a\leq b"#), ("ℝ", #"\mathbb{R}"#), (#"\epsilon"#, #"\varepsilon"#), (" x  ", "x"),
      (#"\left( a \right)"#, "(a)"), ("f_0'", "f'_0"), ("x^2_i", "x_i^2"), ("{a}{b}", "a b"),
      (#"\matrix{1 & 2}"#, #"\begin{bmatrix}1&2\end{bmatrix}"#), ("a - -b", "a - (-b)"),
      ("--3", "-(-3)"), ("a = - - -3", "a = -(-(-3))"), ("2 3^2", #"2 \cdot 3^2"#),
      ("∂^⊤", #"\partial^\top"#), ("1, …, n", #"1, \ldots, n"#),
    ])
  func synonyms(_ source: String, _ other: String) throws {
    #expect(try Formula(parsing: source) == Formula(parsing: other))
  }

  @Test(
    "an index in braces is one name if it has a letter and several letters or digits",
    arguments: [
      ("d2", FormulaTree.identifier("d2")), ("max", .identifier("max")), ("2d", .identifier("2d")),
      ("i", .identifier("i")), ("12", .number("12")),
      ("i j", .row([.identifier("i"), .identifier("j")])),
      ("α1", .row([.identifier("α"), .number("1")])),
      ("i+1", .row([.identifier("i"), .symbol(Symbol.typed("+") ?? .minus), .number("1")])),
    ])
  func indexNames(_ index: String, _ expected: FormulaTree) throws {
    let found = try Formula(parsing: "x_{\(index)}").tree
    #expect(found == .script(.identifier("x"), below: expected, above: nil))
  }

  @Test("every sign, letter and function has a form that can be read again")
  func wholeAlphabet() throws {
    let letters = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ∂∇∞∅⊤⊥ℓℝℕℤℚℂ𝔼ℙ"
    let signs = "·×÷±∓⊙∘⊕⊗∗∪∩∧∨∖≤≥≠≈∈∉→←⇒⇔↦∼≡∝∣∥⊂⊆≪≫∑∏∫…⋯¬∀∃%$#"
    for character in letters + signs {
      let formula = try Formula(parsing: String(character))
      #expect(formula.plainText() == String(character))
      #expect(formula.latex().utf8.first == UInt8(ascii: "\\"), "\(character)")
      #expect(formula.latex().utf8.allSatisfy { $0 < 128 }, "\(character)")
      #expect(try Formula(parsing: formula.latex()) == formula, "\(character)")
    }
    for name in Letter.standardFunctions.union(Letter.ownFunctions) {
      let formula = try Formula(parsing: "\\\(name)")
      #expect(formula.tree == .function(name) && formula.plainText() == name)
      let isStandard = Letter.standardFunctions.contains(name)
      #expect(formula.latex() == (isStandard ? "\\\(name)" : "\\operatorname{\(name)}"))
    }
  }

  @Test("brackets grow round what is tall, and only there")
  func tallBrackets() throws {
    for (source, isTall) in [
      (#"(\frac{a}{b})"#, true), (#"|\sum_i x_i|"#, true), (#"(\matrix{1 \\ 2})"#, true),
      (#"((\sqrt{\frac{a}{b}}))"#, true), ("(x_1^2)", false), (#"(\sqrt{x})"#, false),
    ] {
      #expect(try Formula(parsing: source).latex().contains(#"\left"#) == isTall, "\(source)")
    }
  }

  @Test(
    "a list has an element for each of its phrases, between which browsers may end a line",
    arguments: [
      ("x = 1, y = (2, 3); z", true, ["x = 1,", "y = (2, 3);", "z"]),
      (#"(a ∨ b) ∧ (c ∨ d)"#, true, ["(a ∨ b) ∧", "(c ∨ d)"]), ("a ∧ b", true, nil),
      (#"x \quad y"#, true, ["x", "y"]), ("f(x, y) = 1", true, nil),
      ("1, …, n", false, nil),
      (
        "(1, 0), (0, 1), (1, 1), (2, 2)", false,
        ["(1, 0),", "(0, 1),", "(1, 1),", "(2, 2)"]
      ),
    ] as [(String, Bool, [String]?)])
  func phrases(source: String, isDisplayed: Bool, phrases: [String]?) throws {
    let formula = try Formula(parsing: source)
    let html = formula.html(isDisplayed: isDisplayed)
    let found = html.matches(of: /alttext="([^"]*)"/).map { String($0.1) }
    #expect(found == phrases ?? [formula.plainText()])
    #expect(html.contains("class=\"formula\"") == (isDisplayed && phrases != nil))
    #expect(isWellFormed(html))
  }

  @Test("what cannot be seen gets the same words: the alternative text is the plain text")
  func alternative() throws {
    let formula: Formula = #"a < \text{"b"}"#
    #expect(
      formula.html(isDisplayed: true) == """
        <math display="block" alttext="a &lt; &quot;b&quot;"><mrow><mi>a</mi><mo>&lt;</mo>\
        <mtext>&quot;b&quot;</mtext></mrow></math>
        """)
  }
}

extension Formula {
  fileprivate var mathML: String {
    var html = ""
    tree.writeMathML(to: &html)
    return html
  }
}
