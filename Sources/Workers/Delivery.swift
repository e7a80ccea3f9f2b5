import FoundationEssentials
package import Storage
import Synchronization
package import Webhooks

/// Sends what the outbox holds and is due: at least once, in no promised order.
///
/// An attempt that is not recorded is made again, with the same id and the same bytes.
package struct Delivery: Sendable {
  /// What sending came to.
  package struct Report: Sendable, Hashable {
    package var delivered = 0
    package var postponed = 0
    package var dead = 0
    package var attempts: Int { delivered + postponed + dead }

    static func += (one: inout Report, other: Report) {
      one.delivered += other.delivered
      one.postponed += other.postponed
      one.dead += other.dead
    }

    /// `webhooks: 2 delivered, 1 will be tried again`.
    package var sentence: String {
      var pieces: [String] = []
      if delivered > 0 { pieces.append("\(delivered) delivered") }
      if postponed > 0 { pieces.append("\(postponed) will be tried again") }
      if dead > 0 { pieces.append("\(dead) given up") }
      return "webhooks: " + (pieces.isEmpty ? "nothing is due" : pieces.joined(separator: ", "))
    }

    mutating func count(_ attempt: DeliveryAttempt) {
      switch attempt.next {
      case .delivered: delivered += 1
      case .retry: postponed += 1
      case .dead, .deadAndDisable: dead += 1
      case .notMade: break
      }
    }
  }

  private let store: any Store
  private let courier: Courier
  private let schedule: RetrySchedule
  private let meter: Meter?

  package init(
    store: any Store, courier: Courier = Courier(), schedule: RetrySchedule = .standard,
    meter: Meter? = nil
  ) {
    self.store = store
    self.courier = courier
    self.schedule = schedule
    self.meter = meter
  }

  /// Attempts what is due until nothing is.
  package func deliverDue() async throws -> Report {
    var report = Report()
    try await send(until: nil, &report)
    return report
  }

  /// Delivers whatever becomes due until the flag is up, and ends what is under way.
  ///
  /// A store that does not answer is asked again; only an error that waiting does not mend is
  /// thrown.
  @discardableResult
  package func run(until stop: StopFlag) async throws -> Report {
    var report = Report()
    var pause = Duration.milliseconds(250)
    while !stop.isUp {
      do {
        try await send(until: stop, &report)
        break
      } catch let error as StoreError where error.isPassing {
        try? await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(10))
      }
    }
    return report
  }

  // MARK: The round

  /// How long an idle sender waits before it looks again, and how often a busy one does.
  private static let poll = Duration.milliseconds(250)
  /// How long ended attempts wait for others to be recorded with.
  private static let gathering = Duration.milliseconds(5)

  private func send(until stop: StopFlag?, _ report: inout Report) async throws {
    // Who cannot be reached is left for the next time, so that a round for cron comes to its end.
    var traffic = Traffic(givesUpOnUnreachable: stop == nil)
    let pile = Pile()
    while true {
      let finished = pile.take()
      if !finished.isEmpty {
        try await store.record(finished)
        for attempt in finished {
          report.count(attempt)
          meter?.count(attempt)
          traffic.end(attempt)
        }
      }
      if stop?.isUp != true, let terms = traffic.terms(at: .now) {
        let claims = try await store.claimDeliveries(terms)
        traffic.begin(claims, of: terms, at: .now)
        attempt(claims, pile)
        continue
      }
      if traffic.isEmpty, stop == nil ? traffic.isDry : stop?.isUp == true { return }
      await pile.isFilled(within: Self.poll)
      // A record costs the same for many as for one, so where many are under way it waits for more.
      if pile.count < traffic.worthRecording { try? await Task.sleep(for: Self.gathering) }
      if stop != nil { traffic.lookAgain(at: .now) }
    }
  }

  private func attempt(_ claims: [DeliveryClaim], _ pile: Pile) {
    var destinations: [Int64: Result<Courier.Destination, any Error>] = [:]
    for claim in claims {
      do {
        let id = claim.endpoint.id
        let destination = destinations[id] ?? Result { try self.destination(of: claim) }
        destinations[id] = destination
        let message = try WebhookMessage(
          id: claim.event.id, timestamp: Int64(Date.now.timeIntervalSince1970),
          body: Array(claim.event.payload.utf8))
        courier.send(message, to: try destination.get()) { outcome in
          pile.add(attempted(claim, outcome))
        }
      } catch let error as WebhookError where error.kind == .malformedURL {
        pile.add(
          attempted(
            claim,
            DeliveryOutcome(
              kind: .notAllowed(reason: "\(error)"), duration: .zero, excerpt: "")))
      } catch {
        pile.add(unsendable(claim, "\(error)"))
      }
    }
  }

  private func destination(of claim: DeliveryClaim) throws -> Courier.Destination {
    let keys = try claim.secrets.map { try WebhookKey(text: $0.text) }
    guard !keys.isEmpty else { throw NoKey() }
    return try courier.destination(
      claim.endpoint.url, signedWith: keys,
      allowsPrivateAddresses: claim.endpoint.allowsPrivateAddresses)
  }

  private struct NoKey: Error, CustomStringConvertible {
    var description: String { "the endpoint has no key that signs; rotate it" }
  }

  private func attempted(_ claim: DeliveryClaim, _ outcome: DeliveryOutcome) -> DeliveryAttempt {
    DeliveryAttempt(
      claim: claim, status: outcome.kind.status, outcome: outcome.kind.description,
      milliseconds: Int(outcome.duration / .milliseconds(1)),
      next: next(after: outcome.kind, attempt: claim.attempt))
  }

  private func unsendable(_ claim: DeliveryClaim, _ why: String) -> DeliveryAttempt {
    DeliveryAttempt(claim: claim, status: nil, outcome: why, milliseconds: 0, next: .dead)
  }

  private func next(
    after kind: DeliveryOutcome.Kind, attempt: Int
  ) -> DeliveryAttempt.Next {
    var retryAfter: Int?
    switch kind {
    case .delivered: return .delivered
    case .gone: return .deadAndDisable(reason: "the receiver answered 410 Gone")
    case .refused(_, let seconds): retryAfter = seconds
    case .unreachable, .notAllowed: break
    case .notSent: return .notMade
    }
    let delay = schedule.delay(
      afterAttempt: attempt, jitter: Double.random(in: 0...1), retryAfterSeconds: retryAfter)
    return delay.map { .retry(afterSeconds: Int($0 / .seconds(1))) } ?? .dead
  }
}

