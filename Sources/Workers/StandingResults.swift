import ExamModel
package import Storage

/// The verdicts of a run that count, the machine's and persons', page by page in order of candidate.
package struct StandingResults: Sendable {
  /// How far the run was when this was made.
  package let progress: RunProgress
  package let legend: RunLegend

  package var run: RunKey { progress.run }
  package var batch: BatchKey { progress.batch }

  /// A candidate's standing verdicts, with the decisions among them.
  package struct Entry: Sendable {
    package let result: ResultRecord
    package let overrules: [Overrule]
    fileprivate let legend: RunLegend

    /// Who decided about an item of the legend; nil where the machine's verdict stands, as it does
    /// where an answer was made void after all.
    package func person(deciding item: Int) -> String? {
      guard result.outcomes[item] != OutcomeCode.void else { return nil }
      return overrules.first {
        $0.place.line == result.line && legend.items[item].isField($0.place.item)
      }?.decidedBy
    }

    /// How many answers nobody could read and no person has decided about.
    package var waiting: Int {
      result.outcomes.indices.count {
        result.outcomes[$0] == OutcomeCode.unreadable && person(deciding: $0) == nil
      }
    }
  }

  /// - Throws: `StoreError` where the store has no such run.
  package init(of run: RunKey, in store: any Store) async throws {
    progress = try await store.progress(of: run)
    legend = try await store.legend(of: run)
  }

  /// Holds one page at a time, whatever the size of the cohort.
  package func visit(in store: any Store, _ body: (Entry) throws -> Void) async throws {
    try await visitPages(in: store) { page, _ in
      for entry in page { try body(entry) }
    }
  }

  /// The same page by page, each with the candidate after whom it begins; nil for the first.
  func visitPages(
    in store: any Store, _ body: ([Entry], CandidateID?) async throws -> Void
  ) async throws {
    var last: CandidateID?
    var page = try await store.results(of: run, after: nil, limit: 1000)
    while let end = page.last?.candidate {
      // The store reads the next page while this one is worked on.
      async let next = store.results(of: run, after: end, limit: 1000)
      let overrules = Dictionary(
        grouping: try await store.overrules(of: batch, after: last, through: end), by: \.candidate)
      let entries = try page.map { machine in
        guard machine.outcomes.count == legend.items.count else {
          throw StoreError(
            .damaged,
            "the result of line \(machine.line) has not the answers of run \(run.run); "
              + "restore a backup")
        }
        let decided = overrules[machine.candidate] ?? []
        return Entry(
          result: machine.overruled(by: decided, legend: legend), overrules: decided, legend: legend
        )
      }
      try await body(entries, last)
      last = end
      page = try await next
    }
  }
}
