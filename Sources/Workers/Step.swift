package import ExamModel
package import Storage

/// One step of a file's way from import to webhook, for whoever keeps a log.
package struct Step: Sendable {
  package let message: String
  /// Nil where it is about no file: a trial of a webhook.
  package let trace: Trace?
  /// What programs look for, in their order.
  package let fields: [(String, JSON)]

  package init(message: String, trace: Trace?, fields: [(String, JSON)] = []) {
    self.message = message
    self.trace = trace
    self.fields = fields
  }

  static func landed(
    _ claim: ChunkClaim, of trace: Trace, by worker: String, candidates: Int, seconds: Double
  ) -> Step {
    Step(
      message: "chunk \(claim.chunk) landed: \(candidates) candidates",
      trace: trace,
      fields: fields(claim, worker) + [
        ("candidates", .integer(candidates)),
        ("seconds", .number((seconds * 1000).rounded() / 1000)),
      ])
  }

  static func failed(
    _ claim: ChunkClaim, of trace: Trace, by worker: String, because error: String
  ) -> Step {
    Step(
      message: "chunk \(claim.chunk) failed, attempt \(claim.attempt): \(error)", trace: trace,
      fields: fields(claim, worker))
  }

  static func claimed(_ claim: ChunkClaim, of trace: Trace, by worker: String) -> Step {
    Step(
      message: "chunk \(claim.chunk) claimed, attempt \(claim.attempt)", trace: trace,
      fields: fields(claim, worker))
  }

  private static func fields(_ claim: ChunkClaim, _ worker: String) -> [(String, JSON)] {
    [
      ("chunk", .integer(claim.chunk)), ("attempt", .integer(claim.attempt)),
      ("worker", .string(worker)),
    ]
  }

  /// Names the receiver by its number: addresses hold tokens.
  static func attempted(_ attempt: DeliveryAttempt) -> Step {
    let (event, receiver) = (attempt.claim.event, attempt.claim.endpoint.id)
    let next =
      switch attempt.next {
      case .delivered: ""
      case .retry(let seconds): "; tried again in \(seconds) s"
      case .dead: "; given up"
      case .deadAndDisable: "; given up, and the receiver is disabled"
      case .notMade: "; not tried, and due as before"
      }
    return Step(
      message: "\(event.type) to receiver \(receiver): \(attempt.outcome)\(next)",
      trace: Trace(of: event),
      fields: [
        ("event", .string(event.id)), ("type", .string(event.type)),
        ("receiver", .integer(Int(receiver))), ("attempt", .integer(attempt.claim.attempt)),
        ("status", attempt.status.map { .integer($0) } ?? .null),
        ("milliseconds", .integer(attempt.milliseconds)),
      ])
  }
}

extension Trace {
  /// What an event's payload says it is about; nil where it names no file.
  fileprivate init?(of event: NewEvent) {
    // A payload of another release may be of any shape, and a log is no reason to fail.
    guard let test = event.test,
      let data = try? JSON(parsing: event.payload, file: event.id)["data"],
      let id = data["trace"]?.string
    else { return nil }
    self.init(id: id, test: test, run: data["run"]?.int.map(Int64.init))
  }
}
