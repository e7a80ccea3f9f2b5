internal import CPostgres

/// A server's answer: one owner, cleared when the owner lets go.
struct PostgresResult: ~Copyable {
  private let raw: OpaquePointer?

  /// - Parameter raw: nil where libpq had no memory or no connection for an answer.
  init(adopting raw: OpaquePointer?) { self.raw = raw }

  deinit { PQclear(raw) }

  var status: ExecStatusType { PQresultStatus(raw) }

  /// The SQLSTATE of an error; nil where the error arose on this side.
  var state: String? {
    PQresultErrorField(raw, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
  }

  borrowing func rows() -> [Row] {
    let columns = PQnfields(raw)
    return (0..<PQntuples(raw)).map { row in
      Row(
        values: (0..<columns).map { column in
          guard PQgetisnull(raw, row, column) == 0, let start = PQgetvalue(raw, row, column) else {
            return .null
          }
          let count = Int(PQgetlength(raw, row, column))
          let bytes = UnsafeRawBufferPointer(start: start, count: count)
          return .text(String(decoding: bytes, as: UTF8.self))
        })
    }
  }
}
