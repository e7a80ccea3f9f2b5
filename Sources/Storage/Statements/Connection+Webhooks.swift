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

  /// Takes what is due, going from receiver to receiver.
  ///
  /// Each step finds the next receiver with anything pending and looks at the beginning of its queue
  /// alone: what waits for the others, and how long, costs nothing.
  func claimDeliveries(_ terms: DeliveryTerms) throws(StoreError) -> [DeliveryClaim] {
    let rows = try rows(
      """
      with recursive \(receivers(terms))
      select due.event_id, due.endpoint_id, event.test_id, event.type, event.payload,
        due.token + 1, due.attempt + 1
      from receiver
      \(dueDeliveries(terms))
      join event on event.event_id = due.event_id
      limit \(terms.limit)
      """)
    guard !rows.isEmpty else { return [] }
    let ids = Set(rows.map { $0.integer(1) })
    var endpoints: [Int64: EndpointRecord] = [:]
    for endpoint in try self.endpoints(ids) { endpoints[endpoint.id] = endpoint }
    let secrets = try secrets(of: ids)
    let claims = rows.compactMap { row in
      endpoints[row.integer(1)].map { endpoint in
        DeliveryClaim(
          event: NewEvent(
            id: row.text(0), test: row.optionalText(2).map { TestID($0) }, type: row.text(3),
            payload: row.text(4)),
          endpoint: endpoint, secrets: secrets[endpoint.id] ?? [], token: row.integer(5),
          attempt: row.int(6))
      }
    }
    _ = try self.rows(
      """
      \(made(claims.map { ["\($0.event.id)", "\($0.endpoint.id)"] }))
      update delivery set token = token + 1, attempt = attempt + 1,
        next_at = \(dialect.now(plusSeconds: terms.leaseSeconds))
      from made where \(isMade)
      """)
    return claims
  }

  /// `receiver (id)`: those that are named, or all with anything pending, in order.
  private func receivers(_ terms: DeliveryTerms) -> SQL {
    if let named = terms.only { return "receiver (id) as (\(dialect.each(of: named)))" }
    func next(after id: SQL) -> SQL {
      """
      (select endpoint_id from delivery where state = 0 and endpoint_id > \(id)
        order by endpoint_id limit 1)
      """
    }
    return """
      receiver (id) as (
        select * from \(next(after: "\(cast: terms.after)")) as first
        union all
        select \(next(after: "receiver.id")) from receiver where receiver.id is not null)
      """
  }

  /// A receiver's `due` deliveries, joined to it: its share of the most overdue, and one where
  /// nothing arrives.
  private func dueDeliveries(_ terms: DeliveryTerms) -> SQL {
    let busy = dialect.each(of: terms.passingBy)
    let share = terms.perEndpoint
    let isOpen: SQL = "endpoint.endpoint_id = receiver.id and disabled_reason is null"
    let isDue: SQL = "state = 0 and next_at <= \(dialect.now)"
    switch dialect {
    case .sqlite:
      func first(_ count: Int) -> SQL {
        """
        (select event_id from delivery as head where head.endpoint_id = endpoint.endpoint_id
          and \(isDue) order by next_at limit \(count))
        """
      }
      return """
        cross join endpoint on \(isOpen) and endpoint.endpoint_id not in (\(busy))
        cross join delivery as due on due.endpoint_id = endpoint.endpoint_id
          and due.event_id in \(first(share))
          and (failing_since is null or due.event_id = \(first(1)))
        """
    case .postgres:
      // `offset 0` keeps the order of the joins, so that the limit ends the walk.
      return """
        cross join lateral (
          select endpoint_id, failing_since from endpoint
          where \(isOpen) and endpoint_id not in (\(busy)) offset 0) as open
        cross join lateral (
          select * from delivery where delivery.endpoint_id = open.endpoint_id and \(isDue)
          order by next_at limit case when failing_since is null then \(cast: Int64(share)) else 1 end
          \(dialect.skippingLocked("delivery"))) as due
        """
    }
  }

  // MARK: Attempts

  /// `made (event, endpoint, …)`: many rows in one value, which the database takes apart.
  ///
  /// - Parameter rows: of texts, as long as `columns`; an empty one stands for null.
  private func made(_ rows: [[String]], _ columns: SQL = "") -> SQL {
    let list = "[" + rows.map { TextList.encode($0) }.joined(separator: ",") + "]"
    return """
      with made as (
        select value ->> 0 as event, cast(value ->> 1 as bigint) as endpoint\(columns)
        from \(dialect.values(ofJSON: list)))
      """
  }

  private var isMade: SQL {
    "delivery.event_id = made.event and delivery.endpoint_id = made.endpoint"
  }

  /// Records attempts and what follows from them; returns those that were still the sender's.
  func record(_ attempts: [DeliveryAttempt]) throws(StoreError) -> [DeliveryAttempt] {
    try lockEndpoints(after: attempts)
    try giveBack(attempts.filter { $0.next == .notMade }.map(\.claim))
    let ours = try settle(attempts.filter { $0.next != .notMade })
    guard !ours.isEmpty else { return [] }
    let rows = ours.map { attempt in
      [
        attempt.claim.event.id, "\(attempt.claim.endpoint.id)", "\(attempt.claim.token)",
        attempt.status.map { "\($0)" } ?? "", attempt.outcome, "\(attempt.milliseconds)",
      ]
    }
    _ = try self.rows(
      """
      insert into delivery_attempt (
        event_id, endpoint_id, token, made_at, status, outcome, duration_ms)
      \(made(rows, ", value"))
      select event, endpoint, cast(value ->> 2 as bigint), \(dialect.now),
        cast(nullif(value ->> 3, '') as integer), value ->> 4, cast(value ->> 5 as bigint)
      from made
      """)
    try noteHealth(after: ours)
    return ours
  }

  /// Receivers whose health may turn, before their deliveries: in the order in which whoever disables
  /// one goes through them.
  private func lockEndpoints(after attempts: [DeliveryAttempt]) throws(StoreError) {
    let ids = Set(
      attempts.filter { attempt in
        switch attempt.next {
        case .delivered: attempt.claim.endpoint.failingSinceMicroseconds != nil
        case .retry, .dead, .deadAndDisable: true
        case .notMade: false
        }
      }.map(\.claim.endpoint.id))
    guard dialect == .postgres, !ids.isEmpty else { return }
    _ = try rows(
      """
      select 1 from endpoint where endpoint_id in (\(dialect.each(of: ids)))
      order by endpoint_id for no key update
      """)
  }

  private func settle(_ attempts: [DeliveryAttempt]) throws(StoreError) -> [DeliveryAttempt] {
    guard !attempts.isEmpty else { return [] }
    let made = attempts.map { attempt in
      let (state, dueSeconds): (DeliveryState, Int) =
        switch attempt.next {
        case .delivered: (.delivered, 0)
        case .retry(let seconds): (.pending, seconds)
        case .dead, .deadAndDisable, .notMade: (.dead, 0)
        }
      return [
        attempt.claim.event.id, "\(attempt.claim.endpoint.id)", "\(attempt.claim.token)",
        "\(state.rawValue)", "\(dueSeconds)", attempt.status.map { "\($0)" } ?? "",
        attempt.outcome,
      ]
    }
    let rows = try rows(
      """
      \(self.made(made, ", cast(value ->> 2 as bigint) as token, value"))
      update delivery set state = cast(value ->> 3 as smallint),
        next_at = \(dialect.now(plusSeconds: "value ->> 4")),
        last_status = cast(nullif(value ->> 5, '') as integer), last_outcome = value ->> 6
      from made
      where \(isMade) and delivery.token = made.token and delivery.state = 0
        and not exists (
          select 1 from delivery_attempt where delivery_attempt.event_id = made.event
            and delivery_attempt.endpoint_id = made.endpoint
            and delivery_attempt.token = made.token)
      returning delivery.event_id, delivery.endpoint_id
      """)
    let changed = Set(rows.map { DeliveryKey(event: $0.text(0), endpoint: $0.integer(1)) })
    return attempts.filter { changed.contains($0.claim.key) }
  }

  /// Makes claims due again for which no attempt was made, as if they had not been taken.
  private func giveBack(_ claims: [DeliveryClaim]) throws(StoreError) {
    guard !claims.isEmpty else { return }
    let rows = claims.map { [$0.event.id, "\($0.endpoint.id)", "\($0.token)"] }
    _ = try self.rows(
      """
      \(made(rows, ", cast(value ->> 2 as bigint) as token"))
      update delivery set attempt = attempt - 1, next_at = \(dialect.now)
      from made
      where \(isMade) and delivery.token = made.token and delivery.state = 0
        and delivery.next_at > \(dialect.now)
      """)
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
      case .notMade: break
      }
    }
    // What changes nothing is not asked for: health is written where it turns.
    let turned = attempts.filter { $0.claim.endpoint.failingSinceMicroseconds != nil }
    let recovered = arrived.intersection(missed.union(turned.map(\.claim.endpoint.id)))
    if !recovered.isEmpty {
      try setFailing("null", where: "endpoint_id in (\(dialect.each(of: recovered)))")
    }
    let failing = missed.subtracting(arrived)
    if !failing.isEmpty {
      let isFailing: SQL = "endpoint_id in (\(dialect.each(of: failing)))"
      let long = try rows(
        """
        select endpoint_id from endpoint where \(isFailing) and disabled_reason is null
          and failing_since <= \(dialect.now(plusSeconds: -Self.failureLimitSeconds))
        """)
      for row in long {
        gone[row.integer(0)] = "nothing arrived for \(Self.failureLimitSeconds / 86400) days"
      }
      try setFailing(dialect.now, where: "\(isFailing) and failing_since is null")
    }
    for (id, reason) in gone.sorted(by: { $0.key < $1.key }) {
      _ = try setEndpoint(id, disabledBecause: reason, by: "gradus")
    }
  }

  private func setFailing(_ since: SQL, where condition: SQL) throws(StoreError) {
    _ = try rows(
      """
      update endpoint set failing_since = \(since) where endpoint_id in (
        select endpoint_id from endpoint where \(condition)
        \(dialect.locking(inOrderOf: "endpoint_id")))
      """)
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
}
