import Calculus
import ExamModel
import Typesetting

/// PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i + 1) = cos of the same (Vaswani et al. 2017).
enum SinusoidalPositions: QuestionFamily {
  static let heading = Heading(
    "attention.sinusoidal", "Sinusoidal position encoding", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let pos, d: Int
    /// pos / 10000^(j/d).
    func angle(_ j: Int) -> Double {
      Double(pos) / Elementary.exp(Double(j) / Double(d) * Elementary.log(10_000))
    }
    func encoding(_ angles: [Double]) -> [Double] {
      angles.flatMap { angle in
        let turn = Elementary.sineAndCosine(angle)
        return [turn.sine, turn.cosine]
      }
    }
    var angles: [Double] { (0..<d / 2).map { angle(2 * $0) } }
  }

  static let parts = [Part.real("pe", .vector, to: 4)]

  static let misconceptions: [Misconception] = [
    .core(
      "exponent-i-over-d",
      "Sine and cosine of a pair share one angle: the exponent is 2i / d for both."),
    .core("sin-cos-swapped", "Even places have the sine, odd places the cosine."),
    .core("degrees", "The angle is in radians."),
    .core("blocks-not-interleaved", "Sine and cosine take turns; they do not form two blocks."),
  ]

  static let variants: Int? = 57

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(pos: dice.integer(in: 1...60), d: 4)
  }

  static func objection(to p: Parameters) -> String? {
    within(0...100_000, "pos", p.pos) ?? within(2...16, "d", p.d)
      ?? unless(p.d.isMultiple(of: 2), "d is even")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(p.encoding(p.angles)) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The angles by roots instead of logarithms, where d is a power of two.
    guard p.d == 4 else { return nil }
    let slow = Double(p.pos) / 10_000.0.squareRoot()
    let (fast, late) = (Elementary.sineAndCosine(Double(p.pos)), Elementary.sineAndCosine(slow))
    return AnswerKey([fast.sine, fast.cosine, late.sine, late.cosine])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let right = p.encoding(p.angles)
    let pairs = right.indices
    let slower = (0..<p.d).map { j in
      let turn = Elementary.sineAndCosine(p.angle(j))
      return j % 2 == 0 ? turn.sine : turn.cosine
    }
    Mistake("exponent-i-over-d", "pe", slower)
    Mistake("sin-cos-swapped", "pe", pairs.map { right[$0 ^ 1] })
    Mistake("degrees", "pe", p.encoding(p.angles.map { $0 * Double.pi / 180 }))
    Mistake(
      "blocks-not-interleaved", "pe",
      pairs.filter { $0 % 2 == 0 }.map { right[$0] }
        + pairs.filter { $0 % 2 == 1 }.map { right[$0] })
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A Transformer encodes positions as $\\text{PE}(t, 2 i) = \\sin(\\frac{t}{10000^{2 i / d}})$ and \
    $\\text{PE}(t, 2 i + 1) = \\cos(\\frac{t}{10000^{2 i / d}})$, counted from $i = 0$, with $d = \(p.d)$.
    """
    ask("pe", "the encoding of position $\(p.pos)$, all \(p.d) entries, to 4 decimals")
  }

  static func solve(_ p: Parameters) -> Document {
    "The angles, in radians, are $\(p.angles.map { plainNumber(nearFraction($0)) }.joined(separator: ", "))$; each gives a sine and a cosine:"
    steps("\(tuple(p.encoding(p.angles), decimals: 4))")
  }
}
