import Calculus
import ExamModel
import Typesetting

/// The learning rate in some epoch, by one of four schedules of PyTorch.
enum LearningRateSchedule: QuestionFamily {
  static let heading = Heading("torch.lr-schedule", "Learning-rate schedules", difficulty: 2)

  enum Kind: String, Codable, Sendable, CaseIterable { case step, exp, cosine, warmup }

  /// Each kind has numbers of its own besides the first rate and the epoch, counted from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let base: Double
    let epoch: Int
    var gamma: Double?
    var stepSize, period: Int?
    var floor: Double?
    var warmup: Int?

    func rate(decayedTimes n: Int) -> Double { (0..<n).reduce(base) { x, _ in x * (gamma ?? 1) } }
    func cosine(inDegrees: Bool = false) -> Double {
      let turn = Double.pi * Double(epoch) / Double(period ?? 1)
      return Elementary.sineAndCosine(inDegrees ? turn * Double.pi / 180 : turn).cosine
    }
    var share: Double { Double(epoch + 1) / Double(warmup ?? 1) }
  }

  static let parts = [Part("lr", .number, tolerance: .significant(3))]

  static let misconceptions: [Misconception] = [
    .optional("ceil-or-offset", "Epochs count from 0: look at how many steps lie behind."),
    .optional("power-of-epoch", "The factor acts once in every step of epochs, not in each epoch."),
    .optional("linear", "The rate is multiplied by γ each time: γ to a power."),
    .core("no-half", "The cosine runs from 1 to −1; half of 1 + cos runs from 1 to 0."),
    .core("degrees", "The angle is in radians."),
    .core("bare-cosine", "The cosine itself becomes negative; take ½ (1 + cos)."),
    .optional("linear-decay", "That is a straight line; the cosine is flat at both ends."),
    .core("full-rate", "The warm-up is not over yet."),
    .core("inverted", "The rate grows towards its full value during the warm-up."),
    .optional("subtracted", "The rate is multiplied by γ, not lowered by it."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let base = dice.pick([0.1, 0.2, 0.01, 0.05])
    switch dice.pick(Kind.allCases) {
    case .step:
      let size = dice.pick([3, 5, 10])
      return Parameters(
        kind: .step, base: base, epoch: dice.integer(in: size + 1...4 * size),
        gamma: dice.pick([0.1, 0.5, 0.8]), stepSize: size)
    case .exp:
      return Parameters(
        kind: .exp, base: base, epoch: dice.integer(in: 2...5), gamma: dice.pick([0.5, 0.8, 0.9]))
    case .cosine:
      let period = dice.pick([10, 20, 50])
      return Parameters(
        kind: .cosine, base: base, epoch: dice.integer(in: 1...period - 1), period: period,
        floor: dice.pick([0, base / 10, base / 20]))
    case .warmup:
      let warmup = dice.pick([4, 5, 8, 10])
      return Parameters(
        kind: .warmup, base: base, epoch: dice.integer(in: 1...warmup - 2), warmup: warmup)
    }
  }

  static func objection(to p: Parameters) -> String? {
    guard p.base > 0, p.base <= 100, (0...1000).contains(p.epoch) else {
      return "base lies between 0 and 100, epoch between 0 and 1000"
    }
    switch p.kind {
    case .step, .exp:
      guard let gamma = p.gamma, gamma > 0, gamma < 1 else { return "gamma lies between 0 and 1" }
      return p.kind == .exp || (p.stepSize ?? 0) > 0 ? nil : "step needs a stepSize from 1"
    case .cosine:
      return (p.period ?? 0) >= p.epoch && (p.period ?? 0) > 0 && (p.floor ?? -1) >= 0
        ? nil : "cosine needs a period no shorter than epoch, and a floor"
    case .warmup: return (p.warmup ?? 0) > p.epoch ? nil : "warmup is longer than epoch"
    }
  }

  private static func rate(_ p: Parameters) -> Double {
    let floor = p.floor ?? 0
    switch p.kind {
    case .step: return p.rate(decayedTimes: p.epoch / (p.stepSize ?? 1))
    case .exp: return p.rate(decayedTimes: p.epoch)
    case .cosine: return floor + (p.base - floor) * (1 + p.cosine()) / 2
    case .warmup: return p.base * p.share
    }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(rate(p)) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Epoch by epoch; the cosine by the square of half the angle.
    switch p.kind {
    case .step, .exp:
      let size = p.stepSize ?? 1
      let steps = (0...p.epoch).filter { $0 > 0 && $0 % size == 0 }
      return AnswerKey(steps.reduce(p.base) { rate, _ in rate * (p.gamma ?? 1) })
    case .cosine:
      let half = Double.pi / 2 * Double(p.epoch) / Double(p.period ?? 1)
      let (sine, cosine) = Elementary.sineAndCosine(half)
      return AnswerKey(p.base * cosine * cosine + (p.floor ?? 0) * sine * sine)
    case .warmup: return AnswerKey((0...p.epoch).map { _ in p.base / Double(p.warmup ?? 1) }.sum)
    }
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (base, floor, epoch) = (p.base, p.floor ?? 0, Double(p.epoch))
    switch p.kind {
    case .step:
      let done = p.epoch / (p.stepSize ?? 1)
      Mistake("power-of-epoch", "lr", p.rate(decayedTimes: p.epoch))
      Mistake("ceil-or-offset", "lr", p.rate(decayedTimes: done + 1))
      Mistake("linear", "lr", base * (p.gamma ?? 1) * Double(done))
    case .exp:
      Mistake("ceil-or-offset", "lr", p.rate(decayedTimes: p.epoch + 1))
      Mistake("linear", "lr", base * (p.gamma ?? 1) * epoch)
      Mistake("subtracted", "lr", base - (p.gamma ?? 1) * epoch)
    case .cosine:
      Mistake("no-half", "lr", floor + (base - floor) * (1 + p.cosine()))
      Mistake("degrees", "lr", floor + (base - floor) * (1 + p.cosine(inDegrees: true)) / 2)
      Mistake("bare-cosine", "lr", floor + (base - floor) * p.cosine())
      Mistake("linear-decay", "lr", base - (base - floor) * epoch / Double(p.period ?? 1))
    case .warmup:
      Mistake("full-rate", "lr", base)
      Mistake("inverted", "lr", base / p.share)
      Mistake("ceil-or-offset", "lr", base * epoch / Double(p.warmup ?? 1))
    }
  }

  private static func code(_ p: Parameters) -> String {
    let rate = plainNumber(p.base)
    let gamma = plainNumber(p.gamma ?? 1)
    let scheduler =
      switch p.kind {
      case .step: "StepLR(optimizer, step_size=\(p.stepSize ?? 1), gamma=\(gamma))"
      case .exp: "ExponentialLR(optimizer, gamma=\(gamma))"
      case .cosine:
        "CosineAnnealingLR(optimizer, T_max=\(p.period ?? 1), eta_min=\(plainNumber(p.floor ?? 0)))"
      case .warmup: "LambdaLR(optimizer, lambda epoch: min(1, (epoch + 1) / \(p.warmup ?? 1)))"
      }
    return "optimizer = SGD(model.parameters(), lr=\(rate))\nscheduler = \(scheduler)"
  }

  static func pose(_ p: Parameters) -> Prompt {
    "The scheduler is stepped once at the end of every epoch; epochs are counted from 0."
    Block.code(code(p))
    ask("lr", "the learning rate in epoch \(p.epoch)")
  }

  static func solve(_ p: Parameters) -> Document {
    let (base, gamma) = (plainNumber(p.base), plainNumber(p.gamma ?? 1))
    let done = p.epoch / (p.stepSize ?? 1)
    let floor = plainNumber(p.floor ?? 0)
    let line =
      switch p.kind {
      case .step:
        "\(base) · \(gamma)^{\\lfloor \(p.epoch) / \(p.stepSize ?? 1) \\rfloor} = \(base) · \(gamma)^{\(done)}"
      case .exp: "\(base) · \(gamma)^{\(p.epoch)}"
      case .cosine:
        "\(floor) + \\frac{1}{2} (\(base) - \(floor)) (1 + \\cos \\frac{π · \(p.epoch)}{\(p.period ?? 1)})"
      case .warmup: "\(base) · \\frac{\(p.epoch) + 1}{\(p.warmup ?? 1)}"
      }
    return Document { steps("\(line) = \(large(rate(p)))") }
  }
}
