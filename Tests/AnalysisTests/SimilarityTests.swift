import Analysis
import ExamModel
import Foundation
import Testing

/// Cohorts with unique papers: each question's key is one of `values`, some rarer than others.
private struct PretendCohort {
  static let questions = 20
  var keys: [[UInt64]]
  var answers: [[UInt64]]

  init(candidates: Int, dice: inout Dice) {
    keys = (0..<candidates).map { _ in
      (0..<Self.questions).map { question in
        // From questions with four possible keys to those with thousands.
        UInt64(dice.below(question < 4 ? 4 : 60 * (question + 1)))
      }
    }
    answers = keys
    for candidate in keys.indices {
      for question in 0..<Self.questions where dice.below(100) < 45 {
        // Wrong answers cluster at small values, as people's do.
        let wrong = UInt64(dice.below(1 + dice.below(4 + 30 * question)))
        if wrong != keys[candidate][question] { answers[candidate][question] = wrong }
      }
    }
  }

  func pairs(level: Double) -> [Similarity.Pair] {
    var similarity = Similarity(questions: Array(0..<Self.questions))
    for (key, answer) in zip(keys, answers) {
      let entries = key.enumerated().map { Similarity.Entry(item: $0.offset, value: $0.element) }
      let wrong = answer.enumerated().filter { key[$0.offset] != $0.element }
        .map { Similarity.Entry(item: $0.offset, value: $0.element) }
      similarity.add(keys: entries, wrong: wrong)
    }
    return similarity.pairs(level: level)
  }
}

@Suite("Similarity") struct SimilarityTests {
  @Test("names nobody in a thousand clean cohorts more often than it says")
  func falseAlarms() {
    var alarms = 0
    for seed in 0..<1000 {
      var dice = Dice(seed: UInt64(seed))
      if !PretendCohort(candidates: 60, dice: &dice).pairs(level: 0.05).isEmpty { alarms += 1 }
    }
    // At most 50 by the bound.
    #expect(alarms <= 50, "\(alarms) alarms")
  }

  @Test("finds at least nine of ten who took eight answers or more, and their source")
  func plantedCopiers() {
    var (found, others) = (0, 0)
    for seed in 0..<100 {
      var dice = Dice(seed: UInt64(5000 + seed))
      var cohort = PretendCohort(candidates: 120, dice: &dice)
      // Number 7 takes eight of number 42's answers, to questions of numbers of their own.
      for question in dice.draw(8, from: Array(4..<PretendCohort.questions)) {
        cohort.answers[7][question] = cohort.keys[42][question]
      }
      for pair in cohort.pairs(level: 0.05) {
        if pair.answers == 7, pair.paper == 42 { found += 1 } else { others += 1 }
      }
    }
    #expect(found >= 90, "\(found) of 100 found")
    #expect(others <= 5, "\(others) others named")
  }

  @Test func theRatioGrowsWithRareMatchesOnly() {
    var similarity = Similarity(questions: [0, 0, 1, 2])
    let entries = { (values: [UInt64]) in
      values.enumerated().map { Similarity.Entry(item: $0.offset, value: $0.element) }
    }
    similarity.add(keys: entries([1, 2, 3, 4]), wrong: entries([10, 11, 12, 13]))
    similarity.add(keys: entries([10, 11, 12, 13]), wrong: [])
    for other in 0..<98 {
      similarity.add(keys: entries(Array(repeating: 100 + UInt64(other), count: 4)), wrong: [])
    }
    let pairs = similarity.pairs(level: 1e6)
    #expect(pairs.count == 1 && pairs[0].answers == 0 && pairs[0].paper == 1)
    // Both parts of question 0 match and count once.
    #expect(pairs[0].matches.map(\.item) == [0, 2, 3] && pairs[0].eligible == 3)
    #expect(pairs[0].matches.allSatisfy { ($0.chance - 1.0 / 99).magnitude < 1e-12 })
    // The mean over c of (99c + 1 − c)³.
    let shares = [0.1, 0.3, 0.5, 0.7, 0.9].map { share in 99 * share + 1 - share }
    let mean = shares.reduce(0) { $0 + $1 * $1 * $1 } / 5
    #expect((exp(pairs[0].logRatio) / mean - 1).magnitude < 1e-9)
  }
}
