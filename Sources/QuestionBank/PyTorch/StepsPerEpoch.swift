import ExamModel
import Typesetting

/// Batches, optimiser steps and the effective batch of a training run.
enum StepsPerEpoch: QuestionFamily {
  static let heading = Heading(
    "torch.steps-per-epoch", "Steps of a training run", difficulty: 2, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let samples, batch, gpus, accum, epochs: Int
    let dropLast: Bool

    var together: Int { batch * gpus }
    var batches: Int { batches(of: together, dropping: dropLast) }
    func batches(of size: Int, dropping: Bool) -> Int {
      dropping ? samples / size : (samples + size - 1) / size
    }
    func steps(_ batches: Int) -> Int { (batches + accum - 1) / accum }
  }

  static let parts = [
    Part("batches", .integer), Part("steps", .integer, dependsOn: ["batches"]),
    Part("total", .integer, dependsOn: ["steps"]), Part("effective", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "floor-ceil",
      "Look at the last, incomplete batch: it counts where it is kept, and only there."),
    .core("epochs-forgotten", "All epochs were asked for."),
    .core("accumulation-ignored", "The optimiser steps once after several batches."),
    .optional("accumulation-multiplied", "Accumulating makes fewer steps, not more."),
    .core("one-gpu", "All GPUs take a batch at a time."),
    .core("effective-no-gpus", "The gradients of all GPUs go into one step."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      samples: dice.integer(in: 300...5000), batch: dice.pick([8, 12, 16, 20, 24, 32, 40, 48]),
      gpus: dice.pick([1, 2, 3, 4, 6, 8]),
      accum: dice.pick([1, 2, 3, 4, 5]), epochs: dice.integer(in: 2...5), dropLast: dice.oneIn(2))
    return p.samples % p.together == 0 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1_000_000_000, "samples", p.samples)
      ?? within(1...10_000, "batch, gpus, accum and epochs", p.batch, p.gpus, p.accum, p.epochs)
      ?? unless(p.batches > 0, "there is no batch at all")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let batches = key.integer(p.batches)
    let steps = key.integer(p.steps(max(0, min(batches, 1_000_000_000))))
    key.write(Double(steps).magnitude < 1e12 ? steps * p.epochs : 0)
    key.write(p.together * p.accum)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Run through an epoch with a counter.
    var (left, batches, steps, pending) = (p.samples, 0, 0, 0)
    while left >= (p.dropLast ? p.together : 1) {
      left -= min(left, p.together)
      batches += 1
      pending += 1
      if pending == p.accum { (steps, pending) = (steps + 1, 0) }
    }
    if pending > 0 { steps += 1 }
    return AnswerKey(
      batches, steps, Array(repeating: steps, count: p.epochs).sum, p.batch * (p.gpus * p.accum))
  }

  static func twins(_ p: Parameters) -> [Set<PartID>] {
    p.accum == 1 ? [["batches", "steps"]] : []
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("floor-ceil", "batches", p.batches(of: p.together, dropping: !p.dropLast))
    if p.gpus > 1 {
      Mistake("one-gpu", "batches", p.batches(of: p.batch, dropping: p.dropLast))
      Mistake("effective-no-gpus", "effective", p.batch * p.accum)
    }
    if p.accum > 1 {
      Mistake("accumulation-ignored", "steps", p.batches)
      Mistake("accumulation-multiplied", "steps", p.batches * p.accum)
    }
    Mistake("epochs-forgotten", "total", p.steps(p.batches))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A model is trained for \(p.epochs) epochs on \(p.samples) samples, with batches of \(p.batch) on \
    \(p.gpus == 1 ? "one GPU" : "each of \(p.gpus) GPUs at a time"). The last, incomplete batch is \
    \(p.dropLast ? "dropped" : "kept"). \(p.accum == 1 ? "The optimiser steps after every batch." : "The optimiser steps after every \(p.accum) batches, and once more at the end of an epoch if some are left.")
    """
    ask("batches", "how many batches each GPU takes in an epoch")
    ask("steps", "how many optimiser steps an epoch has")
    ask("total", "how many steps the whole run has")
    ask("effective", "how many samples go into a full step")
  }

  static func solve(_ p: Parameters) -> Document {
    let batches = p.batches
    let (open, close) = p.dropLast ? ("\\lfloor", "\\rfloor") : ("\\lceil", "\\rceil")
    steps(
      "\(open) \\frac{\(p.samples)}{\(p.batch) · \(p.gpus)} \(close) = \(batches) \\text{ batches}",
      "\\lceil \\frac{\(batches)}{\(p.accum)} \\rceil = \(p.steps(batches)) \\text{ steps}",
      "\(p.epochs) · \(p.steps(batches)) = \(p.epochs * p.steps(batches))",
      "\(p.batch) · \(p.gpus) · \(p.accum) = \(p.together * p.accum)")
  }
}
