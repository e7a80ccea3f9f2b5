internal import ExamModel
internal import Storage
internal import Testing

extension StoreConformance {
  static let schema: [StoreConformance] = [
    StoreConformance("an empty store says that it wants migrating") { hall in
      let store = try await hall.open()
      let state = try await store.schema()
      #expect(state.applied.isEmpty)
      #expect(state.pending.first == "0001_initial")
      #expect(await errorKind { _ = try await store.runs(of: nil) } == .notMigrated)
      #expect(await errorKind { try await store.giveBack(Self.strayClaim) } == .notMigrated)
    },
    StoreConformance("migrating twice changes nothing the second time") { hall in
      let store = try await hall.open()
      #expect(try await store.migrate() == Self.migrations)
      #expect(try await store.migrate() == [])
      let state = try await store.schema()
      #expect(state.applied == Self.migrations)
      #expect(state.pending.isEmpty)
      #expect(state.engine.contains(" "))
    },
    StoreConformance("of many who migrate at once, one does it") { hall in
      let names = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<4 { group.addTask { try await hall.open().migrate() } }
        return try await group.reduce([], +)
      }
      #expect(names.sorted() == Self.migrations)
    },
    StoreConformance("an edited migration is refused") { hall in
      _ = try await hall.prepared()
      try await hall.inspect("update migration set digest = 'edited'")
      let store = try await hall.open()
      #expect(await errorKind { _ = try await store.migrate() } == .editedMigration)
      #expect(await errorKind { _ = try await store.runs(of: nil) } == .editedMigration)
    },
    StoreConformance("a newer schema is refused") { hall in
      _ = try await hall.prepared()
      try await hall.inspect(
        """
        insert into migration (name, digest, applied_at)
        select '9999_later', 'x', applied_at from migration where name = '0001_initial'
        """)
      let store = try await hall.open()
      #expect(await errorKind { _ = try await store.migrate() } == .newerSchema)
      #expect(await errorKind { _ = try await store.runs(of: nil) } == .newerSchema)
    },
  ]

  static let migrations = [
    "0001_initial", "0002_quarantine", "0003_webhooks", "0004_review", "0005_queue", "0006_sweep",
    "0007_claims", "0008_cancelled", "0009_ready",
  ]

  static let strayClaim = ChunkClaim(
    run: RunKey(test: "t", run: 1), batch: BatchKey(test: "t", batch: 1), chunk: 0, token: 1,
    attempt: 1)

  static let importing: [StoreConformance] = [
    StoreConformance("a test is registered once and found again") { hall in
      let store = try await hall.prepared()
      try await store.register(TestRecord(id: hall.test, title: "Mock", manifestDigest: "a1"))
      let other = TestRecord(id: hall.test, title: "Mock", manifestDigest: "b2")
      #expect(await errorKind { try await store.register(other) } == .conflict)
      #expect(try await store.publishedRun(of: hall.test) == nil)
    },
    StoreConformance("an import keeps every raw cell byte for byte") { hall in
      let store = try await hall.prepared()
      let cells = [
        "", "\"quoted\", 'twice'", "line\r\nbreak\ttab", "nul\u{0}byte", "\u{1F}\u{7F}\u{2028}",
        "e\u{301} and é", "👩‍🎓 𝛁", "\\n \\u0041 \\", "{1,NULL}", "\u{FEFF}", "=1+1",
      ]
      let rows = [hall.row(2, cells: cells), hall.row(9, cells: []), hall.row(11, cells: [""])]
      let batch = try await store.importBatch(hall.batch(rows, chunkSize: 9), submissions: rows)
      #expect(batch.columns == ["Time", "Q\"1\""])
      #expect(batch.numberLocale == .comma)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms()))
      let stored = try await store.submissions(of: claim)
      #expect(stored == rows)
      #expect(stored.first?.cells.map { Array($0.utf8) } == cells.map { Array($0.utf8) })
    },
    StoreConformance("rows keep what became of them, and only those to be graded are dealt out") {
      hall in
      let store = try await hall.prepared()
      var stray = hall.row(5, .quarantined)
      stray.candidate = nil
      stray.submittedMicroseconds = nil
      stray.reason = "nobody has this id"
      // Not in the order of lines, as attempts of one candidate come together.
      let rows = [hall.row(9), hall.row(3, .superseded), hall.row(2), stray, hall.row(7)]
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      let key = batch.batch
      #expect(try await store.submissions(of: key, disposition: .quarantined) == [stray])
      #expect(
        try await store.submissions(of: key, disposition: .superseded) == [hall.row(3, .superseded)]
      )
      #expect(try await store.submissions(of: key, disposition: .toGrade).map(\.line) == [2, 7, 9])
      let first = try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms())
      let second = try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms())
      let dealt = [
        try await store.submissions(of: #require(first)).map(\.line),
        try await store.submissions(of: #require(second)).map(\.line),
      ]
      #expect(dealt == [[2, 9], [7]])
      let progress = try await store.progress(of: batch.run)
      #expect(progress.rows == 5 && progress.superseded == 1 && progress.quarantined == 1)
      #expect(progress.chunks == 2 && progress.state == .running)
    },
    StoreConformance("the same file twice is a conflict, and the first import is found") { hall in
      let (store, batch) = try await hall.imported()
      let rows = hall.submissions(1)
      #expect(
        await errorKind {
          _ = try await store.importBatch(hall.batch(rows), submissions: rows)
        } == .conflict)
      #expect(try await store.batch(of: hall.test, digest: "d1") == batch)
      #expect(try await store.batch(of: hall.test, digest: "d2") == nil)
      #expect(try await store.runs(of: nil).count == 1)
    },
    StoreConformance("an import whose rows are not as many as it said is not kept") { hall in
      let store = try await hall.prepared()
      var new = hall.batch(hall.submissions(3))
      new.rows = 4
      let short = new
      #expect(
        await errorKind {
          _ = try await store.importBatch(short, submissions: hall.submissions(3))
        } == .conflict)
      #expect(try await store.batch(of: hall.test, digest: "d1") == nil)
      #expect(try await hall.inspect("select count(*) from submission") == [["0"]])
    },
    StoreConformance("a zero byte where text cannot hold one is refused with the whole file") {
      hall in
      let store = try await hall.prepared()
      var row = hall.row(2)
      row.candidate = "c\u{0}2"
      let rows = [hall.row(3), row]
      #expect(
        await errorKind {
          _ = try await store.importBatch(hall.batch(rows), submissions: rows)
        } == .failed)
      #expect(try await hall.inspect("select count(*) from submission") == [["0"]])
    },
    StoreConformance("a file of a test that nobody registered is a conflict") { hall in
      let store = try await hall.prepared()
      var new = hall.batch([])
      new.test = "unheard-of"
      let stray = new
      #expect(
        await errorKind { _ = try await store.importBatch(stray, submissions: []) } == .conflict)
    },
    StoreConformance("ids beyond 32 bits work everywhere") { hall in
      let store = try await hall.prepared()
      let big: Int64 = 3_000_000_000
      try await hall.startIDs(at: big)
      let rows = hall.submissions(2)
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      #expect(batch.batch.batch >= big && batch.run.run >= big)
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      #expect(try await store.publishedRun(of: hall.test) == batch.run)
      #expect(try await store.results(of: batch.run, after: nil, limit: 9).count == 2)
      #expect(try await store.addEndpoint(hall.endpoint("a"), by: "p").id >= big)
    },
    StoreConformance("many rows go in and come out in order") { hall in
      let (store, batch) = try await hall.imported(rows: 2345, chunkSize: 1000)
      var lines: [Int] = []
      while let claim = try await store.claimChunk(of: nil, as: "w", lease: LeaseTerms()) {
        lines += try await store.submissions(of: claim).map(\.line)
      }
      #expect(lines == Array(2..<2347))
      #expect(try await store.progress(of: batch.run).chunks == 3)
    },
  ]
}

extension Hall {
  /// Makes the next ids of every kind begin at `id`.
  func startIDs(at id: Int64) async throws {
    let tables = [("batch", "batch_id"), ("run", "run_id"), ("endpoint", "endpoint_id")]
    for (table, column) in tables {
      if address.description.hasPrefix("sqlite:") {
        try await inspect("insert into sqlite_sequence values (\(table), \(id))")
      } else {
        try await inspect(
          "alter table \(verbatim: table) alter \(verbatim: column) restart with \(verbatim: "\(id)")"
        )
      }
    }
  }
}
