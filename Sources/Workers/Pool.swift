import ExamModel
package import PaperPress
package import Storage
import Synchronization

/// Asks the pool to end: every lane finishes the chunk in hand and takes no other.
package final class StopFlag: Sendable {
  private let isRaised = Mutex(false)
  package init() {}
  package func raise() { isRaised.withLock { $0 = true } }
  package var isUp: Bool { isRaised.withLock { $0 } }
}

/// Lanes that claim chunks of one run, grade them and land what they come to.
package struct Pool: Sendable {
  package let press: PaperPress
  package let store: StoreAddress
  package let lanes: Int
  package let stop: StopFlag
  package let lease: LeaseTerms
  /// Told now and then how far the run is.
  package let report: @Sendable (RunProgress) -> Void

  package init(
    press: PaperPress, store: StoreAddress, lanes: Int, stop: StopFlag,
    lease: LeaseTerms = LeaseTerms(), report: @escaping @Sendable (RunProgress) -> Void
  ) {
    self.press = press
    self.store = store
    self.lanes = lanes
    self.stop = stop
    self.lease = lease
    self.report = report
  }

  /// Grades until the run's chunks have all ended or the flag is up; returns how the run stands.
  ///
  /// Other machines may work on the same run: what they hold is waited for.
  package func run(_ batch: ImportedBatch) async throws -> RunProgress {
    let grader = try Grader(press, batch: batch)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<lanes {
        group.addTask { try await work(lane: lane, batch: batch, grader: grader) }
      }
      try await group.waitForAll()
    }
    let store = try await store.open()
    do {
      try await settle(batch, in: store)
      let progress = try await store.progress(of: batch.run)
      report(progress)
      await store.close()
      return progress
    } catch {
      await store.close()
      throw error
    }
  }

  private func work(lane: Int, batch: ImportedBatch, grader: Grader) async throws {
    let store = try await store.open()
    let name = "lane-\(lane)"
    do {
      var lastReport = ContinuousClock.now - .seconds(1)
      while !stop.isUp {
        if let claim = try await store.claimChunk(of: batch.run, as: name, lease: lease) {
          try await process(claim, grader: grader, store: store)
          if lane == 0, ContinuousClock.now - lastReport > .milliseconds(100) {
            report(try await store.progress(of: batch.run))
            lastReport = .now
          }
          continue
        }
        let progress = try await store.progress(of: batch.run)
        if progress.chunksDone + progress.chunksSetAside >= progress.chunks { break }
        try await Task.sleep(for: .milliseconds(200))
      }
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  /// Grades one chunk while its lease is kept alive; a lost lease gives the work up.
  private func process(_ claim: ChunkClaim, grader: Grader, store: any Store) async throws {
    let submissions = try await store.submissions(of: claim)
    let landing = try await withThrowingTaskGroup(of: Landing?.self) { group in
      group.addTask { grader.grade(submissions) }
      group.addTask {
        while true {
          try await Task.sleep(for: .seconds(max(1, lease.leaseSeconds / 3)))
          guard try await store.heartbeat(claim, lease: lease) else { return nil }
        }
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let landing else { return }
    _ = try await store.land(landing, for: claim)
  }

  /// Ends the run with its events, if all its chunks have ended and nobody was first.
  private func settle(_ batch: ImportedBatch, in store: any Store) async throws {
    let progress = try await store.progress(of: batch.run)
    guard progress.state == .running,
      progress.chunksDone + progress.chunksSetAside == progress.chunks
    else { return }
    let summary = try await GradingSummary(of: progress, in: store)
    _ = try await store.finish(batch.run, events: summary.events())
  }
}
