import Dispatch
import Synchronization

@testable import Webhooks

/// A delivery under way, waited for by a thread that may block.
final class Sending: Sendable {
  private let answer = Answer()
  private let courier: Courier

  private final class Answer: Sendable {
    let done = DispatchSemaphore(value: 0)
    let outcome = Mutex<DeliveryOutcome?>(nil)
  }

  init(
    _ message: WebhookMessage, to url: String, secret: WebhookSecret,
    allowsPrivateAddresses: Bool = true, by courier: Courier = Courier()
  ) {
    self.courier = courier
    courier.send(
      message, to: url, signedWith: [.shared(secret)],
      allowsPrivateAddresses: allowsPrivateAddresses
    ) { [answer] outcome in
      answer.outcome.withLock { $0 = outcome }
      answer.done.signal()
    }
  }

  func outcome() -> DeliveryOutcome {
    answer.done.wait()
    return answer.outcome.withLock { $0 }
      ?? DeliveryOutcome(kind: .gone, duration: .zero, excerpt: "")
  }
}
