internal import ExamModel

/// One thing of a schema, as the database itself tells it.
struct SchemaPart: Hashable {
  /// `table`, `column`, `index`, `trigger`, ….
  var kind: String
  var name: String
  /// The table or view that it belongs to; for a function its own name.
  var table: String
  var definition: String

  /// - Parameter definition: blanks and line breaks in it tell nothing.
  init(kind: String, name: String, table: String, definition: String) {
    self.kind = kind
    self.name = name
    self.table = table
    self.definition = definition.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// `index chunk_ready`, `column line of result`.
  var words: String {
    let standsAlone = ["table", "view", "index", "function"].contains(kind)
    return "\(kind) \(name)" + (standsAlone ? "" : " of \(table)")
  }

  // MARK: The catalogue

  /// The line of `Schema/postgres/catalogue.tsv`.
  var line: String { [kind, table, name, definition].joined(separator: "\t") }

  private init?(line: Substring) {
    let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard cells.count == 4 else { return nil }
    self.init(kind: cells[0], name: cells[2], table: cells[1], definition: cells[3])
  }

  /// What the migrations make on PostgreSQL, which says so in the same words in every version that
  /// is used here; a test keeps it so.
  static let catalogue =
    (EmbeddedSchema.files.first { $0.path == "postgres/catalogue.tsv" }?.text ?? "")
    .split(separator: "\n").compactMap(SchemaPart.init(line:))
}

/// How a schema differs from the one that its migrations make.
struct SchemaDifference {
  private(set) var missing: [SchemaPart]
  private(set) var changed: [SchemaPart]
  private(set) var added: [SchemaPart]

  init(of found: [SchemaPart], from made: [SchemaPart]) {
    let parts = Dictionary(found.map { ($0.words, $0) }) { one, _ in one }
    let ours = Set(made.map(\.words))
    let tables = Set(made.map(\.table))
    missing = made.filter { parts[$0.words] == nil }
    changed = made.filter { part in parts[part.words].map { $0 != part } ?? false }
    added = found.filter {
      !ours.contains($0.words) && tables.contains($0.table) && Self.canHarm($0)
    }
    // Of what is gone altogether the parts need no mention.
    let gone = Set(missing.filter { $0.kind == "table" }.map(\.table))
    missing.removeAll { $0.kind != "table" && gone.contains($0.table) }
  }

  /// Tables, views and plain indexes of somebody's own are in nobody's way.
  private static func canHarm(_ part: SchemaPart) -> Bool {
    switch part.kind {
    case "table", "view", "function": false
    case "index": part.definition.lowercased().hasPrefix("create unique")
    default: true
    }
  }

  var all: [SchemaPart] { missing + changed + added }

  /// Whether statements find the tables and columns that they name.
  var isReadable: Bool {
    !(missing + changed).contains { ["table", "column", "view"].contains($0.kind) }
  }

  /// The same of one table, and of what keeps it as it is.
  func faults(around table: String, function: String) -> SchemaDifference {
    var faults = self
    func isAround(_ part: SchemaPart) -> Bool { part.table == table || part.name == function }
    faults.missing = missing.filter(isAround)
    faults.changed = changed.filter(isAround)
    faults.added = added.filter(isAround)
    return faults
  }

  /// `missing: index chunk_ready; changed: view mark`.
  var words: String {
    [("missing", missing), ("changed", changed), ("added", added)].compactMap { verb, parts in
      parts.isEmpty ? nil : "\(verb): \(listed(parts.map(\.words)))"
    }.joined(separator: "; ")
  }
}
