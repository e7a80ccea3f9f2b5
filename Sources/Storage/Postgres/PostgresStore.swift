internal import ExamModel

/// Keeps everything on a PostgreSQL server, for workers on any number of machines.
///
/// One session that is made anew when it was lost. A transaction that never reached its commit is
/// tried once more; what became of a commit whose answer was lost is looked up, never guessed.
package actor PostgresStore: SQLStore {
  package nonisolated let address: String
  private nonisolated let server: PostgresAddress
  private nonisolated let lane = BlockingLane("postgres")
  private var connection: PostgresConnection?
  /// The schema is looked at once for each connection.
  private var isSchemaChecked = false

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    lane.asUnownedSerialExecutor()
  }

  init(_ server: PostgresAddress) {
    self.server = server
    address = server.description
  }

  func open() throws(StoreError) { _ = try connected() }

  package func close() {
    connection = nil
    isSchemaChecked = false
  }

  private func connected() throws(StoreError) -> PostgresConnection {
    if let connection, !connection.isLost { return connection }
    close()
    let made = try PostgresConnection(server)
    connection = made
    return made
  }

  private func ready() throws(StoreError) -> PostgresConnection {
    let connection = try connected()
    if !isSchemaChecked {
      try connection.requireSchema()
      isSchemaChecked = true
    }
    return connection
  }

  // MARK: SQLStore

  func reading<Result>(
    _ body: (PostgresConnection) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    do throws(StoreError) {
      return try body(ready())
    } catch {
      leaveReadOnlyServer(after: error)
      guard error.kind == .unreachable, connection?.isLost == true else { throw error }
      return try body(ready())
    }
  }

  func writing<Result>(
    _ durability: Durability, _ body: (PostgresConnection) throws(StoreError) -> Result,
    settled: ((PostgresConnection) throws(StoreError) -> Result?)?
  ) throws(StoreError) -> Result {
    do throws(StoreError) {
      return try attempt(durability, body)
    } catch {
      leaveReadOnlyServer(after: error)
      guard error.kind == .unreachable, let connection, connection.isLost else { throw error }
      if connection.isCommitting {
        guard let settled else {
          throw StoreError(
            error.kind,
            "\(error.message); whether it was done is not known: look before it is done again",
            code: error.code)
        }
        let link = try ready()
        let outcome = try link.transaction { () throws(StoreError) -> Result? in
          try settled(link)
        }
        if let outcome { return outcome }
      }
      return try attempt(durability, body)
    }
  }

  /// A session can stay read-only when its server no longer is, or has been replaced by another.
  private func leaveReadOnlyServer(after error: StoreError) {
    if error.kind == .readOnly { close() }
  }

  private func attempt<Result>(
    _ durability: Durability, _ body: (PostgresConnection) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let link = try begun()
    do throws(StoreError) {
      if durability == .expendable { try link.commitWithoutWaiting() }
      let result = try body(link)
      try link.commit()
      return result
    } catch {
      link.rollback()
      throw error
    }
  }

  /// A transaction on a connection that is alive: one that died while idle shows it at `begin`.
  func begun() throws(StoreError) -> PostgresConnection {
    try reading { link throws(StoreError) in
      try link.begin()
      return link
    }
  }

  // MARK: Schema

  package func migrate() throws(StoreError) -> [String] { try connected().migrate() }

  package func schema() throws(StoreError) -> SchemaState { try connected().schemaState() }

  package func examine() throws(StoreError) -> [Finding] { try connected().examine() }

  /// Runs one statement of the caller's, outside of any transaction, and returns its columns as
  /// text: for checks that have no method of their own. What it changes is not checked.
  package func inspect(_ sql: SQL) throws(StoreError) -> [[String?]] {
    try connected().texts(sql)
  }
}