extension DeliveryOutcome.Kind {
  fileprivate var status: Int? {
    switch self {
    case .delivered(let status), .refused(let status, _): status
    case .gone: 410
    case .unreachable, .notAllowed, .notSent: nil
    }
  }
}

/// Attempts that have ended and are not recorded yet; curl's thread adds, the sender takes.
private final class Pile: Sendable {
  private struct State {
    var attempts: [DeliveryAttempt] = []
    var waiting: CheckedContinuation<Bool, Never>?
    var round = 0
  }
  private let state = Mutex(State())

  func add(_ attempt: DeliveryAttempt) {
    let waiting = state.withLock { state in
      state.attempts.append(attempt)
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume(returning: true)
  }

  var count: Int { state.withLock { $0.attempts.count } }

  func take() -> [DeliveryAttempt] {
    state.withLock { state in
      defer { state.attempts = [] }
      return state.attempts
    }
  }

  /// Waits until something is there, at most so long.
  @discardableResult
  func isFilled(within limit: Duration) async -> Bool {
    await withCheckedContinuation { continuation in
      let round: Int? = state.withLock { state in
        guard state.attempts.isEmpty else { return nil }
        state.round += 1
        state.waiting = continuation
        return state.round
      }
      guard let round else { return continuation.resume(returning: true) }
      Task {
        try? await Task.sleep(for: limit)
        let late = state.withLock { state in
          guard state.round == round else { return nil as CheckedContinuation<Bool, Never>? }
          defer { state.waiting = nil }
          return state.waiting
        }
        late?.resume(returning: false)
      }
    }
  }
}
