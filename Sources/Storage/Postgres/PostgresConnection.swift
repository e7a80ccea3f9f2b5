internal import CPostgres
internal import Glibc

/// A session on a PostgreSQL server with a limit on everything it could wait for.
final class PostgresConnection: Connection {
  let dialect = Dialect.postgres
  let place: String
  let handle: OpaquePointer
  /// How long the server may be silent: longer than it may take over a statement.
  private(set) var patience = Patience.usual
  /// Nothing came for that long: whatever comes now answers a question that nobody asks any more.
  var isSilent = false

  /// True from the moment that `commit` is sent until it is answered: a connection that is lost
  /// meanwhile leaves open what became of the transaction.
  private(set) var isCommitting = false
  private(set) var sessionAssignment: SQL = ""

  /// - Throws: `.unreachable` with libpq's reason, which never holds a password.
  init(_ address: PostgresAddress) throws(StoreError) {
    place = address.description
    // The URI stands last, so that what it says wins. A dead peer is noticed within 25 s.
    let settings = [
      ("connect_timeout", "10"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
      ("fallback_application_name", "gradus"), ("client_encoding", "UTF8"),
      ("dbname", address.uri),
    ]
    guard let connection = Self.connect(settings) else {
      throw StoreError(.unreachable, "there is no memory left for a connection to \(place)")
    }
    handle = connection
    guard PQstatus(handle) == CONNECTION_OK else { throw refusal() }
    // Notices would go to standard error.
    PQsetNoticeReceiver(handle, { _, _ in }, nil)
    PQsetnonblocking(handle, 1)
    try execute(
      script: """
        set statement_timeout = '30s';
        set lock_timeout = '10s';
        set idle_in_transaction_session_timeout = '60s';
        set datestyle = 'ISO';
        """)
    let started = try first(
      "select cast(backend_start as text) from pg_stat_activity where pid = pg_backend_pid()")
    sessionAssignment = """
      , backend_pid = pg_backend_pid(), \
      backend_start = cast(\(started?.optionalText(0)) as timestamptz)
      """
  }

  deinit { PQfinish(handle) }

  private static func connect(_ settings: [(String, String)]) -> OpaquePointer? {
    let keywords = settings.map { UnsafePointer(strdup($0.0)) } + [nil]
    let values = settings.map { UnsafePointer(strdup($0.1)) } + [nil]
    defer { for text in keywords + values { free(UnsafeMutableRawPointer(mutating: text)) } }
    return PQconnectdbParams(keywords, values, 1)
  }

  var isLost: Bool { isSilent || PQstatus(handle) != CONNECTION_OK }

  var engine: String {
    let version = PQparameterStatus(handle, "server_version").map { String(cString: $0) }
    return "PostgreSQL \(version?.split(separator: " ").first ?? "?")"
  }

  // MARK: Statements

  func rows(_ sql: SQL) throws(StoreError) -> [Row] {
    let result = try run(sql)
    try check(result, in: sql.opening)
    return result.rows()
  }

  private func run(_ sql: SQL) throws(StoreError) -> PostgresResult {
    var values: [UnsafeMutablePointer<CChar>?] = []
    values.reserveCapacity(sql.values.count)
    defer { for value in values { free(value) } }
    for value in sql.values {
      switch value {
      case .null: values.append(nil)
      case .integer(let number): values.append(strdup(String(number)))
      case .text(let text):
        try StoreError.refuseZeroByte(in: text)
        values.append(strdup(text))
      }
    }
    return try answer(
      toSending: PQsendQueryParams(
        handle, sql.text, Int32(values.count), nil, values.map { UnsafePointer($0) }, nil, nil, 0))
  }

  /// Runs several statements without values, which `PQsendQueryParams` cannot.
  func execute(script: String) throws(StoreError) {
    try check(answer(toSending: PQsendQuery(handle, script)), in: SQL.opening(of: script))
  }

  func begin() throws(StoreError) {
    patience = Patience.usual
    // Whoever waits for a turn is to see what was done in it.
    try execute(script: "begin isolation level read committed")
  }

  func commit() throws(StoreError) {
    isCommitting = true
    defer { if !isLost { isCommitting = false } }
    let isSent = PQsendQuery(handle, "commit")
    try flush()
    FaultPoint.committing.pass()
    try check(answer(toSending: isSent), in: "commit")
    patience = Patience.usual
  }

  func rollback() {
    guard !isLost, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
    patience = Patience.usual
    // What is under way is an error already; a connection that is lost over this is made anew.
    try? execute(script: "rollback")
  }

  /// Spares this transaction the wait for the disk.
  func commitWithoutWaiting() throws(StoreError) {
    try execute(script: "set local synchronous_commit = off")
  }

  func allowTime() throws(StoreError) {
    try execute(script: "set local statement_timeout = '3600s'")
    patience = .seconds(3620)
  }

  /// Nothing else stops a worker that stalls inside COPY and holds rows that the next one must
  /// write. Waits up to two seconds for each to be gone; sessions of roles that ours may not end
  /// are left alone.
  func endSessions(where condition: SQL) throws(StoreError) {
    _ = try rows(
      """
      select pg_terminate_backend(pid, 2000)
      from (select backend_pid, backend_start from chunk where \(condition)) as holder
      join pg_stat_activity as session
        on pid = backend_pid and session.backend_start = holder.backend_start
      where pid <> pg_backend_pid() and pg_has_role(usesysid, 'usage')
      """)
  }

  // MARK: Copying

  /// Sends rows in COPY's binary form; `body` is handed where to put them, in pieces.
  ///
  /// An error of `body` ends the COPY without a row.
  func copy(
    into table: String,
    _ body: ((borrowing CopyBuffer) throws(StoreError) -> Void) throws(StoreError) -> Void
  ) throws(StoreError) {
    let started = try answer(
      toSending: PQsendQuery(handle, "copy \(table) from stdin (format binary)"))
    guard started.status == PGRES_COPY_IN else {
      try check(started, in: "copy \(table)")
      return
    }
    do throws(StoreError) {
      try body { buffer throws(StoreError) in try self.put(buffer) }
    } catch {
      if !isLost, PQputCopyEnd(handle, "given up") == 1, (try? flush()) != nil { drain() }
      throw error
    }
    FaultPoint.copying.pass()
    try check(answer(toSending: PQputCopyEnd(handle, nil)), in: "copy \(table)")
  }

  private func put(_ buffer: borrowing CopyBuffer) throws(StoreError) {
    let isSent = buffer.withBytes { bytes in
      PQputCopyData(handle, bytes.baseAddress, Int32(bytes.count)) == 1
    }
    guard isSent else { throw lost() }
    try flush()
  }

  // MARK: Listening

  static let listen = "listen gradus_run"

  /// Whether a notification arrived, which is waited for; nil where the connection is lost.
  func notified(within time: Duration) -> Bool? {
    if wait(until: .now + time), PQconsumeInput(handle) == 0 { return nil }
    guard !isLost else { return nil }
    var isNotified = false
    while let notification = PQnotifies(handle) {
      PQfreemem(notification)
      isNotified = true
    }
    return isNotified
  }

  /// Listens once more, which changes nothing and is answered only where somebody still is there.
  func isListening(within time: Duration) -> Bool {
    let end = ContinuousClock.now + time
    guard PQsendQuery(handle, Self.listen) == 1 else { return false }
    while PQisBusy(handle) == 1 {
      guard wait(until: end), PQconsumeInput(handle) == 1 else { return false }
    }
    drain()
    return !isLost
  }

  /// Whether the server has sent anything before the time comes.
  private func wait(until end: ContinuousClock.Instant) -> Bool {
    let left = (end - .now) / .milliseconds(1)
    var socket = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
    return poll(&socket, 1, Int32(max(0, left.rounded(.up)))) > 0
  }

  // MARK: Schema

  /// Held until the transaction ends; the number is `GRDS` and means nothing to others.
  func lockForMigration() throws(StoreError) {
    try execute(script: "set local lock_timeout = '60s'")
    try allowTime()
    _ = try rows("select pg_advisory_xact_lock(1196573779)")
  }

  func stamp(migrations count: Int) {}

  func hasTable(_ name: String) throws(StoreError) -> Bool {
    // `to_regclass` would remember a table that was missing before the wait for another's migration.
    if try exists("select 1 from pg_class where relname = \(name) and pg_table_is_visible(oid)") {
      return true
    }
    let isHidden = try exists(
      """
      select 1 from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relname = \(name) and nspname = 'public'
        and not has_schema_privilege(pg_namespace.oid, 'usage')
      """)
    guard !isHidden else {
      let isReader = try exists(
        """
        select 1 from pg_namespace
        where nspname = 'reading' and has_schema_privilege(oid, 'usage')
        """)
      guard !isReader else {
        throw StoreError(
          .notAllowed,
          "this login of \(place) is a reader's, which has no command; it reads what was published "
            + "with psql or another client, in the views run, total, mark, item and audit of the "
            + "schema reading")
      }
      throw StoreError(
        .notAllowed,
        "this role may not use the tables of \(place); grant it a role of "
          + "deploy/postgres/roles.sql, or connect as another")
    }
    return false
  }

  // MARK: Errors

  private func check(_ result: borrowing PostgresResult, in statement: String) throws(StoreError) {
    switch result.status {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
    default: break
    }
    if isLost { throw lost(result.state) }
    guard let state = result.state else {
      throw StoreError(.failed, "\(place) gave no answer to `\(statement)` that can be read")
    }
    throw StoreError.postgres(state, at: place, in: statement)
  }

  func lost(_ state: String? = nil) -> StoreError {
    StoreError(
      .unreachable, "the connection to \(place) was lost; see that the server runs and try again",
      code: state)
  }

  /// Why no connection came about. What libpq says here names host, role and database at most.
  private func refusal() -> StoreError {
    let said = String(cString: PQerrorMessage(handle))
    let lines = said.split(whereSeparator: \.isNewline)
    let reason = lines.first.map { ": \($0)" } ?? ""
    return StoreError(
      .unreachable,
      "no connection to \(place)\(reason);"
        + " see that the server runs, and that address, role and password are right")
  }
}
