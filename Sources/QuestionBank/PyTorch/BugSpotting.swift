import ExamModel
import Typesetting

/// A training loop with one defect, or none: what will be seen?
enum BugSpotting: QuestionFamily {
  static let heading = Heading("torch.bug-spotting", "A bug in the training loop", difficulty: 2)

  enum Bug: String, Codable, Sendable, CaseIterable {
    case none
    case noZero = "no-zero-grad"
    case zeroBeforeStep = "zero-before-step"
    case noStep = "no-step"
    case noBackward = "no-backward"
    case copy = "optimizer-on-copy"
    case noGrad = "forward-under-no-grad"
    case detached = "detached-prediction"
    case item = "loss-item-backward"
    case twice = "backward-twice"

    var lines: [Line] {
      switch self {
      case .none, .copy: [.zero, .forward, .loss, .backward, .step]
      case .noZero: [.forward, .loss, .backward, .step]
      case .zeroBeforeStep: [.forward, .loss, .backward, .zero, .step]
      case .noStep: [.zero, .forward, .loss, .backward]
      case .noBackward: [.zero, .forward, .loss, .step]
      case .noGrad: [.zero, .noGradForward, .loss, .backward, .step]
      case .detached: [.zero, .forward, .detachedLoss, .backward, .step]
      case .item: [.zero, .forward, .loss, .itemBackward, .step]
      case .twice: [.zero, .forward, .loss, .backward, .backward, .step]
      }
    }

    var symptom: Symptom {
      switch self {
      case .none: .trains
      case .noZero: .wrong
      case .zeroBeforeStep, .noStep, .noBackward, .copy: .still
      case .noGrad, .detached, .item, .twice: .error
      }
    }

    var reason: String {
      switch self {
      case .none: "Nothing is wrong."
      case .noZero: "The gradients are never cleared, so those of all batches add up."
      case .zeroBeforeStep: "The gradients are cleared before the optimiser uses them."
      case .noStep: "The optimiser never steps."
      case .noBackward: "No gradients are computed, so the optimiser has nothing to go by."
      case .copy: "The optimiser holds the parameters of a copy, not those of the model."
      case .noGrad: "Under no_grad() no graph is recorded, so backward() has nothing to follow."
      case .detached: "The detached prediction has no graph, so backward() has nothing to follow."
      case .item: "item() gives a plain number, which has no backward()."
      case .twice: "The graph is freed by the first backward(), so the second one fails."
      }
    }
  }

  enum Line: String {
    case zero = "optimizer.zero_grad()"
    case forward = "prediction = model(x)"
    case noGradForward = "with torch.no_grad():\n        prediction = model(x)"
    case loss = "loss = criterion(prediction, y)"
    case detachedLoss = "loss = criterion(prediction.detach(), y)"
    case backward = "loss.backward()"
    case itemBackward = "loss.item().backward()"
    case step = "optimizer.step()"
  }

  enum Symptom: String, CaseIterable {
    case trains = "trains correctly"
    case wrong = "trains with wrong gradients"
    case still = "weights never change"
    case error = "raises an error"
  }

  /// `task` chooses among models and losses that change nothing.
  struct Parameters: Codable, Sendable, Equatable {
    let bug: Bug
    let task: Int
  }

  static let parts = [Part("symptom", .choice)]

  static let misconceptions: [Misconception] = [
    .core("missed", "Go through the loop line by line: something is missing or misplaced."),
    .optional("false-alarm", "Nothing is wrong with this loop."),
    .optional(
      "expects-an-error", "PyTorch does not complain here; it runs, and the result is wrong."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "symptom",
      because:
        "eight of ten loops are wrong in one of two ways: silently without effect, or by an error")
  ]

  private static let tasks: [(model: String, loss: String)] = [
    ("nn.Linear(4, 1)", "nn.MSELoss()"), ("nn.Linear(8, 3)", "nn.CrossEntropyLoss()"),
    ("nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))", "nn.MSELoss()"),
    ("nn.Linear(16, 1)", "nn.BCEWithLogitsLoss()"),
  ]
  static let variants: Int? = 40

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(bug: dice.pick(Bug.allCases), task: dice.below(tasks.count))
  }

  static func objection(to p: Parameters) -> String? {
    tasks.indices.contains(p.task) ? nil : "task lies between 0 and \(tasks.count - 1)"
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["symptom": Options(Symptom.allCases.map(\.rawValue), isShuffled: false)]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.choice(p.bug.symptom.rawValue))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Run the loop three times with one weight and compare with the right one.
    guard let weight = trained(p.bug) else {
      return AnswerKey(AnswerValue.choice(Symptom.error.rawValue))
    }
    let symptom: Symptom = weight == 0 ? .still : weight == trained(.none) ? .trains : .wrong
    return AnswerKey(AnswerValue.choice(symptom.rawValue))
  }

  /// The weight w after three passes of w·1 towards 1, from 0; nil where PyTorch raises an error.
  private static func trained(_ bug: Bug) -> Double? {
    var (weight, gradient, slope) = (0.0, 0.0, Double?.none)
    for _ in 0..<3 {
      for line in bug.lines {
        switch line {
        case .zero: gradient = 0
        case .forward: slope = 2 * (weight - 1)
        case .noGradForward, .detachedLoss: slope = nil
        case .loss: break
        case .itemBackward: return nil
        case .backward:
          guard let known = slope else { return nil }
          (gradient, slope) = (gradient + known, nil)
        case .step: weight -= bug == .copy ? 0 : 0.1 * gradient
        }
      }
    }
    return weight
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let symptom = p.bug.symptom
    if symptom == .trains {
      Mistake("false-alarm", "symptom", .choice(Symptom.wrong.rawValue))
    } else {
      Mistake("missed", "symptom", .choice(Symptom.trains.rawValue))
      Mistake("expects-an-error", "symptom", .choice(Symptom.error.rawValue))
    }
  }

  static func pose(_ p: Parameters) -> Prompt {
    let task = tasks[p.task]
    let owner = p.bug == .copy ? "copy.deepcopy(model)" : "model"
    let lines =
      [
        "model = \(task.model)", "criterion = \(task.loss)",
        "optimizer = torch.optim.SGD(\(owner).parameters(), lr=0.1)", "for x, y in loader:",
      ] + p.bug.lines.map { "    \($0.rawValue)" }
    "Somebody trains a model with this program:"
    Block.code(lines.joined(separator: "\n"))
    ask("symptom", "what happens over several batches")
  }

  static func solve(_ p: Parameters) -> Document {
    let seen =
      p.bug.symptom == .still ? "runs, and the weights never change" : p.bug.symptom.rawValue
    return Document { "\(verbatim: p.bug.reason) The program \(seen)." }
  }
}
