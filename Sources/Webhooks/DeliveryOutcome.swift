/// What came of one attempt to deliver a webhook: a value to record and to decide by.
package struct DeliveryOutcome: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// The endpoint took it: any status from 200 to 299.
    case delivered(status: Int)
    /// The endpoint answered with any other status, redirects included: try again later.
    case refused(status: Int, retryAfterSeconds: Int?)
    /// The endpoint answered 410: disable it.
    case gone
    /// No whole answer came: try again later.
    case unreachable(reason: String)
    /// Nothing was sent, and nothing will be until the endpoint's address or its name changes.
    case notAllowed(reason: String)
    /// Nothing was sent: it stood in line behind one that did not arrive, or for too long.
    case notSent
  }

  package let kind: Kind
  package let duration: Duration
  /// The beginning of what the endpoint answered, made printable; empty if it said nothing.
  package let excerpt: String

  package init(kind: Kind, duration: Duration, excerpt: String) {
    self.kind = kind
    self.duration = duration
    self.excerpt = excerpt
  }

  /// What an answer with this status means; nil for one that is no final status.
  static func kind(status: Int, retryAfterSeconds: Int?) -> Kind? {
    switch status {
    case 200...299: .delivered(status: status)
    case 410: .gone
    case 300...999: .refused(status: status, retryAfterSeconds: retryAfterSeconds)
    default: nil
    }
  }
}

extension DeliveryOutcome.Kind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .delivered(let status): "delivered with status \(status)"
    case .refused(let status, let seconds?):
      "refused with status \(status), again in \(seconds) s"
    case .refused(let status, nil): "refused with status \(status)"
    case .gone: "gone: the endpoint wants no more webhooks"
    case .unreachable(let reason): "unreachable: \(reason)"
    case .notAllowed(let reason): "not allowed: \(reason)"
    case .notSent: "not sent: others were in the way at the same address"
    }
  }
}
