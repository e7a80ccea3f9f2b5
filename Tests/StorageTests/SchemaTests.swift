import Foundation
import TestKit
import Testing

@testable import Storage

@Suite("The schema") struct SchemaTests {
  @Test func ofSQLiteEndsUpAsLatestSays() async throws {
    let migrated = try TemporaryStore.folder()
    let latest = try TemporaryStore.folder()
    defer { [migrated, latest].forEach(TemporaryStore.remove) }
    let one = try await describeSQLite(in: migrated) { _ = try $0.migrate() }
    let other = try await describeSQLite(in: latest) {
      try $0.execute(script: script("sqlite/latest.sql"))
    }
    #expect(one.count > 14)
    #expect(one == other)
  }

  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func ofPostgreSQLEndsUpAsLatestSays() async throws {
    let one = try await describePostgres { _ = try $0.migrate() }
    let other = try await describePostgres {
      try $0.execute(script: script("postgres/latest.sql"))
    }
    #expect(one.count > 100)
    #expect(one == other)
  }

  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func ofPostgreSQLIsTheOneInTheCatalogue() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      let link = try PostgresConnection(PostgresAddress(try TemporaryStore.uri(of: address)))
      _ = try link.migrate()
      let lines = try link.schemaParts().map { $0.line + "\n" }.joined()
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Schema/postgres/catalogue.tsv").standardized
      if ProcessInfo.processInfo.environment["GRADUS_GOLDEN"] == "update" {
        try lines.write(to: file, atomically: true, encoding: .utf8)
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == lines)
    }
  }

  @Test(.enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func hasTheSameTablesAndColumnsInBothDatabases() async throws {
    var columns: [StoreKind: [[String?]]] = [:]
    for kind in StoreKind.allCases {
      try await TemporaryStore.withStore(kind) { address in
        let store = try await address.open()
        _ = try await store.migrate()
        columns[kind] = try await TemporaryStore.inspect(
          store,
          kind == .sqlite
            ? """
            select m.name, c.name from sqlite_master as m join pragma_table_info(m.name) as c
            where m.name not like 'sqlite%' order by 1, 2
            """
            : """
            select table_name, column_name from information_schema.columns
            where table_schema = 'public' and column_name not like 'backend%' order by 1, 2
            """)
        await store.close()
      }
    }
    #expect(columns[.sqlite] == columns[.postgres])
    #expect(columns[.sqlite]?.contains(["result", "outcomes"]) == true)
  }

  @Test(arguments: [Dialect.sqlite, .postgres])
  func hasMigrationsInOrderAndNoNumberTwice(dialect: Dialect) {
    let numbers = Migration.all(for: dialect).compactMap { Int($0.name.prefix(4)) }
    #expect(numbers.first == 1 && numbers.count == Migration.all(for: dialect).count)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
  }

  private func script(_ path: String) throws -> String {
    try #require(EmbeddedSchema.files.first { $0.path == path }?.text)
  }

  private func describeSQLite(
    in folder: String, _ build: (SQLiteConnection) throws -> Void
  ) async throws -> [String] {
    let store = SQLiteStore(path: "\(folder)/s.sqlite")
    _ = try await store.migrate()
    await store.close()
    let made = try SQLiteConnection(path: "\(folder)/s.sqlite", place: "s")
    // Begin again from nothing, so that both ways start from the same file.
    try made.execute(script: "pragma writable_schema = 1; delete from sqlite_master;")
    try made.execute(script: "pragma writable_schema = 0; vacuum;")
    try build(made)
    return try made.rows("select type, name, sql from sqlite_master order by type, name").map {
      "\($0.text(0)) \($0.text(1)) \(normalised($0.optionalText(2) ?? ""))"
    }
  }

  private func normalised(_ sql: String) -> String {
    sql.split(separator: "\n").map { $0.split(separator: "--", maxSplits: 1)[0] }
      .joined(separator: " ").replacing(",", with: " , ").replacing(")", with: " ) ")
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func describePostgres(
    _ build: @Sendable (PostgresConnection) throws -> Void
  ) async throws -> [[String?]] {
    var description: [[String?]] = []
    try await TemporaryStore.withStore(.postgres) { address in
      let link = try PostgresConnection(PostgresAddress(try TemporaryStore.uri(of: address)))
      try build(link)
      for sql in Self.catalogue { description += try link.texts(sql) }
    }
    return description
  }

  private static let catalogue: [SQL] = [
    """
    select table_name, column_name, data_type, is_nullable, column_default, identity_generation,
      collation_name
    from information_schema.columns where table_schema = 'public' order by 1, ordinal_position
    """,
    "select indexdef from pg_indexes where schemaname = 'public' order by 1",
    """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace order by 1, 2
    """,
    "select viewname, definition from pg_views where schemaname = 'public' order by 1",
    """
    select relname, reloptions::text from pg_class
    where relnamespace = 'public'::regnamespace and reloptions is not null order by 1
    """,
  ]
}
