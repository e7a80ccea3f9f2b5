internal import ExamModel

// Tests and imported files. The submissions of a batch go in by each database's own bulk road.
extension Connection {
  func register(_ test: TestRecord) throws(StoreError) {
    _ = try rows(
      """
      insert into test (test_id, title, manifest_digest, registered_at)
      values (\(test.id), \(test.title), \(test.manifestDigest), \(dialect.now))
      on conflict (test_id) do nothing
      """)
    let stored = try first("select manifest_digest from test where test_id = \(test.id)")
    guard stored?.text(0) == test.manifestDigest else {
      throw StoreError(
        .conflict,
        "test \"\(test.id)\" is in \(place) with another manifest; "
          + "grade with the blueprint and secret it was made with, or use a new id")
    }
  }

  func batch(of test: TestID, digest: String) throws(StoreError) -> ImportedBatch? {
    try batch(of: test, where: "batch.digest = \(digest)")
  }

  func batch(_ key: BatchKey) throws(StoreError) -> ImportedBatch? {
    try batch(of: key.test, where: "batch.batch_id = \(key.batch)")
  }

  private func batch(
    of test: TestID, where condition: SQL
  ) throws(StoreError) -> ImportedBatch? {
    let found = try first(
      """
      select batch.batch_id, batch.column_titles,
        coalesce(max(case when run.cancelled_at is null then run.run_id end), max(run.run_id)),
        batch.number_locale, batch.layout,
        batch.digest
      from batch join run on run.test_id = batch.test_id and run.batch_id = batch.batch_id
      where batch.test_id = \(test) and \(condition)
      group by batch.batch_id, batch.column_titles, batch.number_locale, batch.layout, batch.digest
      """)
    guard let found else { return nil }
    return ImportedBatch(
      batch: BatchKey(test: test, batch: found.integer(0)), digest: found.text(5),
      run: RunKey(test: test, run: found.integer(2)),
      columns: try decodedTexts(found.text(1), of: "the titles of batch \(found.integer(0))"),
      layout: found.optionalText(4),
      numberLocale: NumberLocale(rawValue: found.text(3)) ?? .undecided)
  }

  /// Writes everything of a batch but its submissions, which `writeRows` is asked for.
  ///
  /// - Parameter writeRows: writes the submissions and returns what was counted on the way.
  func importBatch(
    _ new: NewBatch, writeRows: (BatchKey) throws(StoreError) -> ImportCount
  ) throws(StoreError) -> ImportedBatch {
    precondition(new.chunkSize > 0, "a chunk holds at least one row")
    let batch = try insertBatch(new)
    let run = try insertRun(keyVersion: new.keyVersion, legend: new.legend, over: batch)
    let count = try writeRows(batch)
    guard
      count.rows == new.rows, count.superseded == new.superseded,
      count.quarantined == new.quarantined
    else {
      throw StoreError(
        .conflict,
        "\(new.fileName) was to have \(new.rows) rows, \(new.superseded) of them superseded and "
          + "\(new.quarantined) quarantined, but \(count.rows), \(count.superseded) and "
          + "\(count.quarantined) came; nothing was imported")
    }
    try insert(
      into: "chunk (test_id, run_id, chunk, first_line, last_line, run_after)",
      rows: count.chunks.enumerated().map { number, lines in
        "\(run.test), \(run.run), \(number), \(lines.first), \(lines.last), \(dialect.now)"
      })
    try wakeWorkers()
    for event in new.events { try enqueue(event, for: nil) }
    try note(
      AuditNote(
        "import", of: new.test, by: new.importedBy,
        [
          ("import", .integer(Int(batch.batch))), ("run", .integer(Int(run.run))),
          ("digest", .string(new.digest)), ("rows", .integer(new.rows)),
          ("key", .string(new.keyVersion)),
        ]))
    return ImportedBatch(
      batch: batch, digest: new.digest, run: run, columns: new.columns, layout: new.layout,
      numberLocale: new.numberLocale)
  }

  /// Tells those who wait that a run was begun, when this transaction is through. Once a run and
  /// never once a chunk: each notification makes commits wait for one another.
  func wakeWorkers() throws(StoreError) {
    if dialect == .postgres { try execute(script: "notify gradus_run") }
  }

  private func insertBatch(_ new: NewBatch) throws(StoreError) -> BatchKey {
    guard try exists("select 1 from test where test_id = \(new.test)") else {
      throw StoreError(.conflict, "\(place) has no test \"\(new.test)\"; register it first")
    }
    let inserted = try first(
      """
      insert into batch (
        test_id, digest, file_name, column_titles, number_locale, row_count, superseded_count,
        quarantined_count, imported_at, layout)
      values (
        \(new.test), \(new.digest), \(new.fileName), \(TextList.encode(new.columns)),
        \(new.numberLocale.rawValue), \(new.rows), \(new.superseded), \(new.quarantined),
        \(dialect.now), \(new.layout))
      on conflict (test_id, digest) do nothing
      returning batch_id
      """)
    guard let inserted else {
      throw StoreError(
        .conflict, "\(new.fileName) was imported before: test \"\(new.test)\" has a file like it")
    }
    return BatchKey(test: new.test, batch: inserted.integer(0))
  }

  func insertRun(
    keyVersion: String, legend: RunLegend, over batch: BatchKey
  ) throws(StoreError) -> RunKey {
    let inserted = try first(
      """
      insert into run (test_id, batch_id, key_version, started_at)
      values (\(batch.test), \(batch.batch), \(keyVersion), \(dialect.now))
      returning run_id
      """)
    guard let inserted else { preconditionFailure("an insert that returns has a row") }
    let run = RunKey(test: batch.test, run: inserted.integer(0))
    try insert(
      into: "run_item",
      rows: legend.items.enumerated().map { index, item in
        """
        \(run.test), \(run.run), \(index), \(item.question), \(item.part), \(item.family), \
        \(item.version)
        """
      })
    try insert(
      into: "run_mistake",
      rows: legend.mistakes.enumerated().map { index, mistake in
        "\(run.test), \(run.run), \(index), \(mistake.family), \(mistake.misconception)"
      })
    return run
  }

  func decodedTexts(_ json: String, of what: String) throws(StoreError) -> [String] {
    guard let texts = TextList.decodeTexts(json) else {
      throw StoreError(.damaged, "\(what) in \(place) are no list of texts; restore a backup")
    }
    return texts
  }
}

/// Counts the rows of an import on their way in and deals them out to chunks.
struct ImportCount {
  let chunkSize: Int
  private(set) var rows = 0
  private(set) var superseded = 0
  private(set) var quarantined = 0
  /// The lines that each chunk spans, by its number.
  private(set) var chunks: [(first: Int, last: Int)] = []
  private var toGrade = 0

  init(chunkSize: Int) { self.chunkSize = chunkSize }

  /// The chunk that is to grade the row; nil where nothing does.
  mutating func add(_ row: NewSubmission) -> Int? {
    rows += 1
    switch row.disposition {
    case .superseded: superseded += 1
    case .quarantined: quarantined += 1
    case .toGrade:
      let chunk = toGrade / chunkSize
      toGrade += 1
      if chunk == chunks.count {
        chunks.append((row.line, row.line))
      } else {
        chunks[chunk] = (min(chunks[chunk].first, row.line), max(chunks[chunk].last, row.line))
      }
      return chunk
    }
    return nil
  }
}
