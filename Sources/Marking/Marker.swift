import Calculus
package import ExamModel
package import QuestionBank

/// Marks typed answers against a question's key.
package struct Marker: Sendable {
  package let policy: MarkingPolicy
  /// How the form that the answers come from writes decimals.
  package let numberLocale: NumberLocale

  package init(
    policy: MarkingPolicy = MarkingPolicy(), numberLocale: NumberLocale = .undecided
  ) {
    self.policy = policy
    self.numberLocale = numberLocale
  }

  /// Marks the parts that a question asks, in order.
  ///
  /// - Parameters:
  ///   - typed: what was typed for each of the family's parts; nil and missing ones are blank.
  ///   - marks: the question's points, split over its asked parts by weight.
  ///   - corrections: what was found wrong with the question since, each with the parts it is about.
  package func mark(
    _ question: any Question, typed: (PartID) -> String?, worth marks: Points,
    correcting corrections: [Correction] = []
  ) -> [Mark] {
    let parts =
      corrections.isEmpty ? question.parts : question.parts.map { $0.corrected(by: corrections) }
    let possible = marks.split(by: question.asked.map { parts[$0].weight })
    var readings = [Reading?](repeating: nil, count: parts.count)
    var result: [Mark] = []
    result.reserveCapacity(question.asked.count)
    for (index, points) in zip(question.asked, possible) {
      guard let key = question.key[index] else { continue }
      let part = parts[index]
      let kind = key.kind ?? part.kind
      let reading =
        typed(part.id).map { Reading($0, as: kind, in: context(of: part, kind, question)) }
        ?? .blank
      readings[index] = reading
      var mark = Mark(
        part: part, reading: reading, outcome: .incorrect, rule: .none, awarded: .zero,
        possible: points)
      (mark.outcome, mark.rule) = judge(
        reading, as: part, index: index, of: question, readings: readings)
      if mark.outcome != .correct, let text = typed(part.id),
        let (mistake, other) = mistakeOfAnotherKind(text, part: part, key: key, of: question)
      {
        (mark.reading, mark.outcome, mark.rule) = (other, .misconception(mistake), .mistake)
      }
      if mark.outcome != .correct, let text = typed(part.id),
        isAccepted(mark, typed: text, by: corrections, context(of: part, kind, question))
      {
        (mark.outcome, mark.rule) = (.correct, .alternative)
      }
      if mark.outcome != .correct, mark.outcome != .followThrough {
        mark.partial = PartialCredit(
          reading, key: key, tolerance: part.tolerance,
          optionCount: question.options[part.id]?.count ?? 0)
      }
      mark.awarded = award(mark)
      result.append(mark)
    }
    return result
  }

  /// What reading needs to know of the question; nothing where the answer is a number.
  private func context(
    of part: Part, _ kind: AnswerKind, _ question: any Question
  ) -> ReadingContext {
    switch kind {
    case .number, .integer, .shape, .vector, .matrix, .text:
      ReadingContext(numberLocale: numberLocale)
    case .expression: ReadingContext(names: question.names)
    case .choice, .choices, .ordering: ReadingContext(options: question.options[part.id] ?? [])
    }
  }

  /// Marks one answer against one key, without a question around it.
  package func mark(
    _ typed: String, part: Part, key: AnswerValue, worth points: Points,
    in context: ReadingContext = .init()
  ) -> Mark {
    let reading = Reading(typed, as: part.kind, in: context)
    var mark = Mark(
      part: part, reading: reading, outcome: .incorrect, rule: .none, awarded: .zero,
      possible: points)
    (mark.outcome, mark.rule) = judge(reading, part: part, key: key, names: context.names)
    if mark.outcome != .correct {
      mark.partial = PartialCredit(
        reading, key: key, tolerance: part.tolerance, optionCount: context.options.count)
    }
    mark.awarded = award(mark)
    return mark
  }

  /// What the outcome earns, or the answer's pieces where they earn more.
  private func award(_ mark: Mark) -> Points {
    let whole = award(mark.outcome, of: mark.possible)
    guard let partial = mark.partial?.award(of: mark.possible, policy: policy), partial > .zero
    else { return whole }
    return max(whole, partial)
  }

  /// What an outcome earns as a whole.
  package func award(_ outcome: Outcome, of points: Points) -> Points {
    switch outcome {
    case .correct: points
    case .imprecise: points.scaled(by: policy.imprecise)
    case .followThrough: points.scaled(by: policy.followThrough)
    case .misconception, .incorrect: points.scaled(by: policy.wrong)
    case .blank: points.scaled(by: policy.blank)
    case .unreadable: .zero
    }
  }

  /// The comparisons that need nothing but the key.
  private func judge(
    _ reading: Reading, part: Part, key: AnswerValue, names: @autoclosure () -> NamedQuantities
  ) -> (Outcome, Mark.Rule) {
    switch reading {
    case .blank: (.blank, .notRead)
    case .unreadable: (.unreadable, .notRead)
    case .value(let value, _)
    where Acceptance.accepts(value, key: key, tolerance: part.tolerance, names: names()):
      (.correct, .key)
    case .value(let value, let places)
    where Acceptance.isCoarse(value, places: places, key: key, tolerance: part.tolerance):
      (.imprecise, .coarse)
    case .value(.expression(let answer), _):
      if case .expression(let key) = key,
        case .undecided(let why) = ExpressionScope(names()).equality(key: key, answer: answer)
      {
        (.unreadable, .undecided(why))
      } else {
        (.incorrect, .none)
      }
    case .value: (.incorrect, .none)
    }
  }

  /// A known mistake whose answer is no such thing as the key: a matrix where a vector was asked for.
  private func mistakeOfAnotherKind(
    _ typed: String, part: Part, key: AnswerValue, of question: any Question
  ) -> (MisconceptionID, Reading)? {
    for mistake in question.mistakes where mistake.part == part.id {
      guard let kind = mistake.value.kind, let own = key.kind, kind != own, mistake.value.isNumeric
      else { continue }
      let reading = Reading(
        typed, as: kind, in: ReadingContext(numberLocale: numberLocale))
      if let value = reading.value, Self.equals(value, mistake, tolerance: part.tolerance) {
        return (mistake.id, reading)
      }
    }
    return nil
  }

  /// Whether an answer is a mistake's value. Where whole numbers are asked for, a mistake may still
  /// end in thirds, and is typed rounded.
  private static func equals(_ value: AnswerValue, _ mistake: Mistake, tolerance: Tolerance) -> Bool
  {
    let isWhole = mistake.value.entries.allSatisfy { $0 == $0.rounded() }
    return Acceptance.accepts(
      value, key: mistake.value,
      tolerance: tolerance == .exact && !isWhole ? .decimals(2) : tolerance)
  }

  /// The key first, then what earlier answers lead to, then the known mistakes, then coarseness.
  private func judge(
    _ reading: Reading, as part: Part, index: Int, of question: any Question, readings: [Reading?]
  ) -> (Outcome, Mark.Rule) {
    guard let key = question.key[index] else { return (.incorrect, .none) }
    let alone = judge(reading, part: part, key: key, names: question.names)
    guard let value = reading.value, alone.0 != .correct else { return alone }
    if question.accepts(value, for: part.id) { return (.correct, .alternative) }
    if !part.dependsOn.isEmpty {
      let followed = FollowThrough(question, index: index, as: part, readings: readings)
      if let rule = followed.rule(for: value) {
        if case .fromOwn = rule { return (.followThrough, rule) }
        return (.correct, rule)
      }
    }
    let mistake = question.mistakes.first {
      guard $0.part == part.id else { return false }
      return $0.value.isNumeric
        ? Self.equals(value, $0, tolerance: part.tolerance)
        : Acceptance.accepts(
          value, key: $0.value, tolerance: part.tolerance, names: question.names)
    }
    if let mistake { return (.misconception(mistake.id), .mistake) }
    return alone
  }
}

extension Marker {
  /// What a teacher says to a mark, from the family's misconceptions or the outcome itself.
  package static func feedback(for mark: Mark, of family: (any QuestionFamily.Type)?) -> String? {
    switch mark.outcome {
    case .misconception(let id): family?.misconceptions.first { $0.id == id }?.feedback
    case .imprecise: "The value is right; give it \(mark.part.tolerance.words)."
    case .followThrough:
      "Right, given your earlier answer; correct that one and this one follows."
    default: nil
    }
  }
}
