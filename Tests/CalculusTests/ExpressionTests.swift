import Calculus
import Testing

private let neuron = ["w0", "x0", "w1", "x1", "w2", "t", "u", "L", "n"]
private let network = [
  "wa", "ba", "wb", "bb", "wc", "bc", "wd", "bd", "wd2", "bd2", "we", "be", "x0", "t", "xa", "xb",
  "xc", "xd", "xe",
]

private func read(_ text: String, _ names: [String] = neuron + network) throws -> Expression {
  try Expression(parsing: text, names: names)
}

@Suite("Expressions as people type them") struct ExpressionTests {
  @Test(
    "many spellings of one thing are read as it",
    arguments: [
      ("-e^u/(1+e^u)^2 * x0", "-exp(u)*x0/(1+exp(u))^2"),
      ("x_0 * -e^u/(1+e^u)^2", "-x0*exp(u)/(1+exp(u))^2"),
      ("−x₀·eᵘ", "-x0*exp(u)"), ("x_{0} (1 - L)", "x0*(1-L)"),
      ("w0x0 + w1x1 + w2", "w0*x0+w1*x1+w2"),
      ("np.exp(u)/(1+np.exp(u))**2", "exp(u)/(1+exp(u))^2"),
      (#"-\frac{e^{u}}{(1+e^{u})^{2}} \cdot x_0"#, "-exp(u)/(1+exp(u))^2*x0"),
      ("σ(u)(1−σ(u))", "sigmoid(u)*(1-sigmoid(u))"), ("tanh u", "tanh(u)"),
      ("1 - tanh^2(u)", "1-tanh(u)^2"), ("dL/dw0 = L(L-1)x0", "L*(L-1)*x0"),
      ("2(xe - t)we(wd wc + wd2)", "2*(xe-t)*we*(wd*wc+wd2)"), ("x0²", "x0^2"), ("3/8", "3/8"),
      ("0.5*u", "u/2"), ("-(-u)", "u"), ("u^-1", "1/u"), ("\\sqrt{u}", "sqrt(u)"),
      ("x_b*x_a", "xb*xa"), ("te^u", "t*exp(u)"), ("lnu", "ln(u)"), ("[u + 1]^2", "(u+1)^2"),
    ])
  func spellings(_ typed: String, _ plain: String) throws {
    let expected = try read(plain)
    let got = try read(typed)
    #expect(Expression.areEqual(got, expected), "\(got)")
  }

  @Test(
    "what cannot be read, or has two readings, is refused",
    arguments: [
      "", "1/2x0", "u/w0 x0", "exp u x0", "e^2u", "u^2^3", "2 +", "(u", "u)", "q + 1", "w9",
      "u = w0 + 1 = 3*", "a = b + c = d", "1..2", "σ'(u)", "u ; v", "x0 x",
    ])
  func refusals(_ typed: String) {
    #expect(throws: ExpressionError.self, "\(typed)") { try read(typed) }
  }

  @Test("hostile input ends in an error and not in a crash")
  func hostile() {
    for typed in [
      String(repeating: "(", count: 1500), String(repeating: "-", count: 1999),
      "9^9^9^9^9", String(repeating: "exp ", count: 400) + "u",
      String(repeating: "u*", count: 2000),
      "99999999999999999999999", String(repeating: "\\frac{", count: 300), "((9^64)^64)^64*0.1 + (",
    ] { #expect(throws: ExpressionError.self) { try read(typed) } }
  }

  @Test(
    "what is costly or defined nowhere is undecided soon",
    arguments: [
      "(9^64)^64*u", "((((u^999)^999)^999)^999)^999", "1/((u+1)^2-u^2-2*u-1)", "ln(-1-u^2)",
      String(repeating: "ln(1+1/(1+", count: 12) + "u^2" + String(repeating: "))", count: 12),
      String(repeating: "(1+", count: 55) + "u^2" + String(repeating: ")^2", count: 55),
      String(repeating: "exp(", count: 28) + "u" + String(repeating: ")", count: 28),
      "exp(exp(999*u))-exp(exp(999*u)+1)", String(repeating: "sqrt(u)+abs(u)*", count: 120) + "u",
    ])
  func costly(_ typed: String) throws {
    let expression = try read(typed)
    let start = ContinuousClock.now
    let other = expression + .function(.tanh, .constant(0))
    _ = Expression.equality(expression, other)
    #expect(Expression.equality(expression, .variable("x0")) != .equal)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test(
    "equal functions are equal, others are not",
    arguments: [
      ("-L*(1-L)", "-exp(u)/(1+exp(u))^2", true), ("L*(1-L)", "-exp(u)/(1+exp(u))^2", false),
      ("1-tanh(u)^2", "1/cosh(u)^2", true), ("1-tanh(u)^2", "sech(u)", false),
      ("(w0+x0)^2", "w0^2+2*w0*x0+x0^2", true), ("(w0+x0)^2", "w0^2+x0^2", false),
      ("w0/w0", "1", true), ("sqrt(w0^2)", "w0", false), ("abs(w0)", "sqrt(w0^2)", true),
      ("w0*0.333333333333333", "w0/3", false), ("exp(w0)*exp(x0)", "exp(w0+x0)", true),
      ("ln(exp(w0))", "w0", true), ("u", "w0*x0+w1*x1+w2", true), ("x0", "w0", false),
      ("(x0>0)", "(x0>=0)", false), ("(x0-3>0)", "(x0>=3)", false), ("relu(x0)", "x0*(x0>0)", true),
      ("max(w0,x0)", "(w0+x0+|w0-x0|)/2", true), ("sqrt(x0)^2", "x0", false),
      ("x0+2305843009210600439", "x0", false), ("x0^1000", "x0^999*x0", true),
      ("ln(x0^2)", "2*ln(x0)", false), ("0*ln(x0)", "0", false),
      ("log_2(x0)", "ln(x0)/ln(2)", true),
      ("x0 if x0>0 else 0", "relu(x0)", true), ("x0 if x0>0 else 0.01*x0", "relu(x0)", false),
      ("-ln(1-sigmoid(u))", "ln(1+exp(u))", true), ("exp(w0)+1e-15", "exp(w0)", false),
      ("exp(exp(w0)*exp(x0))", "exp(exp(w0+x0))", true), ("O(n^2)", "O(n*n)", true),
      ("O(n^2)", "n^2", false), ("O(n)", "Theta(n)", false),
    ])
  func equality(_ a: String, _ b: String, _ isEqual: Bool) throws {
    let definitions = [
      (name: "u", value: try read("w0*x0+w1*x1+w2")), (name: "L", value: try read("1/(1+exp(u))")),
    ]
    #expect(Expression.areEqual(try read(a), try read(b), given: definitions) == isEqual)
  }

  @Test("derived names are what the forward pass makes them")
  func definitions() throws {
    let forward = [(name: "xd", value: try read("xc+xb"))]
    #expect(Expression.areEqual(try read("we*xd"), try read("we*(xb+xc)"), given: forward))
    let (a, b) = (try read("we*xd"), try read("we*(xb+xc)"))
    #expect(!Expression.areEqual(a, b))
  }

  /// A tree of small depth from a seed.
  private func random(_ seed: inout UInt64, depth: Int) -> Expression {
    func next(_ bound: UInt64) -> UInt64 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (seed >> 33) % bound
    }
    let a = { (seed: inout UInt64) in random(&seed, depth: depth - 1) }
    switch depth == 0 ? next(2) : 2 + next(6) {
    case 0: return .constant(Rational(Int(next(9)) - 4, Int(next(3)) + 1))
    case 1: return .variable(["w0", "x0", "u"][Int(next(3))])
    case 2: return a(&seed) + a(&seed)
    case 3: return a(&seed) * a(&seed)
    case 4: return a(&seed) - a(&seed)
    case 5: return a(&seed) / (a(&seed) + .constant(7))
    case 6: return .power(a(&seed), .constant(Rational(Int(next(4)))))
    default: return .function([.exp, .tanh, .sigmoid, .cosh][Int(next(4))], a(&seed))
    }
  }

  @Test("what is printed is read back as the same function", arguments: 1...300)
  func roundTrip(_ start: Int) throws {
    var seed = UInt64(start)
    let tree = random(&seed, depth: 3)
    let point = ["w0": 0.7, "x0": -1.2, "u": 0.4]
    let value = tree.value(at: point)
    for other in [tree.simplified, try read("\(tree)"), try read("\(tree.simplified)")] {
      let again = other.value(at: point)
      #expect(
        (value.isNaN && again.isNaN) || (value - again).magnitude <= 1e-9 * max(1, value.magnitude)
          || !value.isFinite, "\(tree) → \(other)")
    }
  }

