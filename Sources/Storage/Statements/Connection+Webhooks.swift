internal import Cryptography
internal import ExamModel

// The outbox and its deliveries: 0 pending → 1 delivered or 2 dead.
//
// A claim moves `next_at` to the end of its lease, so that "pending and due" is the whole
// condition; its token fences what the attempt came to.
extension Connection {
  /// Types that nobody gets who has not asked for them by name.
  private static var onRequest: [String] { ["submission.graded"] }
  /// How long nothing may arrive before an endpoint is disabled: longer than all retries take.
  private static var failureLimitSeconds: Int { 5 * 24 * 3600 }

  // MARK: Outbox

  func enqueue(_ event: NewEvent, for endpoint: Int64?) throws(StoreError) {
    _ = try rows(
      """
      insert into event (event_id, test_id, type, payload, created_at)
      values (\(event.id), \(event.test), \(event.type), \(event.payload), \(dialect.now))
      on conflict (event_id) do nothing
      """)
    let stored = try first("select payload, type from event where event_id = \(event.id)")
    guard stored?.text(0) == event.payload, stored?.text(1) == event.type else {
      throw StoreError(
        .conflict, "event \(event.id) is in \(place) with other contents; ids are used once")
    }
    if let endpoint {
      try deliver(event, to: endpoint)
    } else {
      try deliverToSubscribers(of: event.type, "event_id = \(event.id)")
    }
  }

  /// Asks for a delivery to one endpoint; one that has ended begins anew.
  private func deliver(_ event: NewEvent, to endpoint: Int64) throws(StoreError) {
    guard try exists("select 1 from endpoint where endpoint_id = \(endpoint)") else {
      throw StoreError(.conflict, "\(place) has no endpoint \(endpoint)")
    }
    _ = try rows(
      """
      insert into delivery (event_id, endpoint_id, next_at, created_at)
      values (\(event.id), \(endpoint), \(dialect.now), \(dialect.now))
      on conflict (event_id, endpoint_id)
      do update set state = 0, attempt = 0, next_at = excluded.next_at where delivery.state <> 0
      """)
  }

  private func deliverToSubscribers(of type: String, _ events: SQL) throws(StoreError) {
    _ = try rows(
      """
      insert into delivery (event_id, endpoint_id, next_at, created_at)
      select event_id, endpoint_id, \(dialect.now), \(dialect.now)
      from event cross join endpoint
      where \(events) and \(subscribes(to: type))
      on conflict (event_id, endpoint_id) do nothing
      """)
  }

  private func subscribes(to type: String) -> SQL {
    let isNamed: SQL =
      switch dialect {
      case .sqlite: "exists (select 1 from json_each(event_types) where value = \(type))"
      case .postgres: "event_types ? \(type)"
      }
    let wantsAll: SQL = Self.onRequest.contains(type) ? "" : "event_types = '[]' or "
    return "disabled_reason is null and (\(wantsAll)\(isNamed))"
  }

