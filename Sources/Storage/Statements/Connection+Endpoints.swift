internal import ExamModel

// Receivers and their keys; what is done to them goes into the audit trail.
extension Connection {
  func addEndpoint(_ new: NewEndpoint, by person: String) throws(StoreError) -> EndpointRecord {
    let inserted = try first(
      """
      insert into endpoint (url, event_types, allows_private_addresses, created_at)
      values (
        \(new.url), \(TextList.encode(new.events)), \(new.allowsPrivateAddresses ? 1 : 0),
        \(dialect.now))
      returning \(endpointColumns)
      """)
    guard let inserted else { preconditionFailure("an insert that returns has a row") }
    let endpoint = try endpoint(from: inserted, 0)
    try add(new.secrets, to: endpoint.id, after: 0)
    try note("added", of: endpoint.id, by: person)
    return endpoint
  }

  func endpoints() throws(StoreError) -> [EndpointRecord] {
    try endpoints("true")
  }

  func endpoints(_ ids: Set<Int64>) throws(StoreError) -> [EndpointRecord] {
    try endpoints("endpoint_id in (\(dialect.each(of: ids)))")
  }

  private func endpoints(_ condition: SQL) throws(StoreError) -> [EndpointRecord] {
    let rows = try rows(
      "select \(endpointColumns) from endpoint where \(condition) order by endpoint_id")
    var endpoints: [EndpointRecord] = []
    for row in rows { endpoints.append(try endpoint(from: row, 0)) }
    return endpoints
  }

  func removeEndpoint(_ id: Int64, by person: String) throws(StoreError) -> Bool {
    try allowTime()
    guard try changes("delete from endpoint where endpoint_id = \(id) returning 1") else {
      return false
    }
    try note("removed", of: id, by: person)
    return true
  }

  func setEndpoint(
    _ id: Int64, disabledBecause reason: String?, by person: String
  ) throws(StoreError) -> Bool {
    try allowTime()
    let isKnown = try changes(
      """
      update endpoint set disabled_reason = \(reason), failing_since = null
      where endpoint_id = \(id) returning 1
      """)
    guard isKnown else { return false }
    // What waits for a disabled endpoint is laid aside, so that claims need not pass by it.
    let next: SQL = reason == nil ? dialect.now : dialect.never
    _ = try rows(
      "update delivery set next_at = \(next) where endpoint_id = \(id) and state = 0")
    try note(
      reason == nil ? "enabled" : "disabled", of: id, by: person, [("reason", .optional(reason))])
    return true
  }

  private var endpointColumns: SQL {
    """
    endpoint_id, url, cast(event_types as text), allows_private_addresses,
    \(dialect.microseconds("endpoint.created_at")), disabled_reason,
    \(dialect.microseconds("endpoint.failing_since"))
    """
  }

  private func endpoint(from row: Row, _ start: Int) throws(StoreError) -> EndpointRecord {
    let id = row.integer(start)
    return EndpointRecord(
      id: id, url: row.text(start + 1),
      events: try decodedTexts(row.text(start + 2), of: "the events of endpoint \(id)"),
      allowsPrivateAddresses: row.flag(start + 3), createdMicroseconds: row.integer(start + 4),
      disabledReason: row.optionalText(start + 5),
      failingSinceMicroseconds: row.optionalInteger(start + 6))
  }

  // MARK: Keys

  private func add(
    _ secrets: [NewSecret], to endpoint: Int64, after number: Int
  ) throws(StoreError) {
    try insert(
      into: "endpoint_secret (endpoint_id, number, secret, public_key, created_at)",
      rows: secrets.enumerated().map { index, secret in
        """
        \(endpoint), \(number + 1 + index), \(secret.text), \(secret.publicKey), \(dialect.now)
        """
      })
  }

  /// Puts new keys beside the old ones, which sign on for `overlapSeconds`.
  func rotateSecrets(
    of endpoint: Int64, to secrets: [NewSecret], overlapSeconds: Int, by person: String
  ) throws(StoreError) -> Bool {
    guard try exists("select 1 from endpoint where endpoint_id = \(endpoint)") else { return false }
    let now = dialect.now
    _ = try rows(
      "delete from endpoint_secret where endpoint_id = \(endpoint) and valid_until <= \(now)")
    let number = try first(
      "select coalesce(max(number), 0) from endpoint_secret where endpoint_id = \(endpoint)")
    _ = try rows(
      """
      update endpoint_secret set valid_until = \(dialect.now(plusSeconds: overlapSeconds))
      where endpoint_id = \(endpoint) and valid_until is null
      """)
    try add(secrets, to: endpoint, after: number?.int(0) ?? 0)
    try note(
      "rotated", of: endpoint, by: person, [("overlapSeconds", .integer(overlapSeconds))])
    return true
  }

  func keys(of endpoint: Int64) throws(StoreError) -> [EndpointKey] {
    let (created, until) = (dialect.microseconds("created_at"), dialect.microseconds("valid_until"))
    return try rows(
      """
      select public_key, \(created), \(until) from endpoint_secret
      where endpoint_id = \(endpoint) and \(isValid) order by number desc
      """
    ).map {
      EndpointKey(
        publicKey: $0.optionalText(0), createdMicroseconds: $0.integer(1),
        validUntilMicroseconds: $0.optionalInteger(2))
    }
  }

  /// What signs now, by endpoint, the newest first.
  func secrets(of endpoints: Set<Int64>) throws(StoreError) -> [Int64: [NewSecret]] {
    let rows = try rows(
      """
      select endpoint_id, secret, public_key from endpoint_secret
      where endpoint_id in (\(dialect.each(of: endpoints))) and \(isValid) order by endpoint_id, number desc
      """)
    return Dictionary(grouping: rows) { $0.integer(0) }
      .mapValues { $0.map { NewSecret(text: $0.text(1), publicKey: $0.optionalText(2)) } }
  }

  private var isValid: SQL { "(valid_until is null or valid_until > \(dialect.now))" }

  private func note(
    _ change: String, of endpoint: Int64, by person: String, _ details: [(String, JSON)] = []
  ) throws(StoreError) {
    try note(
      AuditNote(
        "webhook.\(change)", of: nil, by: person,
        [("endpoint", .integer(Int(endpoint)))] + details))
  }
}
