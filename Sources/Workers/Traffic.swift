import Storage

/// What is under way, so that a slow receiver delays only itself, and what to claim next.
///
/// An attempt that has not ended after a moment no longer counts against the room that the quick
/// ones share; it keeps a place among many more until it times out.
struct Traffic {
  /// Claims of an endpoint at which nothing has arrived yet: a silent one holds no more than this.
  private static let trial = 1
  /// The same for one at which something has; from half of it on it gets more, so that what it gets
  /// is worth a claim.
  private static let share = 32
  /// The same for one that takes its share quickly.
  private static let quickShare = 512
  /// Places for attempts that are still quick.
  private static let quickLimit = 1024
  /// Places for all.
  private static let limit = 2048
  private static let slowAfter = Duration.milliseconds(100)
  /// Longer than an attempt can take, and the time before it that it may stand in line.
  private static let leaseSeconds = 60
  /// How often a busy sender looks for what is new.
  private static let poll = Duration.milliseconds(250)

  private var begun: [DeliveryKey: ContinuousClock.Instant] = [:]
  private var countAtEndpoint: [Int64: Int] = [:]
  /// Endpoints that have enough under way; one that is failing has with a single attempt.
  private var busy: Set<Int64> = []
  /// Endpoints that take what they get and may have more waiting.
  private var eager: Set<Int64> = []
  /// Those of them that take it at once.
  private var quick: Set<Int64> = []
  /// When attempts began, in order, for those that may still be quick.
  private var young: [(key: DeliveryKey, at: ContinuousClock.Instant)] = []

  /// The endpoint behind which the walk over all of them goes on.
  private var place: Int64 = 0
  private var isEagerTurn = false
  /// Whether the walk found nothing more, as far as its endpoints were not passed by.
  private(set) var isDry = false
  private var askedAt = ContinuousClock.now
  private var walkTook = Duration.zero

  private let givesUpOnUnreachable: Bool
  private var unreachable: Set<Int64> = []

  init(givesUpOnUnreachable: Bool) { self.givesUpOnUnreachable = givesUpOnUnreachable }

  var isEmpty: Bool { begun.isEmpty }

  /// How many ended attempts are worth a transaction.
  var worthRecording: Int { min(begun.count / 4, Self.quickLimit / 4) }

  // MARK: Claims

  /// What to claim now; nil where it is not worth asking, as more comes at once.
  ///
  /// The walk from endpoint to endpoint, which is fair, takes turns with claims for those who take
  /// what they get.
  mutating func terms(at now: ContinuousClock.Instant) -> DeliveryTerms? {
    young = young.filter { begun[$0.key] == $0.at && now - $0.at < Self.slowAfter }
    let room = min(Self.quickLimit - young.count, Self.limit - begun.count)
    guard room >= Self.quickLimit / 4 else { return nil }
    let ready = eager.subtracting(busy).subtracting(unreachable)
    isEagerTurn = !ready.isEmpty && (isDry || !isEagerTurn)
    if isEagerTurn {
      // All of one kind, so that a slow one gets no quick one's share.
      let isForQuick = quick.contains(ready.randomElement() ?? 0)
      let some = ready.filter { quick.contains($0) == isForQuick }.shuffled().prefix(room)
      let share = isForQuick ? Self.quickShare : Self.share
      return DeliveryTerms(
        limit: room, perEndpoint: min(share, room / some.count),
        leaseSeconds: Self.leaseSeconds, only: Array(some))
    }
    guard !isDry else { return nil }
    askedAt = now
    return DeliveryTerms(
      limit: room, perEndpoint: Self.trial, leaseSeconds: Self.leaseSeconds,
      passingBy: unreachable.union(busy).union(eager).sorted(), after: place)
  }

  /// Takes in what came of the terms.
  mutating func begin(
    _ claims: [DeliveryClaim], of terms: DeliveryTerms, at now: ContinuousClock.Instant
  ) {
    for claim in claims { begin(claim, at: now) }
    if let asked = terms.only {
      guard claims.count < terms.limit else { return }
      let counts = claims.reduce(into: [:]) { $0[$1.endpoint.id, default: 0] += 1 }
      eager.subtract(asked.filter { counts[$0, default: 0] < terms.perEndpoint })
      quick.formIntersection(eager)
    } else {
      walkTook = now - askedAt
      let isCut = claims.count == terms.limit
      isDry = !isCut && claims.isEmpty && place == 0
      place = isCut ? claims.map(\.endpoint.id).max() ?? 0 : 0
    }
  }

  /// Time brings what is new, but a walk over many endpoints is not made all the time.
  mutating func lookAgain(at now: ContinuousClock.Instant) {
    if now - askedAt >= max(Self.poll, walkTook * 10) { isDry = false }
  }

  // MARK: Attempts

  private mutating func begin(_ claim: DeliveryClaim, at now: ContinuousClock.Instant) {
    begun[claim.key] = now
    young.append((claim.key, now))
    let id = claim.endpoint.id
    let count = countAtEndpoint[id, default: 0] + 1
    countAtEndpoint[id] = count
    if count >= share(of: id) || claim.endpoint.failingSinceMicroseconds != nil { busy.insert(id) }
  }

  private func share(of endpoint: Int64) -> Int {
    quick.contains(endpoint)
      ? Self.quickShare : eager.contains(endpoint) ? Self.share : Self.trial
  }

  mutating func end(_ attempt: DeliveryAttempt) {
    let claim = attempt.claim
    let id = claim.endpoint.id
    guard begun.removeValue(forKey: claim.key) != nil else { return }
    let left = countAtEndpoint[id, default: 1] - 1
    countAtEndpoint[id] = left > 0 ? left : nil
    if attempt.next != .delivered {
      eager.remove(id)
      quick.remove(id)
    } else if .milliseconds(attempt.milliseconds) >= Self.slowAfter {
      quick.remove(id)
      if busy.contains(id) { eager.insert(id) }
    } else if busy.contains(id) {
      eager.insert(id)
      quick.insert(id)
    }
    // What was sent back is due again.
    if attempt.next == .notMade { isDry = false }
    let isFailing = claim.endpoint.failingSinceMicroseconds != nil
    // What has ended makes room at an endpoint that was passed by.
    if left <= (isFailing ? 0 : share(of: id) / 2) {
      if busy.remove(id) != nil { isDry = false }
    } else if left >= share(of: id) {
      busy.insert(id)
    }
    if givesUpOnUnreachable, attempt.status == nil, attempt.next != .notMade {
      unreachable.insert(id)
    }
  }
}
