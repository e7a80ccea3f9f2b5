internal import CPostgres

/// A PostgreSQL URI that libpq has read, kept whole for connecting and without secrets for messages.
struct PostgresAddress: Sendable, Hashable, CustomStringConvertible {
  /// For libpq alone: it may hold a password.
  let uri: String
  let description: String

  /// - Throws: `.badAddress` where libpq cannot read it, or reads it otherwise than was meant: an
  ///   unescaped `@` or `/` in a password would end up in the name of a host or a database.
  init(_ uri: String) throws(StoreError) {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(uri, &message) else {
      // libpq's message repeats parts of the text, so it is not shown.
      PQfreemem(message)
      throw Self.unreadable
    }
    defer { PQconninfoFree(options) }
    var values: [String: String] = [:]
    var next = options
    while let keyword = next.pointee.keyword {
      if let value = next.pointee.val { values[String(cString: keyword)] = String(cString: value) }
      next += 1
    }
    let (host, database) = (values["host"] ?? "", values["dbname"] ?? "")
    guard !host.contains("@"), !database.contains("@"),
      (values["port"] ?? "").allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ",") })
    else { throw Self.unreadable }
    self.uri = uri
    description =
      "postgresql://" + (values["user"].map { "\($0)@" } ?? "") + host
      + (values["port"].map { ":\($0)" } ?? "") + "/" + database
  }

  private static let unreadable = StoreError(
    .badAddress,
    "the address cannot be read; write postgresql://USER@HOST:PORT/DATABASE, "
      + "with %40, %2F and %3A for @, / and : in a user's name or password")
}
