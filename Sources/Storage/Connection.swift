/// One connection to one database: what the statements in `Statements/` stand on.
///
/// Not safe to share: it belongs to one actor and its calls block.
protocol Connection: AnyObject {
  var dialect: Dialect { get }
  /// Where this leads, fit for a message.
  var place: String { get }
  /// `SQLite 3.40.1`.
  var engine: String { get }

  /// Runs one statement to its end.
  func rows(_ sql: SQL) throws(StoreError) -> [Row]
  /// Runs a migration's statements; they hold no values.
  func execute(script: String) throws(StoreError)

  func begin() throws(StoreError)
  func commit() throws(StoreError)
  /// Takes back what was not committed; says nothing, as there is an error under way already.
  func rollback()

  /// Grants the transaction an hour, for what goes over all rows of a file or run.
  func allowTime() throws(StoreError)

  /// Further assignments of a claim, which tell the next owner whose session holds it.
  var sessionAssignment: SQL { get }
  /// Ends the sessions, if there are such, that hold the chunks that `condition` describes.
  func endSessions(where condition: SQL) throws(StoreError)

  /// Waits until nobody else migrates; called inside a transaction and over with it.
  func lockForMigration() throws(StoreError)
  /// Leaves a mark, where the database has a place for one, that `count` migrations are in it.
  func stamp(migrations count: Int) throws(StoreError)
  func hasTable(_ name: String) throws(StoreError) -> Bool
}

extension Connection {
  /// Runs `body` whole or not at all.
  func transaction<Result>(
    _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    try begin()
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      rollback()
      throw error
    }
  }

  func first(_ sql: SQL) throws(StoreError) -> Row? { try rows(sql).first }

  /// Runs a statement whose `returning 1` tells how many rows it changed.
  func changes(_ sql: SQL) throws(StoreError) -> Bool { try !rows(sql).isEmpty }

  /// Whether a query finds anything.
  func exists(_ sql: SQL) throws(StoreError) -> Bool { try !rows(sql).isEmpty }

  /// The columns of every row as text.
  func texts(_ sql: SQL) throws(StoreError) -> [[String?]] {
    try rows(sql).map { row in row.values.indices.map { row.optionalText($0) } }
  }

  /// Writes rows by the fifty, which is where the cost of a statement stops to matter.
  func insert(into table: String, rows: [SQL]) throws(StoreError) {
    for start in stride(from: 0, to: rows.count, by: 50) {
      let page = rows[start..<min(start + 50, rows.count)]
      let values = page.joined(separator: "), (")
      _ = try self.rows("insert into \(verbatim: table) values (\(values))")
    }
  }
}
