import ExamModel
import Storage

/// What the store's queue does, as a value: the statements of `Connection+Queue` in plain Swift.
///
/// A differential test holds it to both databases, and the simulation runs on it.
struct QueueModel {
  enum State: Hashable { case ready, claimed, done, setAside, parted }

  struct Chunk {
    /// The rows of the file.
    let rows: Range<Int>
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
  enum Guard { case token, state, lease }

  static let attemptLimit = 5
  static let wholeAttempts = 2

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

  init(chunks count: Int, rowsEach: Int = 1, without missing: Set<Guard> = []) {
    chunks = (0..<count).map { Chunk(rows: ($0 * rowsEach)..<(($0 + 1) * rowsEach)) }
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
    chunk.state == .claimed
      && (chunk.leaseUntil <= now || chunk.deadline <= now || missing.contains(.lease))
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
    guard now >= earliestEnd || missing.contains(.lease) else { return nil }
    earliestEnd = .seconds(1 << 40)
    var found: Int?
    var isParted = false
    for index in open where chunks[index].state == .claimed {
      earliestEnd = min(earliestEnd, chunks[index].leaseUntil, chunks[index].deadline)
      guard isExpired(chunks[index], at: now) else { continue }
      if retire(index, restingUntil: now) {
        isParted = isParted || chunks[index].state == .parted
      } else if isEarlier(index, than: found) {
        found = index
      }
    }
    return isParted ? ready(at: now) ?? found : found
  }

  /// False where the chunk is to be tried again as it is.
  private mutating func retire(_ index: Int, restingUntil time: Duration) -> Bool {
    let chunk = chunks[index]
    if chunk.attempt >= Self.wholeAttempts, chunk.rows.count > 1 {
      part(index, restingUntil: time)
    } else if chunk.attempt >= Self.attemptLimit {
      end(index, as: .setAside)
    } else {
      return false
    }
    return true
  }

  private mutating func part(_ index: Int, restingUntil time: Duration) {
    end(index, as: .parted)
    let (rows, attempt) = (chunks[index].rows, chunks[index].attempt)
    let parts =
      attempt > Self.wholeAttempts
      ? rows.count : Int(Double(rows.count).squareRoot().rounded(.up))
    var start = rows.lowerBound
    for number in 0..<parts {
      // The first parts are the larger ones where they are not equal.
      let end = start + rows.count / parts + (number < rows.count % parts ? 1 : 0)
      open.append(chunks.count)
      waiting.append(chunks.count)
      chunks.append(Chunk(rows: start..<end, attempt: attempt, runAfter: time))
      start = end
    }
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
    let rest = now + .seconds(1 << max(0, min(claim.attempt, 5) - 1))
    if retire(claim.chunk, restingUntil: rest) { return }
    chunks[claim.chunk].state = .ready
    waiting.insert(claim.chunk, at: waiting.firstIndex { $0 > claim.chunk } ?? waiting.count)
    chunks[claim.chunk].runAfter = rest
  }

  /// What waiting would do: every chunk may be tried again.
  mutating func endRests() {
    for index in chunks.indices { chunks[index].runAfter = .zero }
  }

  mutating func finish() -> Bool {
    guard hasEnded, !isFinished else { return false }
    isFinished = true
    finishes += 1
    return true
  }
}
