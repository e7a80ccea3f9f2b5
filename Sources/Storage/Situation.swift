/// How a store's runs stand at one moment.
package struct Situation: Sendable, Hashable {
  /// The store's clock, by which leases end.
  package var nowMicroseconds: Int64
  /// Newest first.
  package var runs: [RunProgress]
  /// Newest run first, then by number.
  package var held: [HeldChunk]

  package init(nowMicroseconds: Int64, runs: [RunProgress], held: [HeldChunk]) {
    self.nowMicroseconds = nowMicroseconds
    self.runs = runs
    self.held = held
  }

  package func held(of run: RunKey) -> [HeldChunk] { held.filter { $0.run == run } }

  /// Until a lease ends; negative where it is over and the chunk anybody's.
  package func secondsLeft(of chunk: HeldChunk) -> Int {
    Int((chunk.leaseUntilMicroseconds - nowMicroseconds) / 1_000_000)
  }
}

/// A chunk that somebody is at work on, or was when last heard of.
package struct HeldChunk: Sendable, Hashable {
  package var run: RunKey
  package var chunk: Int
  /// `host/4711/0`: machine, process and lane.
  package var owner: String
  /// 1 for the first try.
  package var attempt: Int
  package var leaseUntilMicroseconds: Int64

  package init(
    run: RunKey, chunk: Int, owner: String, attempt: Int, leaseUntilMicroseconds: Int64
  ) {
    self.run = run
    self.chunk = chunk
    self.owner = owner
    self.attempt = attempt
    self.leaseUntilMicroseconds = leaseUntilMicroseconds
  }
}
