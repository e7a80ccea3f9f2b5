import ExamModel
package import PaperPress
package import Storage

/// Whether published results are what the keys that were committed to give.
package struct ResultCheck: Sendable {
  private let press: PaperPress
  private let manifest: Manifest

  package init(_ press: PaperPress, manifest: Manifest) {
    self.press = press
    self.manifest = manifest
  }

  /// What differs, in sentences: each stored answer is marked again by the candidate's own paper.
  ///
  /// Decisions of people are beside the results and no difference.
  package func findings(in store: any Store) async throws -> [String] {
    guard let run = try await store.publishedRun(of: manifest.test),
      let batch = try await store.batch(try await store.progress(of: run).batch)
    else { return ["no results are published yet"] }
    let version = try await store.keyVersion(of: run)
    guard version == press.keyVersion else {
      return ["run \(run.run) was marked by another blueprint than today's; grade it again"]
    }
    var findings: [String] = []
    if version != manifest.keyVersion {
      findings.append(
        "run \(run.run) was marked by corrections or a marking from after the papers were made")
    }
    let mayBeHigher = try await store.regrade(of: run)?.policy == .neverLower
    let committed = Set(manifest.papers.map(\.candidate))
    let grader = try Grader(press, batch: batch)
    var last: CandidateID?
    while true {
      let page = try await store.answers(
        of: run, in: batch.batch, having: nil, after: last, limit: 1000)
      guard let end = page.last?.result.candidate else { return findings }
      for answers in page {
        let candidate = answers.result.candidate
        if !committed.contains(candidate) {
          findings.append("\(candidate) has results and no paper in the set")
        } else if !agrees(answers, grader, mayBeHigher: mayBeHigher) {
          findings.append("the results of \(candidate) are not what their answers earn")
        }
      }
      last = end
    }
  }

  /// A regrade that takes nothing away may have kept what an earlier run gave.
  private func agrees(
    _ answers: GradedAnswers, _ grader: Grader, mayBeHigher: Bool
  ) -> Bool {
    let stored = answers.result
    let row = SubmissionRecord(
      line: stored.line, candidate: stored.candidate, submittedMicroseconds: nil,
      disposition: .toGrade, reason: nil, cells: answers.cells)
    let again = grader.grade(row, of: stored.candidate)
    guard mayBeHigher else {
      return again.outcomes == stored.outcomes && again.awardedEach == stored.awardedEach
    }
    return again.awardedEach.count == stored.awardedEach.count
      && zip(again.awardedEach, stored.awardedEach).allSatisfy { $0 <= $1 }
  }
}
