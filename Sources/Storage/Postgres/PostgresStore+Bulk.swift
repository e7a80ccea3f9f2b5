internal import ExamModel

// Claims, and rows by the thousand.
extension PostgresStore {
  /// Bytes sent at once, so that a file of a million rows needs no more memory than one of ten.
  private static let pieceBytes = 512 * 1024

  package func importBatch(
    _ batch: NewBatch, submissions: any Sequence<NewSubmission> & Sendable
  ) throws(StoreError) -> ImportedBatch {
    // The rows may be readable only once, so a lost connection is not made good for here.
    let link = try begun()
    var isCommitted = false
    defer { if !isCommitted { link.rollback() } }
    try link.allowTime()
    let imported = try link.importBatch(batch) { key throws(StoreError) in
      try Self.copy(submissions, of: key, chunkSize: batch.chunkSize, through: link)
    }
    do throws(StoreError) {
      try link.commit()
    } catch {
      guard link.isLost else { throw error }
      guard
        let found = try reading({ link throws(StoreError) in
          try link.batch(of: batch.test, digest: batch.digest)
        })
      else { throw error }
      isCommitted = true
      return found
    }
    isCommitted = true
    return imported
  }

  private static func copy(
    _ submissions: some Sequence<NewSubmission>, of batch: BatchKey, chunkSize: Int,
    through link: PostgresConnection
  ) throws(StoreError) -> ImportCount {
    var count = ImportCount(chunkSize: chunkSize)
    try link.copy(into: "submission") { send throws(StoreError) in
      var buffer = CopyBuffer()
      for row in submissions {
        try buffer.append(row, of: batch, chunk: count.add(row))
        if buffer.count >= pieceBytes {
          try send(buffer)
          buffer.empty()
        }
      }
      buffer.finish()
      try send(buffer)
    }
    return count
  }

  // MARK: Queue

  package func claimChunk(
    of run: RunKey?, as worker: String, lease: LeaseTerms
  ) throws(StoreError) -> ChunkClaim? {
    try writing(
      .expendable,
      { link throws(StoreError) in
        try link.claimChunk(of: run, as: worker, lease: lease)
      },
      settled: { link throws(StoreError) in
        guard let claim = try link.lastClaim(of: run, by: worker, lease: lease) else { return nil }
        return .some(claim)
      })
  }

  package func land(_ landing: Landing, for claim: ChunkClaim) throws(StoreError) -> Bool {
    // All is encoded before the transaction begins: it locks nothing while we compute.
    var results = CopyBuffer()
    for result in landing.results { try results.append(result, of: claim.run) }
    results.finish()
    var tallies = CopyBuffer()
    for tally in landing.tallies { try tallies.append(tally, of: claim) }
    tallies.finish()
    FaultPoint.encoded.pass()
    do throws(StoreError) {
      return try writing(
        .durable,
        { link throws(StoreError) in
          guard try link.isHeld(claim) else { return false }
          FaultPoint.begun.pass()
          try link.copy(into: "result") { send throws(StoreError) in try send(results) }
          try link.copy(into: "item_tally") { send throws(StoreError) in try send(tallies) }
          FaultPoint.copied.pass()
          // Last, so that the chunk is not locked while rows are on their way.
          guard try link.complete(claim, graded: landing.results.count) else { throw Self.stale }
          FaultPoint.fenced.pass()
          return true
        },
        settled: { link throws(StoreError) in try link.landed(claim) })
    } catch {
      if error == Self.stale { return false }
      // Whoever took the chunk over has landed the same candidates meanwhile.
      guard error.code == "23505" else { throw error }
      let isHeld = try reading { link throws(StoreError) in try link.isHeld(claim) }
      if isHeld { throw error }
      return false
    }
  }

  /// Takes back what was copied; never leaves this file.
  private static let stale = StoreError(.conflict, "the claim is no longer the chunk's")
}

extension PostgresConnection {
  /// Whether the claim's results are in; nil where they are not and the chunk is still the claim's.
  ///
  /// Waits for the row, so that a commit that is still under way has ended before it is judged.
  func landed(_ claim: ChunkClaim) throws(StoreError) -> Bool? {
    let row = try first(
      """
      select state, token from chunk
      where test_id = \(claim.run.test) and run_id = \(claim.run.run) and chunk = \(claim.chunk)
      for update
      """)
    guard let row, row.integer(1) == claim.token else { return false }
    switch row.int(0) {
    case 1: return nil
    case 2: return true
    default: return false
    }
  }
}

extension CopyBuffer {
  fileprivate mutating func append(
    _ row: NewSubmission, of batch: BatchKey, chunk: Int?
  ) throws(StoreError) {
    beginRow(columns: 10)
    try text(batch.test.rawValue)
    number(batch.batch)
    number(Int64(row.line))
    try optionalText(row.candidate?.rawValue)
    if let instant = row.submittedMicroseconds {
      self.instant(microseconds: instant)
    } else {
      null()
    }
    number(row.disposition.rawValue)
    try optionalText(row.reason)
    listText(row.cells.json)
    if let chunk { number(Int64(chunk)) } else { null() }
    if let raw = row.raw { listText(TextList.encode([raw])) } else { null() }
  }

  fileprivate mutating func append(_ result: ResultRecord, of run: RunKey) throws(StoreError) {
    beginRow(columns: 9)
    try text(run.test.rawValue)
    number(run.run)
    try text(result.candidate.rawValue)
    number(Int64(result.line))
    number(Int64(result.awarded.hundredths))
    number(Int64(result.possible.hundredths))
    array(result.outcomes)
    array(result.awardedEach)
    array(result.possibleEach)
  }

  fileprivate mutating func append(_ tally: ItemTally, of claim: ChunkClaim) throws(StoreError) {
    beginRow(columns: 7)
    try text(claim.run.test.rawValue)
    number(claim.run.run)
    number(Int64(claim.chunk))
    number(Int32(tally.item))
    number(tally.outcome)
    number(Int64(tally.count))
    number(Int64(tally.awarded.hundredths))
  }
}
