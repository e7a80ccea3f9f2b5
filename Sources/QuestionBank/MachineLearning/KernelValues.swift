import Calculus
import ExamModel
import Typesetting

/// Values of a polynomial and of a Gaussian kernel, and the size of a feature space.
enum KernelValues: QuestionFamily {
  static let heading = Heading("ml.kernel-values", "Kernel values", difficulty: 3, version: 2)

  /// The feature space is that of monomials up to `degree` in `n` variables.
  struct Parameters: Codable, Sendable, Equatable {
    let x, z: [Int]
    let c: Int
    let gamma: Double
    let n, degree: Int

    var product: Int { dot(x, z) }
    var polynomial: Int { (product + c) * (product + c) }
    var gaussian: Double { Elementary.exp(-gamma * Double(distance2)) }
    var monomials: Int { Self.choose(n + degree, degree) }
    var distance2: Int { zip(x, z).map { ($0 - $1) * ($0 - $1) }.sum }
    static func choose(_ n: Int, _ k: Int) -> Int { (0..<k).reduce(1) { $0 * (n - $1) / ($1 + 1) } }
  }

  static let parts = [Part("poly", .integer), Part.real("rbf", to: 4), Part("dim", .integer)]

  static let misconceptions: [Misconception] = [
    .core("constant-forgotten", "The constant c is added before squaring."),
    .core("not-squared", "The polynomial kernel of degree 2 squares the sum."),
    .core("squared-termwise", "(a + c)² has the mixed term 2 a c."),
    .core("distance-not-squared", "The Gaussian kernel takes the squared distance."),
    .optional("sign", "The exponent is negative: the kernel falls with the distance."),
    .optional("gamma-as-sigma", "γ multiplies the squared distance; it is no standard deviation."),
    .core("homogeneous", "Monomials of all degrees up to D count, not of degree D only."),
    .optional("power", "The order of factors does not matter: x y is y x."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      x: dice.integers(2, in: -4...5), z: dice.integers(2, in: -4...5), c: dice.integer(in: 1...3),
      gamma: dice.pick([0.01, 0.02, 0.05, 0.1, 0.2]), n: dice.integer(in: 2...9),
      degree: dice.integer(in: 2...4))
    return p.product == 0 || p.distance2 < 2 || p.gamma * Double(p.distance2) > 4 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "x", p.x, count: 1...6) ?? within(-100...100, "z", p.z, count: p.x.count)
      ?? within(-100...100, "c", p.c) ?? within(1...20, "n", p.n)
      ?? within(1...6, "degree", p.degree)
      ?? unless(p.gamma > 0 && p.gamma <= 100, "gamma is positive")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.polynomial, p.gaussian, p.monomials)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By the features: all products of entries of (x, √c), and exponents counted degree by degree.
    let pairs = p.x.indices.flatMap { i in
      p.x.indices.map { j in p.x[i] * p.x[j] * p.z[i] * p.z[j] }
    }
    func monomials(_ n: Int, _ degree: Int) -> Int {
      n == 0 ? 1 : (0...degree).map { monomials(n - 1, degree - $0) }.sum
    }
    let (xx, zz) = (dot(p.x, p.x), dot(p.z, p.z))
    return AnswerKey(
      pairs.sum + 2 * p.c * p.product + p.c * p.c,
      1 / Elementary.exp(p.gamma * Double(xx + zz - 2 * p.product)), monomials(p.n, p.degree))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (a, d) = (p.product, Double(p.distance2))
    Mistake("constant-forgotten", "poly", a * a)
    Mistake("not-squared", "poly", a + p.c)
    Mistake("squared-termwise", "poly", a * a + p.c * p.c)
    Mistake("distance-not-squared", "rbf", Elementary.exp(-p.gamma * d.squareRoot()))
    Mistake("sign", "rbf", Elementary.exp(p.gamma * d))
    Mistake("gamma-as-sigma", "rbf", Elementary.exp(-d / (2 * p.gamma * p.gamma)))
    Mistake("homogeneous", "dim", Parameters.choose(p.n + p.degree - 1, p.degree))
    Mistake("power", "dim", (0..<p.degree).reduce(1) { power, _ in power * p.n })
  }

  static func pose(_ p: Parameters) -> Prompt {
    "Two points are $x = \(tuple(p.x))$ and $z = \(tuple(p.z))$."
    ask("poly", "the polynomial kernel $(x · z + \(p.c))^2$")
    ask("rbf", "the Gaussian kernel $\\exp(-γ |x - z|^2)$ with $γ = \(p.gamma)$")
    ask(
      "dim",
      "how many monomials of degree at most \(p.degree) there are in \(p.n) variables, the constant 1 included"
    )
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "(x · z + c)^2 = (\(p.product) + \(p.c))^2 = \(p.polynomial)", "|x - z|^2 = \(p.distance2)",
      "e^{-\(p.gamma) · \(p.distance2)} = \(p.gaussian, decimals: 4)")
    "Monomials up to degree $D$ in $n$ variables are ways to share $D$ among $n$ exponents and a rest:"
    steps("\\frac{(\(p.n) + \(p.degree))!}{\(p.n)! \(p.degree)!} = \(p.monomials)")
  }
}
