internal import Glibc
package import Storage
package import Testing

/// The two databases, for tests that hold them to the same behaviour.
package enum StoreKind: String, CaseIterable, Sendable, CustomStringConvertible {
  case sqlite = "SQLite"
  case postgres = "PostgreSQL"

  /// Those that can be tested here: SQLite, and PostgreSQL where `GRADUS_TEST_POSTGRES` names a
  /// running server by a superuser's URI.
  package static var available: [StoreKind] { TemporaryStore.server == nil ? [.sqlite] : allCases }

  package var description: String { rawValue }
}

/// Stores that are gone when the test is over.
package enum TemporaryStore {
  /// The server that tests may make databases on.
  package static let server: String? = getenv("GRADUS_TEST_POSTGRES")
    .map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }

  /// The reason to give to `.enabled(if:)` where there is no server.
  package static let noServer: Comment = "GRADUS_TEST_POSTGRES names no PostgreSQL server"

  /// An address in a new folder; nothing is there yet. The folder outlives the test: use
  /// `withStore` where that matters.
  package static func sqlite() throws -> StoreAddress {
    try StoreAddress("sqlite:\(try folder())/exam.sqlite")
  }

  /// An empty database of its own. It outlives the test: use `withStore` where that matters.
  package static func postgres() async throws -> StoreAddress {
    let name = try await createDatabase()
    return try address(ofDatabase: name)
  }

  /// Hands `body` the address of an empty store and removes the store afterwards.
  package static func withStore(
    _ kind: StoreKind, _ body: (StoreAddress) async throws -> Void
  ) async throws {
    switch kind {
    case .sqlite:
      let folder = try folder()
      defer { remove(folder) }
      try await body(StoreAddress("sqlite:\(folder)/exam.sqlite"))
    case .postgres:
      let name = try await createDatabase()
      do {
        try await body(address(ofDatabase: name))
      } catch {
        try await dropDatabase(name)
        throw error
      }
      try await dropDatabase(name)
    }
  }

  /// Runs one statement on a store, past its protocol.
  @discardableResult
  package static func inspect(_ address: StoreAddress, _ sql: SQL) async throws -> [[String?]] {
    let store = try await address.open()
    let rows = try await inspect(store, sql)
    await store.close()
    return rows
  }

  @discardableResult
  package static func inspect(_ store: any Store, _ sql: SQL) async throws -> [[String?]] {
    switch store {
    case let store as SQLiteStore: try await store.inspect(sql)
    case let store as PostgresStore: try await store.inspect(sql)
    default: preconditionFailure("a third kind of store needs a case here")
    }
  }

  // MARK: Folders

  package static func folder() throws -> String {
    var template = Array("/tmp/gradus-test-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else {
      throw StoreError(.failed, "no temporary folder: \(String(cString: strerror(errno)))")
    }
    return String(cString: path)
  }

  /// Removes a folder of files; it has no folders in it.
  package static func remove(_ folder: String) {
    guard let entries = opendir(folder) else { return }
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(folder)/\(name)")
    }
    closedir(entries)
    rmdir(folder)
  }

  // MARK: Databases

  /// The URI of an empty database, for a program that is given it; `dropPostgres` removes it.
  package static func postgresURI() async throws -> String {
    try uri(ofDatabase: try await createDatabase())
  }

  package static func dropPostgres(_ uri: String) async throws {
    let path = uri.split(separator: "?")[0].split(separator: "/").last
    try await dropDatabase(String(path ?? ""))
  }

  private static func createDatabase() async throws -> String {
    let name = "gradus_test_" + String(UInt64.random(in: 0 ... .max), radix: 36)
    try await onServer("create database \(verbatim: name) template template0 encoding 'UTF8'")
    return name
  }

  private static func dropDatabase(_ name: String) async throws {
    try await onServer("drop database if exists \(verbatim: name) with (force)")
  }

  private static func onServer(_ sql: SQL) async throws {
    guard let server else { throw StoreError(.failed, "\(noServer)") }
    try await inspect(StoreAddress(server), sql)
  }

  /// The whole URI of a temporary PostgreSQL store, to be varied; its description has no password.
  package static func uri(of address: StoreAddress) throws -> String {
    let name = address.description.split(separator: "/").last.map(String.init) ?? ""
    return try uri(ofDatabase: name)
  }

  private static func address(ofDatabase name: String) throws -> StoreAddress {
    try StoreAddress(uri(ofDatabase: name))
  }

  /// The server's URI with another database in the place of its own.
  private static func uri(ofDatabase name: String) throws -> String {
    guard let server else { throw StoreError(.failed, "\(noServer)") }
    let parts = server.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let schemeAndHost = parts[0].split(separator: "/", omittingEmptySubsequences: false).prefix(3)
    let options = parts.count > 1 ? "?" + parts[1] : ""
    return schemeAndHost.joined(separator: "/") + "/" + name + options
  }
}
