package import ExamModel
package import Storage
internal import Testing

/// What the checks start from: a store with one test in it, and files to import.
package struct Hall: Sendable {
  package let address: StoreAddress
  /// With everything in it that a careless statement would trip over.
  package let test = TestID("mock 'logic' \"2026\"; drop table test; -- Prüfung 🎓")

  package init(address: StoreAddress) { self.address = address }

  package func open() async throws -> any Store { try await address.open() }

  /// A connection to the store, migrated and with the test in it.
  package func prepared() async throws -> any Store {
    let store = try await open()
    _ = try await store.migrate()
    try await store.register(TestRecord(id: test, title: "Mock", manifestDigest: "a1"))
    return store
  }

  /// A store with one imported file of rows to be graded.
  package func imported(
    rows: Int = 6, chunkSize: Int = 2, events: [NewEvent] = []
  ) async throws -> (store: any Store, batch: ImportedBatch) {
    let store = try await prepared()
    let rows = submissions(rows)
    let batch = try await store.importBatch(
      batch(rows, chunkSize: chunkSize, events: events), submissions: rows)
    return (store, batch)
  }

  package func batch(
    _ rows: [SubmissionRecord], digest: String = "d1", chunkSize: Int = 2, events: [NewEvent] = []
  ) -> NewBatch {
    NewBatch(
      test: test, digest: digest, fileName: "answers.csv", columns: ["Time", "Q\"1\""],
      layout: "{}",
      numberLocale: .comma, rows: rows.count,
      superseded: rows.count { $0.disposition == .superseded },
      quarantined: rows.count { $0.disposition == .quarantined }, chunkSize: chunkSize,
      keyVersion: "k1", legend: legend, events: events)
  }

  package let legend = RunLegend(
    items: [
      .init(question: 1, part: "rows", family: "matdim.product", version: 1),
      .init(question: 1, part: "columns", family: "matdim.product", version: 1),
      .init(question: 2, part: "dL/dw0", family: "backprop.skip-weighted", version: 3),
    ],
    mistakes: [
      .init(family: "matdim.product", misconception: "swapped"),
      .init(family: "backprop.skip-weighted", misconception: "no-skip"),
    ])

  package func submissions(_ count: Int) -> [SubmissionRecord] {
    (0..<count).map { row($0 + 2, cells: ["c\($0)", "\($0)"]) }
  }

  package func row(
    _ line: Int, cells: [String] = ["", "1"], _ disposition: Disposition = .toGrade
  ) -> SubmissionRecord {
    SubmissionRecord(
      line: line, candidate: CandidateID("c\(line)"), submittedMicroseconds: 1_767_225_600_123_456,
      disposition: disposition, reason: disposition == .toGrade ? nil : "a later attempt counts",
      cells: cells)
  }

  /// A landing with one result for each row: right, a mistake, and an item that is not asked.
  package func landing(_ rows: [SubmissionRecord]) -> Landing {
    Landing(
      results: rows.map { row in
        ResultRecord(
          candidate: row.candidate ?? "nobody", line: row.line, awarded: Points(1.5),
          possible: Points(2.5), outcomes: [1, 101, 0], awardedEach: [150, 0, 0],
          possibleEach: [150, 100, 0])
      },
      tallies: [
        ItemTally(
          item: 0, outcome: 1, count: rows.count, awarded: Points(1.5 * Double(rows.count))),
        ItemTally(item: 1, outcome: 101, count: rows.count, awarded: .zero),
      ])
  }

  /// Claims, grades and lands until nothing is left.
  package func gradeAll(_ store: any Store, _ run: RunKey) async throws {
    while let claim = try await store.claimChunk(of: run, as: "w", lease: LeaseTerms()) {
      let rows = try await store.submissions(of: claim)
      let isLanded = try await store.land(landing(rows), for: claim)
      #expect(isLanded)
    }
  }

  package func event(_ id: String, type: String = "batch.graded", test: TestID? = nil) -> NewEvent {
    NewEvent(id: id, test: test, type: type, payload: #"{"id":"\#(id)","π":"é\u0000"}"#)
  }

  package func endpoint(_ name: String, events: [String] = []) -> NewEndpoint {
    NewEndpoint(
      url: "https://\(name).example/hook", secrets: [NewSecret(text: "whsec_\(name)")],
      events: events,
      allowsPrivateAddresses: name == "private")
  }

  @discardableResult
  package func inspect(_ sql: SQL) async throws -> [[String?]] {
    try await TemporaryStore.inspect(address, sql)
  }
}

extension Store {
  /// The same of rows as they are read back.
  package func importBatch(
    _ batch: NewBatch, submissions: [SubmissionRecord]
  ) async throws(StoreError) -> ImportedBatch {
    try await importBatch(batch, submissions: submissions.map { NewSubmission($0) })
  }
}
