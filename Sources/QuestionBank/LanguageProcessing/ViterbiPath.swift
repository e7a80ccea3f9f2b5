import Calculus
import ExamModel
import Typesetting

/// The likeliest path of a hidden Markov model with two states, and the total by the forward sum.
enum ViterbiPath: QuestionFamily {
  static let heading = Heading("nlp.viterbi", "Viterbi and forward", difficulty: 4)

  /// State 0 is H, 1 is C: P(H first), P(stay) and P(observation 0) for each.
  struct Parameters: Codable, Sendable, Equatable {
    let start: Rational
    let stay, emit0: [Rational]
    let obs: [Int]

    func initial(_ s: Int) -> Rational { s == 0 ? start : 1 - start }
    func move(_ from: Int, _ to: Int) -> Rational { from == to ? stay[from] : 1 - stay[from] }
    func emit(_ s: Int, _ o: Int) -> Rational { o == 0 ? emit0[s] : 1 - emit0[s] }
    func probability(_ path: [Int]) -> Rational {
      let first = initial(path[0]) * emit(path[0], obs[0])
      return (1..<path.count).reduce(first) {
        $0 * move(path[$1 - 1], path[$1]) * emit(path[$1], obs[$1])
      }
    }
    /// All paths, by the bits of a number.
    var paths: [[Int]] { (0..<1 << obs.count).map { bits in obs.indices.map { bits >> $0 & 1 } } }
    var best: [Int] { paths.max { probability($0) < probability($1) } ?? [] }
    var total: Rational { paths.reduce(0) { $0 + probability($1) } }
    /// Always the likeliest next state.
    var stepwise: [Int] {
      obs.indices.reduce(into: []) { path, t in
        let scores = [0, 1].map { s in
          (path.last.map { move($0, s) } ?? initial(s)) * emit(s, obs[t])
        }
        path.append(scores[1] > scores[0] ? 1 : 0)
      }
    }
  }

  private static func text(_ path: [Int]) -> AnswerValue {
    .text(path.map { $0 == 0 ? "H" : "C" }.joined())
  }

  static let parts = [
    Part("path", .text, weight: 2),
    Part("prob", .number, tolerance: .significant(3), isFraction: true),
    Part("total", .number, tolerance: .significant(3), isFraction: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("stepwise-greedy", "The best path need not take the best state at each step."),
    .optional("emissions-only", "The transitions count as well, not only what each state emits."),
    .core("forward-for-viterbi", "That is the sum over all paths; Viterbi takes the largest."),
    .core("start-forgotten", "Multiply by the probability of the first state."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("path", because: "two states over three steps make eight paths")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    func tenths(_ dice: inout Dice) -> Rational { Rational(dice.integer(in: 1...9), 10) }
    let p = Parameters(
      start: tenths(&dice), stay: [tenths(&dice), tenths(&dice)],
      emit0: [tenths(&dice), tenths(&dice)], obs: (0..<3).map { _ in dice.below(2) })
    let sorted = p.paths.map(p.probability).sorted(by: >)
    let distinct = p.emit0[0] != p.emit0[1] && sorted[0] > sorted[1] * Rational(21, 20)
    return distinct && p.stepwise != p.best ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    unless(p.stay.count == 2 && p.emit0.count == 2, "stay and emit0 hold two fractions each")
      ?? positive("start", p.start, below: 1, denominators: 10)
      ?? positive("stay", p.stay[0], p.stay[1], below: 1, denominators: 10)
      ?? positive("emit0", p.emit0[0], p.emit0[1], below: 1, denominators: 10)
      ?? within(0...1, "obs", p.obs, count: 2...4)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(text(p.best), p.probability(p.best), p.total)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Step by step, with back pointers and with sums.
    var best = [0, 1].map { (path: [$0], p: (p.initial($0) * p.emit($0, p.obs[0])).value) }
    var sums = best.map(\.p)
    for o in p.obs.dropFirst() {
      let old = (best, sums)
      best = [0, 1].map { s in
        let ways = [0, 1].map { old.0[$0].p * p.move($0, s).value }
        let from = ways[1] > ways[0] ? 1 : 0
        return (old.0[from].path + [s], ways[from] * p.emit(s, o).value)
      }
      sums = [0, 1].map { s in
        (old.1[0] * p.move(0, s).value + old.1[1] * p.move(1, s).value) * p.emit(s, o).value
      }
    }
    let winner = best[1].p > best[0].p ? best[1] : best[0]
    return AnswerKey(text(winner.path), winner.p, sums.sum)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let best = p.best
    let emitted = p.obs.map { p.emit(1, $0) > p.emit(0, $0) ? 1 : 0 }
    Mistake("stepwise-greedy", "path", text(p.stepwise))
    Mistake("emissions-only", "path", text(emitted))
    Mistake("forward-for-viterbi", "prob", p.total)
    Mistake("start-forgotten", "prob", p.probability(best) / p.initial(best[0]))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows = (0...1).map { s in
      [p.initial(s), p.move(s, 0), p.move(s, 1), p.emit(s, 0), p.emit(s, 1)]
        .map { "$\(plainNumber($0.value))$" as Prose }
    }
    "A hidden Markov model has the states H and C:"
    Block.table(
      header: ["state", "first", "to H", "to C", "emits 0", "emits 1"],
      rows: [["H"] + rows[0], ["C"] + rows[1]])
    "The observations are $\(tuple(p.obs))$."
    ask("path", "the likeliest sequence of states, such as `HCH`")
    ask("prob", "the probability of that sequence together with the observations")
    ask("total", "the probability of the observations")
  }

  static func solve(_ p: Parameters) -> Document {
    let ranked = p.paths.sorted { p.probability($0) > p.probability($1) }
    let lines = ranked.map { path in
      "P(\(path.map { $0 == 0 ? "H" : "C" }.joined(separator: " "))) = \(plainNumber(p.probability(path).value))"
    }
    "With so few states all paths can be compared; Viterbi and the forward sum do it step by step:"
    Block.steps(lines.map { Step(stringLiteral: $0) })
    "The likeliest is \(ranked[0].map { $0 == 0 ? "H" : "C" }.joined()); together they have $\(plainNumber(p.total.value))$."
  }
}
