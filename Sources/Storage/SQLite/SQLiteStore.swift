internal import ExamModel
internal import Glibc

/// Keeps everything in one file: the default, for one machine.
///
/// Any number of processes may have it open; one writes at a time and the others wait up to ten
/// seconds for it.
package actor SQLiteStore: SQLStore {
  package nonisolated let address: String
  private nonisolated let path: String
  private nonisolated let lane = BlockingLane("sqlite")
  private var connection: SQLiteConnection?
  /// The schema is looked at once for each connection.
  private var isSchemaChecked = false

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    lane.asUnownedSerialExecutor()
  }

  init(path: String) {
    self.path = path
    address = "sqlite:\(path)"
  }

  /// Opens the file; one that is not there yet is made by `migrate`, in a folder that must exist.
  func open() throws(StoreError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw unopenable() }
      return try checkFolder()
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.badAddress, "\(path) is no file; name a file for the database")
    }
    guard access(path, R_OK) == 0 else { throw unopenable() }
    guard access(path, W_OK) == 0 else { throw readOnly(path) }
    connection = try SQLiteConnection(path: path, place: path)
  }

  private var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func checkFolder() throws(StoreError) {
    guard access(folder, F_OK) == 0 else {
      throw StoreError(.badAddress, "there is no folder \(folder); make it, or correct the path")
    }
    guard access(folder, W_OK) == 0 else { throw readOnly("the folder \(folder)") }
  }

  private func readOnly(_ what: String) -> StoreError {
    StoreError(.readOnly, "\(what) cannot be written; check its permissions or choose another")
  }

  private func unopenable() -> StoreError {
    StoreError(
      .badAddress,
      "\(path) cannot be opened: \(String(cString: strerror(errno)).lowercased()); check its "
        + "permissions and its folder's, or name another with --store")
  }

  /// Creates the file, for its owner alone: it holds answers and the secrets of webhooks.
  private func create() throws(StoreError) -> SQLiteConnection {
    let file = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw errno == EROFS || errno == EACCES ? readOnly("the folder \(folder)") : unopenable()
    }
    Glibc.close(file)
    let created = try SQLiteConnection(path: path, place: path)
    connection = created
    return created
  }

  private func ready() throws(StoreError) -> SQLiteConnection {
    if connection == nil { try open() }
    guard let connection else {
      throw StoreError(
        .notMigrated,
        "there is no store at \(path): correct the path, or grade something first; \"gradus migrate\" "
          + "makes an empty one")
    }
    if !isSchemaChecked {
      try connection.requireSchema()
      isSchemaChecked = true
    }
    return connection
  }

  package func close() {
    connection = nil
    isSchemaChecked = false
  }

  // MARK: SQLStore

  func reading<Result>(
    _ body: (SQLiteConnection) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    try body(ready())
  }

  func writing<Result>(
    _ durability: Durability, _ body: (SQLiteConnection) throws(StoreError) -> Result,
    settled: ((SQLiteConnection) throws(StoreError) -> Result?)?
  ) throws(StoreError) -> Result {
    let connection = try ready()
    try connection.prepare(for: durability)
    return try connection.transaction { () throws(StoreError) -> Result in
      try body(connection)
    }
  }

  // MARK: Schema

  package func migrate() throws(StoreError) -> [String] {
    if connection == nil { try open() }
    if let connection { return try connection.migrate() }
    return try create().migrate()
  }

  package func schema() throws(StoreError) -> SchemaState {
    if connection == nil { try open() }
    if let connection { return try connection.schemaState() }
    return SchemaState(
      applied: [], pending: Migration.all(for: .sqlite).map(\.name),
      engine: SQLiteConnection.engine)
  }

  package func examine() throws(StoreError) -> [Finding] {
    if connection == nil { try open() }
    return try connection?.examine() ?? []
  }

  /// Runs one statement of the caller's and returns its columns as text: for checks that have no
  /// method of their own. What it changes is not checked.
  package func inspect(_ sql: SQL) throws(StoreError) -> [[String?]] {
    if connection == nil { try open() }
    return try connection?.texts(sql) ?? []
  }

  // MARK: Bulk

  package func importBatch(
    _ batch: NewBatch, submissions: any Sequence<NewSubmission> & Sendable
  ) throws(StoreError) -> ImportedBatch {
    try writing { link throws(StoreError) in
      try link.importBatch(batch) { key throws(StoreError) in
        try Self.write(submissions, of: key, chunkSize: batch.chunkSize, through: link)
      }
    }
  }

  private static func write(
    _ submissions: some Sequence<NewSubmission>, of batch: BatchKey, chunkSize: Int,
    through link: SQLiteConnection
  ) throws(StoreError) -> ImportCount {
    var count = ImportCount(chunkSize: chunkSize)
    var insert = try SQLiteBulkInsert(into: "submission", columns: 10, on: link)
    for row in submissions {
      let chunk = count.add(row)
      try insert.add([
        .text(batch.test.rawValue), .integer(batch.batch), .integer(Int64(row.line)),
        row.candidate.map { .text($0.rawValue) } ?? .null,
        row.submittedMicroseconds.map { .integer($0) } ?? .null,
        .integer(Int64(row.disposition.rawValue)), row.reason.map { .text($0) } ?? .null,
        .text(row.cells.json), chunk.map { .integer(Int64($0)) } ?? .null,
        row.raw.map { .text(TextList.encode([$0])) } ?? .null,
      ])
    }
    try insert.finish()
    return count
  }

  package func claimChunk(
    of run: RunKey?, as worker: String, lease: LeaseTerms
  ) throws(StoreError) -> ChunkClaim? {
    try writing { link throws(StoreError) in
      try link.claimChunk(of: run, as: worker, lease: lease)
    }
  }

  package func land(_ landing: Landing, for claim: ChunkClaim) throws(StoreError) -> Bool {
    FaultPoint.encoded.pass()
    return try writing { link throws(StoreError) in
      FaultPoint.begun.pass()
      // Nobody else writes while this transaction is open: the fence holds from the start.
      guard try link.complete(claim, graded: landing.results.count) else { return false }
      FaultPoint.fenced.pass()
      try Self.write(landing.results, of: claim.run, through: link)
      try Self.write(landing.tallies, of: claim, through: link)
      FaultPoint.copied.pass()
      return true
    }
  }

  private static func write(
    _ results: [ResultRecord], of run: RunKey, through link: SQLiteConnection
  ) throws(StoreError) {
    var insert = try SQLiteBulkInsert(into: "result", columns: 9, on: link)
    for result in results {
      try insert.add([
        .text(run.test.rawValue), .integer(run.run), .text(result.candidate.rawValue),
        .integer(Int64(result.line)), .integer(Int64(result.awarded.hundredths)),
        .integer(Int64(result.possible.hundredths)), .text(TextList.encode(result.outcomes)),
        .text(TextList.encode(result.awardedEach)), .text(TextList.encode(result.possibleEach)),
      ])
    }
    try insert.finish()
  }

  private static func write(
    _ tallies: [ItemTally], of claim: ChunkClaim, through link: SQLiteConnection
  ) throws(StoreError) {
    var insert = try SQLiteBulkInsert(into: "item_tally", columns: 7, on: link)
    for tally in tallies {
      try insert.add([
        .text(claim.run.test.rawValue), .integer(claim.run.run), .integer(Int64(claim.chunk)),
        .integer(Int64(tally.item)), .integer(Int64(tally.outcome)), .integer(Int64(tally.count)),
        .integer(Int64(tally.awarded.hundredths)),
      ])
    }
    try insert.finish()
  }
}
