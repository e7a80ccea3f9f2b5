import Storage

/// What is under way, so that a slow receiver delays only itself.
///
/// An attempt that has not ended after a moment no longer counts against the room that the quick
/// ones share; it keeps a place among many more until it times out.
struct Traffic {
  /// Attempts under way at one endpoint before others are preferred; from half of it on it gets
  /// more, so that what it gets is worth a claim.
  static let perEndpoint = 32
  /// Places for attempts that are still quick.
  static let quickLimit = 512
  /// Places for all.
  static let limit = 2048
  private static let slowAfter = Duration.milliseconds(100)

  private struct Key: Hashable {
    let event: String
    let endpoint: Int64
  }
  private var begun: [Key: ContinuousClock.Instant] = [:]
  private var countAtEndpoint: [Int64: Int] = [:]
  /// Endpoints that have enough under way; one that is failing has with a single attempt.
  private var busy: Set<Int64> = []
  private var hasFreed = false
  /// When attempts began, in order, for those that may still be quick.
  private var young: [(key: Key, at: ContinuousClock.Instant)] = []

  private let givesUpOnUnreachable: Bool
  private var unreachable: Set<Int64> = []

  init(givesUpOnUnreachable: Bool) { self.givesUpOnUnreachable = givesUpOnUnreachable }

  var isEmpty: Bool { begun.isEmpty }

  /// Endpoints that get nothing for now.
  var passedBy: [Int64] { unreachable.union(busy).sorted() }

  /// Whether an endpoint that was passed by may have more, since this was last asked.
  mutating func takeFreed() -> Bool {
    defer { hasFreed = false }
    return hasFreed
  }

  /// How many more may begin; nil where it is not worth asking, as more come at once.
  mutating func room(at now: ContinuousClock.Instant) -> Int? {
    young = young.filter { begun[$0.key] == $0.at && now - $0.at < Self.slowAfter }
    let room = min(Self.quickLimit - young.count, Self.limit - begun.count)
    return room >= Self.quickLimit / 4 ? room : nil
  }

  mutating func begin(_ claim: DeliveryClaim, at now: ContinuousClock.Instant) {
    let key = Key(event: claim.event.id, endpoint: claim.endpoint.id)
    begun[key] = now
    young.append((key, now))
    let count = countAtEndpoint[key.endpoint, default: 0] + 1
    countAtEndpoint[key.endpoint] = count
    if count >= Self.perEndpoint || claim.endpoint.failingSinceMicroseconds != nil {
      busy.insert(key.endpoint)
    }
  }

  mutating func end(_ attempt: DeliveryAttempt) {
    let key = Key(event: attempt.claim.event.id, endpoint: attempt.claim.endpoint.id)
    guard begun.removeValue(forKey: key) != nil else { return }
    let left = countAtEndpoint[key.endpoint, default: 1] - 1
    countAtEndpoint[key.endpoint] = left > 0 ? left : nil
    let isFailing = attempt.claim.endpoint.failingSinceMicroseconds != nil
    if left <= (isFailing ? 0 : Self.perEndpoint / 2), busy.remove(key.endpoint) != nil {
      hasFreed = true
    }
    if givesUpOnUnreachable, attempt.status == nil { unreachable.insert(key.endpoint) }
  }
}
