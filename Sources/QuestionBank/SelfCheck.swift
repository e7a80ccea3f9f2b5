import ExamModel

/// What many draws of one family show about it.
package struct SelfCheck: Sendable {
  package let family: any QuestionFamily.Type
  package private(set) var draws = 0
  /// Throws of the dice that were refused before a draw was accepted.
  package private(set) var redraws = 0
  /// How many different keys the draws have.
  package var distinctKeys: Int { keys.count }
  /// The least distance of a mistake from the key or from another mistake, in units of the last
  /// place asked; nil where all answers are exact.
  package private(set) var separation: Double?
  /// Draws that the second way was asked about.
  package private(set) var compared = 0
  /// What the second way contradicts, the first few in words.
  package private(set) var disagreements: [String] = []
  package private(set) var disagreementCount = 0
  package private(set) var effort = Effort()
  private var keys: Set<AnswerKey> = []
  private var tallies: [GuessTally]

  /// The best guess at each part that was asked, in the parts' order.
  package var guesses: [Guess] {
    zip(family.parts, tallies).compactMap { part, tally in
      tally.guess(
        at: part.id, reason: family.frequentAnswers.first { $0.parts.contains(part.id) }?.reason)
    }
  }

  /// Guesses that are right too often, for no stated reason.
  package var unexplainedGuesses: [Guess] { guesses.filter { $0.isFrequent && $0.reason == nil } }

  package init(_ family: any QuestionFamily.Type) {
    self.family = family
    tallies = family.parts.map { _ in GuessTally() }
  }

  /// Draws a question with the dice of each seed and looks at it from all sides.
  package mutating func draw(seeds: Range<UInt64>) {
    for seed in seeds {
      var dice = Dice(seed: seed)
      let question = family.question(from: &dice, style: QuestionStyle())
      draws += 1
      redraws += question.throwsNeeded - 1
      keys.insert(question.key)
      for index in question.asked {
        measure(question, index)
        if let key = question.key[index] {
          let part = question.parts[index]
          tallies[index].count(key, in: part, options: question.options[part.id])
        }
      }
      compare(question, seed: seed)
      // Effort is told as a mean; its solution is dear, so every tenth draw is measured.
      if seed.isMultiple(of: 10) {
        effort = effort + question.effort()
        measured += 1
      }
    }
  }

  private var measured = 0

  /// Means over the measured draws: steps, multiplications, digits.
  package var meanEffort: (steps: Double, multiplications: Double, digits: Double) {
    let count = Double(max(1, measured))
    return (
      Double(effort.steps) / count, Double(effort.multiplications) / count,
      Double(effort.digits) / count
    )
  }

  private mutating func measure(_ question: any Question, _ index: Int) {
    guard let key = question.key[index],
      case .decimals(let places) = question.parts[index].tolerance
    else { return }
    let part = question.parts[index].id
    let values = question.mistakes.filter { $0.part == part }.map(\.value) + [key]
    for (place, a) in values.enumerated() {
      for b in values[..<place] {
        guard let distance = Separation.distance(a, b) else { continue }
        separation = min(separation ?? .infinity, distance / Double.powerOfTen(-places))
      }
    }
  }

  private mutating func compare(_ question: any Question, seed: UInt64) {
    guard let second = question.secondKey() else { return }
    compared += 1
    for index in question.asked {
      let (a, b) = (question.key[index], second[index])
      guard !Self.agree(a, b, names: question.names) else { continue }
      disagreementCount += 1
      if disagreements.count < 3 {
        disagreements.append(
          "seed \(seed), \(question.parts[index].id): "
            + "\(a?.plainText ?? "nothing") and \(b?.plainText ?? "nothing")")
      }
    }
  }

  /// Whether two keys are the same up to the rounding of double arithmetic.
  static func agree(_ a: AnswerValue?, _ b: AnswerValue?, names: NamedQuantities) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    if case (.expression(let a), .expression(let b)) = (a, b) {
      return ExpressionScope(names).areEqual(a, b)
    }
    guard a.isNumeric, a.hasSameLayout(as: b) else { return a == b }
    return zip(a.entries, b.entries).allSatisfy { x, y in
      x == y || (x - y).magnitude <= 1e-9 * max(1, y.magnitude)
    }
  }
}
