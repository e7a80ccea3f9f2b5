internal import CPostgres
internal import CSQLite

/// The C libraries below, as they are loaded.
package enum StorageLibraries {
  /// Such as `3.40.1`.
  package static var sqlite: String { String(cString: sqlite3_libversion()) }

  /// Such as `15.14`.
  package static var postgres: String {
    let number = PQlibVersion()
    return "\(number / 10_000).\(number % 10_000)"
  }
}
