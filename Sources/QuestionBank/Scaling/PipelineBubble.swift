import Calculus
import ExamModel
import Typesetting

/// How long the stages of a pipeline stand idle.
enum PipelineBubble: QuestionFamily {
  static let heading = Heading(
    "scale.pipeline-bubble", "The bubble of a pipeline", difficulty: 3, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let stages, microbatches, interleave: Int
    var work: Int { interleave * microbatches }
    var idle: Int { stages - 1 }
    var share: Rational { Rational(idle, work + idle) }
    var ratio: Rational { Rational(idle, work) }
  }

  static let leavesPartsOut = true
  static let parts = [
    Part.fraction("share", to: 4), Part.fraction("ratio", to: 4, mayBeObvious: true),
    Part("steps", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core("ratio-for-share", "That is idle over working; the share is idle over all."),
    .core("share-for-ratio", "That is idle over all; the ratio is idle over working."),
    .core("stages-not-minus-1", "A stage does not wait for itself: only for each of the others."),
    .optional("inverted", "That is the share of working, not of standing idle."),
    .core(
      "product",
      "The stages work at the same time: the last one ends as many steps later as there are others."
    ),
  ]

  static let variants: Int? = 126

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      stages: dice.pick([2, 3, 4, 6, 8, 12, 16]),
      microbatches: dice.pick([4, 6, 8, 12, 16, 20, 24, 32, 48, 64]),
      interleave: dice.pick([1, 1, 1, 2]))
    return p.microbatches == p.stages ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(2...1000, "stages", p.stages) ?? within(1...100_000, "microbatches", p.microbatches)
      ?? within(1...16, "interleave", p.interleave)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.share, p.ratio, p.interleave == 1 ? p.work + p.idle : nil)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Draw the schedule: stage s works on chunk j in step s + j, and is idle otherwise.
    let last = (p.stages - 1) + (p.work - 1)
    let busy = (0...last).map { t in (0..<p.stages).count { (0..<p.work).contains(t - $0) } }.sum
    let cells = (last + 1) * p.stages
    return AnswerKey(
      Double(cells - busy) / Double(cells), Double(cells - busy) / Double(busy),
      p.interleave == 1 ? last + 1 : nil)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("ratio-for-share", "share", p.ratio)
    Mistake("stages-not-minus-1", "share", Rational(p.stages, p.work + p.stages))
    Mistake("inverted", "share", 1 - p.share)
    Mistake("share-for-ratio", "ratio", p.share)
    if p.interleave == 1 { Mistake("product", "steps", p.work * p.stages) }
  }

  static func pose(_ p: Parameters) -> Prompt {
    let interleaved =
      p.interleave == 1
      ? ""
      : " Each GPU has \(p.interleave) chunks of layers, interleaved, so that the idle time shrinks as if there were \(p.interleave) times as many micro-batches."
    """
    A pipeline of \(p.stages) stages runs \(p.microbatches) micro-batches forward, all steps equally \
    long, and the backward passes likewise.\(interleaved)
    """
    ask("share", "the share of all time that a stage stands idle")
    ask("ratio", "the idle time over the time of working")
    ask("steps", "how many steps it takes until the last micro-batch has left the last stage")
  }

  static func solve(_ p: Parameters) -> Document {
    "Each stage works for \(p.work) steps and waits for $\(p.stages) - 1 = \(p.idle)$:"
    steps(
      "\\frac{\(p.idle)}{\(p.work) + \(p.idle)} = \(shown(p.share, decimals: 4))",
      "\\frac{\(p.idle)}{\(p.work)} = \(shown(p.ratio, decimals: 4))")
    if p.interleave == 1 { "In all that is $\(p.work) + \(p.idle) = \(p.work + p.idle)$ steps." }
  }
}
