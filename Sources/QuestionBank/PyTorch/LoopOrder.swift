import ExamModel
import Typesetting

/// The five lines of a training loop: does an order train, and if not, what happens?
///
/// Of the 120 orders four train from the first pass on: prediction before loss before backward before
/// step, and zero_grad not between backward and step.
enum LoopOrder: QuestionFamily {
  static let heading = Heading(
    "torch.loop-order", "The order of the training loop", difficulty: 2, version: 2)

  enum Line: String, Codable, Sendable, CaseIterable {
    case zero, pred, loss, back, step

    var code: String {
      switch self {
      case .zero: "optimizer.zero_grad()"
      case .pred: "prediction = model(data)"
      case .loss: "loss = criterion(prediction, target)"
      case .back: "loss.backward()"
      case .step: "optimizer.step()"
      }
    }
  }

  enum Mode: String, Codable, Sendable { case diagnose, arrange }

  struct Parameters: Codable, Sendable, Equatable {
    /// The lines as they stand in the loop; to be arranged in mode `arrange`.
    let order: [Line]
    var mode: Mode?

    var isArranging: Bool { mode == .arrange }
  }

  private enum Diagnosis: String, CaseIterable {
    case trains = "It trains as it should."
    case stale = "An error, or a graph of the previous pass: a value is used before it is made."
    case early =
      "The step comes before the gradients are made: it uses none, or those of the pass before."
    case wiped = "The gradients are made, and wiped before the step, so the weights never change."
  }

