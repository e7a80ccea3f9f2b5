import CSV
import ExamModel
import PaperPress
import ResponseSheets
package import Storage

/// Takes the files of an inbox into a store one by one and moves each to where its fate shows.
package struct Sweep: Sendable {
  package enum Fate: Sendable {
    /// Its run has ended; `isNew` is false where the same bytes were graded before.
    case graded(RunProgress, isNew: Bool)
    /// Its run waits for workers.
    case queued(RunProgress, isNew: Bool)
    /// A person has to look at it; the reason is in the report.
    case rejected(String)
    /// It was graded in part: rows were set aside.
    case incomplete(RunProgress, String)
    /// It stays for the next sweep.
    case left(String)
    /// Another sweep has moved it, or another file has taken its place.
    case gone
  }

  package struct Report: Sendable {
    package let name: String
    package let fate: Fate
    /// Where it is now, from the inbox; nil where this sweep did not move it.
    package let movedTo: String?
  }

  package let inbox: Inbox
  package let importer: Importer
  package let hints: Understanding.Hints
  /// Grades what is imported; nil leaves that to workers.
  package let pool: Pool?

  package init(_ inbox: Inbox, importer: Importer, hints: Understanding.Hints, pool: Pool?) {
    self.inbox = inbox
    self.importer = importer
    self.hints = hints
    self.pool = pool
  }

  package static let graded = "graded"
  package static let queued = "imported"
  package static let rejected = "rejected"

  /// Where files go that are done with.
  private var done: String { pool == nil ? Self.queued : Self.graded }

  /// Sweeps one file.
  ///
  /// - Throws: `StoreError` and `WriteError`, after which the file is where it was: what is in the
  ///   store already is found there by the next sweep.
  package func take(_ item: Inbox.Item, into store: any Store) async throws -> Report {
    try inbox.prepare([done, Self.rejected])
    do {
      let file = try ResponseFile(item.path)
      guard inbox.isUnchanged(item) else { return left(item, "it was changed a moment ago") }
      let known = try await store.batch(of: importer.press.blueprint.id, digest: file.digest)
      if known == nil, let reason = try truncation(of: file) {
        return try reject(item, because: reason)
      }
      let (batch, isNew) = try await importer.importFile(file, hints: hints, into: store)
      return try await grade(batch, of: item, isNew: isNew, in: store)
    } catch let error as SourceError {
      guard inbox.isUnchanged(item) else { return left(item, "it was changed while it was read") }
      return try reject(item, because: error.description)
    }
  }

  private func grade(
    _ batch: ImportedBatch, of item: Inbox.Item, isNew: Bool, in store: any Store
  ) async throws -> Report {
    var progress = try await store.progress(of: batch.run)
    guard let pool else {
      return try move(item, to: Self.queued, .queued(progress, isNew: isNew))
    }
    if progress.state == .running {
      guard try await store.keyVersion(of: batch.run) == pool.press.keyVersion else {
        return left(
          item,
          "the marking was changed since run \(batch.run.run) was begun; restore it until the run "
            + "has ended")
      }
      progress = try await pool.run(batch).progress
      guard progress.state != .running else {
        guard progress.pausedMicroseconds == nil else {
          return left(item, progress.run.pausedWords)
        }
        return left(item, "stopped after \(progress.chunksDone) of \(progress.chunks) chunks")
      }
    }
    guard progress.state != .cancelled else {
      return left(item, "run \(progress.run.run) was cancelled")
    }
    guard progress.chunksSetAside > 0 else {
      return try move(item, to: Self.graded, .graded(progress, isNew: isNew))
    }
    let reason =
      "\(progress.chunksSetAside) of \(progress.rows) rows of run \(progress.run.run) could not be "
      + "graded and wait in quarantine: \(progress.errors.first ?? "")"
    return try move(
      item, to: Self.rejected, .incomplete(progress, reason),
      report: """
        \(item.name) was graded but for this:

          \(reason)

        All other rows count. "gradus quarantine list" names what is left, "gradus quarantine
        release" has it tried again; the file need not come again.

        """)
  }

  private func left(_ item: Inbox.Item, _ reason: String) -> Report {
    Report(name: item.name, fate: .left(reason), movedTo: nil)
  }

  private func reject(_ item: Inbox.Item, because reason: String) throws -> Report {
    try move(item, to: Self.rejected, .rejected(reason), report: text(of: item, reason))
  }

  private func move(
    _ item: Inbox.Item, to folder: String, _ fate: Fate, report: String? = nil
  ) throws -> Report {
    let moved = try inbox.move(item, to: folder, report: report)
    return Report(name: item.name, fate: moved == nil ? .gone : fate, movedTo: moved)
  }

  private func text(of item: Inbox.Item, _ reason: String) -> String {
    """
    \(item.name) was not graded:

      \(reason)

    Nothing of it is lost: it lies beside this report as it came. Mend it or export it anew, and put
    it into \(inbox.folder) again, under any name.

    """
  }

  /// Why a file seems to end before its time; nil where it does not.
  ///
  /// Many services write no line end behind the last row, so that alone says nothing.
  private func truncation(of file: ResponseFile) throws -> String? {
    let found = try Understanding(file, exam: nil, hints: hints)
    let columns = found.sheet.layout.columns.count
    var openQuote: Int?
    var last = (line: 0, cells: columns)
    try found.sheet.forEachRow { row in
      if row.problem?.kind == .openQuote { openQuote = row.problem?.line }
      if row.problem == nil, row.fieldCount == columns { openQuote = nil }
      last = (row.recordLine, row.fieldCount)
      return true
    }
    let advice = "; the file seems to be cut off, so nothing of it was imported"
    if let openQuote {
      return "\(file.name):\(openQuote): a quotation mark is opened and never closed" + advice
    }
    guard last.cells < columns, try !file.endsWithLine() else { return nil }
    return "\(file.name):\(last.line): the last row has \(last.cells) of \(columns) cells" + advice
  }
}

extension ResponseFile {
  /// Whether the last byte is a line end, in any encoding of two bytes or less.
  fileprivate func endsWithLine() throws -> Bool {
    var tail: [UInt8] = []
    let pieces = try source.open()
    while let piece = try pieces() { tail = (tail + piece).suffix(2) }
    return tail.contains(0x0A) || tail.contains(0x0D)
  }
}
