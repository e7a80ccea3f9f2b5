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

/// How much a sender takes at once, and for how long.
package struct DeliveryTerms: Sendable, Hashable {
  package var limit: Int
  /// At most so many of one endpoint, and one of an endpoint that is failing.
  package var perEndpoint: Int
  package var leaseSeconds: Int
  /// The endpoints to look at; nil for all.
  package var only: [Int64]?
  /// Endpoints that have enough under way.
  package var passingBy: [Int64]
  /// Where the walk from endpoint to endpoint goes on: behind this one.
  package var after: Int64
  package init(
    limit: Int, perEndpoint: Int, leaseSeconds: Int, only: [Int64]? = nil, passingBy: [Int64] = [],
    after: Int64 = 0
  ) {
    self.limit = limit
    self.perEndpoint = perEndpoint
    self.leaseSeconds = leaseSeconds
    self.only = only
    self.passingBy = passingBy
    self.after = after
  }
}

/// What names a delivery.
package struct DeliveryKey: Sendable, Hashable {
  package var event: String
  package var endpoint: Int64
}

/// The right to make one attempt at one delivery.
package struct DeliveryClaim: Sendable, Hashable {
  package var event: NewEvent
  package var endpoint: EndpointRecord
  /// What signs it, the newest first: while keys change, the old ones too.
  package var secrets: [NewSecret]
  package var token: Int64
  /// 1 for the first try.
  package var attempt: Int
  package var key: DeliveryKey { DeliveryKey(event: event.id, endpoint: endpoint.id) }
  package init(
    event: NewEvent, endpoint: EndpointRecord, secrets: [NewSecret], token: Int64, attempt: Int
  ) {
    self.event = event
    self.endpoint = endpoint
    self.secrets = secrets
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
    /// It came to no attempt: the delivery is due as it was before the claim.
    case notMade
  }
  package var claim: DeliveryClaim
  /// HTTP status; nil where there was no answer.
  package var status: Int?
  /// One sentence, without secrets and without the receiver's answer in full.
  package var outcome: String
  package var milliseconds: Int
  package var next: Next
  package init(
    claim: DeliveryClaim, status: Int?, outcome: String, milliseconds: Int, next: Next
  ) {
    self.claim = claim
    self.status = status
    self.outcome = outcome
    self.milliseconds = milliseconds
    self.next = next
  }
}

package enum DeliveryState: Int16, Sendable, Hashable, CaseIterable {
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

/// Which deliveries are meant; what is nil does not matter.
package struct DeliveryChoice: Sendable, Hashable {
  package var event: String?
  package var endpoint: Int64?
  package var state: DeliveryState?
  package init(event: String? = nil, endpoint: Int64? = nil, state: DeliveryState? = nil) {
    self.event = event
    self.endpoint = endpoint
    self.state = state
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
  /// When the next attempt is due; nil unless pending, or where the endpoint is disabled.
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

/// One attempt as it was recorded.
package struct AttemptRecord: Sendable, Hashable {
  package var endpoint: Int64
  package var madeMicroseconds: Int64
  package var status: Int?
  package var outcome: String
  package var milliseconds: Int
  package init(
    endpoint: Int64, madeMicroseconds: Int64, status: Int?, outcome: String, milliseconds: Int
  ) {
    self.endpoint = endpoint
    self.madeMicroseconds = madeMicroseconds
    self.status = status
    self.outcome = outcome
    self.milliseconds = milliseconds
  }
}
