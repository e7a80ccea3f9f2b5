import ExamModel
import Typesetting

/// A sum over one axis of a tensor with three.
enum AxisReduction: QuestionFamily {
  static let heading = Heading("matdim.reduction", "A sum over one axis", difficulty: 1)

  struct Parameters: Codable, Sendable, Equatable {
    let shape: [Int]
    let axis: Int
    let keepdim: Bool

    var place: Int { axis < 0 ? axis + shape.count : axis }
    func reduced(at place: Int, keeping: Bool) -> [Int] {
      var out = shape
      if keeping { out[place] = 1 } else { out.remove(at: place) }
      return out
    }
  }

  static let parts = [Part("shape", .shape), Part("adds", .integer)]

  static let misconceptions: [Misconception] = [
    .core("kept-axis-only", "The axis that is summed over goes; the others stay."),
    .core("keepdim-ignored", "keepdim=True leaves the axis there, with size 1."),
    .core("kept-as-1", "Without keepdim the axis that is summed over goes."),
    .optional("one-based-axis", "Axes are counted from 0; -1 is the last."),
    .optional("no-minus-1", "Adding d numbers takes d − 1 additions."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      shape: dice.draw(3, from: 2...9), axis: dice.integer(in: -3...2),
      keepdim: dice.oneIn(2))
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "shape", p.shape, count: 1...6)
      ?? within(-p.shape.count...p.shape.count - 1, "axis", p.axis)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let out = p.reduced(at: p.place, keeping: p.keepdim)
    key.write(AnswerValue.shape(out), out.reduce(1, *) * (p.shape[p.place] - 1))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Each addition joins two numbers: as many as there are numbers too many.
    let (all, left) = (p.shape.reduce(1, *), p.shape.reduce(1, *) / p.shape[p.place])
    let out = p.shape.enumerated().compactMap { index, size in
      index != p.place ? size : p.keepdim ? 1 : nil
    }
    return AnswerKey(AnswerValue.shape(out), all - left)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("kept-axis-only", "shape", .shape([p.shape[p.place]]))
    Mistake(
      p.keepdim ? "keepdim-ignored" : "kept-as-1", "shape",
      .shape(p.reduced(at: p.place, keeping: !p.keepdim)))
    let before = (p.place + p.shape.count - 1) % p.shape.count
    Mistake("one-based-axis", "shape", .shape(p.reduced(at: before, keeping: p.keepdim)))
    Mistake("no-minus-1", "adds", p.shape.reduce(1, *))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    In PyTorch `x` has shape `\(AnswerValue.shape(p.shape).plainText)`, and \
    `y = x.sum(dim=\(p.axis)\(p.keepdim ? ", keepdim=True" : ""))`.
    """
    ask("shape", "the shape of `y`")
    ask("adds", "how many additions of two numbers it takes")
  }

  static func solve(_ p: Parameters) -> Document {
    let out = p.reduced(at: p.place, keeping: p.keepdim)
    let size = p.shape[p.place]
    """
    Axis \(p.axis) is the one of size \(size); it \(p.keepdim ? "stays with size 1" : "goes"): \
    `\(AnswerValue.shape(out).plainText)`. Each of the \(out.reduce(1, *)) entries adds \(size) numbers:
    """
    steps("\(out.reduce(1, *)) · (\(size) - 1) = \(out.reduce(1, *) * (size - 1))")
  }
}
