import Analysis
package import ExamModel
import Marking
package import PaperPress
import QuestionBank
import ResponseSheets
package import Storage

/// Makes a report in one pass over a run's results, whatever the size of the cohort.
///
/// Points, outcomes and difficulties are of everybody. What needs papers to be computed again and
/// typed answers to be read is of a sample, the first candidates of every page of results.
package struct ReportMaker: Sendable {
  package static let usualSample = 20_000

  private let press: PaperPress
  private let batch: ImportedBatch
  private let sampleSize: Int

  /// - Parameters:
  ///   - batch: the import that the run graded.
  ///   - sampleSize: of how many candidates at most typed answers are looked at.
  package init(_ press: PaperPress, batch: ImportedBatch, sampleSize: Int = usualSample) {
    self.press = press
    self.batch = batch
    self.sampleSize = sampleSize
  }

  /// - Throws: `SourceError` where the run's import is damaged; errors of the store.
  package func report(on run: RunKey, in store: any Store) async throws -> ExamReport {
    let standing = try await StandingResults(of: run, in: store)
    let progress = standing.progress
    var scores = ScoreSums(standing.legend)
    var sample = AnswerSample(standing.legend, titles: batch.columns)
    let grader = try Grader(press, batch: batch)
    let each = 1000 * sampleSize / max(1, progress.graded)
    var sampled = 0
    try await standing.visitPages(in: store) { page, first in
      for entry in page { scores.add(entry.result) }
      let wanted = min(sampleSize - sampled, max(1, each))
      guard wanted > 0 else { return }
      let looked = try await store.answers(
        of: run, in: batch.batch, having: nil, after: first, limit: wanted)
      let known = Dictionary(
        page.map { ($0.result.candidate, $0.result) }, uniquingKeysWith: { a, _ in a })
      for (answers, marks) in zip(looked, await grader.keyedMarks(of: looked)) {
        guard let result = known[answers.result.candidate] else { continue }
        sampled += 1
        sample.add(marks, result, cells: answers.cells)
      }
    }
    return report(progress, standing.legend, scores, sample, sampled: sampled)
  }

  private func report(
    _ progress: RunProgress, _ legend: RunLegend, _ scores: ScoreSums, _ sample: AnswerSample,
    sampled: Int
  ) -> ExamReport {
    let fit = scores.rasch.fit()
    let families = press.slots.map { $0.family.id }
    return ExamReport(
      progress: progress, title: press.blueprint.title,
      possible: Points(hundredths: scores.possible), questions: scores.questions,
      items: scores.items(legend), mistakes: scores.mistakes(legend),
      nearMisses: sample.nearMisses(legend), fairness: sample.fairness(legend),
      difficulties: scores.questionNumbers.enumerated().compactMap { index, number in
        guard let logits = fit?.difficulties[index], let error = fit?.standardErrors[index],
          families.indices.contains(number - 1)
        else { return nil }
        return .init(
          name: "Q\(number)", family: families[number - 1], logits: logits, error: error)
      },
      rightOrNot: scores.rightOrNot.alpha(), sampled: sampled, minutes: sample.minutes)
  }

  /// The report beside another run's: of the same import, also who moved.
  package func comparison(
    of report: ExamReport, with other: RunKey, in store: any Store
  ) async throws -> RunComparison {
    let progress = try await store.progress(of: other)
    guard let otherBatch = try await store.batch(progress.batch) else {
      throw StoreError(.failed, "run \(other.run) has no import; restore a backup")
    }
    let before = try await ReportMaker(press, batch: otherBatch, sampleSize: 0)
      .report(on: other, in: store)
    var moves: MoveCount?
    if progress.batch == batch.batch {
      moves = try await Regrade.compare(
        other, with: report.progress.run, over: batch.batch, in: store
      ) { _ in }
    }
    return RunComparison(
      other: progress, otherMean: before.questions.mean, otherAlpha: before.reliability?.alpha,
      otherCandidates: before.candidates,
      facilities: report.items.compactMap { item in
        guard let old = before.items.first(where: { $0.title == item.title })?.statistics.facility,
          let new = item.statistics.facility
        else { return nil }
        return .init(name: item.title, before: old, after: new)
      },
      difficulties: Self.linked(before.families, report.families), moves: moves)
  }

  /// Difficulties of common families on the scale of the second list.
  static func linked(
    _ before: [ExamReport.Difficulty], _ after: [ExamReport.Difficulty]
  ) -> [RunComparison.Shift] {
    let old = Dictionary(before.map { ($0.name, $0.logits) }, uniquingKeysWith: { a, _ in a })
    let common = after.compactMap { new in old[new.name].map { (new.name, $0, new.logits) } }
    guard !common.isEmpty else { return [] }
    let shift = common.reduce(0) { $0 + $1.2 - $1.1 } / Double(common.count)
    return common.map { .init(name: $0.0, before: $0.1 + shift, after: $0.2) }
  }

  /// What a correction would do, found without writing anything.
  package func supposing(
    _ correction: Correction, named name: String, secret: ExamSecret, file: String, of run: RunKey,
    in store: any Store
  ) async throws -> Supposition {
    var blueprint = press.blueprint
    blueprint.corrections.append(correction)
    let supposed = try PaperPress(blueprint, secret: secret, file: file)
    var supposition = Supposition(name: name, compared: 0, gain: 0, lose: 0, movers: [])
    let count = try await Regrade(supposed, of: run, over: batch, policy: .exact)
      .foresee(in: store) { supposition.add($0) }
    supposition.compared = count.compared
    supposition.keepMost()
    return supposition
  }
}

extension Supposition {
  fileprivate mutating func add(_ move: Move) {
    let share = { (awarded: Points, possible: Points) in
      possible.hundredths > 0 ? Double(awarded.hundredths) / Double(possible.hundredths) : 0
    }
    let change =
      100 * (share(move.after, move.possibleAfter) - share(move.before, move.possibleBefore))
    guard change.magnitude > 1e-9 else { return }
    if change > 0 { gain += 1 } else { lose += 1 }
    movers.append(
      Mover(candidate: move.candidate, before: move.before, after: move.after, change: change))
    if movers.count >= 1000 { keepMost() }
  }

  fileprivate mutating func keepMost() {
    movers.sort { a, b in
      let (x, y) = (a.change.magnitude, b.change.magnitude)
      return x == y ? a.candidate.rawValue < b.candidate.rawValue : x > y
    }
    movers = Array(movers.prefix(100))
  }
}
