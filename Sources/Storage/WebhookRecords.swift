package import ExamModel

/// Something that happened, to be told to whoever subscribed.
package struct NewEvent: Sendable, Hashable {
  /// Unique, without full stops: it is the `webhook-id` of every delivery.
  package var id: String
  /// Nil for an event of no test, such as a trial.
  package var test: TestID?
  /// `batch.graded`.
  package var type: String
  /// The exact bytes that are signed and sent.
  package var payload: String
  package init(id: String, test: TestID?, type: String, payload: String) {
    self.id = id
    self.test = test
    self.type = type
    self.payload = payload
  }
}

package struct NewEndpoint: Sendable, Hashable {
  package var url: String
  package var secret: String
  /// Types of event; empty subscribes to all.
  package var events: [String]
  package var allowsPrivateAddresses: Bool
  package init(url: String, secret: String, events: [String], allowsPrivateAddresses: Bool) {
    self.url = url
    self.secret = secret
    self.events = events
    self.allowsPrivateAddresses = allowsPrivateAddresses
  }
}

package struct EndpointRecord: Sendable, Hashable {
  package var id: Int64
  package var url: String
  package var secret: String
  package var events: [String]
  package var allowsPrivateAddresses: Bool
  package var createdMicroseconds: Int64
  /// Nil while the endpoint is in use.
  package var disabledReason: String?
  package init(
    id: Int64, url: String, secret: String, events: [String], allowsPrivateAddresses: Bool,
    createdMicroseconds: Int64, disabledReason: String?
  ) {
    self.id = id
    self.url = url
    self.secret = secret
    self.events = events
    self.allowsPrivateAddresses = allowsPrivateAddresses
    self.createdMicroseconds = createdMicroseconds
    self.disabledReason = disabledReason
  }
}

/// The right to make one attempt at one delivery.
package struct DeliveryClaim: Sendable, Hashable {
  package var event: NewEvent
  package var endpoint: EndpointRecord
  package var token: Int64
  /// 1 for the first try.
  package var attempt: Int
  package init(event: NewEvent, endpoint: EndpointRecord, token: Int64, attempt: Int) {
    self.event = event
    self.endpoint = endpoint
    self.token = token
    self.attempt = attempt
  }
}

/// What one attempt came to and what follows from it.
package struct DeliveryAttempt: Sendable, Hashable {
  package enum Next: Sendable, Hashable {
    case delivered
    case retry(afterSeconds: Int)
    /// Given up; it stays listed and can be sent again.
    case dead
    /// The receiver is gone for good: given up, and the endpoint disabled.
    case deadAndDisable(reason: String)
  }
  /// HTTP status; nil where there was no answer.
  package var status: Int?
  /// One sentence, without secrets and without the receiver's answer in full.
  package var outcome: String
  package var milliseconds: Int
  package var next: Next
  package init(status: Int?, outcome: String, milliseconds: Int, next: Next) {
    self.status = status
    self.outcome = outcome
    self.milliseconds = milliseconds
    self.next = next
  }
}

package enum DeliveryState: Int16, Sendable, Hashable {
  case pending = 0
  case delivered = 1
  case dead = 2

  package var word: String {
    switch self {
    case .pending: "pending"
    case .delivered: "delivered"
    case .dead: "dead"
    }
  }
}

package struct DeliveryRecord: Sendable, Hashable {
  package var eventID: String
  package var type: String
  package var endpoint: Int64
  package var url: String
  package var state: DeliveryState
  package var attempts: Int
  package var lastStatus: Int?
  package var lastOutcome: String?
  /// When the next attempt is due; nil unless pending.
  package var nextMicroseconds: Int64?
  package init(
    eventID: String, type: String, endpoint: Int64, url: String, state: DeliveryState,
    attempts: Int, lastStatus: Int?, lastOutcome: String?, nextMicroseconds: Int64?
  ) {
    self.eventID = eventID
    self.type = type
    self.endpoint = endpoint
    self.url = url
    self.state = state
    self.attempts = attempts
    self.lastStatus = lastStatus
    self.lastOutcome = lastOutcome
    self.nextMicroseconds = nextMicroseconds
  }
}
