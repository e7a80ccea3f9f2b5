import TestKit
import Testing

@testable import Storage

@Suite("A PostgreSQL server") struct PostgresServerTests {
  @Test(.timeLimit(.minutes(5)))
  func thatDoesNotAnswerIsNamedWithoutThePassword() async throws {
    let address = try StoreAddress("postgresql://ann:canary@127.0.0.1:1/exams?password=canary")
    let error = await #expect(throws: StoreError.self) { _ = try await address.open() }
    #expect(error?.kind == .unreachable)
    #expect(error?.message.contains("ann@127.0.0.1:1/exams") == true)
    #expect(error?.description.contains("canary") == false)
  }

  @Test(
    "says what kind of error it is by the SQLSTATE",
    arguments: [
      ("08006", StoreError.Kind.unreachable), ("57P01", .unreachable), ("57P03", .unreachable),
      ("53300", .unreachable), ("25006", .readOnly), ("42P01", .notMigrated), ("40001", .busy),
      ("40P01", .busy), ("55P03", .busy), ("57014", .busy), ("23505", .conflict),
      ("23503", .conflict), ("53100", .full), ("42501", .notAllowed), ("42601", .failed),
    ])
  func readsStates(state: String, kind: StoreError.Kind) {
    let error = StoreError.postgres(state, at: "postgresql://h/d", in: "select 1")
    #expect(error.kind == kind && error.code == state)
  }

  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func thatIsReadOnlySaysSo() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let uri = try TemporaryStore.uri(of: address)
      let store = try await StoreAddress(
        uri + "?options=-c%20default_transaction_read_only%3Don"
      ).open()
      let error = await #expect(throws: StoreError.self) { _ = try await store.migrate() }
      #expect(error?.kind == .readOnly)
      #expect(error?.code == "25006")
    }
  }

  @Test(
    "may have any dates, zones and isolation set for its database",
    .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer),
    arguments: [
      ["datestyle = 'SQL, DMY'", "timezone = 'Asia/Jakarta'"], ["intervalstyle = 'sql_standard'"],
      ["default_transaction_isolation = 'serializable'"],
    ])
  func settings(_ settings: [String]) async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let hall = Hall(address: address)
      let database = try await hall.inspect("select current_database()")[0][0] ?? ""
      for setting in settings {
        try await hall.inspect("alter database \(verbatim: database) set \(verbatim: setting)")
      }
      // Several at once, of whom all but one wait.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            let store = try await address.open()
            _ = try await store.migrate()
            await store.close()
          }
        }
        try await group.waitForAll()
      }
      let (store, batch) = try await hall.imported(rows: 2)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms()))
      #expect(try await store.heartbeat(claim, lease: LeaseTerms()))
      // Whoever takes the chunk over finds the session that holds it.
      let held = try await hall.inspect(
        """
        select count(*) from chunk join pg_stat_activity as session
          on pid = backend_pid and session.backend_start = chunk.backend_start
        """)
      #expect(held == [["1"]])
      await store.close()
    }
  }

  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func withoutTheDatabaseSaysSo() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let missing = try TemporaryStore.uri(of: address) + "_missing"
      let error = await #expect(throws: StoreError.self) {
        _ = try await StoreAddress(missing).open()
      }
      #expect(error?.kind == .unreachable)
      #expect(error?.message.contains("_missing") == true)
    }
  }

  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func thatEndedTheSessionIsConnectedToAgain() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let hall = Hall(address: address)
      let store = try await hall.prepared()
      try await endSessions(of: address)
      #expect(try await store.runs(of: nil).isEmpty)
      try await endSessions(of: address)
      let test = TestRecord(id: hall.test, title: "Mock", manifestDigest: "a1")
      try await store.register(test)
      try await endSessions(of: address)
      try await store.register(test)
      await store.close()
    }
  }

  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func endsTheSessionOfAClaimThatIsTakenOver() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let (store, batch) = try await Hall(address: address).imported(rows: 1)
      let run = batch.run
      let stalled = try await address.open()
      let before = try await session(of: stalled)
      _ = try #require(
        try await stalled.claimChunk(of: run, as: "a", lease: LeaseTerms(leaseSeconds: 0)))
      let own = try await session(of: store)
      #expect(try await store.claimChunk(of: run, as: "b", lease: LeaseTerms()) != nil)
      let alive = try await TemporaryStore.inspect(
        store, "select pid from pg_stat_activity where datname = current_database() order by 1")
      #expect(alive.contains([own]))
      #expect(!alive.contains([before]))
      await store.close()
      await stalled.close()
    }
  }

  /// A trigger takes the chunk away between the first rows and the last statement.
  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func checksTheFenceAfterTheRowsAreWritten() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let hall = Hall(address: address)
      let (store, batch) = try await hall.imported(rows: 2)
      try await hall.inspect(
        """
        create function take() returns trigger language plpgsql as
        'begin update chunk set token = token + 1; return null; end'
        """)
      try await hall.inspect(
        "create trigger taken after insert on result execute function take()")
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
      #expect(try await !store.land(hall.landing(hall.submissions(2)), for: claim))
      #expect(try await store.results(of: batch.run, after: nil, limit: 9).isEmpty)
      #expect(try await store.tallies(of: batch.run).isEmpty)
      #expect(try await store.progress(of: batch.run).chunksDone == 0)
    }
  }

  @Test(
    "loses the answer to a commit and is asked what became of it",
    .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer),
    .timeLimit(.minutes(5)), arguments: FaultProxy.Cut.allCases)
  func losesACommit(cut: FaultProxy.Cut) async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let hall = Hall(address: address)
      let (store, batch) = try await hall.imported(rows: 2)
      let run = batch.run
      let proxy = try FaultProxy(to: try TemporaryStore.uri(of: address))
      let far = try await StoreAddress(proxy.uri).open()
      let claim = try #require(try await far.claimChunk(of: run, as: "a", lease: LeaseTerms()))
      let landing = hall.landing(hall.submissions(2))
      proxy.cutNextCommit(cut)
      #expect(try await far.land(landing, for: claim))
      #expect(proxy.cuts == 1)
      #expect(try await store.results(of: run, after: nil, limit: 9) == landing.results)
      #expect(try await store.progress(of: run).chunksDone == 1)
      #expect(try await !far.land(landing, for: claim))
      await far.close()
      await store.close()
      proxy.close()
    }
  }

  // MARK: Means

  private func endSessions(of address: StoreAddress) async throws {
    try await TemporaryStore.inspect(
      address,
      """
      select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend'
      """)
  }

  private func session(of store: any Store) async throws -> String? {
    try await TemporaryStore.inspect(store, "select pg_backend_pid()")[0][0]
  }
}
