import ExamModel
import Marking
import Testing
import Typesetting

@Suite("Formulas in one line of text") struct PlainTextTests {
  @Test(
    "fractions, powers, roots and indices read one way only",
    arguments: [
      // Fractions
      (#"\frac{a b}{c d}"#, "(ab)/(cd)"), (#"\frac{a + b}{c - d}"#, "(a + b)/(c − d)"),
      (#"\frac{-a}{-b}"#, "(−a)/(−b)"), (#"-\frac{a}{b}"#, "−a/b"),
      (#"\frac{\frac{a}{b}}{c}"#, "(a/b)/c"), (#"\frac{a}{\frac{b}{c}}"#, "a/(b/c)"),
      (#"\frac{1}{1 + \frac{1}{x}}"#, "1/(1 + 1/x)"), (#"\frac{a/b}{c}"#, "(a/b)/c"),
      (#"\frac{(a)(b)}{c}"#, "((a)(b))/c"), (#"\frac{(a + b)}{c}"#, "(a + b)/c"),
      (#"\frac{n!}{k!}"#, "(n!)/(k!)"), (#"\frac{n}{k}!"#, "(n/k)!"),
      (#"\frac{\exp(u)}{\sum_j \exp(u_j)}"#, "exp(u)/(∑_j exp(u_j))"),
      (#"\frac{\exp u}{v}"#, "(exp u)/v"), (#"\exp\frac{u}{v}"#, "exp(u/v)"),
      (#"\frac{a}{b} c"#, "(a/b) c"), (#"c \frac{a}{b}"#, "c (a/b)"),
      (#"\frac{a}{b} (c)"#, "(a/b) (c)"), (#"a \cdot \frac{b}{c}"#, "a · b/c"),
      (#"1/\frac{a}{b}"#, "1/(a/b)"), (#"\frac{a}{b}/c"#, "(a/b)/c"), (#"a/-b"#, "a/(−b)"),
      (#"a ÷ \frac{b}{c}"#, "a ÷ (b/c)"), (#"\frac{b}{c} ÷ a"#, "(b/c) ÷ a"),
      (#"5! \frac{a}{b}"#, "5! (a/b)"), (#"∂\frac{a}{b}"#, "∂(a/b)"), (#"∇\frac{a}{b}"#, "∇(a/b)"),
      (#"\frac{∂a}{b}"#, "∂a/b"), (#"\frac{∂^2 L}{∂w^2}"#, "∂²L/∂w²"),
      (#"\frac{d^2 y}{dx^2}"#, "d²y/dx²"), (#"\frac{∂^2 L}{∂x ∂y}"#, "∂²L/(∂x∂y)"),
      (#"\frac{∂L}{∂u} \frac{∂u}{∂w}"#, "(∂L/∂u) (∂u/∂w)"), (#"\frac{d}{dx} y"#, "(d/dx) y"),
      (#"\frac{\text{true ones}}{\text{all}}"#, "(true ones)/all"),
      (#"\frac{Q K^⊤}{\sqrt{d_k}}"#, "(QKᵀ)/√d_k"), (#"\int \frac{1}{x} dx"#, "∫ (1/x) dx"),
      // Powers
      (#"\frac{a}{b}^2"#, "(a/b)²"), ("{a b}^2", "(ab)²"), ("a b^2", "ab²"), ("(-a)^2", "(−a)²"),
      ("-a^2", "−a²"), ("{-a}^2", "(−a)²"), ("{x^2}^3", "(x²)³"), ("x^{y^2}", "x^(y²)"),
      ("x^{a_1}", "x^(a₁)"), ("x^{-10}", "x⁻¹⁰"), (#"x^{-\frac{1}{2}}"#, "x^(−1/2)"),
      ("10^{-3} x", "10⁻³ x"), ("x^{n!}", "x^(n!)"), ("x^*", "x^(∗)"), ("A^{-T}", "A⁻ᵀ"),
      (#"\text{a b}^2"#, "(a b)²"), (#"\sqrt{x}^2"#, "(√x)²"), (#"\sin^2 x"#, "sin² x"),
      ("e^{(a+b)}", "exp(a + b)"), ("{e^x}^2", "(exp(x))²"), ("e^{e^x}", "exp(exp(x))"),
      ("2e^x", "2 exp(x)"), ("e^⊤", "eᵀ"), ("e^*", "e^(∗)"), ("e'", "e′"), ("e_i^2", "e_i²"),
      // Roots
      (#"\sqrt{x} y"#, "√x y"), (#"\sqrt{x y}"#, "√(xy)"), (#"\sqrt{x^2}"#, "√(x²)"),
      (#"\sqrt{-1}"#, "√(−1)"), (#"\sqrt{\frac{a}{b}}"#, "√(a/b)"),
      (#"\frac{\sqrt{a}}{b}"#, "√a/b"),
      (#"\sqrt{\sqrt{x}}"#, "√(√x)"), (#"\sqrt{(a)(b)}"#, "√((a)(b))"), (#"2\sqrt{3}"#, "2√3"),
      // Indices
      ("x_y^2", "x_y²"), ("x_{y^2}", "x_(y²)"), ("x_{y^a}", "x_(yᵃ)"), ("x_{a_1}", "x_(a₁)"),
      ("x_{1.5}", "x_(1.5)"), ("x_{i j}", "x_ij"), ("x_{1,…,n}", "x_(1,…,n)"), ("x_{-1}", "x_(−1)"),
      // Marks, products and signs
      (#"\hat{y_i}"#, "hat(y_i)"), (#"2 \bar{x y}"#, "2 bar(xy)"),
      (#"\hat{\text{loss}}"#, "hat(loss)"),
      ("w_d w_c", "w_d w_c"), (#"\text{loss} x"#, "loss x"), ("x 2", "x 2"),
      ("(a + b)c", "(a + b)c"),
      ("x_1 ⋯ x_n", "x₁ ⋯ x_n"), ("x = ?", "x = ?"), ("n = \\#A", "n = #A"), ("±1", "±1"),
      ("∀x: x = x", "∀x: x = x"), ("(1, -2, 3)", "(1, −2, 3)"), ("∇f", "∇f"), ("∇^2 f", "∇²f"),
    ])
  func oneReading(_ source: String, _ text: String) throws {
    #expect(try Formula(parsing: source).plainText() == text)
  }

  @Test(
    "what a line of text says is the number that was meant", arguments: 0..<400 as Range<UInt64>)
  func readBack(_ seed: UInt64) throws {
    var arithmetic = Arithmetic(dice: Dice(seed: seed))
    let (source, value) = arithmetic.sum(depth: 3)
    let text = try Formula(parsing: source).plainText()
    guard value.isFinite, value.magnitude < 1e12, text.count <= 150 else { return }
    guard case .value(.number(let read), _) = Reading(text, as: .number) else {
      Issue.record("\(source) gave \(text), which cannot be read")
      return
    }
    let slack = 1e-9 * max(1, value.magnitude)
    #expect((read - value).magnitude <= slack, "\(source) gave \(text)")
  }

  @Test("a displayed matrix is drawn in rows, its numbers below one another")
  func drawn() {
    let formula: Formula = #"A = \matrix{1 & -2 \\ 10 & \frac{1}{2} \\ 0 & x_1} b"#
    #expect(
      formula.displayedText() == """
            [  1   −2 ]
        A = [ 10  1/2 ] b
            [  0   x₁ ]
        """)
    #expect(("x^2" as Formula).displayedText() == "x²")
  }
}

/// Draws formulas of numbers with their values, in the source that an author would write.
private struct Arithmetic {
  var dice: Dice

  mutating func sum(depth: Int) -> (source: String, value: Double) {
    var (source, value) = product(depth: depth)
    if dice.oneIn(4) { (source, value) = ("-" + source, -value) }
    for _ in 0..<dice.below(3) {
      let (next, amount) = product(depth: depth)
      let isMinus = dice.oneIn(2)
      source += (isMinus ? " - " : " + ") + next
      value += isMinus ? -amount : amount
    }
    return (source, value)
  }

  private mutating func product(depth: Int) -> (source: String, value: Double) {
    var (source, value) = factor(depth: depth)
    for _ in 0..<dice.below(3) {
      let (next, amount) = factor(depth: depth)
      let sign = dice.oneIn(3) ? "-" : ""
      let signed = sign.isEmpty ? amount : -amount
      if dice.oneIn(3), amount != 0 {
        (source, value) = ("\(source) ÷ \(sign)\(next)", value / signed)
      } else {
        (source, value) = ("\(source) · \(sign)\(next)", value * signed)
      }
    }
    return (source, value)
  }

  private mutating func factor(depth: Int) -> (source: String, value: Double) {
    let number = dice.integer(in: 1...9)
    guard depth > 0 else { return ("\(number)", Double(number)) }
    let (source, value) = sum(depth: depth - 1)
    switch dice.below(7) {
    case 0:
      return value == 0 ? ("0", 0) : (#"\frac{\#(number)}{\#(source)}"#, Double(number) / value)
    case 1: return (#"\frac{\#(source)}{\#(number)}"#, value / Double(number))
    case 2: return ("(\(source))", value)
    case 3:
      return value > 0
        ? (#"\sqrt{\#(source)}"#, value.squareRoot()) : ("(\(source))^2", value * value)
    case 4:
      return value == 0
        ? ("1", 1) : (#"\frac{\#(source)}{\#(number)}^{-1}"#, Double(number) / value)
    case 5: return ("{\(source)}^2", value * value)
    default: return (#"\sqrt{\#(number)}"#, Double(number).squareRoot())
    }
  }
}
