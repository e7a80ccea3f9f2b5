import Analysis
package import ExamModel
import Marking
package import PaperPress
import QuestionBank
package import Storage

/// Candidates whose wrong answers are others' right ones, with the evidence.
package struct SimilarityReport: Sendable {
  /// One answer of the evidence.
  package struct Line: Sendable {
    package var title: String
    /// What was typed.
    package var typed: String
    /// The key of the candidate who typed it, and that of the other one.
    package var ownKey: String
    package var otherKey: String
    /// Share of the other papers that have the same key.
    package var chance: Double
  }

  package struct Pair: Sendable {
    /// Whose answers they are, and whose paper they fit.
    package var answers: CandidateID
    package var paper: CandidateID
    /// Natural logarithm of the likelihood ratio.
    package var logRatio: Double
    /// Questions with a wrong answer that is anybody's key.
    package var eligible: Int
    package var lines: [Line]
  }

  package var run: RunKey
  package var candidates: Int
  package var pairCount: Double
  /// The share of clean cohorts in which any pair may be named.
  package var level: Double
  /// Natural logarithm of the ratio from which on a pair is named.
  package var threshold: Double
  package var pairs: [Pair]
}

/// Looks for answers that fit somebody else's paper, in one pass over a run.
package struct SimilaritySearch: Sendable {
  private let press: PaperPress
  private let run: RunKey
  private let batch: ImportedBatch
  private let grader: Grader
  private let legend: RunLegend

  /// - Throws: `SourceError` where the run's import is damaged.
  package init(_ press: PaperPress, run: RunKey, batch: ImportedBatch) throws {
    self.press = press
    self.run = run
    self.batch = batch
    grader = try Grader(press, batch: batch)
    legend = press.legend
  }

  /// - Parameters:
  ///   - level: the share of clean cohorts in which any pair may be named.
  ///   - progress: told how many candidates have been read.
  package func report(
    level: Double, in store: any Store, progress: (Int) -> Void = { _ in }
  ) async throws -> SimilarityReport {
    var similarity = Similarity(questions: legend.items.map(\.question))
    var candidates: [CandidateID] = []
    var last: CandidateID?
    while true {
      let page = try await store.answers(
        of: run, in: batch.batch, having: nil, after: last, limit: 1000)
      guard let end = page.last?.result.candidate else { break }
      for (answers, marks) in zip(page, await grader.keyedMarks(of: page)) {
        let (keys, wrong) = Self.entries(marks, answers.result)
        similarity.add(keys: keys, wrong: wrong)
      }
      candidates += page.map(\.result.candidate)
      progress(candidates.count)
      last = end
    }
    var pairs: [SimilarityReport.Pair] = []
    for pair in similarity.pairs(level: level) {
      pairs.append(try await evidence(of: pair, candidates, in: store))
    }
    return SimilarityReport(
      run: run, candidates: candidates.count, pairCount: similarity.pairCount, level: level,
      threshold: similarity.threshold(level: level), pairs: pairs)
  }

  private typealias Entries = (keys: [Similarity.Entry], wrong: [Similarity.Entry])

  /// Known mistakes are left out: many make them, each on a paper of their own.
  private static func entries(_ marks: [KeyedMark], _ result: ResultRecord) -> Entries {
    var entries: Entries = ([], [])
    for keyed in marks {
      let key = keyed.comparable(keyed.key)
      entries.keys.append(.init(item: keyed.item, value: key))
      guard result.outcomes[keyed.item] == OutcomeCode.incorrect,
        let value = keyed.mark.reading.value
      else { continue }
      let typed = keyed.comparable(value)
      if typed != key { entries.wrong.append(.init(item: keyed.item, value: typed)) }
    }
    return entries
  }

  private func evidence(
    of pair: Similarity.Pair, _ candidates: [CandidateID], in store: any Store
  ) async throws -> SimilarityReport.Pair {
    let (writer, other) = (candidates[pair.answers], candidates[pair.paper])
    let answers = try await store.answers(of: writer, run: run, in: batch.batch)
    let marks = grader.keyedMarks(answers?.cells ?? [], of: writer)
    let keys = grader.keyedMarks([], of: other)
    let lines = pair.matches.compactMap { match -> SimilarityReport.Line? in
      guard let own = marks.first(where: { $0.item == match.item }),
        let theirs = keys.first(where: { $0.item == match.item })
      else { return nil }
      let item = legend.items[match.item]
      return SimilarityReport.Line(
        title: FormItem(question: item.question, field: item.part).title,
        typed: own.mark.reading.value?.plainText ?? "", ownKey: own.shown, otherKey: theirs.shown,
        chance: match.chance)
    }
    return SimilarityReport.Pair(
      answers: writer, paper: other, logRatio: pair.logRatio, eligible: pair.eligible,
      lines: lines)
  }
}

extension KeyedMark {
  /// A number for an answer; equal for those that agree to what the part asks.
  func comparable(_ value: AnswerValue) -> UInt64 {
    // As a candidate would type it to the places that are asked.
    rounded(value).stableHash
  }

  /// The key to the places that are asked.
  var shown: String { rounded(key) }

  private func rounded(_ value: AnswerValue) -> String {
    switch mark.part.tolerance {
    case .decimals(let places): value.rounded(to: places)
    default: value.mapReals { $0.roundedToSixDigits }.plainText
    }
  }
}

extension Double {
  /// What is asked relatively is compared to six digits: enough to tell answers apart, few enough
  /// for what was copied as it was shown.
  fileprivate var roundedToSixDigits: Double {
    guard self != 0, isFinite else { return self }
    var exponent = 0
    var leading = magnitude
    while leading >= 10 { (leading, exponent) = (leading / 10, exponent + 1) }
    while leading < 1 { (leading, exponent) = (leading * 10, exponent - 1) }
    let digits = (leading * 100_000).rounded() / 100_000
    return (self < 0 ? -1 : 1) * digits * Double.powerOfTen(exponent)
  }
}