  @Test("derivatives are what differences tend to", arguments: 1...200)
  func derivatives(_ start: Int) {
    var seed = UInt64(start) &* 77
    let tree = random(&seed, depth: 3)
    func value(_ step: Double) -> Double {
      tree.value(at: ["w0": 0.3 + step, "x0": -0.4, "u": 0.2])
    }
    let numeric = (value(1e-5) - value(-1e-5)) / 2e-5
    let exact = tree.derivative(by: "w0").value(at: ["w0": 0.3, "x0": -0.4, "u": 0.2])
    guard numeric.isFinite, exact.isFinite, exact.magnitude < 1e6 else { return }
    #expect((numeric - exact).magnitude <= 1e-4 * max(1, exact.magnitude), "\(tree)")
  }

  private func printed(_ text: String) throws -> String { try read(text).description }

  @Test("simplified expressions are short")
  func simplified() throws {
    #expect(try printed("x0*x0*2*3") == "6*x0^2")
    #expect(try printed("w0 + w0 - 2*w0 + 1") == "1")
    #expect(try printed("-(w0*x0)/(2*w0)") == "-x0/2")
    let slope = try read("1/(1+exp(w0*x0))").derivative(by: "w0")
    #expect("\(slope)" == "-exp(w0*x0)*x0/(1+exp(w0*x0))^2")
  }

  @Test("formulas in LaTeX have indices and fractions")
  func latex() throws {
    let slope = try read("-exp(u)*wd2/(1+exp(u))^2")
    #expect(slope.latex == #"-\frac{\exp(u) w_{d2}}{(1 + \exp(u))^{2}}"#)
  }
}
