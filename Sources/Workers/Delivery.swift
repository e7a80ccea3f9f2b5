import Dispatch
import FoundationEssentials
package import Storage
import Webhooks

/// Sends what the outbox holds and is due.
package struct Delivery: Sendable {
  /// What one round of sending came to.
  package struct Report: Sendable, Hashable {
    package var delivered = 0
    package var postponed = 0
    package var dead = 0
    package var attempts: Int { delivered + postponed + dead }

    /// `webhooks: 2 delivered, 1 will be tried again`.
    package var sentence: String {
      var pieces: [String] = []
      if delivered > 0 { pieces.append("\(delivered) delivered") }
      if postponed > 0 { pieces.append("\(postponed) will be tried again") }
      if dead > 0 { pieces.append("\(dead) given up") }
      return "webhooks: " + (pieces.isEmpty ? "nothing is due" : pieces.joined(separator: ", "))
    }
  }

  private let store: any Store
  private let courier = Courier()
  private let schedule = RetrySchedule.standard

  package init(store: any Store) { self.store = store }

  /// Attempts every due delivery once.
  ///
  /// At least once is promised, never order: an attempt that is not recorded is made again.
  package func deliverDue() async throws -> Report {
    var report = Report()
    while true {
      let claims = try await store.claimDeliveries(limit: 32, perEndpoint: 8, leaseSeconds: 60)
      guard !claims.isEmpty else { return report }
      for claim in claims {
        let attempt = await attempt(claim)
        switch attempt.next {
        case .delivered: report.delivered += 1
        case .retry: report.postponed += 1
        case .dead, .deadAndDisable: report.dead += 1
        }
        _ = try await store.record(attempt, for: claim)
      }
    }
  }

  /// One attempt, on a thread of its own: curl blocks.
  private func attempt(_ claim: DeliveryClaim) async -> DeliveryAttempt {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { @Sendable in
        continuation.resume(returning: send(claim))
      }
    }
  }

  private func send(_ claim: DeliveryClaim) -> DeliveryAttempt {
    let outcome: DeliveryOutcome
    do {
      let message = try WebhookMessage(
        id: claim.event.id, timestamp: Int64(Date.now.timeIntervalSince1970),
        body: Array(claim.event.payload.utf8))
      outcome = courier.deliver(
        message, to: claim.endpoint.url,
        signedWith: [try WebhookSecret(text: claim.endpoint.secret)],
        allowsPrivateAddresses: claim.endpoint.allowsPrivateAddresses)
    } catch {
      return DeliveryAttempt(status: nil, outcome: "\(error)", milliseconds: 0, next: .dead)
    }
    return DeliveryAttempt(
      status: outcome.kind.status, outcome: outcome.kind.description,
      milliseconds: Int(outcome.duration / .milliseconds(1)),
      next: next(after: outcome.kind, attempt: claim.attempt))
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
    case .unreachable, .notAllowed: nil
    }
  }
}
