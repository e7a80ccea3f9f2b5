import ExamModel
import QuestionBank

/// What a part's key becomes when earlier answers are carried into it.
struct FollowThrough {
  private let paper: PosedQuestion
  private let index: Int
  /// All parts this one rests on, directly or not.
  private let ancestors: [Int]

  init(_ paper: PosedQuestion, index: Int) {
    self.paper = paper
    self.index = index
    ancestors = paper.question.ancestors(of: index)
  }

  /// The rule by which `value` is right all the same; nil where none does.
  func rule(for value: AnswerValue) -> Mark.Rule? {
    if let key = roundedKey(), accepts(value, carrying: key) { return .roundedOnTheWay }
    let hasRounded = ancestors.contains { paper.standing($0) == .rounded }
    if hasRounded, accepts(value, carrying: own { $0 == .rounded }) { return .fromOwnRounded }
    let wrong = ancestors.filter { paper.standing($0) == .wrong }
    guard !wrong.isEmpty, !wrong.contains(where: isTrivial) else { return nil }
    guard
      accepts(value, carrying: own { $0 != .none })
        || hasRounded && accepts(value, carrying: own { $0 == .wrong })
    else { return nil }
    return .fromOwn(wrong.map { paper.parts[$0].id })
  }

  private func accepts(_ value: AnswerValue, carrying own: OwnAnswers) -> Bool {
    guard let expected = paper.question.key(carrying: own).values[index],
      let key = paper.key[index],
      expected.allEntries(\.isFinite)
    else { return false }
    // A term that vanished is no work shown: a zero earns nothing unless the key is zero too.
    guard expected.allPairs(with: key, { $0 != 0 || $1 == 0 }) else { return false }
    return Acceptance.accepts(value, key: expected, tolerance: tolerance)
  }

  private var tolerance: Tolerance { paper.parts[index].tolerance }

  /// The candidate's own answers of some standings to the parts this one rests on.
  private func own(_ isCarried: (PosedQuestion.Standing) -> Bool) -> OwnAnswers {
    var values = paper.parts.map { _ in nil as AnswerValue? }
    for earlier in ancestors where isCarried(paper.standing(earlier)) {
      values[earlier] = paper.readings[earlier]?.value
    }
    return OwnAnswers(values: values)
  }

  /// Earlier values rounded to one place more than asked, as somebody with a notepad has them; nil
  /// where this changes none.
  private func roundedKey() -> OwnAnswers? {
    guard case .decimals(let places) = tolerance else { return nil }
    let unit = Double.powerOfTen(-places - 1)
    let isRound = { (x: Double) in (x / unit).rounded() * unit == x }
    guard ancestors.contains(where: { paper.key[$0]?.allEntries(isRound) == false }) else {
      return nil
    }
    var values = paper.parts.map { _ in nil as AnswerValue? }
    for earlier in ancestors { values[earlier] = paper.key[earlier]?.roundedReals(to: unit) }
    return OwnAnswers(values: values)
  }

  /// A zero or a one, where the key has neither, makes everything after it too easy.
  private func isTrivial(at earlier: Int) -> Bool {
    guard let key = paper.key[earlier], let value = paper.readings[earlier]?.value else {
      return false
    }
    return !value.allPairs(with: key) { mine, right in
      (mine != 0 && mine.magnitude != 1) || mine.magnitude == right.magnitude
    }
  }
}
