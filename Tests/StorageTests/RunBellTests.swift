import TestKit
import Testing

@testable import Storage

@Suite(
  "The bell", .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer),
  .timeLimit(.minutes(5)))
struct RunBellTests {
  private func awaitRing(_ bell: RunBell) async throws {
    while !bell.takeRing() { try await Task.sleep(for: .milliseconds(10)) }
  }

  @Test("rings once it listens, and at every run that is begun")
  func rings() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let hall = Hall(address: address)
      let store = try await hall.prepared()
      let bell = try #require(address.runBell())
      defer { bell.close() }
      try await awaitRing(bell)
      let rows = hall.submissions(4)
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      try await awaitRing(bell)
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let regrade = NewRegrade(
        earlier: batch.run, policy: .exact, keyVersion: "k2", legend: hall.legend, reason: "r",
        begunBy: "p")
      _ = try await store.begin(regrade)
      try await awaitRing(bell)
      await store.close()
    }
  }

  @Test("notices a connection that looks alive and is not, and listens anew")
  func halfOpen() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let hall = Hall(address: address)
      let store = try await hall.prepared()
      let proxy = try FaultProxy(to: try TemporaryStore.uri(of: address))
      let bell = RunBell(
        try PostgresAddress(proxy.uri), checkInterval: .milliseconds(200),
        patience: .milliseconds(200))
      defer { bell.close() }
      try await awaitRing(bell)
      proxy.silenceConnections()
      // It rings as it listens again, and then for a run.
      try await awaitRing(bell)
      let rows = hall.submissions(1)
      _ = try await store.importBatch(hall.batch(rows), submissions: rows)
      try await awaitRing(bell)
      await store.close()
    }
  }

  @Test("is missing where there is no server to listen to")
  func sqlite() throws {
    #expect(try StoreAddress("sqlite:exam.sqlite").runBell() == nil)
  }
}
