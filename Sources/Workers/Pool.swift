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
  /// Whether it works on for others when this run has nothing to claim or another is more urgent:
  /// then it neither waits for chunks that others hold nor stays.
  package let isShared: Bool
  /// Counts what the lanes do; nil where nobody asks.
  package let meter: Meter?
  /// Told once, after some seconds, where all that is left is in other workers' hands.
  package let waits: @Sendable () -> Void
  /// Told now and then how far the run is.
  package let report: @Sendable (RunProgress) -> Void

  package init(
    press: PaperPress, store: StoreAddress, lanes: Int, stop: StopFlag,
    lease: LeaseTerms = LeaseTerms(), isShared: Bool = false, meter: Meter? = nil,
    waits: @escaping @Sendable () -> Void = {},
    report: @escaping @Sendable (RunProgress) -> Void
  ) {
    self.press = press
    self.store = store
    self.lanes = lanes
    self.stop = stop
    self.lease = lease
    self.isShared = isShared
    self.meter = meter
    self.waits = waits
    self.report = report
  }

  /// Grades until the run's chunks have all ended, it is paused or the flag is up; returns how the
  /// run stands.
  ///
  /// Other machines may work on the same run: `landed` are the chunks that this pool graded.
  package func run(
    _ batch: ImportedBatch
  ) async throws -> (progress: RunProgress, landed: Int) {
    let grader = try Grader(press, batch: batch)
    let stores = try await openStores()
    let landed = try await withThrowingTaskGroup(of: Int.self) { group in
      for (lane, store) in stores.enumerated() {
        group.addTask { try await work(lane: lane, in: store, batch: batch, grader: grader) }
      }
      return try await group.reduce(0, +)
    }
    let store = try await store.open()
    do {
      try await Self.patiently { try await settle(batch, in: store) }
      let progress = try await store.progress(of: batch.run)
      report(progress)
      await store.close()
      return (progress, landed)
    } catch {
      await store.close()
      throw error
    }
  }

  /// One for each lane; fewer where the server has no connection left for more.
  private func openStores() async throws(StoreError) -> [any Store] {
    var stores: [any Store] = []
    do throws(StoreError) {
      while stores.count < lanes { stores.append(try await store.open()) }
    } catch {
      if stores.isEmpty { throw error }
      guard error.isPassing else {
        for store in stores { await store.close() }
        throw error
      }
    }
    return stores
  }

  /// Closes the store when it ends.
  private func work(
    lane number: Int, in store: any Store, batch: ImportedBatch, grader: Grader
  ) async throws -> Int {
    let lane = Lane(
      store: store, batch: batch, grader: grader, lease: lease,
      name: "\(Worker.ownName)/\(number)",
      patience: .seconds(60), meter: meter)
    do {
      var nextLook = ContinuousClock.now
      var restsSince: ContinuousClock.Instant?
      var hasTold = number > 0
      var landed = 0
      try await lane.run(until: stop) { isAtRest in
        landed += isAtRest ? 0 : 1
        if isAtRest, isShared { return false }
        let start = ContinuousClock.now
        restsSince = isAtRest ? restsSince ?? start : nil
        if !hasTold, let restsSince, start - restsSince > .seconds(3) {
          hasTold = true
          waits()
        }
        let isDue = start > nextLook
        guard isAtRest || (isDue && (isShared || number == 0)) else { return true }
        // Of a run with a million chunks a look takes a second, and is worth a twentieth of the time.
        defer {
          let pause = Duration.milliseconds(isShared ? 1000 : 100)
          nextLook = .now + max(pause, (ContinuousClock.now - start) * 20)
        }
        if isShared { return try await !store.hasMoreUrgentWork(than: batch.run) }
        let progress = try await store.progress(of: batch.run)
        if number == 0 { report(progress) }
        let isPaused = progress.pausedMicroseconds != nil
        return progress.chunksDone + progress.chunksSetAside < progress.chunks
          && !(isAtRest && isPaused)
      }
      await store.close()
      return landed
    } catch {
      await store.close()
      throw error
    }
  }

  /// Again while the store is away or held by others, for as long as lanes wait.
  private static func patiently(_ body: () async throws -> Void) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while true {
      do {
        return try await body()
      } catch let error as StoreError where error.isPassing && ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(500))
      }
    }
  }

  /// Ends the run with its events, if all its chunks have ended and nobody was first.
  private func settle(_ batch: ImportedBatch, in store: any Store) async throws {
    let progress = try await store.progress(of: batch.run)
    guard progress.state == .running,
      progress.chunksDone + progress.chunksSetAside == progress.chunks
    else { return }
    let events = try await RunEvents.events(of: progress, in: store)
    FaultPoint.finishing.pass()
    _ = try await store.finish(batch.run, events: events)
    FaultPoint.finished.pass()
  }
}
