import ExamModel
import Storage

/// What the store's queue does, as a value: the statements of `Connection+Queue` in plain Swift.
///
/// A differential test holds it to both databases, and the simulation runs on it.
struct QueueModel {
  enum State: Hashable { case ready, claimed, done, setAside }

  struct Chunk {
    var state = State.ready
    var token: Int64 = 0
    var attempt = 0
    var runAfter = Duration.zero
    var leaseUntil = Duration.zero
    var deadline = Duration.zero
    /// How often results were written: never more than once.
    var landings = 0
  }

  /// What a mutation takes away, to see that somebody notices.
  enum Guard { case token, state }

  static let attemptLimit = 5

  private(set) var chunks: [Chunk]
  private(set) var isFinished = false
  private(set) var finishes = 0
  /// Landings that counted although the chunk was somebody else's.
  private(set) var staleLandings = 0
  /// The chunks that have not ended, in order.
  private var open: [Int]
  /// Those of them that can be claimed, or could and were.
  private var waiting: [Int]
  /// No lease ends before this.
  private var earliestEnd = Duration.zero
  private let missing: Set<Guard>
  private let run = RunKey(test: "t", run: 1)

  init(chunks count: Int, without missing: Set<Guard> = []) {
    chunks = Array(repeating: Chunk(), count: count)
    open = Array(0..<count)
    waiting = open
    self.missing = missing
  }

  var hasEnded: Bool { open.isEmpty }

  private mutating func end(_ index: Int, as state: State) {
    chunks[index].state = state
    open.removeAll { $0 == index }
  }

  private func isExpired(_ chunk: Chunk, at now: Duration) -> Bool {
    chunk.state == .claimed && (chunk.leaseUntil <= now || chunk.deadline <= now)
  }

  private mutating func ready(at now: Duration) -> Int? {
    var found: Int?
    for index in waiting where chunks[index].runAfter <= now && isEarlier(index, than: found) {
      found = index
      if chunks[index].runAfter == .zero { break }
    }
    return found
  }

  private mutating func expired(at now: Duration) -> Int? {
    guard now >= earliestEnd else { return nil }
    earliestEnd = .seconds(1 << 40)
    var found: Int?
    for index in open where chunks[index].state == .claimed {
      earliestEnd = min(earliestEnd, chunks[index].leaseUntil, chunks[index].deadline)
      guard isExpired(chunks[index], at: now) else { continue }
      if chunks[index].attempt >= Self.attemptLimit {
        end(index, as: .setAside)
      } else if isEarlier(index, than: found) {
        found = index
      }
    }
    return found
  }

  private func isEarlier(_ index: Int, than other: Int?) -> Bool {
    guard let other else { return true }
    return (chunks[index].runAfter, index) < (chunks[other].runAfter, other)
  }

  private func isHeld(_ claim: ChunkClaim) -> Bool {
    let chunk = chunks[claim.chunk]
    return (chunk.state == .claimed || missing.contains(.state))
      && (chunk.token == claim.token || missing.contains(.token))
  }

  mutating func claim(lease: LeaseTerms, at now: Duration) -> ChunkClaim? {
    guard let index = ready(at: now) ?? expired(at: now) else { return nil }
    waiting.removeAll { $0 == index }
    chunks[index].state = .claimed
    chunks[index].token += 1
    chunks[index].attempt += 1
    chunks[index].deadline = now + .seconds(lease.deadlineSeconds)
    chunks[index].leaseUntil = min(now + .seconds(lease.leaseSeconds), chunks[index].deadline)
    earliestEnd = min(earliestEnd, chunks[index].leaseUntil)
    return ChunkClaim(
      run: run, batch: BatchKey(test: "t", batch: 1), chunk: index, token: chunks[index].token,
      attempt: chunks[index].attempt)
  }

  mutating func beat(_ claim: ChunkClaim, lease: LeaseTerms, at now: Duration) -> Bool {
    guard isHeld(claim), chunks[claim.chunk].deadline > now else { return false }
    chunks[claim.chunk].leaseUntil = min(
      now + .seconds(lease.leaseSeconds), chunks[claim.chunk].deadline)
    return true
  }

  mutating func land(_ claim: ChunkClaim) -> Bool {
    guard isHeld(claim) else { return false }
    let chunk = chunks[claim.chunk]
    if chunk.token != claim.token || chunk.state != .claimed { staleLandings += 1 }
    end(claim.chunk, as: .done)
    chunks[claim.chunk].landings += 1
    return true
  }

  /// Whether the claim's landing is in; asked after a commit whose answer was lost.
  func isLanded(_ claim: ChunkClaim) -> Bool {
    chunks[claim.chunk].state == .done && chunks[claim.chunk].token == claim.token
  }

  mutating func giveBack(_ claim: ChunkClaim) {
    guard isHeld(claim) else { return }
    chunks[claim.chunk].state = .ready
    waiting.insert(claim.chunk, at: waiting.firstIndex { $0 > claim.chunk } ?? waiting.count)
    chunks[claim.chunk].attempt -= 1
  }

  mutating func fail(_ claim: ChunkClaim, at now: Duration) {
    guard isHeld(claim) else { return }
    if claim.attempt >= Self.attemptLimit { return end(claim.chunk, as: .setAside) }
    chunks[claim.chunk].state = .ready
    waiting.insert(claim.chunk, at: waiting.firstIndex { $0 > claim.chunk } ?? waiting.count)
    chunks[claim.chunk].runAfter = now + .seconds(1 << max(0, min(claim.attempt, 5) - 1))
  }

  mutating func finish() -> Bool {
    guard hasEnded, !isFinished else { return false }
    isFinished = true
    finishes += 1
    return true
  }
}
