import ExamModel
import Glibc
import PaperPress
package import Storage
package import Webhooks

/// Grades whatever runs of one test are under way, beside any number of workers on any machine.
package struct Worker: Sendable {
  package enum Ending: Sendable, Hashable {
    /// Only the flag ends it.
    case stopped
    /// It ends when no run of the test is under way, also elsewhere.
    case drained
    /// It ends when there is nothing left to claim.
    case once
  }

  package enum Note: Sendable {
    case finished(RunProgress)
    /// The run was begun with other rules of marking than this worker has.
    case skipped(OpenRun)
    case paused(OpenRun)
    case delivered(Delivery.Report)
    /// The store did not answer; it is asked again.
    case waiting(StoreError)
  }

  /// `host/4711`, by which people tell workers apart.
  package static var ownName: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return "\(host)/\(getpid())"
  }

  package let pool: Pool
  package let ending: Ending
  /// What webhooks leave through; nil to leave them to others.
  package let courier: Courier?
  /// How long it rests where nothing tells it of work.
  package let poll: Duration
  package let note: @Sendable (Note) -> Void

  /// - Parameter pool: a shared one.
  package init(
    pool: Pool, ending: Ending, courier: Courier?, poll: Duration = .seconds(2),
    note: @escaping @Sendable (Note) -> Void
  ) {
    self.pool = pool
    self.ending = ending
    self.courier = courier
    self.poll = poll
    self.note = note
  }

  /// Works until its ending, and delivers webhooks beside; a store that is away for a while is
  /// waited for.
  package func run() async throws {
    guard let courier else { return try await grade() }
    let isGraded = StopFlag()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await deliver(by: courier, until: isGraded) }
      // An error of either ends the other, which must know that nothing more comes.
      group.addTask {
        defer { isGraded.raise() }
        try await grade()
      }
      try await group.waitForAll()
    }
  }

  /// Delivers beside the lanes on a connection of its own and, unless it was stopped, what the
  /// last run has left.
  private func deliver(by courier: Courier, until isGraded: StopFlag) async throws {
    guard let store = try await opened(until: isGraded) else { return }
    let delivery = Delivery(store: store, courier: courier, meter: pool.meter)
    do {
      var report = try await delivery.run(until: isGraded)
      if !pool.stop.isUp { report += try await delivery.deliverDue() }
      if report.attempts > 0 { note(.delivered(report)) }
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  /// The store, as soon as it can be opened; nil where grading ended before.
  private func opened(until isGraded: StopFlag) async throws -> (any Store)? {
    while true {
      do {
        return try await pool.store.open()
      } catch {
        guard error.isPassing else { throw error }
        note(.waiting(error))
        if pool.stop.isUp || isGraded.isUp { return nil }
        // Cancelled with the worker, which then ends.
        guard (try? await Task.sleep(for: .milliseconds(500))) != nil else { return nil }
      }
    }
  }

  private func grade() async throws {
    var skipped: Set<RunKey> = []
    var pause = poll
    let bell = ending == .once ? nil : pool.store.runBell()
    defer { bell?.close() }
    while !pool.stop.isUp, !Task.isCancelled {
      do {
        let isIdle = try await pass(&skipped)
        pause = poll
        if isIdle == .nothingLeft || (ending == .once && isIdle != .worked) { return }
        if isIdle == .worked { continue }
      } catch let error as StoreError where error.isPassing {
        note(.waiting(error))
        pause = min(pause * 2, max(poll, .seconds(30)))
      }
      await rest(pause, or: bell)
    }
  }

  private enum Pass { case worked, nothingToClaim, nothingLeft }

  private func pass(_ skipped: inout Set<RunKey>) async throws -> Pass {
    let store = try await pool.store.open()
    do {
      let result = try await pass(in: store, &skipped)
      await store.close()
      return result
    } catch {
      await store.close()
      throw error
    }
  }

  private func pass(in store: any Store, _ skipped: inout Set<RunKey>) async throws -> Pass {
    var result = Pass.nothingLeft
    let open = try await store.openRuns(of: pool.press.blueprint.id)
    for run in open where run.isPaused {
      if skipped.insert(run.run).inserted { note(.paused(run)) }
    }
    for run in open where !run.isPaused && !pool.stop.isUp {
      guard run.keyVersion == pool.press.keyVersion, let batch = try await store.batch(run.batch)
      else {
        if skipped.insert(run.run).inserted { note(.skipped(run)) }
        continue
      }
      if result == .nothingLeft { result = .nothingToClaim }
      let (after, landed) = try await pool.run(batch)
      if after.state != .running { note(.finished(after)) }
      if landed > 0 {
        // What is most urgent may be another run by now.
        result = .worked
        break
      }
    }
    return result == .nothingLeft && ending == .stopped ? .nothingToClaim : result
  }

  /// Waits between half and all of a time, and no longer than flag and bell are still.
  private func rest(_ time: Duration, or bell: RunBell?) async {
    let end = ContinuousClock.now + time * Double.random(in: 0.5...1)
    while ContinuousClock.now < end, !pool.stop.isUp, bell?.takeRing() != true {
      // Cancelled with the worker, which then ends.
      guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return }
    }
  }
}
