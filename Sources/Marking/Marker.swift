import Calculus
package import ExamModel
package import QuestionBank

/// Marks typed answers against a question's key.
package struct Marker: Sendable {
  package let policy: MarkingPolicy
  /// What reading needs to know of a question whose answer is a number or a list of them: how the
  /// form that the answers come from writes decimals.
  private let plain: ReadingContext
  private let memo = ReadingMemo()

  package init(
    policy: MarkingPolicy = MarkingPolicy(), numberLocale: NumberLocale = .undecided
  ) {
    self.policy = policy
    plain = ReadingContext(numberLocale: numberLocale)
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
    let parts = question.parts
    return mark(
      question, typedAt: { typed(parts[$0].id) }, worth: marks, correcting: corrections)
  }

  /// As `mark(_:typed:worth:correcting:)`, with the parts told apart by their index.
  package func mark(
    _ question: any Question, typedAt typed: (_ part: Int) -> String?, worth marks: Points,
    correcting corrections: [Correction] = []
  ) -> [Mark] {
    var all: [Mark] = []
    mark(question, typedAt: typed, worth: marks, correcting: corrections) { all.append($1) }
    return all
  }

  /// Hands out each mark with the index of its part, as soon as it is made.
  package func mark(
    _ question: any Question, typedAt typed: (_ part: Int) -> String?, worth marks: Points,
    correcting corrections: [Correction] = [], each take: (_ part: Int, Mark) -> Void
  ) {
    let paper = PosedQuestion(question, correcting: corrections)
    let possible = marks.split(by: paper.asked.map { paper.parts[$0].weight })
    for (index, points) in zip(paper.asked, possible) {
      let text = typed(index) ?? ""
      let reading = read(text, index, of: paper)
      paper.read(index, as: reading)
      take(index, mark(reading, text, index, of: paper, worth: points, correcting: corrections))
    }
  }

  private func mark(
    _ reading: Reading, _ typed: String, _ index: Int, of paper: PosedQuestion,
    worth points: Points, correcting corrections: [Correction]
  ) -> Mark {
    guard let key = paper.key[index] else { preconditionFailure("what is asked has a key") }
    let part = paper.parts[index]
    let (outcome, rule) = judge(reading, index, key: key, of: paper)
    if case .correct = outcome {
      return Mark(
        part: part, reading: reading, outcome: .correct, rule: rule, awarded: points,
        possible: points)
    }
    var mark = Mark(
      part: part, reading: reading, outcome: outcome, rule: rule, awarded: .zero,
      possible: points)
    if let (mistake, other) = mistakeOfAnotherKind(typed, index, key: key, of: paper) {
      (mark.reading, mark.outcome, mark.rule) = (other, .misconception(mistake), .mistake)
    }
    if !corrections.isEmpty,
      isAccepted(
        mark.reading, mark.outcome, of: part, typed: typed, by: corrections,
        context(index, of: paper))
    {
      (mark.outcome, mark.rule, mark.awarded) = (.correct, .alternative, points)
      return mark
    }
    if mark.outcome != .followThrough {
      mark.partial = PartialCredit(
        mark.reading, key: key, tolerance: part.tolerance,
        optionCount: paper.question.options[part.id]?.count ?? 0)
    }
    mark.awarded = award(mark)
    return mark
  }

  private func read(_ typed: String, _ index: Int, of paper: PosedQuestion) -> Reading {
    let kind = paper.kind(index)
    guard kind.isPlain else { return Reading(typed, as: kind, in: context(index, of: paper)) }
    return Reading.quick(typed, as: kind, in: plain)
      ?? memo.reading(of: typed, as: kind) { Reading(thoroughly: typed, as: kind, in: plain) }
  }

  /// What reading needs to know of the question.
  private func context(_ index: Int, of paper: PosedQuestion) -> ReadingContext {
    let kind = paper.kind(index)
    if kind.isPlain { return plain }
    if kind == .expression { return ReadingContext(names: paper.question.names) }
    return ReadingContext(options: paper.question.options[paper.parts[index].id] ?? [])
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
    (mark.outcome, mark.rule) = judge(
      reading, key: key, tolerance: part.tolerance, names: context.names)
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
    _ reading: Reading, key: AnswerValue, tolerance: Tolerance,
    names: @autoclosure () -> NamedQuantities
  ) -> (Outcome, Mark.Rule) {
    guard case .value(let value, let places) = reading else {
      return (reading == .blank ? .blank : .unreadable, .notRead)
    }
    if Acceptance.accepts(value, key: key, tolerance: tolerance, names: names()) {
      return (.correct, .key)
    }
    if Acceptance.isCoarse(value, places: places, key: key, tolerance: tolerance) {
      return (.imprecise, .coarse)
    }
    if case .expression(let answer) = value, case .expression(let key) = key,
      case .undecided(let why) = ExpressionScope(names()).equality(key: key, answer: answer)
    {
      return (.unreadable, .undecided(why))
    }
    return (.incorrect, .none)
  }

  /// A known mistake whose answer is no such thing as the key: a matrix where a vector was asked for.
  private func mistakeOfAnotherKind(
    _ typed: String, _ index: Int, key: AnswerValue, of paper: PosedQuestion
  ) -> (MisconceptionID, Reading)? {
    guard let own = key.kind else { return nil }
    for mistake in paper.mistakes {
      guard let kind = mistake.value.kind, kind != own, mistake.value.isNumeric,
        mistake.part == paper.parts[index].id
      else { continue }
      let reading = Reading(typed, as: kind, in: plain)
      if let value = reading.value,
        Self.equals(value, mistake, tolerance: paper.parts[index].tolerance)
      {
        return (mistake.id, reading)
      }
    }
    return nil
  }

  /// Whether an answer is a mistake's value. Where whole numbers are asked for, a mistake may still
  /// end in thirds, and is typed rounded.
  private static func equals(_ value: AnswerValue, _ mistake: Mistake, tolerance: Tolerance) -> Bool
  {
    let isWhole = tolerance != .exact || mistake.value.allEntries { $0 == $0.rounded() }
    return Acceptance.accepts(
      value, key: mistake.value, tolerance: isWhole ? tolerance : .decimals(2))
  }

  /// The key first, then what earlier answers lead to, then the known mistakes, then coarseness.
  private func judge(
    _ reading: Reading, _ index: Int, key: AnswerValue, of paper: PosedQuestion
  ) -> (Outcome, Mark.Rule) {
    let tolerance = paper.parts[index].tolerance
    let alone = judge(reading, key: key, tolerance: tolerance, names: paper.question.names)
    guard case .value(let value, _) = reading, alone.0 != .correct else { return alone }
    if paper.question.accepts(value, for: paper.parts[index].id) { return (.correct, .alternative) }
    if !paper.parts[index].dependsOn.isEmpty {
      if let rule = FollowThrough(paper, index: index).rule(for: value) {
        if case .fromOwn = rule { return (.followThrough, rule) }
        return (.correct, rule)
      }
    }
    let mistake = paper.mistakes.first {
      guard $0.part == paper.parts[index].id else { return false }
      return $0.value.isNumeric
        ? Self.equals(value, $0, tolerance: tolerance)
        : Acceptance.accepts(
          value, key: $0.value, tolerance: tolerance, names: paper.question.names)
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

extension AnswerKind {
  /// Whether reading such an answer takes nothing of the question but this.
  fileprivate var isPlain: Bool {
    switch self {
    case .number, .integer, .shape, .vector, .matrix, .text: true
    case .expression, .choice, .choices, .ordering: false
    }
  }
}
