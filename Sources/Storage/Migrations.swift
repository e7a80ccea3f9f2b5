internal import Cryptography

/// A numbered file of `Schema/`, forward only and never edited once released.
struct Migration: Sendable {
  /// `0001_initial`
  let name: String
  let script: String
  let digest: String

  init(name: String, script: String) {
    self.name = name
    self.script = script
    digest = Hex.encode(SHA256.hash(Array(script.utf8)))
  }

  /// Those that this program carries, oldest first.
  static func all(for dialect: Dialect) -> [Migration] {
    let suffix = ".sql"
    return EmbeddedSchema.files.compactMap { path, text in
      let parts = path.split(separator: "/")
      guard parts.count == 2, parts[0] == dialect.folder, parts[1].first?.isNumber == true,
        parts[1].hasSuffix(suffix)
      else { return nil }
      return Migration(name: String(parts[1].dropLast(suffix.count)), script: text)
    }.sorted { $0.name < $1.name }
  }
}

extension Connection {
  /// What was applied, by name, with its digest; empty where there is no schema yet.
  private func appliedMigrations() throws(StoreError) -> [(name: String, digest: String)] {
    guard try hasTable("migration") else { return [] }
    return try rows("select name, digest from migration order by name")
      .map { ($0.text(0), $0.text(1)) }
  }

  func schemaState() throws(StoreError) -> SchemaState {
    let applied = try appliedMigrations().map(\.name)
    let pending = Migration.all(for: dialect).map(\.name).filter { !applied.contains($0) }
    return SchemaState(applied: applied, pending: pending, engine: engine)
  }

  /// Applies what is missing in one transaction that begins with the lock: of programs that migrate
  /// at once, the second finds nothing left to do, and no other ever sees half a schema.
  func migrate() throws(StoreError) -> [String] {
    try transaction { () throws(StoreError) -> [String] in
      try lockForMigration()
      var applied = try appliedMigrations()
      try check(applied)
      var new: [String] = []
      for migration in Migration.all(for: dialect) {
        guard !applied.contains(where: { $0.name == migration.name }) else { continue }
        try execute(script: migration.script)
        _ = try rows(
          """
          insert into migration (name, digest, applied_at)
          values (\(migration.name), \(migration.digest), \(dialect.now))
          """)
        applied.append((migration.name, migration.digest))
        new.append(migration.name)
        try stamp(migrations: applied.count)
      }
      return new
    }
  }

  /// Refuses a schema that is not exactly ours.
  func requireSchema() throws(StoreError) {
    let applied = try appliedMigrations()
    try check(applied)
    let pending = Migration.all(for: dialect).map(\.name).filter { name in
      !applied.contains { $0.name == name }
    }
    guard pending.isEmpty else {
      let what =
        applied.isEmpty ? "has no schema yet" : "lacks \(pending.joined(separator: ", "))"
      throw StoreError(.notMigrated, "\(place) \(what); run \"gradus migrate\"")
    }
  }

  private func check(_ applied: [(name: String, digest: String)]) throws(StoreError) {
    let ours = Migration.all(for: dialect)
    for (name, digest) in applied {
      guard let migration = ours.first(where: { $0.name == name }) else {
        throw StoreError(
          .newerSchema,
          "\(place) has migration \(name), which this program does not know; use a newer gradus")
      }
      guard migration.digest == digest else {
        throw StoreError(
          .editedMigration,
          "migration \(name) of \(place) differs from this program's; "
            + "use the gradus that created it, or restore the file in Schema/")
      }
    }
  }
}