  static let leavesPartsOut = true
  static let parts = [
    Part("valid", .choice), Part("diagnosis", .choice), Part("order", .ordering, weight: 2),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "looks-plausible", "The order only looks right: each line needs what the one before it made."),
    .optional(
      "zero-must-come-first",
      "zero_grad() need not come first; it must only stay out from between backward() and step()."),
    .optional("needs-other-order", "This is the usual order, and it trains."),
    .optional(
      "expects-an-error",
      "PyTorch does not complain here; it runs and the result is wrong, which is worse."),
    .optional(
      "expects-stale-step",
      "The step comes after backward(); what is wrong is that the gradients are cleared in between."
    ),
    .optional(
      "expects-wiped-gradients",
      "The gradients are not cleared before the step; the step comes before they are made."),
    .optional("step-first", "step() uses the gradients that backward() makes: it comes after it."),
    .optional("zero-before-step", "zero_grad() just before step() throws the new gradients away."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "diagnosis", because: "most orders that do not train use a value before it is there"),
    FrequentAnswer(
      "order",
      because:
        "the loop has one order up to the place of zero_grad, and to know it is what is asked"),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    if dice.oneIn(4) {
      let order = dice.shuffled(Line.allCases)
      return diagnose(order) == .trains ? nil : Parameters(order: order, mode: .arrange)
    }
    var order = Line.allCases
    switch dice.below(5) {
    case 0, 1: order = dice.pick(rightOrders)
    case 2:
      let places = dice.draw(2, from: 0...4)
      order.swapAt(places[0], places[1])
    default: order = dice.shuffled(order)
    }
    // Unless zero_grad stands between an early step and backward, the old gradients are wiped as
    // well, and two of the diagnoses would be true.
    let kept = order.filter { [.step, .zero, .back].contains($0) }
    return diagnose(order) == .early && kept != [.step, .zero, .back]
      ? nil : Parameters(order: order)
  }

  private static let rightOrders: [[Line]] = [
    [.zero, .pred, .loss, .back, .step], [.pred, .zero, .loss, .back, .step],
    [.pred, .loss, .zero, .back, .step], [.pred, .loss, .back, .step, .zero],
  ]

  static func objection(to p: Parameters) -> String? {
    Set(p.order).count == 5 && p.order.count == 5
      ? nil : "order holds each of zero, pred, loss, back and step once"
  }

  private static func diagnose(_ order: [Line]) -> Diagnosis {
    func place(_ line: Line) -> Int { order.firstIndex(of: line) ?? 0 }
    if place(.pred) > place(.loss) || place(.loss) > place(.back) { return .stale }
    if place(.step) < place(.back) { return .early }
    return place(.back) < place(.zero) && place(.zero) < place(.step) ? .wiped : .trains
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    if p.isArranging { return key.write(nil, nil, .ordering(Line.allCases.map(\.code))) }
    let diagnosis = diagnose(p.order)
    key.write(.choice(diagnosis == .trains ? "yes" : "no"), .choice(diagnosis.rawValue), nil)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    guard !p.isArranging else { return key(p, carrying: .none) }
    let right = train(Line.allCases)
    let seen = train(p.order)
    let diagnosis: Diagnosis =
      seen.isBroken
      ? .stale : seen.weights == right.weights ? .trains : seen.hasMoved ? .early : .wiped
    return AnswerKey([
      .choice(diagnosis == .trains ? "yes" : "no"), .choice(diagnosis.rawValue), nil,
    ])
  }

  /// Runs the loop over three samples with a model of one weight.
  private static func train(_ order: [Line]) -> (weights: [Double], isBroken: Bool, hasMoved: Bool)
  {
    var (w, gradient) = (1.0, 0.0)
    var weights: [Double] = []
    for (x, t) in [(1.0, 3.0), (2.0, 5.0), (-1.0, 2.0)] {
      var prediction: Double?
      var slope: Double?
      for line in order {
        switch line {
        case .zero: gradient = 0
        case .pred: prediction = w * x
        case .loss:
          guard let made = prediction else { return (weights, true, false) }
          slope = 2 * (made - t) * x
        case .back:
          guard let made = slope else { return (weights, true, false) }
          gradient += made
        case .step: w -= 0.1 * gradient
        }
      }
      weights.append(w)
    }
    return (weights, false, w != 1)
  }

  static func accepts(_ answer: AnswerValue, for part: PartID, _ p: Parameters) -> Bool {
    guard part == "order", case .ordering(let lines) = answer else { return false }
    return rightOrders.contains { $0.map(\.code) == lines }
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    p.isArranging
      ? ["order": Options(p.order.map(\.code), isShuffled: false)]
      : [
        "valid": Options(["yes", "no"], isShuffled: false),
        "diagnosis": Options(Diagnosis.allCases.map(\.rawValue)),
      ]
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    guard !p.isArranging else {
      func wrong(_ id: MisconceptionID, _ order: [Line]) -> Mistake {
        Mistake(id, "order", .ordering(order.map(\.code)))
      }
      return [
        wrong("step-first", [.zero, .pred, .loss, .step, .back]),
        wrong("zero-before-step", [.pred, .loss, .back, .zero, .step]),
      ]
    }
    let diagnosis = diagnose(p.order)
    func expects(_ id: MisconceptionID, _ other: Diagnosis) -> Mistake {
      Mistake(id, "diagnosis", .choice(other.rawValue))
    }
    switch diagnosis {
    case .trains:
      let isUsual = p.order == Line.allCases
      return [
        Mistake(isUsual ? "needs-other-order" : "zero-must-come-first", "valid", .choice("no"))
      ]
    case .stale: return [Mistake("looks-plausible", "valid", .choice("yes"))]
    case .early:
      return [
        Mistake("looks-plausible", "valid", .choice("yes")), expects("expects-an-error", .stale),
        expects("expects-wiped-gradients", .wiped),
      ]
    case .wiped:
      return [
        Mistake("looks-plausible", "valid", .choice("yes")), expects("expects-an-error", .stale),
        expects("expects-stale-step", .early),
      ]
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    The body of a PyTorch training loop has five lines. The loop runs many times, from the first \
    pass on without gradients in `.grad`.
    """
    if p.isArranging {
      ask(
        "order",
        "Put the lines in an order that trains correctly from the first pass on. Give the letters in order, such as `B, A, C, E, D`."
      )
    } else {
      let body = p.order.map { "    " + $0.code }.joined(separator: "\n")
      Block.code("for data, target in loader:\n\(body)")
      ask("valid", "Does the model train correctly with this order?")
      ask("diagnosis", "What happens?")
    }
  }

  static func solve(_ p: Parameters) -> Document {
    let rule: Block = .paragraph(
      """
      The loss needs the prediction, `backward()` the loss, and `step()` the gradients that \
      `backward()` made. `zero_grad()` clears gradients, so it may stand anywhere but between \
      `backward()` and `step()`.
      """)
    guard !p.isArranging else {
      return [
        rule, .paragraph("The usual order:"),
        .code(Line.allCases.map(\.code).joined(separator: "\n")),
        .paragraph(
          "Three others train as well: `zero_grad()` after the prediction, after the loss, or at the end."
        ),
      ]
    }
    let reason: Prose =
      switch diagnose(p.order) {
      case .trains: "Here all of this holds, so it trains."
      case .stale:
        "Here a line uses a value that is made only further down: in the first pass that is an error, and later it is a value of the pass before."
      case .early:
        "Here the step comes before `backward()`: the first step finds no gradients, and each later one those of the pass before."
      case .wiped:
        "Here `zero_grad()` stands between `backward()` and `step()`: the step finds zeros."
      }
    return [rule, .paragraph(reason)]
  }
}
