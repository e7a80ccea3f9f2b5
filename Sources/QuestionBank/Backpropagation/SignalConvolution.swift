import ExamModel
import Typesetting

/// A valid cross-correlation of a signal with a kernel, forward and backward.
enum SignalConvolution: QuestionFamily {
  static let heading = Heading(
    "backprop.conv1d", "A one-dimensional convolution, forward and backward", difficulty: 4)

  struct Parameters: Codable, Sendable, Equatable {
    let x, w, g: [Int]

    func output(_ w: [Int]) -> [Int] {
      (0...x.count - w.count).map { i in dot(w, Array(x[i..<i + w.count])) }
    }
    func weightGradient(from windows: [Int]) -> [Int] {
      w.indices.map { j in windows.reduce(0) { $0 + g[$1] * x[$1 + j] } }
    }
    func inputGradient(_ w: [Int]) -> [Int] {
      x.indices.map { k in
        g.indices.reduce(0) { sum, i in w.indices.contains(k - i) ? sum + g[i] * w[k - i] : sum }
      }
    }
  }

  static let parts = [Part("y", .vector), Part("dw", .vector), Part("dx", .vector, weight: 2)]

  static let misconceptions: [Misconception] = [
    .core("kernel-flipped", "Layers slide the kernel as it is; only mathematics turns it round."),
    .core("dw-flipped", "The weights' gradient comes out in the weights' order."),
    .core("first-window-only", "Every window uses the weights: add over all of them."),
    .core(
      "dx-not-flipped", "Input k meets weight k − i of window i: going back, the kernel turns."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (n, k) = (dice.integer(in: 4...5), dice.integer(in: 2...3))
    let p = Parameters(
      x: dice.integers(n, in: -3...3), w: dice.picks(k, from: [-3, -2, -1, 1, 2, 3]),
      g: dice.picks(n - k + 1, from: [-2, -1, 1, 2, 3]))
    return p.w == p.w.reversed() ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-1000...1000, "w", p.w, count: 1...12)
      ?? within(-1000...1000, "x", p.x, count: p.w.count...24)
      ?? within(-1000...1000, "g", p.g, count: p.x.count - p.w.count + 1)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.output(p.w), p.weightGradient(from: Array(p.g.indices)), p.inputGradient(p.w))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // As a matrix whose rows are the kernel, one step further each: y = M x, dx = Mᵀ g.
    let matrix = p.g.indices.map { i in
      p.x.indices.map { k in p.w.indices.contains(k - i) ? p.w[k - i] : 0 }
    }
    let dx = p.x.indices.map { k in dot(matrix.map { $0[k] }, p.g) }
    let dw = p.w.indices.map { j in dot(p.g, Array(p.x[j..<j + p.g.count])) }
    return AnswerKey(matrix.map { dot($0, p.x) }, dw, dx)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("kernel-flipped", "y", p.output(p.w.reversed()))
    Mistake("dw-flipped", "dw", p.weightGradient(from: Array(p.g.indices)).reversed() as [Int])
    Mistake("first-window-only", "dw", p.weightGradient(from: [0]))
    Mistake("dx-not-flipped", "dx", p.inputGradient(p.w.reversed()))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A layer computes $y_i = \\sum_j w_j x_{i + j}$ without padding, for $x = \(tuple(p.x))$ and \
    $w = \(tuple(p.w))$. Backward, $\\frac{∂L}{∂y} = \(tuple(p.g))$ arrives.
    """
    ask("y", "$y$")
    ask("dw", "$\\frac{∂L}{∂w}$")
    ask("dx", "$\\frac{∂L}{∂x}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let first = zip(p.w, p.x).map { "\(signed("\($0)")) · \(signed("\($1)"))" }
    "The kernel slides along the signal; the first window gives $\(first.joined(separator: " + "))$:"
    steps("y = \(tuple(p.output(p.w)))")
    "Each window adds its share to the weights, and each output passes its slope on to its window:"
    steps(
      "\\frac{∂L}{∂w_j} = \\sum_i g_i x_{i + j} = \(tuple(p.weightGradient(from: Array(p.g.indices))))",
      "\\frac{∂L}{∂x_k} = \\sum_i g_i w_{k - i} = \(tuple(p.inputGradient(p.w)))")
  }
}
