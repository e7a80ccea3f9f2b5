package import Storage

/// How fast a run goes and how long it still takes.
package struct Pace: Sendable, Hashable {
  /// Nil where nothing was graded yet.
  package var candidatesPerSecond: Double?
  /// Nil where it cannot be told, as of a paused run.
  package var secondsLeft: Double?

  package init(candidatesPerSecond: Double? = nil, secondsLeft: Double? = nil) {
    self.candidatesPerSecond = candidatesPerSecond
    self.secondsLeft = secondsLeft
  }
}

/// Measures runs by how they stood when they were looked at: of one look it gives the average since
/// the run began, of several the pace of the last minute.
package struct PaceMeter: Sendable {
  private static let window: Int64 = 60_000_000
  private var looks: [RunKey: [(at: Int64, graded: Int)]] = [:]

  package init() {}

  package mutating func note(_ situation: Situation) {
    let now = situation.nowMicroseconds
    for run in situation.runs where run.state == .running {
      looks[run.run, default: []].append((now, run.graded))
      // One older than the window stays, so that a whole window is known.
      while let second = looks[run.run]?.dropFirst().first, now - second.at >= Self.window {
        looks[run.run]?.removeFirst()
      }
    }
  }

  package func pace(of run: RunProgress, at now: Int64) -> Pace {
    guard run.state == .running, let rate = rate(of: run, at: now) else { return Pace() }
    let open = run.chunks - run.chunksDone - run.chunksSetAside
    let unlanded = run.rows - run.superseded - run.quarantined - run.graded
    // Rows of chunks that were set aside are not waited for.
    let left =
      Double(unlanded) * Double(open) / Double(max(1, run.chunks - run.chunksDone))
    let isTold = rate > 0 && run.pausedMicroseconds == nil
    return Pace(candidatesPerSecond: rate, secondsLeft: isTold ? left / rate : nil)
  }

  private func rate(of run: RunProgress, at now: Int64) -> Double? {
    if let first = looks[run.run]?.first, let last = looks[run.run]?.last {
      let span = last.at - first.at
      if last.graded > first.graded, span > 0 {
        return Double(last.graded - first.graded) / (Double(span) / 1_000_000)
      }
      if span >= Self.window { return 0 }
    }
    let span = now - run.startedMicroseconds
    guard run.graded > 0, span > 0 else { return nil }
    return Double(run.graded) / (Double(span) / 1_000_000)
  }
}
