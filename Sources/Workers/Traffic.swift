import Storage

/// What is under way, so that a slow receiver delays only itself.
///
/// An attempt that has not ended after a second no longer counts against the room that the quick
/// ones share; it keeps a place among many more until it times out.
struct Traffic {
  /// Attempts under way at one endpoint before others are preferred.
  static let perEndpoint = 16
  /// Places for attempts younger than a second.
  static let quickLimit = 256
  /// Places for all.
  static let limit = 2048
  private static let slowAfter = Duration.seconds(1)

  private struct Key: Hashable {
    let event: String
    let endpoint: Int64
  }
  private var begun: [Key: ContinuousClock.Instant] = [:]
  private var countAtEndpoint: [Int64: Int] = [:]
  private var failing: Set<Int64> = []
  /// When attempts began, in order, for those that may still be quick.
  private var young: [(key: Key, at: ContinuousClock.Instant)] = []

  private let givesUpOnUnreachable: Bool
  private var unreachable: Set<Int64> = []

  init(givesUpOnUnreachable: Bool) { self.givesUpOnUnreachable = givesUpOnUnreachable }

  var isEmpty: Bool { begun.isEmpty }

  /// Endpoints that have enough under way; one that is failing has with a single attempt.
  var passedBy: [Int64] {
    let busy = countAtEndpoint.filter { $0.value >= Self.perEndpoint || failing.contains($0.key) }
    return unreachable.union(busy.keys).sorted()
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
    countAtEndpoint[key.endpoint, default: 0] += 1
    if claim.endpoint.failingSinceMicroseconds != nil { failing.insert(key.endpoint) }
  }

  mutating func end(_ attempt: DeliveryAttempt) {
    let key = Key(event: attempt.claim.event.id, endpoint: attempt.claim.endpoint.id)
    guard begun.removeValue(forKey: key) != nil else { return }
    let left = countAtEndpoint[key.endpoint, default: 1] - 1
    countAtEndpoint[key.endpoint] = left > 0 ? left : nil
    if left <= 0 { failing.remove(key.endpoint) }
    if givesUpOnUnreachable, attempt.status == nil { unreachable.insert(key.endpoint) }
  }
}
