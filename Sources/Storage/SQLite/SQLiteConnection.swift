internal import CSQLite
internal import Glibc

/// An open database file in WAL mode that waits up to ten seconds for other writers.
final class SQLiteConnection: Connection {
  /// `GRDS`, in the header of every file of ours.
  private static let applicationID: Int64 = 0x4752_4453

  let dialect = Dialect.sqlite
  let place: String
  static let engine = "SQLite \(String(cString: sqlite3_libversion()))"
  var engine: String { Self.engine }
  let handle: OpaquePointer
  private var durability: Durability?

  /// - Throws: `.badAddress` for a file that is no database or somebody else's, `.readOnly` where
  ///   it cannot be written, `.newerSchema` where a newer program has migrated it.
  init(path: String, place: String) throws(StoreError) {
    self.place = place
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      throw Self.error(code, at: place)
    }
    // From here on every property is set, so a thrown error closes the file through `deinit`.
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, 10_000)
    guard sqlite3_db_readonly(handle, "main") == 0 else {
      throw StoreError(
        .readOnly, "\(place) cannot be written; check its permissions and its folder's")
    }
    try recognise()
    try execute(script: "pragma foreign_keys = on")
    try prepare(for: .durable)
    try keepLogAhead()
  }

  deinit { sqlite3_close_v2(handle) }

  private func recognise() throws(StoreError) {
    // One view of the file: somebody else may be creating it.
    try execute(script: "begin")
    defer { rollback() }
    let id = try pragma("application_id")
    let tables = try first("select count(*) from sqlite_master")?.integer(0) ?? 0
    guard id == Self.applicationID || (id == 0 && tables == 0) else {
      throw StoreError(
        .badAddress, "\(place) is a database of another program; choose another file")
    }
    guard try pragma("user_version") <= Int64(Migration.all(for: dialect).count) else {
      throw StoreError(
        .newerSchema, "\(place) was migrated by a newer gradus; use that one")
    }
  }

  /// Switches to a write-ahead log. Nobody may be in the file for a moment, which `busy_timeout`
  /// does not wait for, so two programs that create it at once need another try.
  private func keepLogAhead() throws(StoreError) {
    for _ in 0..<200 {
      do throws(StoreError) {
        _ = try rows("pragma journal_mode = wal")
        return
      } catch {
        guard error.kind == .busy else { throw error }
        usleep(50_000)
      }
    }
    throw Self.error(SQLITE_BUSY, at: place)
  }

  private func pragma(_ name: String) throws(StoreError) -> Int64 {
    try first("pragma \(verbatim: name)")?.integer(0) ?? 0
  }

  // MARK: Statements

  func rows(_ sql: SQL) throws(StoreError) -> [Row] {
    let statement = try SQLiteStatement(sql.text, on: self)
    try statement.bind(sql.values)
    var rows: [Row] = []
    while try statement.step() { rows.append(statement.row()) }
    return rows
  }

  func execute(script: String) throws(StoreError) {
    let code = sqlite3_exec(handle, script, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Says whether the transactions that follow wait for the disk.
  func prepare(for durability: Durability) throws(StoreError) {
    guard durability != self.durability else { return }
    self.durability = nil
    switch durability {
    case .durable: try execute(script: "pragma synchronous = full")
    case .expendable: try execute(script: "pragma synchronous = normal")
    }
    self.durability = durability
  }

  /// Takes the writer's place at once, as a reader that becomes a writer may have to give up.
  func begin() throws(StoreError) { try execute(script: "begin immediate") }

  func commit() throws(StoreError) {
    FaultPoint.committing.pass()
    try execute(script: "commit")
  }

  func rollback() {
    // After an error such as a full disk SQLite may have rolled back already.
    guard sqlite3_get_autocommit(handle) == 0 else { return }
    sqlite3_exec(handle, "rollback", nil, nil, nil)
  }

  /// A process that holds the file stalls everybody or nobody; there is nothing to end.
  var sessionAssignment: SQL { "" }
  func endSessions(where condition: SQL) {}

  // MARK: Schema

  /// `begin immediate` is the lock.
  func allowTime() throws(StoreError) {}

  func lockForMigration() throws(StoreError) {}

  func stamp(migrations count: Int) throws(StoreError) {
    try execute(
      script: "pragma application_id = \(Self.applicationID); pragma user_version = \(count);")
  }

  func hasTable(_ name: String) throws(StoreError) -> Bool {
    try exists("select 1 from sqlite_master where type = 'table' and name = \(name)")
  }

  // MARK: Errors

  func error(_ code: Int32) -> StoreError { Self.error(code, at: place) }

  /// Before a statement has values, SQLite's own message names none.
  func error(preparing code: Int32) -> StoreError {
    let message = String(cString: sqlite3_errmsg(handle))
    guard ["no such table", "no such column"].contains(where: message.hasPrefix) else {
      return error(code)
    }
    return StoreError(.notMigrated, StoreError.lacksSomething(place), code: String(code))
  }

  /// Decides by the result code alone: SQLite's own message can name values.
  private static func error(_ code: Int32, at place: String) -> StoreError {
    let (kind, message): (StoreError.Kind, String) =
      switch code & 0xFF {
      // The index of the log could not be given its room.
      case _ where code == SQLITE_IOERR | (19 << 8):
        (.full, "\(place): the disk is full; make room and try again")
      case SQLITE_BUSY, SQLITE_LOCKED:
        (.busy, "\(place) is held by another process; try again when it is done")
      case SQLITE_READONLY, SQLITE_PERM:
        (.readOnly, "\(place) cannot be written; check its permissions and its folder's")
      case SQLITE_CANTOPEN:
        (.badAddress, "\(place) cannot be opened; check the path and its permissions")
      case SQLITE_NOTADB:
        (.badAddress, "\(place) is no database; choose another file")
      case SQLITE_FULL:
        (.full, "\(place): the disk is full; make room and try again")
      case SQLITE_IOERR:
        (.failed, "\(place) cannot be read or written; check the disk")
      case SQLITE_CORRUPT:
        (.failed, "\(place) is damaged; restore a backup")
      case SQLITE_CONSTRAINT:
        (.conflict, "what was to be written contradicts what \(place) holds")
      default:
        (.failed, "\(place): \(String(cString: sqlite3_errstr(code)))")
      }
    return StoreError(kind, message, code: String(code))
  }
}
