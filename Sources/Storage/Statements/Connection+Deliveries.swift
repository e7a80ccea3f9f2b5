// Looking at deliveries and sending them again.
extension Connection {
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
    try allowTime()
    return try rows(
      """
      update delivery set state = 0, attempt = 0, next_at = \(dialect.now)
      where \(chosen(choice)) and state <> 0 and endpoint_id in (
        select endpoint_id from endpoint where disabled_reason is null)
      returning 1
      """
    ).count
  }
}
