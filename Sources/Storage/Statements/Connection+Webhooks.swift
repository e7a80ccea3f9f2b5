internal import ExamModel

// Receivers, the outbox and its deliveries: 0 pending → 1 delivered or 2 dead.
//
// A claim moves `next_at` to the end of its lease, so that "pending and due" is the whole
// condition; its token fences what the attempt came to.
extension Connection {
  func addEndpoint(_ new: NewEndpoint) throws(StoreError) -> EndpointRecord {
    let inserted = try first(
      """
      insert into endpoint (url, secret, event_types, allows_private_addresses, created_at)
      values (
        \(new.url), \(new.secret), \(TextList.encode(new.events)),
        \(new.allowsPrivateAddresses ? 1 : 0), \(dialect.now))
      returning \(endpointColumns)
      """)
    guard let inserted else { preconditionFailure("an insert that returns has a row") }
    return try endpoint(from: inserted, 0)
  }

  func endpoints() throws(StoreError) -> [EndpointRecord] {
    let rows = try rows("select \(endpointColumns) from endpoint order by endpoint_id")
    var endpoints: [EndpointRecord] = []
    for row in rows { endpoints.append(try endpoint(from: row, 0)) }
    return endpoints
  }

  func removeEndpoint(_ id: Int64) throws(StoreError) -> Bool {
    try changes("delete from endpoint where endpoint_id = \(id) returning 1")
  }

  func setEndpoint(_ id: Int64, disabledBecause reason: String?) throws(StoreError) -> Bool {
    let isFound = try changes(
      "update endpoint set disabled_reason = \(reason) where endpoint_id = \(id) returning 1")
    guard isFound else { return false }
    try note(
      AuditNote(
        reason == nil ? "webhook.enabled" : "webhook.disabled", of: nil,
        [("endpoint", .integer(Int(id))), ("reason", .optional(reason))]))
    return true
  }

  private var endpointColumns: SQL {
    """
    endpoint_id, url, secret, cast(event_types as text), allows_private_addresses,
    \(dialect.microseconds("endpoint.created_at")), disabled_reason
    """
  }

  private func endpoint(from row: Row, _ start: Int) throws(StoreError) -> EndpointRecord {
    let id = row.integer(start)
    return EndpointRecord(
      id: id, url: row.text(start + 1), secret: row.text(start + 2),
      events: try decodedTexts(row.text(start + 3), of: "the events of endpoint \(id)"),
      allowsPrivateAddresses: row.flag(start + 4), createdMicroseconds: row.integer(start + 5),
      disabledReason: row.optionalText(start + 6))
  }

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
      try deliverToSubscribers(event)
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

  private func deliverToSubscribers(_ event: NewEvent) throws(StoreError) {
    let isNamed: SQL =
      switch dialect {
      case .sqlite: "exists (select 1 from json_each(event_types) where value = \(event.type))"
      case .postgres: "event_types ? \(event.type)"
      }
    _ = try rows(
      """
      insert into delivery (event_id, endpoint_id, next_at, created_at)
      select \(event.id), endpoint_id, \(dialect.now), \(dialect.now) from endpoint
      where disabled_reason is null and (event_types = '[]' or \(isNamed))
      on conflict (event_id, endpoint_id) do nothing
      """)
  }

  func claimDeliveries(
    limit: Int, perEndpoint: Int, leaseSeconds: Int
  ) throws(StoreError) -> [DeliveryClaim] {
    let now = dialect.now
    let rows = try rows(
      """
      select \(endpointColumns), delivery.event_id, event.test_id, event.type, event.payload,
        delivery.token + 1, delivery.attempt + 1
      from (
        select event_id, endpoint_id, row_number() over (
          partition by endpoint_id order by next_at, event_id) as place
        from delivery join endpoint using (endpoint_id)
        where state = 0 and next_at <= \(now) and disabled_reason is null) as due
      join delivery using (event_id, endpoint_id)
      join event using (event_id)
      join endpoint using (endpoint_id)
      where due.place <= \(perEndpoint) and delivery.state = 0 and delivery.next_at <= \(now)
      order by delivery.next_at, delivery.event_id, endpoint_id
      limit \(limit) \(dialect.skippingLocked("delivery"))
      """)
    guard !rows.isEmpty else { return [] }
    var claims: [DeliveryClaim] = []
    for row in rows {
      let event = NewEvent(
        id: row.text(7), test: row.optionalText(8).map { TestID($0) }, type: row.text(9),
        payload: row.text(10))
      claims.append(
        DeliveryClaim(
          event: event, endpoint: try endpoint(from: row, 0), token: row.integer(11),
          attempt: row.int(12)))
    }
    let keys = claims.map { claim -> SQL in
      "(event_id = \(claim.event.id) and endpoint_id = \(claim.endpoint.id))"
    }
    _ = try self.rows(
      """
      update delivery set token = token + 1, attempt = attempt + 1,
        next_at = \(dialect.now(plusSeconds: leaseSeconds))
      where \(keys.joined(separator: " or "))
      """)
    return claims
  }

  func record(
    _ attempt: DeliveryAttempt, for claim: DeliveryClaim
  ) throws(StoreError) -> Bool {
    let (state, dueSeconds): (DeliveryState, Int) =
      switch attempt.next {
      case .delivered: (.delivered, 0)
      case .retry(let seconds): (.pending, seconds)
      case .dead, .deadAndDisable: (.dead, 0)
      }
    let isOurs = try changes(
      """
      update delivery set state = \(Int(state.rawValue)),
        next_at = \(dialect.now(plusSeconds: dueSeconds)), last_status = \(attempt.status),
        last_outcome = \(attempt.outcome)
      where event_id = \(claim.event.id) and endpoint_id = \(claim.endpoint.id)
        and state = 0 and token = \(claim.token)
        and not exists (select 1 from delivery_attempt where \(key(of: claim)))
      returning 1
      """)
    guard isOurs else { return false }
    _ = try rows(
      """
      insert into delivery_attempt (
        event_id, endpoint_id, token, made_at, status, outcome, duration_ms)
      values (
        \(claim.event.id), \(claim.endpoint.id), \(claim.token), \(dialect.now),
        \(attempt.status), \(attempt.outcome), \(attempt.milliseconds))
      """)
    if case .deadAndDisable(let reason) = attempt.next {
      _ = try setEndpoint(claim.endpoint.id, disabledBecause: reason)
    }
    return true
  }

  /// Whether the attempt of a claim was recorded.
  func isRecorded(_ claim: DeliveryClaim) throws(StoreError) -> Bool {
    try exists("select 1 from delivery_attempt where \(key(of: claim))")
  }

  private func key(of claim: DeliveryClaim) -> SQL {
    """
    event_id = \(claim.event.id) and endpoint_id = \(claim.endpoint.id) \
    and token = \(claim.token)
    """
  }

  func deliveries(limit: Int) throws(StoreError) -> [DeliveryRecord] {
    let next = dialect.microseconds("next_at")
    return try rows(
      """
      select event_id, event.type, endpoint_id, url, state, attempt, last_status, last_outcome,
        case when state = 0 then \(next) end
      from delivery join event using (event_id) join endpoint using (endpoint_id)
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
}
