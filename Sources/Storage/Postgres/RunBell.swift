internal import Dispatch
internal import Glibc
internal import Synchronization

/// Rings when a run was begun on a PostgreSQL server, by whomever, so that whoever waits for work
/// need not wait for the next look.
///
/// It listens on a connection of its own. Where that is lost it is made anew, and rings once it
/// listens again, as nobody knows what was missed. A bell that cannot ring is no error: those who
/// wait look now and then in any case.
package final class RunBell: Sendable {
  private let server: PostgresAddress
  private let checkInterval: Duration
  private let patience: Duration
  private let state = Mutex((hasRung: false, isClosed: false))

  /// - Parameters:
  ///   - checkInterval: after which a silent connection is asked whether it is alive.
  ///   - patience: for which its answer is waited for.
  init(
    _ server: PostgresAddress, checkInterval: Duration = .seconds(30),
    patience: Duration = .seconds(10)
  ) {
    self.server = server
    self.checkInterval = checkInterval
    self.patience = patience
    DispatchQueue(label: "gradus.bell").async { [self] in
      var failures = 0
      while !isClosed {
        if listen() { failures = 0 }
        // Spread, so that workers which lost a server together do not come back together.
        let pause = Duration.milliseconds(500) * (1 << failures) * Double.random(in: 0.5...1)
        let end = ContinuousClock.now + pause
        while !isClosed, ContinuousClock.now < end { usleep(100_000) }
        failures = min(failures + 1, 6)
      }
    }
  }

  /// Whether it has rung since it was last asked.
  package func takeRing() -> Bool {
    state.withLock { state in
      defer { state.hasRung = false }
      return state.hasRung
    }
  }

  /// Ends listening, soon.
  package func close() { state.withLock { $0.isClosed = true } }

  private var isClosed: Bool { state.withLock { $0.isClosed } }

  private func ring() { state.withLock { $0.hasRung = true } }

  /// Listens until the connection is lost; false where it did not come about.
  private func listen() -> Bool {
    guard let link = try? PostgresConnection(server),
      (try? link.execute(script: PostgresConnection.listen)) != nil
    else { return false }
    ring()
    var heard = ContinuousClock.now
    while !isClosed {
      guard let hasRung = link.notified(within: .milliseconds(500)) else { return true }
      if hasRung {
        ring()
        heard = .now
      } else if ContinuousClock.now - heard > checkInterval {
        guard link.isListening(within: patience) else { return true }
        heard = .now
      }
    }
    return true
  }
}
