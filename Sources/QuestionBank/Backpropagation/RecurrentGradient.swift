import ExamModel
import Typesetting

/// Backpropagation through time in h_t = w h_{t−1} + u x_t.
enum RecurrentGradient: QuestionFamily {
  static let heading = Heading("backprop.rnn-bptt", "Backpropagation through time", difficulty: 4)

  struct Parameters: Codable, Sendable, Equatable {
    let w, u, h0: Int
    let x: [Int]

    var states: [Int] { x.reduce(into: [h0]) { $0.append(w * $0[$0.count - 1] + u * $1) } }
    /// ∂h_t/∂w and ∂h_t/∂u, carried along with the state.
    var slopes: [(w: Int, u: Int)] {
      zip(states, x).reduce(into: [(0, 0)]) { slopes, step in
        let (dw, du) = slopes[slopes.count - 1]
        slopes.append((step.0 + w * dw, step.1 + w * du))
      }
    }
  }

  static let parts = [
    Part("h", .integer, mayBeObvious: true), Part("dw", .integer, weight: 2, mayBeObvious: true),
    Part("du", .integer, mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("last-step-only", "The earlier states depend on w too: carry their slope along."),
    .optional("input-ignored", "The states contain the inputs as well, not only h₀."),
    .optional("states-summed", "Each earlier state reaches the end through further factors w."),
    .core("du-last-only", "u acts at every step, not only at the last."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      w: dice.pick([-3, -2, 2, 3]), u: dice.pick([-2, -1, 1, 2]), h0: dice.pick([-2, -1, 1, 2]),
      x: dice.integers(dice.integer(in: 2...3), in: -3...3))
  }

  static func objection(to p: Parameters) -> String? {
    within(-20...20, "x", p.x, count: 1...8) ?? within(-20...20, "w, u and h0", p.w, p.u, p.h0)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let slope = p.slopes[p.x.count]
    key.write(p.states.last, slope.w, slope.u)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Written out: each step's share times the factors w that follow it.
    let last = p.x.count
    func power(_ n: Int) -> Int { (0..<n).reduce(1) { w, _ in w * p.w } }
    let dw = (0..<last).reduce(0) { $0 + power(last - 1 - $1) * p.states[$1] }
    let du = (0..<last).reduce(0) { $0 + power(last - 1 - $1) * p.x[$1] }
    return AnswerKey(power(last) * p.h0 + p.u * du, dw, du)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (states, steps) = (p.states, p.x.count)
    let power = (1..<steps).reduce(1) { w, _ in w * p.w }
    Mistake("last-step-only", "dw", states[steps - 1])
    Mistake("input-ignored", "dw", steps * power * p.h0)
    Mistake("states-summed", "dw", states.dropLast().sum)
    Mistake("du-last-only", "du", p.x[steps - 1])
  }

  static func pose(_ p: Parameters) -> Prompt {
    let t = p.x.count
    let names = t > 3 ? "x_1, …, x_\(t)" : (1...t).map { "x_\($0)" }.joined(separator: ", ")
    """
    A linear recurrent cell computes $h_t = w h_{t - 1} + u x_t$ with $w = \(p.w)$, $u = \(p.u)$, \
    $h_0 = \(p.h0)$ and the inputs $\(names) = \(p.x.map(String.init).joined(separator: ", "))$.
    """
    ask("h", "$h_\(t)$")
    ask("dw", "$\\frac{d h_\(t)}{d w}$")
    ask("du", "$\\frac{d h_\(t)}{d u}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let lines = zip(p.states, p.slopes).enumerated().dropFirst().map { t, line -> Step in
      let (h, slope) = line
      return "h_\(t) = \(h), \\frac{d h_\(t)}{d w} = \(slope.w), \\frac{d h_\(t)}{d u} = \(slope.u)"
    }
    "The slopes are carried along with the state, since $h_{t - 1}$ depends on $w$ and $u$ too:"
    steps(
      "\\frac{d h_t}{d w} = h_{t - 1} + w \\frac{d h_{t - 1}}{d w}",
      "\\frac{d h_t}{d u} = x_t + w \\frac{d h_{t - 1}}{d u}")
    Block.steps(lines)
  }
}