  /// Writes an event for each candidate of a run, if anybody has asked for them.
  ///
  /// The database makes them, as a run may have a million. Their ids have one random beginning.
  func enqueueSubmissions(of run: RunKey) throws(StoreError) {
    let type = "submission.graded"
    guard try exists("select 1 from endpoint where \(subscribes(to: type))") else { return }
    let start = try "evt_\(randomName())_"
    let (object, timestamp): (SQL, SQL) =
      switch dialect {
      case .sqlite: ("json_object", "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')")
      case .postgres:
        (
          "json_build_object",
          "to_char(now() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        )
      }
    _ = try rows(
      """
      insert into event (event_id, test_id, type, payload, created_at)
      select cast(\(start) as text) || line, test_id, \(type),
        cast(\(object)(
          'type', cast(\(type) as text), 'timestamp', \(timestamp),
          'data', \(object)(
            'test', test_id, 'run', run_id, 'trace', (
              select substr(batch.digest, 1, 32) from run join batch using (test_id, batch_id)
              where run.test_id = \(run.test) and run.run_id = \(run.run)),
            'candidate', candidate_id, 'line', line)) as text),
        \(dialect.now)
      from result where test_id = \(run.test) and run_id = \(run.run)
      """)
    try deliverToSubscribers(of: type, "event_id > \(start) and event_id < \(start + "~")")
  }

  private func randomName() throws(StoreError) -> String {
    do throws(CryptographyError) {
      return Hex.encode(try randomBytes(16))
    } catch {
      throw StoreError(.failed, "\(error)")
    }
  }

  // MARK: Claims

  /// Takes what is due, the most overdue first.
  ///
  /// Only so much is looked at that one endpoint with a long queue costs the others nothing: the
  /// sender names it as busy, and the next claim reads past it in the index.
  func claimDeliveries(_ terms: DeliveryTerms) throws(StoreError) -> [DeliveryClaim] {
    let now = dialect.now
    let busy = terms.passingBy.map { id -> SQL in "\(id)" }.joined(separator: ", ")
    let notBusy: SQL = terms.passingBy.isEmpty ? "" : "and delivery.endpoint_id not in (\(busy))"
    let rows = try rows(
      """
      select \(endpointColumns), delivery.event_id, event.test_id, event.type, event.payload,
        delivery.token + 1, delivery.attempt + 1
      from (
        select event_id, endpoint_id, row_number() over (
          partition by endpoint_id order by next_at, event_id) as place
        from (
          select event_id, endpoint_id, next_at from delivery
          where state = 0 and next_at <= \(now) \(notBusy)
          order by next_at limit \(terms.limit * 2)) as first) as due
      join delivery using (event_id, endpoint_id)
      join event using (event_id)
      join endpoint using (endpoint_id)
      where due.place <= \(cast: Int64(terms.perEndpoint))
        and delivery.state = 0 and delivery.next_at <= \(now) and disabled_reason is null
        and due.place <= case when failing_since is null then \(cast: Int64(terms.perEndpoint))
          else 1 end
      order by delivery.next_at, delivery.event_id, endpoint_id
      limit \(terms.limit) \(dialect.skippingLocked("delivery"))
      """)
    guard !rows.isEmpty else { return [] }
    let start = endpointColumnCount
    let secrets = try secrets(of: Set(rows.map { $0.integer(0) }))
    var claims: [DeliveryClaim] = []
    for row in rows {
      let event = NewEvent(
        id: row.text(start), test: row.optionalText(start + 1).map { TestID($0) },
        type: row.text(start + 2), payload: row.text(start + 3))
      claims.append(
        DeliveryClaim(
          event: event, endpoint: try endpoint(from: row, 0),
          secrets: secrets[row.integer(0)] ?? [], token: row.integer(start + 4),
          attempt: row.int(start + 5)))
    }
    for page in pages(of: claims) {
      let keys = page.map { claim -> SQL in "(\(claim.event.id), \(cast: claim.endpoint.id))" }
      _ = try self.rows(
        """
        update delivery set token = token + 1, attempt = attempt + 1,
          next_at = \(dialect.now(plusSeconds: terms.leaseSeconds))
        where (event_id, endpoint_id) in (values \(keys.joined(separator: ", ")))
        """)
    }
    return claims
  }

  private func pages<Item>(of items: [Item]) -> [ArraySlice<Item>] {
    stride(from: 0, to: items.count, by: 50).map { items[$0..<min($0 + 50, items.count)] }
  }

  // MARK: Attempts

  /// Records attempts and what follows from them; returns those that were still the sender's.
  func record(_ attempts: [DeliveryAttempt]) throws(StoreError) -> [DeliveryAttempt] {
    var ours: [DeliveryAttempt] = []
    for page in pages(of: attempts) { ours += try settle(page) }
    for page in pages(of: ours) {
      try insert(
        into: """
          delivery_attempt (event_id, endpoint_id, token, made_at, status, outcome, duration_ms)
          """,
        rows: page.map {
          """
          \($0.claim.event.id), \($0.claim.endpoint.id), \($0.claim.token), \(dialect.now),
          \($0.status), \($0.outcome), \($0.milliseconds)
          """
        })
    }
    try noteHealth(after: ours)
    return ours
  }

  private func settle(
    _ attempts: ArraySlice<DeliveryAttempt>
  ) throws(StoreError) -> [DeliveryAttempt] {
    let made = attempts.map { attempt -> SQL in
      let (state, dueSeconds): (DeliveryState, Int) =
        switch attempt.next {
        case .delivered: (.delivered, 0)
        case .retry(let seconds): (.pending, seconds)
        case .dead, .deadAndDisable: (.dead, 0)
        }
      return """
        (\(attempt.claim.event.id), \(cast: attempt.claim.endpoint.id),
        \(cast: attempt.claim.token), \(cast: Int64(state.rawValue)),
        \(dialect.now(plusSeconds: dueSeconds)), cast(\(attempt.status) as integer),
        cast(\(attempt.outcome) as text))
        """
    }
    let rows = try rows(
      """
      with made (event, endpoint, token, state, next_at, status, outcome) as (
        values \(made.joined(separator: ", ")))
      update delivery set state = made.state, next_at = made.next_at, last_status = made.status,
        last_outcome = made.outcome
      from made
      where delivery.event_id = made.event and delivery.endpoint_id = made.endpoint
        and delivery.token = made.token and delivery.state = 0
        and not exists (
          select 1 from delivery_attempt where delivery_attempt.event_id = made.event
            and delivery_attempt.endpoint_id = made.endpoint
            and delivery_attempt.token = made.token)
      returning delivery.event_id, delivery.endpoint_id
      """)
    let changed = Set(rows.map { [$0.text(0), $0.text(1)] })
    return attempts.filter { changed.contains([$0.claim.event.id, "\($0.claim.endpoint.id)"]) }
  }

  /// Keeps since when endpoints fail, and disables those that are gone or have failed for long.
  private func noteHealth(after attempts: [DeliveryAttempt]) throws(StoreError) {
    var arrived: Set<Int64> = []
    var missed: Set<Int64> = []
    var gone: [Int64: String] = [:]
    for attempt in attempts {
      let id = attempt.claim.endpoint.id
      switch attempt.next {
      case .delivered: arrived.insert(id)
      case .deadAndDisable(let reason): gone[id] = reason
      case .retry, .dead: missed.insert(id)
      }
    }
    // What changes nothing is not asked for: health is written where it turns.
    let turned = attempts.filter { $0.claim.endpoint.failingSinceMicroseconds != nil }
    for id in arrived.intersection(turned.map(\.claim.endpoint.id)).union(
      arrived.intersection(missed)
    ).sorted() {
      _ = try rows("update endpoint set failing_since = null where endpoint_id = \(id)")
    }
    for id in missed.subtracting(arrived).sorted() {
      let long: SQL = "failing_since <= \(dialect.now(plusSeconds: -Self.failureLimitSeconds))"
      if try changes(
        """
        update endpoint set failing_since = \(dialect.now)
        where endpoint_id = \(id) and failing_since is null returning 1
        """)
      {
        continue
      }
      let endpoint: SQL = "endpoint_id = \(id) and disabled_reason is null"
      if try exists("select 1 from endpoint where \(endpoint) and \(long)") {
        gone[id] = "nothing arrived for \(Self.failureLimitSeconds / 86400) days"
      }
    }
    for (id, reason) in gone.sorted(by: { $0.key < $1.key }) {
      _ = try setEndpoint(id, disabledBecause: reason, by: "gradus")
    }
  }

  /// What became of a record whose answer was lost; nil where it did not happen.
  func recorded(_ attempts: [DeliveryAttempt]) throws(StoreError) -> [DeliveryAttempt]? {
    var found: [DeliveryAttempt] = []
    for attempt in attempts {
      let claim = attempt.claim
      let isThere = try exists(
        """
        select 1 from delivery_attempt where event_id = \(claim.event.id)
          and endpoint_id = \(claim.endpoint.id) and token = \(claim.token)
        """)
      if isThere { found.append(attempt) }
    }
    return found.isEmpty ? nil : found
  }

  // MARK: Looking and sending again

  private func chosen(_ choice: DeliveryChoice) -> SQL {
    var conditions: [SQL] = ["true"]
    if let event = choice.event { conditions.append("delivery.event_id = \(event)") }
    if let endpoint = choice.endpoint { conditions.append("delivery.endpoint_id = \(endpoint)") }
    if let state = choice.state { conditions.append("delivery.state = \(Int(state.rawValue))") }
    return conditions.joined(separator: " and ")
  }

  func deliveries(_ choice: DeliveryChoice, limit: Int) throws(StoreError) -> [DeliveryRecord] {
    let next = dialect.microseconds("next_at")
    return try rows(
      """
      select event_id, event.type, endpoint_id, url, state, attempt, last_status, last_outcome,
        case when state = 0 and disabled_reason is null then \(next) end
      from delivery join event using (event_id) join endpoint using (endpoint_id)
      where \(chosen(choice))
      order by delivery.created_at desc, event_id desc, endpoint_id limit \(limit)
      """
    ).map { row in
      guard let state = DeliveryState(rawValue: Int16(row.int(4))) else {
        preconditionFailure("a constraint keeps other states out")
      }
      return DeliveryRecord(
        eventID: row.text(0), type: row.text(1), endpoint: row.integer(2), url: row.text(3),
        state: state, attempts: row.int(5), lastStatus: row.optionalInteger(6).map { Int($0) },
        lastOutcome: row.optionalText(7), nextMicroseconds: row.optionalInteger(8))
    }
  }

  func attempts(of event: String) throws(StoreError) -> [AttemptRecord] {
    try rows(
      """
      select endpoint_id, \(dialect.microseconds("made_at")), status, outcome, duration_ms
      from delivery_attempt where event_id = \(event) order by made_at, endpoint_id, token
      """
    ).map {
      AttemptRecord(
        endpoint: $0.integer(0), madeMicroseconds: $0.integer(1),
        status: $0.optionalInteger(2).map { Int($0) }, outcome: $0.text(3), milliseconds: $0.int(4))
    }
  }

  /// Makes deliveries due anew, with the same id and body; the count of those that had ended.
  func redeliver(_ choice: DeliveryChoice) throws(StoreError) -> Int {
    try rows(
      """
      update delivery set state = 0, attempt = 0, next_at = \(dialect.now)
      where \(chosen(choice)) and state <> 0 and endpoint_id in (
        select endpoint_id from endpoint where disabled_reason is null)
      returning 1
      """
    ).count
  }
}
