import ExamModel
import QuestionBank

/// What a part's key becomes when earlier answers are carried into it.
struct FollowThrough {
  private let paper: PosedQuestion
  private let index: Int
  /// The candidate's readable answers to the parts this one rests on, that are not the key itself.
  private let own: [(index: Int, value: AnswerValue, isRight: Bool)]
  /// All parts this one rests on, directly or not.
  private let ancestors: [Int]

  init(_ paper: PosedQuestion, index: Int) {
    self.paper = paper
    self.index = index
    ancestors = paper.question.ancestors(of: index)
    own = ancestors.compactMap { earlier in
      guard case .value(let value, _)? = paper.readings[earlier], let key = paper.key[earlier],
        value.hasSameLayout(as: key), !value.allPairs(with: key, ==),
        value.allEntries(\.isFinite)
      else { return nil }
      let tolerance = paper.parts[earlier].tolerance
      return (earlier, value, Acceptance.accepts(value, key: key, tolerance: tolerance))
    }
  }

  /// The rule by which `value` is right all the same; nil where none does.
  func rule(for value: AnswerValue) -> Mark.Rule? {
    let rounded = own.filter(\.isRight)
    let wrong = own.filter { !$0.isRight }
    if case .decimals = tolerance, accepts(value, carrying: roundedKey()) {
      return .roundedOnTheWay
    }
    if !rounded.isEmpty, accepts(value, carrying: carried(rounded)) { return .fromOwnRounded }
    guard !wrong.isEmpty, wrong.allSatisfy({ !isTrivial($0.value, at: $0.index) }) else {
      return nil
    }
    for answers in [own, wrong] where accepts(value, carrying: carried(answers)) {
      return .fromOwn(wrong.map { paper.parts[$0.index].id })
    }
    return nil
  }

  private func accepts(_ value: AnswerValue, carrying own: OwnAnswers) -> Bool {
    guard let expected = paper.question.key(carrying: own)[index], let key = paper.key[index],
      expected.allEntries(\.isFinite)
    else { return false }
    // A term that vanished is no work shown: a zero earns nothing unless the key is zero too.
    guard expected.allPairs(with: key, { $0 != 0 || $1 == 0 }) else { return false }
    return Acceptance.accepts(value, key: expected, tolerance: tolerance)
  }

  private var tolerance: Tolerance { paper.parts[index].tolerance }

  private func carried(_ answers: [(index: Int, value: AnswerValue, isRight: Bool)]) -> OwnAnswers {
    var values = [AnswerValue?](repeating: nil, count: paper.parts.count)
    for answer in answers { values[answer.index] = answer.value }
    return OwnAnswers(values: values)
  }

  /// Earlier values rounded to one place more than asked, as somebody with a notepad has them.
  private func roundedKey() -> OwnAnswers {
    var values = [AnswerValue?](repeating: nil, count: paper.parts.count)
    guard case .decimals(let places) = tolerance else { return OwnAnswers(values: values) }
    let unit = Double.powerOfTen(-places - 1)
    for ancestor in ancestors {
      values[ancestor] = paper.key[ancestor]?.roundedReals(to: unit)
    }
    return OwnAnswers(values: values)
  }

  /// A zero or a one, where the key has neither, makes everything after it too easy.
  private func isTrivial(_ value: AnswerValue, at earlier: Int) -> Bool {
    guard let key = paper.key[earlier] else { return false }
    return !value.allPairs(with: key) { mine, right in
      (mine != 0 && mine.magnitude != 1) || mine.magnitude == right.magnitude
    }
  }
}
