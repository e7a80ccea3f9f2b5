import Calculus
import ExamModel
import Typesetting

/// argmin ½ (x − w)² + λ |x|, entry by entry: towards 0 by λ, and not beyond.
enum SoftThreshold: QuestionFamily {
  static let heading = Heading("ml.l1-soft-threshold", "Soft thresholding", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let w: [Rational]
    let lambda: Rational

    func soft(_ threshold: Rational) -> [Rational] {
      w.map { x in
        let rest = (x < 0 ? -x : x) - threshold
        return rest <= 0 ? 0 : x < 0 ? -rest : rest
      }
    }
    func isKept(_ x: Rational) -> Bool { x > lambda || -x > lambda }
  }

  static let parts = [Part.fraction("x", .vector)]

  static let misconceptions: [Misconception] = [
    .core("ridge-shrinkage", "Dividing by 1 + λ is what a squared penalty does."),
    .core("hard-threshold", "What is kept moves towards 0 by λ as well."),
    .core("sign-lost", "Negative entries stay negative."),
    .core("no-zeroing", "Entries within λ of 0 become 0; they do not cross it."),
    .optional("halved-threshold", "With the factor ½ at the square the shift is λ itself."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      w: (0..<4).map { _ in
        Rational(dice.pick([-11, -9, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 2)
      },
      lambda: dice.pick([1, 2, 3, 4], over: 2))
    let kept = p.w.filter(p.isKept)
    return (2...3).contains(kept.count) && kept.contains { $0 < 0 } ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    unless(
      (1...10).contains(p.w.count)
        && p.w.allSatisfy { $0 > -1000 && $0 < 1000 && $0.denominator <= 100 },
      "w has 1 to 10 fractions between -1000 and 1000") ?? positive("lambda", p.lambda, below: 1000)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.soft(p.lambda)) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The loss falls towards the minimum and rises behind it: try both slopes and 0.
    func loss(_ x: Double, _ w: Double) -> Double {
      (x - w) * (x - w) / 2 + p.lambda.value * x.magnitude
    }
    return AnswerKey(
      p.w.map { w in
        [0, w.value - p.lambda.value, w.value + p.lambda.value].min {
          loss($0, w.value) < loss($1, w.value)
        } ?? 0
      })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("ridge-shrinkage", "x", p.w.map { $0 / (1 + p.lambda) })
    Mistake("hard-threshold", "x", p.w.map { p.isKept($0) ? $0 : 0 })
    Mistake("sign-lost", "x", p.soft(p.lambda).map { $0 < 0 ? -$0 : $0 })
    Mistake("no-zeroing", "x", p.w.map { $0 > 0 ? $0 - p.lambda : $0 + p.lambda })
    Mistake("halved-threshold", "x", p.soft(p.lambda / 2))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    $\\sum_i [\\frac{1}{2} (x_i - w_i)^2 + λ |x_i|]$ is minimised over $x$ for $w = \(fractions(p.w))$ \
    and $λ = \(fraction(p.lambda))$.
    """
    ask("x", "the minimising $x$")
  }

  static func solve(_ p: Parameters) -> Document {
    "Each entry moves towards 0 by $λ$, and those within $λ$ of 0 become 0:"
    steps("\(shown(p.soft(p.lambda).map(\.value)))")
  }
}
