import Calculus
import ExamModel
import Typesetting

/// Back through batch normalisation: the mean and the variance depend on every input.
enum BatchNormalisationGradient: QuestionFamily {
  static let heading = Heading(
    "backprop.batchnorm-backward", "Batch normalisation, backward", difficulty: 5, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let x: [Int]
    let gamma: Int
    let upstream: [Int]

    var batch: Normalising { Normalising(x.map(Double.init)) }
    var g: [Double] { upstream.map(Double.init) }
    var count: Double { Double(x.count) }
    /// n G − Σ G − x̂ Σ G x̂, which γ / (n σ) turns into the gradient.
    func inner(_ b: Normalising) -> [Double] {
      let (g, sum, dgamma) = (g, g.sum, dot(g, b.normal))
      return zip(g, b.normal).map { count * $0 - sum - $1 * dgamma }
    }
    func dx(_ b: Normalising) -> [Double] {
      let scale = Double(gamma) / (count * b.std)
      return inner(b).map { scale * $0 }
    }
  }

  static let parts = [
    Part.fraction("dx", .vector, weight: 2), Part.fraction("dgamma"),
    Part("dbeta", .integer, mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("mean-terms-dropped", "Mean and variance depend on every x: two more terms are missing."),
    .core("xhat-term-dropped", "The path through the variance is missing: subtract x̂ Σ G x̂."),
    .core("no-gamma", "On the way back the factor γ appears as well."),
    .optional("variance-for-std", "Divide by the standard deviation, not by the variance."),
    .core("dgamma-without-xhat", "γ multiplies x̂: its gradient is Σ G x̂."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    guard let x = Normalising.pleasant(4, from: &dice) else { return nil }
    let p = Parameters(
      x: x, gamma: dice.pick([-2, -1, 2, 3]), upstream: dice.integers(x.count, in: -5...6))
    return p.upstream.sum == 0 || dot(p.g, p.batch.normal).magnitude < 1e-9 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "upstream", p.upstream, count: p.x.count)
      ?? within(-1000...1000, "gamma", p.gamma) ?? Normalising.objection(to: p.x, called: "x")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let b = p.batch
    key.fractions(p.dx(b))
    key.fraction(dot(p.g, b.normal))
    key.write(p.upstream.sum)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The whole Jacobian of the normalisation, row by row.
    let b = p.batch
    let dx = b.normal.indices.map { i in
      Double(p.gamma)
        * b.normal.indices.reduce(0.0) { sum, j in
          let own: Double = i == j ? 1 : 0
          return sum + p.g[j] * (own - 1 / p.count - b.normal[i] * b.normal[j] / p.count) / b.std
        }
    }
    return AnswerKey(dx, zip(p.g, b.normal).map { $0 * $1 }.sum, p.upstream.sum)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (b, n, gamma, g) = (p.batch, p.count, Double(p.gamma), p.g)
    let inner = p.inner(b)
    Mistake("mean-terms-dropped", "dx", g.map { gamma * $0 / b.std })
    Mistake("xhat-term-dropped", "dx", g.map { gamma * (n * $0 - g.sum) / (n * b.std) })
    Mistake("no-gamma", "dx", inner.map { $0 / (n * b.std) })
    Mistake("variance-for-std", "dx", inner.map { gamma * $0 / (n * b.std * b.std) })
    Mistake("dgamma-without-xhat", "dgamma", g.sum)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    One feature of a batch, $x = \(tuple(p.x))$, is normalised: $\\hat{x} = \\frac{x - μ}{σ}$ with \
    the batch's mean and its variance divided by $n$, and $y = γ \\hat{x} + β$ with $γ = \(p.gamma)$. \
    Backward, $\\frac{∂L}{∂y} = G = \(tuple(p.upstream))$ arrives. Take $ε$ as negligible; $μ$ and \
    $σ$ depend on $x$. Give fractions or decimals.
    """
    ask("dx", "$\\frac{∂L}{∂x}$")
    ask("dgamma", "$\\frac{∂L}{∂γ}$")
    ask("dbeta", "$\\frac{∂L}{∂β}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let b = p.batch
    "With $μ = \(b.mean)$ and $σ = \(b.std)$:"
    steps(
      "\\hat{x} = \(shown(b.normal))", "\\frac{∂L}{∂β} = \\sum G = \(p.g.sum)",
      "\\frac{∂L}{∂γ} = \\sum G \\hat{x} = \(shown(dot(p.g, b.normal)))")
    "The inputs act directly, through the mean and through the variance:"
    steps(
      "\\frac{∂L}{∂x} = \\frac{γ}{n σ} (n G - \\sum G - \\hat{x} \\sum G \\hat{x})",
      "= \(shown(p.dx(b)))")
  }
}
