import ExamModel
import Typesetting

/// One pass of the perceptron over four points, from zero.
enum PerceptronPass: QuestionFamily {
  static let heading = Heading("ml.perceptron-update", "A pass of the perceptron", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let points: [[Int]]
    let y: [Int]

    typealias State = (w: [Int], b: Int, count: Int)

    /// The pass, with a step of `sign` times the label at each mistake, or at every point.
    func run(sign: Int = 1, always: Bool = false, most: Int = .max) -> State {
      var (w, b, count) = (points[0].map { _ in 0 }, 0, 0)
      for (x, label) in zip(points, y) where always || label * (dot(w, x) + b) <= 0 {
        guard count < most else { break }
        w = zip(w, x).map { $0 + sign * label * $1 }
        b += sign * label
        count += 1
      }
      return (w, b, count)
    }
  }

  static let parts = [
    Part("w", .vector, weight: 2), Part("b", .integer, mayBeObvious: true),
    Part("mistakes", .integer, mayBeObvious: true),
  ]

  static let misconceptions: [Misconception] = [
    .core("always-updates", "A point that is classified rightly changes nothing."),
    .core("wrong-direction", "Add the label times the point, so that its value moves towards it."),
    .optional("bias-fixed", "The bias is updated as well, by the label."),
    .core("first-mistake-only", "The pass goes on to the last point."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "b", "mistakes", because: "one pass over four points makes two or three mistakes")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(points: dice.rows(4, of: 2, in: -3...3), y: dice.picks(4, from: [-1, 1]))
    return (2...3).contains(p.run().count) ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    unless(p.points.first?.isEmpty == false, "points hold numbers")
      ?? within(-1000...1000, "points", p.points, rows: 1...12, columns: p.points[0].count)
      ?? unless(
        p.y.count == p.points.count && p.y.allSatisfy([-1, 1].contains),
        "y has a label 1 or -1 for each point")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let run = p.run()
    key.write(run.w, run.b, run.count)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The dual form: which points were mistaken; w is the sum of them with their labels.
    var mistaken: [Int] = []
    for i in p.points.indices {
      let value = mistaken.map { j in p.y[j] * (dot(p.points[j], p.points[i]) + 1) }.sum
      if p.y[i] * value <= 0 { mistaken.append(i) }
    }
    let w = p.points[0].indices.map { k in mistaken.map { p.y[$0] * p.points[$0][k] }.sum }
    return AnswerKey(w, mistaken.map { p.y[$0] }.sum, mistaken.count)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("always-updates", "w", p.run(always: true).w)
    Mistake("wrong-direction", "w", p.run(sign: -1).w)
    Mistake("bias-fixed", "b", 0)
    Mistake("first-mistake-only", "w", p.run(most: 1).w)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = zip(p.points, p.y).map { ["$\(tuple($0))$", "$\($1)$"] }
    """
    A perceptron starts with $w = (0, 0)$ and $b = 0$ and goes once through these points, in this \
    order. Where $y (w · x + b) ≤ 0$ it adds $y x$ to $w$ and $y$ to $b$.
    """
    Block.table(header: ["$x$", "$y$"], rows: rows)
    ask("w", "$w$ after the pass")
    ask("b", "$b$ after the pass")
    ask("mistakes", "how many updates there were")
  }

  static func solve(_ p: Parameters) -> Document {
    var (w, b) = ([0, 0], 0)
    var rows: [[Prose]] = []
    for (x, label) in zip(p.points, p.y) {
      let value = label * (dot(w, x) + b)
      if value <= 0 {
        w = zip(w, x).map { $0 + label * $1 }
        b += label
      }
      rows.append(["$\(tuple(x))$", "$\(value)$", "$\(tuple(w))$", "$\(b)$"])
    }
    return Document {
      Block.table(header: ["$x$", "$y (w · x + b)$", "$w$ after", "$b$ after"], rows: rows)
      "There were \(p.run().count) updates."
    }
  }
}
