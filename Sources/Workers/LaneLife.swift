package import Storage

/// What one lane of a pool decides: what happened goes in, what is to be done comes out.
///
/// It holds no store, no task and no clock, so that a simulation can lead thousands of lanes through
/// a bad day in a moment. Times are measured on the lane's own clock, from any origin, and only
/// ever compared with one another: when a lease ends is the store's decision, and a lane merely
/// gives up before the store can have ended it.
package struct LaneLife: Sendable {
  package enum Event: Sendable, Hashable {
    /// The time that was waited for has come; also the first event.
    case woke
    case claimed(ChunkClaim?)
    /// The rows of the chunk were read and graded.
    case graded(ChunkClaim)
    case failedToGrade(ChunkClaim, String)
    /// Whether the chunk is still ours.
    case beat(ChunkClaim, isOurs: Bool)
    case beatFailed(ChunkClaim)
    /// Whether what was landed counts; false where another lane had taken the chunk.
    case landed(isOurs: Bool)
    /// A chunk was given back, or its failure noted.
    case settled
    /// The store did not answer, or refused; nothing is known of what was asked.
    case storeFailed
    /// The chunk in hand is finished and no other taken.
    case stop
  }

  package enum Action: Sendable, Hashable {
    case claim
    case grade(ChunkClaim)
    case beat(ChunkClaim)
    case land(ChunkClaim)
    case fail(ChunkClaim, error: String)
    case giveBack(ChunkClaim)
    /// The rows are no longer ours: what was made of them is thrown away.
    case dropWork
    /// Send `woke` then, and forget any earlier wait.
    case wait(until: Duration)
    /// There was nothing to claim; whether to wait on is decided outside.
    case rest
    case end
  }

  private enum State: Sendable, Hashable {
    case idle
    case claiming(since: Duration)
    case grading(ChunkClaim)
    case landing(ChunkClaim)
    /// The store did not answer; what was graded is kept and landed again.
    case waitingToLand(ChunkClaim)
    case settling
    case ended
  }

  private let lease: Duration
  private let deadline: Duration
  private let poll: Duration
  private var state = State.idle
  private var isStopping = false
  /// Up to when the chunk in hand is ours beyond doubt.
  private var ours = Duration.zero
  private var hardEnd = Duration.zero
  private var beatSince: Duration?
  private var failures = 0
  /// Spreads waits, so that lanes which failed together do not come back together.
  private var jitter: UInt64

  /// - Parameter seed: makes lanes differ in when they come back.
  package init(lease: LeaseTerms, poll: Duration = .milliseconds(200), seed: UInt64) {
    self.lease = .seconds(lease.leaseSeconds)
    deadline = .seconds(lease.deadlineSeconds)
    self.poll = poll
    jitter = seed
  }

  package var hasEnded: Bool { state == .ended }

  /// Lands nothing in the last tenth of its time: the store could end it while the rows travel.
  private var margin: Duration { min(lease, deadline) / 10 }

  package mutating func step(_ event: Event, at now: Duration) -> [Action] {
    switch (state, event) {
    case (.ended, _): return []
    case (_, .stop):
      isStopping = true
      return state == .idle ? finish() : []
    case (.idle, .woke): return claim(at: now)
    case (.claiming(let since), .claimed(let claim?)): return take(claim, since: since)
    case (.claiming, .claimed(nil)):
      failures = 0
      state = .idle
      return isStopping ? finish() : [.rest, .wait(until: now + spread(poll))]
    case (.landing(let claim), .storeFailed):
      state = .waitingToLand(claim)
      return [.wait(until: min(pause(from: now), min(ours, hardEnd) - margin))]
    case (.waitingToLand(let claim), .woke):
      guard now < min(ours, hardEnd) - margin else { return [.dropWork] + comeBackLater(at: now) }
      state = .landing(claim)
      return [.land(claim)]
    case (.claiming, .storeFailed), (.settling, .storeFailed):
      return comeBackLater(at: now)
    case (.grading, .storeFailed):
      // The rows could not be read: the chunk goes to whoever can when its lease is over.
      return [.dropWork] + comeBackLater(at: now)
    case (.grading(let claim), _): return whileGrading(claim, event, at: now)
    case (.landing, .landed), (.settling, .settled): return next(at: now)
    default: return []  // an answer that nobody waits for any more
    }
  }

  private mutating func claim(at now: Duration) -> [Action] {
    if isStopping { return finish() }
    state = .claiming(since: now)
    return [.claim]
  }

  /// The lease is counted from before the question was sent: the store's began later.
  private mutating func take(_ claim: ChunkClaim, since: Duration) -> [Action] {
    failures = 0
    if isStopping {
      state = .settling
      return [.giveBack(claim)]
    }
    state = .grading(claim)
    (ours, hardEnd, beatSince) = (since + lease, since + deadline, nil)
    return [.grade(claim), .wait(until: since + lease / 3)]
  }

  private mutating func whileGrading(
    _ claim: ChunkClaim, _ event: Event, at now: Duration
  ) -> [Action] {
    let isDoubtful = now >= min(ours, hardEnd) - margin
    switch event {
    case .graded(claim) where !isDoubtful:
      state = .landing(claim)
      return [.land(claim)]
    case .failedToGrade(claim, let error) where !isDoubtful:
      state = .settling
      return [.fail(claim, error: error)]
    case .graded(claim), .failedToGrade(claim, _): return giveUp(at: now)
    case .woke where isDoubtful: return giveUp(at: now)
    case .woke where beatSince == nil:
      beatSince = now
      return [.beat(claim), .wait(until: min(ours, hardEnd) - margin)]
    case .woke: return [.wait(until: min(ours, hardEnd) - margin)]
    case .beat(claim, isOurs: true):
      if let since = beatSince { ours = since + lease }
      beatSince = nil
      return [.wait(until: min(now + lease / 3, min(ours, hardEnd) - margin))]
    case .beat(claim, isOurs: false): return giveUp(at: now)
    case .beatFailed(claim):
      beatSince = nil
      return [.wait(until: min(now + spread(lease / 10), min(ours, hardEnd) - margin))]
    default: return []
    }
  }

  private mutating func giveUp(at now: Duration) -> [Action] { [.dropWork] + next(at: now) }

  private mutating func next(at now: Duration) -> [Action] {
    failures = 0
    state = .idle
    return claim(at: now)
  }

  private mutating func comeBackLater(at now: Duration) -> [Action] {
    state = .idle
    if isStopping { return finish() }
    return [.wait(until: pause(from: now))]
  }

  /// When to ask again; later with every failure.
  private mutating func pause(from now: Duration) -> Duration {
    failures = min(failures + 1, 8)
    return now + spread(.milliseconds(100) * (1 << failures))
  }

  private mutating func finish() -> [Action] {
    state = .ended
    return [.end]
  }

  /// Between half and all of a duration (xorshift; Marsaglia 2003).
  private mutating func spread(_ duration: Duration) -> Duration {
    jitter ^= jitter << 13
    jitter ^= jitter >> 7
    jitter ^= jitter << 17
    return duration / 2 + duration / 2 * (Double(jitter >> 11) * 0x1p-53)
  }
}
