internal import CSQLite

/// One prepared statement: one owner, finalized when the owner lets go.
struct SQLiteStatement: ~Copyable {
  private let raw: OpaquePointer
  private let connection: SQLiteConnection

  init(_ text: String, on connection: SQLiteConnection) throws(StoreError) {
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v2(connection.handle, text, -1, &prepared, nil)
    guard code == SQLITE_OK, let prepared else { throw connection.error(preparing: code) }
    raw = prepared
    self.connection = connection
  }

  deinit { sqlite3_finalize(raw) }

  /// Binds all values anew; those of the last run are forgotten.
  borrowing func bind(_ values: some Collection<SQL.Value>) throws(StoreError) {
    sqlite3_reset(raw)
    for (index, value) in values.enumerated() {
      let code =
        switch value {
        case .null: sqlite3_bind_null(raw, Int32(index + 1))
        case .integer(let number): sqlite3_bind_int64(raw, Int32(index + 1), number)
        case .text(let text): try bind(text, at: Int32(index + 1))
        }
      guard code == SQLITE_OK else { throw connection.error(code) }
    }
  }

  private borrowing func bind(_ text: String, at index: Int32) throws(StoreError) -> Int32 {
    try StoreError.refuseZeroByte(in: text)
    var text = text
    return text.withUTF8 { bytes in
      guard let start = bytes.baseAddress else { return sqlite3_bind_text(raw, index, "", 0, nil) }
      return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        sqlite3_bind_text(raw, index, $0, Int32(bytes.count), shim_sqlite_transient())
      }
    }
  }

  /// Goes to the next row; false after the last.
  borrowing func step() throws(StoreError) -> Bool {
    switch sqlite3_step(raw) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw connection.error(code)
    }
  }

  /// The row that the statement stands on.
  borrowing func row() -> Row {
    Row(
      values: (0..<sqlite3_column_count(raw)).map { column in
        switch sqlite3_column_type(raw, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(raw, column))
        default:
          let count = Int(sqlite3_column_bytes(raw, column))
          let bytes = UnsafeBufferPointer(start: sqlite3_column_text(raw, column), count: count)
          return .text(String(decoding: bytes, as: UTF8.self))
        }
      })
  }
}

/// Inserts many rows fifty to a statement, which is twice as fast as one by one.
///
/// A row that contradicts others takes back the whole transaction: to take back its statement alone,
/// SQLite would write a journal of its own, of more pages than the rows fill.
struct SQLiteBulkInsert: ~Copyable {
  private static let rowsAtOnce = 50

  private let connection: SQLiteConnection
  private let table: String
  private let columns: Int
  private let full: SQLiteStatement
  private var pending: [SQL.Value] = []

  init(into table: String, columns: Int, on connection: SQLiteConnection) throws(StoreError) {
    self.connection = connection
    self.table = table
    self.columns = columns
    full = try SQLiteStatement(
      Self.text(table, rows: Self.rowsAtOnce, columns: columns), on: connection)
  }

  mutating func add(_ values: [SQL.Value]) throws(StoreError) {
    pending += values
    guard pending.count == Self.rowsAtOnce * columns else { return }
    try full.bind(pending)
    _ = try full.step()
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes the rows that are left; without this they are lost.
  consuming func finish() throws(StoreError) {
    FaultPoint.copying.pass()
    guard !pending.isEmpty else { return }
    let text = Self.text(table, rows: pending.count / columns, columns: columns)
    let rest = try SQLiteStatement(text, on: connection)
    try rest.bind(pending)
    _ = try rest.step()
  }

  private static func text(_ table: String, rows: Int, columns: Int) -> String {
    let row = "(" + Array(repeating: "?", count: columns).joined(separator: ",") + ")"
    return "insert or rollback into \(table) values "
      + Array(repeating: row, count: rows).joined(separator: ",")
  }
}
