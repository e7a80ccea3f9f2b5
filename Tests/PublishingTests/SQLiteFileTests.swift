import CSQLite
import Foundation
import Testing

@testable import Publishing

@Suite("Database files that are written whole") struct SQLiteFileTests {
  /// What the library answers to a question, row by row.
  private func ask(_ database: OpaquePointer?, _ sql: String) -> [String] {
    var statement: OpaquePointer?
    #expect(sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK, "\(sql)")
    defer { sqlite3_finalize(statement) }
    var rows: [String] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      rows.append(String(cString: sqlite3_column_text(statement, 0)))
    }
    return rows
  }

  @Test(
    "SQLite finds them in order, and every row as it was given",
    arguments: [
      ([], 1), ([0], 1), ([9000, 3], 100), ([65_400, 65_490, 65_520, 65_550], 1),
      ([70_000, 200_000, 10, 1_000_000], 2), ([3], 30_000),
    ])
  func rows(_ pattern: [Int], times: Int) throws {
    let lengths = (0..<times).flatMap { _ in pattern }
    var file = SQLiteFile()
    file.add("empty", creating: "CREATE TABLE empty (id integer PRIMARY KEY, a)")
    let texts = lengths.enumerated().map { index, length in
      "é\(index) " + String(repeating: "\(index % 10)", count: length)
    }
    file.add(
      "t", creating: "CREATE TABLE t (id integer PRIMARY KEY, number, words)",
      rows: texts.enumerated().map { index, text in
        .init(id: 1 + index * index * 1000, values: [.integer(-index), .text(text)])
      })
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
    try Data(file.file).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    var database: OpaquePointer?
    try #require(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK)
    defer { sqlite3_close(database) }
    #expect(ask(database, "pragma integrity_check") == ["ok"])
    #expect(ask(database, "select words from t order by id") == texts)
    if let last = texts.indices.last {
      let found = ask(database, "select id from t where number = -\(last)")
      #expect(found == ["\(1 + last * last * 1000)"])
    }
    // It can be written to as any other.
    #expect(ask(database, "insert into empty values (7, 'x') returning a") == ["x"])
    #expect(ask(database, "pragma integrity_check") == ["ok"])
  }
}
