/// Where a store is: `sqlite:PATH`, or a PostgreSQL URI that libpq understands.
package struct StoreAddress: Sendable, Hashable, CustomStringConvertible {
  private enum Place: Sendable, Hashable {
    case sqlite(path: String)
    case postgres(PostgresAddress)
  }

  private let place: Place

  /// Reads `sqlite:exam.sqlite`, `postgresql://gradus@db.example/exams` or `postgresql:///`, whose
  /// host and database come from libpq's own environment.
  ///
  /// - Throws: `.badAddress`, in words that repeat no part of the text that could be a password.
  package init(_ text: String) throws(StoreError) {
    if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
      place = .postgres(try PostgresAddress(text))
    } else if text.hasPrefix("sqlite:") {
      place = .sqlite(path: try Self.path(String(text.dropFirst("sqlite:".count))))
    } else {
      throw StoreError(
        .badAddress,
        "a store's address is sqlite:PATH or postgresql://USER@HOST/DATABASE; "
          + "this one begins with neither sqlite: nor postgresql://")
    }
  }

  private static func path(_ path: String) throws(StoreError) -> String {
    guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
      throw StoreError(.badAddress, "\"sqlite:\(path)\" names no file; write sqlite:PATH")
    }
    guard !path.hasPrefix("//") || path.hasPrefix("///") else {
      throw StoreError(
        .badAddress, "SQLite has no hosts: write sqlite:\(path.dropFirst(2)), with no slashes")
    }
    guard path != ":memory:" else {
      throw StoreError(
        .badAddress, "workers share a store, so it cannot be in memory; name a file")
    }
    return path
  }

  /// The address without its password and without options.
  package var description: String {
    switch place {
    case .sqlite(let path): "sqlite:\(path)"
    case .postgres(let address): address.description
    }
  }

  /// The folder of its file; nil where it is a server.
  package var folder: String? {
    guard case .sqlite(let path) = place else { return nil }
    return path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }

  /// What is unsafe about this place; nil where nothing is known to be.
  package var caution: String? {
    switch place {
    case .sqlite(let path): NetworkFileSystem.caution(about: path)
    case .postgres: nil
    }
  }

  /// Connects; every call gives a store with a connection of its own.
  ///
  /// - Throws: `.unreachable` where no server answers, `.badAddress` for a file that is no store,
  ///   `.readOnly` where nothing can be written. A schema that is missing is no error yet, as
  ///   `migrate` is what brings it.
  package func open() async throws(StoreError) -> any Store {
    switch place {
    case .sqlite(let path):
      let store = SQLiteStore(path: path)
      try await store.open()
      return store
    case .postgres(let address):
      let store = PostgresStore(address)
      try await store.open()
      return store
    }
  }

  /// A bell that rings when a run is begun; nil where the store has none and is looked at instead.
  package func runBell() -> RunBell? {
    switch place {
    case .sqlite: nil
    case .postgres(let address): RunBell(address)
    }
  }
}
