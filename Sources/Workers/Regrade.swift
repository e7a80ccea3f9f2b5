import ExamModel
package import PaperPress
package import Storage
import Webhooks

/// A second grading of what was graded, by today's blueprint: who moves, by how much and why.
///
/// Everything goes by in pages in order of candidate, so that a million of them need no more memory
/// than one page.
package struct Regrade: Sendable {
  private static let pageSize = 1000

  package let press: PaperPress
  package let earlier: RunKey
  package let batch: ImportedBatch
  package let policy: RegradePolicy

  /// - Parameter earlier: the run whose verdicts count so far.
  package init(
    _ press: PaperPress, of earlier: RunKey, over batch: ImportedBatch, policy: RegradePolicy
  ) {
    self.press = press
    self.earlier = earlier
    self.batch = batch
    self.policy = policy
  }

  /// What the regrade would change, found without writing anything.
  package func foresee(
    in store: any Store, _ visit: (Move) throws -> Void
  ) async throws -> MoveCount {
    let grader = try Grader(press, batch: batch)
    let legend = press.legend
    let released = try await rowsReleased(in: store)
    var count = MoveCount()
    var last: CandidateID?
    while true {
      let page = try await store.answers(
        of: earlier, in: batch.batch, having: nil, after: last, limit: Self.pageSize)
      guard let end = page.last?.result.candidate else { return count }
      let overrules = Dictionary(
        grouping: try await store.overrules(of: batch.batch, after: last, through: end),
        by: \.candidate)
      for answers in page {
        let before = answers.result
        let row =
          released[before.candidate]
          ?? SubmissionRecord(
            line: before.line, candidate: before.candidate, submittedMicroseconds: nil,
            disposition: .toGrade, reason: nil, cells: answers.cells)
        var after = grader.grade(row, of: before.candidate)
        // Of other answers than those nothing was promised.
        if policy == .neverLower, row.line == before.line { after = after.raised(to: before) }
        let decided = overrules[before.candidate] ?? []
        let move = Move(
          from: before.overruled(by: decided, legend: legend),
          to: after.overruled(by: decided, legend: legend))
        count.add(move)
        if let move { try visit(move) }
      }
      last = end
    }
  }

  /// The rows that a person let count, perhaps in the place of those that the earlier run graded.
  private func rowsReleased(
    in store: any Store
  ) async throws -> [CandidateID: SubmissionRecord] {
    let rows = try await store.quarantine(of: batch.batch.test).compactMap { found in
      found.batch == batch.batch && found.row.disposition == .toGrade ? found.row : nil
    }
    return Dictionary(
      rows.compactMap { row in row.candidate.map { ($0, row) } },
      uniquingKeysWith: { _, new in new })
  }

  /// What another run over the same rows did change; both runs' pages are merged by candidate.
  ///
  /// Whoever one of them lacks did not move: a row was released or replaced between them.
  package static func compare(
    _ earlier: RunKey, with later: RunKey, over batch: BatchKey, in store: any Store,
    _ visit: (Move) throws -> Void
  ) async throws -> MoveCount {
    let legend = try await store.legend(of: later)
    var count = MoveCount()
    var last: CandidateID?
    var before: [ResultRecord] = []
    var hasMore = true
    while true {
      let page = try await store.results(of: later, after: last, limit: pageSize)
      guard let end = page.last?.candidate else { return count }
      let overrules = Dictionary(
        grouping: try await store.overrules(of: batch, after: last, through: end), by: \.candidate)
      while hasMore, before.last.map({ precedes($0.candidate, end) }) ?? true {
        let more = try await store.results(
          of: earlier, after: before.last?.candidate ?? last, limit: pageSize)
        hasMore = more.count == pageSize
        before += more
      }
      let known = Dictionary(before.map { ($0.candidate, $0) }, uniquingKeysWith: { a, _ in a })
      for after in page {
        guard let old = known[after.candidate] else { continue }
        let decided = overrules[after.candidate] ?? []
        let move = Move(
          from: old.overruled(by: decided, legend: legend),
          to: after.overruled(by: decided, legend: legend))
        count.add(move)
        if let move { try visit(move) }
      }
      before.removeAll { !precedes(end, $0.candidate) }
      last = end
    }
  }

  /// The order in which both stores hand out results: by the bytes of the id.
  private static func precedes(_ a: CandidateID, _ b: CandidateID) -> Bool {
    a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
  }
}

/// What is told to those who subscribed when a run ends.
enum RunEvents {
  static func events(of progress: RunProgress, in store: any Store) async throws -> [NewEvent] {
    guard let regrade = try await store.regrade(of: progress.run), progress.chunksSetAside == 0
    else { return try await GradingSummary(of: progress, in: store).events() }
    var named: [JSON] = []
    let count = try await Regrade.compare(
      regrade.earlier, with: progress.run, over: progress.batch, in: store
    ) { move in
      guard named.count < EventType.mostNamed else { return }
      named.append(
        .object([
          ("candidate", .string(move.candidate.rawValue)), ("before", move.before.json),
          ("after", move.after.json),
        ]))
    }
    return [
      try NewEvent(
        .regradeCompleted, of: progress.run.test,
        [
          ("test", .string(progress.run.test.rawValue)), ("run", .integer(Int(progress.run.run))),
          ("trace", .string(progress.trace.id)), ("file", .string(progress.fileName)),
          ("earlier", .integer(Int(regrade.earlier.run))),
          ("policy", .string(regrade.policy.word)), ("compared", .integer(count.compared)),
          ("changed", .integer(count.changed)), ("up", .integer(count.up)),
          ("down", .integer(count.down)), ("candidates", .array(named)),
        ])
    ]
  }
}
