import ExamModel
import QuestionBank

/// What a part's key becomes when earlier answers are carried into it.
struct FollowThrough {
  private let question: any Question
  private let index: Int
  private let part: Part
  /// The candidate's readable answers to the parts this one rests on, that are not the key itself.
  private let own: [(index: Int, value: AnswerValue, isRight: Bool)]
  /// All parts this one rests on, directly or not.
  private let ancestors: Set<Int>

  init(_ question: any Question, index: Int, as part: Part, readings: [Reading?]) {
    self.question = question
    self.index = index
    self.part = part
    ancestors = Self.ancestors(of: index, in: question.parts)
    own = ancestors.sorted().compactMap { earlier in
      guard let value = readings[earlier]?.value, let key = question.key[earlier],
        value.hasSameLayout(as: key), value.entries != key.entries,
        value.entries.allSatisfy(\.isFinite)
      else { return nil }
      let tolerance = question.parts[earlier].tolerance
      return (earlier, value, Acceptance.accepts(value, key: key, tolerance: tolerance))
    }
  }

  /// The rule by which `value` is right all the same; nil where none does.
  func rule(for value: AnswerValue) -> Mark.Rule? {
    let rounded = own.filter(\.isRight)
    let wrong = own.filter { !$0.isRight }
    if case .decimals = part.tolerance, accepts(value, carrying: roundedKey()) {
      return .roundedOnTheWay
    }
    if !rounded.isEmpty, accepts(value, carrying: carried(rounded)) { return .fromOwnRounded }
    guard !wrong.isEmpty, wrong.allSatisfy({ !isTrivial($0.value, at: $0.index) }) else {
      return nil
    }
    for answers in [own, wrong] where accepts(value, carrying: carried(answers)) {
      return .fromOwn(wrong.map { question.parts[$0.index].id })
    }
    return nil
  }

  private func accepts(_ value: AnswerValue, carrying own: OwnAnswers) -> Bool {
    guard let expected = question.key(carrying: own)[index], let key = question.key[index],
      expected.entries.allSatisfy(\.isFinite)
    else { return false }
    // A term that vanished is no work shown: a zero earns nothing unless the key is zero too.
    if zip(expected.entries, key.entries).contains(where: { $0 == 0 && $1 != 0 }) { return false }
    return Acceptance.accepts(value, key: expected, tolerance: part.tolerance)
  }

  private func carried(_ answers: [(index: Int, value: AnswerValue, isRight: Bool)]) -> OwnAnswers {
    var values = [AnswerValue?](repeating: nil, count: question.parts.count)
    for answer in answers { values[answer.index] = answer.value }
    return OwnAnswers(values: values)
  }

  /// Earlier values rounded to one place more than asked, as somebody with a notepad has them.
  private func roundedKey() -> OwnAnswers {
    var values = [AnswerValue?](repeating: nil, count: question.parts.count)
    guard case .decimals(let places) = part.tolerance else { return OwnAnswers(values: values) }
    let unit = Double.powerOfTen(-places - 1)
    for ancestor in ancestors {
      values[ancestor] = question.key[ancestor]?.mapReals { ($0 / unit).rounded() * unit }
    }
    return OwnAnswers(values: values)
  }

  /// A zero or a one, where the key has neither, makes everything after it too easy.
  private func isTrivial(_ value: AnswerValue, at earlier: Int) -> Bool {
    let key = question.key[earlier]?.entries ?? []
    return zip(value.entries, key).contains { mine, right in
      (mine == 0 || mine.magnitude == 1) && mine.magnitude != right.magnitude
    }
  }

  private static func ancestors(of index: Int, in parts: [Part]) -> Set<Int> {
    var found: Set<Int> = []
    var queue = [index]
    while let next = queue.popLast() {
      for name in parts[next].dependsOn {
        guard let earlier = parts.firstIndex(where: { $0.id == name }), !found.contains(earlier)
        else { continue }
        found.insert(earlier)
        queue.append(earlier)
      }
    }
    return found
  }
}
