internal import ExamModel
package import Storage
internal import Testing

/// One promise that every store keeps, as a test that takes the address of an empty store.
///
///     @Test(arguments: StoreKind.available, StoreConformance.all)
///     func keeps(kind: StoreKind, promise: StoreConformance) async throws {
///       try await TemporaryStore.withStore(kind) { try await promise.check($0) }
///     }
package struct StoreConformance: Sendable, CustomTestStringConvertible {
  let sentence: String
  private let body: @Sendable (Hall) async throws -> Void

  init(_ sentence: String, _ body: @escaping @Sendable (Hall) async throws -> Void) {
    self.sentence = sentence
    self.body = body
  }

  /// Records an issue where the promise is broken.
  package func check(_ address: StoreAddress) async throws {
    try await body(Hall(address: address))
  }

  package var testDescription: String { sentence }

  /// All promises, those of the schema first.
  package static let all = schema + importing + reading + queue + landing + webhooks
}

/// What the checks start from: a store with one test in it, and files to import.
struct Hall: Sendable {
  let address: StoreAddress
  /// With everything in it that a careless statement would trip over.
  let test = TestID("mock 'logic' \"2026\"; drop table test; -- Prüfung 🎓")

  func open() async throws -> any Store { try await address.open() }

  /// A connection to the store, migrated and with the test in it.
  func prepared() async throws -> any Store {
    let store = try await open()
    _ = try await store.migrate()
    try await store.register(TestRecord(id: test, title: "Mock", manifestDigest: "a1"))
    return store
  }

  /// A store with one imported file of rows to be graded.
  func imported(
    rows: Int = 6, chunkSize: Int = 2, events: [NewEvent] = []
  ) async throws -> (store: any Store, batch: ImportedBatch) {
    let store = try await prepared()
    let rows = submissions(rows)
    let batch = try await store.importBatch(
      batch(rows, chunkSize: chunkSize, events: events), submissions: rows)
    return (store, batch)
  }

  func batch(
    _ rows: [SubmissionRecord], digest: String = "d1", chunkSize: Int = 2, events: [NewEvent] = []
  ) -> NewBatch {
    NewBatch(
      test: test, digest: digest, fileName: "answers.csv", columns: ["Time", "Q\"1\""],
      rows: rows.count, superseded: rows.count { $0.disposition == .superseded },
      quarantined: rows.count { $0.disposition == .quarantined }, chunkSize: chunkSize,
      keyVersion: "k1", legend: legend, events: events)
  }

  let legend = RunLegend(
    items: [
      .init(question: 1, part: "rows", family: "matdim.product", version: 1),
      .init(question: 1, part: "columns", family: "matdim.product", version: 1),
      .init(question: 2, part: "dL/dw0", family: "backprop.skip-weighted", version: 3),
    ],
    mistakes: [
      .init(family: "matdim.product", misconception: "swapped"),
      .init(family: "backprop.skip-weighted", misconception: "no-skip"),
    ])

  func submissions(_ count: Int) -> [SubmissionRecord] {
    (0..<count).map { row($0 + 2, cells: ["c\($0)", "\($0)"]) }
  }

  func row(
    _ line: Int, cells: [String] = ["", "1"], _ disposition: Disposition = .toGrade
  ) -> SubmissionRecord {
    SubmissionRecord(
      line: line, candidate: CandidateID("c\(line)"), submittedMicroseconds: 1_767_225_600_123_456,
      disposition: disposition, reason: disposition == .toGrade ? nil : "a later attempt counts",
      cells: cells)
  }

  /// A landing with one result for each row: right, a mistake, and an item that is not asked.
  func landing(_ rows: [SubmissionRecord]) -> Landing {
    Landing(
      results: rows.map { row in
        ResultRecord(
          candidate: row.candidate ?? "nobody", line: row.line, awarded: Points(1.5),
          possible: Points(2.5), outcomes: [1, 101, 0], awardedEach: [150, 0, 0],
          possibleEach: [150, 100, 0])
      },
      tallies: [
        ItemTally(item: 0, outcome: 1, count: rows.count, awarded: Points(1.5 * Double(rows.count))),
        ItemTally(item: 1, outcome: 101, count: rows.count, awarded: .zero),
      ])
  }

  /// Claims, grades and lands until nothing is left.
  func gradeAll(_ store: any Store, _ run: RunKey) async throws {
    while let claim = try await store.claimChunk(of: run, as: "w", lease: LeaseTerms()) {
      let rows = try await store.submissions(of: claim)
      let isLanded = try await store.land(landing(rows), for: claim)
      #expect(isLanded)
    }
  }

  func event(_ id: String, type: String = "batch.graded", test: TestID? = nil) -> NewEvent {
    NewEvent(id: id, test: test, type: type, payload: #"{"id":"\#(id)","π":"é\u0000"}"#)
  }

  func endpoint(_ name: String, events: [String] = []) -> NewEndpoint {
    NewEndpoint(
      url: "https://\(name).example/hook", secret: "whsec_\(name)", events: events,
      allowsPrivateAddresses: name == "private")
  }

  @discardableResult
  func inspect(_ sql: SQL) async throws -> [[String?]] {
    try await TemporaryStore.inspect(address, sql)
  }
}

/// The kind of the error that `body` throws; nil where it throws none or another type's.
func errorKind(_ body: () async throws -> Void) async -> StoreError.Kind? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? StoreError)?.kind
  }
}

extension LeaseTerms {
  /// A lease that has run out as soon as it is given, so that no test has to wait for one.
  static let alreadyOver = LeaseTerms(leaseSeconds: 0)
}
