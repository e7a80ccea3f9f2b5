import CSV
package import ExamModel
package import PaperPress
import QuestionBank
import ResponseSheets
package import Storage
import Synchronization

/// Takes a file of responses into a store: every row kept, every row's fate decided.
package struct Importer: Sendable {
  package let press: PaperPress
  package let roster: Roster
  package let keyVersion: String
  /// What the test is known by: the key version of its papers when they were made.
  package let manifestDigest: String
  package let chunkSize: Int
  /// Who takes it in, for the audit trail.
  package let importedBy: String

  package init(
    press: PaperPress, roster: Roster, keyVersion: String, manifestDigest: String? = nil,
    chunkSize: Int = 1000, importedBy: String = "gradus"
  ) {
    self.press = press
    self.manifestDigest = manifestDigest ?? keyVersion
    self.roster = roster
    self.keyVersion = keyVersion
    self.chunkSize = chunkSize
    self.importedBy = importedBy
  }

  /// The run that grades the file, and whether the file was here before.
  ///
  /// A file is known by its bytes: importing it again changes nothing and finds its run.
  package func importFile(
    _ file: ResponseFile, hints: Understanding.Hints = .init(), into store: any Store
  ) async throws -> (batch: ImportedBatch, isNew: Bool) {
    let test = press.blueprint.id
    try await store.register(
      TestRecord(id: test, title: press.blueprint.title, manifestDigest: manifestDigest))
    if let known = try await store.batch(of: test, digest: file.digest) {
      guard try await store.progress(of: known.run).state == .cancelled else {
        return (known, false)
      }
      let begun = try await store.begin(
        over: known.batch, keyVersion: keyVersion, legend: press.legend, by: importedBy)
      return (begun, false)
    }
    let found = try Understanding(file, exam: Exam(press: press, roster: roster), hints: hints)
    // Whoever says by hand what the columns are knows what is left out.
    if hints.mapping.columns.isEmpty, let missing = try found.missingQuestions(of: press) {
      throw SourceError(
        file: file.name, line: 1,
        "\(missing); name the columns so, in the file or with --mapping, or void in the blueprint's "
          + "corrections what the form did not ask")
    }
    let sorting = found.sorting
    guard sorting.rows > 0 else {
      throw SourceError(file: file.name, "there is a header and no response below it")
    }
    var batch = NewBatch(
      test: test, digest: file.digest, fileName: file.name,
      columns: found.sheet.layout.columns.map(\.title), layout: found.sheet.layout.json.text,
      numberLocale: sorting.numbers.locale, rows: sorting.rows, superseded: sorting.superseded,
      quarantined: sorting.quarantined, chunkSize: chunkSize, keyVersion: keyVersion,
      legend: press.legend, events: [], importedBy: importedBy)
    batch.events = [try .imported(batch)]
    let submissions = SortedSubmissions(sorting)
    do {
      return (try await store.importBatch(batch, submissions: submissions), true)
    } catch {
      // Of two that take the same file at once, the second finds what the first has done.
      if error.kind == .conflict,
        let known = try await store.batch(of: test, digest: file.digest)
      {
        return (known, false)
      }
      // Where the file could not be read to its end, that is what there is to say.
      if let failure = submissions.failure { throw failure }
      // Somebody else may have imported it in the meantime.
      guard error.kind == .conflict,
        let known = try await store.batch(of: test, digest: file.digest)
      else { throw error }
      return (known, false)
    }
  }
}

/// The rows of a sheet with their fates, read anew and made while the store writes those before.
private final class SortedSubmissions: Sequence, Sendable {
  /// How much is handed over at once.
  private static let mostRows = 500
  private static let mostBytes = 524_288

  private let sorting: Sorting
  private let failed = Mutex<(any Error)?>(nil)

  init(_ sorting: Sorting) { self.sorting = sorting }

  /// Why the rows ended before their time.
  var failure: (any Error)? { failed.withLock { $0 } }

  func makeIterator() -> AnyIterator<NewSubmission> {
    let pages = Ahead(4) { [self] in
      let cursor = try sorting.sheet.cursor()
      var packer = TextPacker()
      return { try self.page(cursor, &packer) }
    }
    var page: ArraySlice<NewSubmission> = []
    return AnyIterator { [self] in
      if page.isEmpty {
        do {
          page = try pages.next() ?? []
        } catch {
          failed.withLock { $0 = error }
        }
      }
      return page.popFirst()
    }
  }

  /// The next rows, and nil behind the last.
  private func page(
    _ cursor: ResponseSheet.Cursor, _ packer: inout TextPacker
  ) throws -> ArraySlice<NewSubmission>? {
    let sorting = sorting
    var page: ArraySlice<NewSubmission> = []
    var bytes = 0
    while page.count < Self.mostRows, bytes < Self.mostBytes,
      let row = try cursor.next({ row in Self.submission(row, sorting, &packer) })
    {
      page.append(row)
      bytes += row.cells.byteCount
    }
    return page.isEmpty ? nil : page
  }

  private static func submission(
    _ row: CSVReader, _ sorting: Sorting, _ packer: inout TextPacker
  ) -> NewSubmission {
    let sorted = sorting.row(row)
    let (disposition, reason): (Disposition, String?) =
      switch sorted.fate {
      case .graded: (.toGrade, nil)
      case .superseded(let reason): (.superseded, reason)
      case .quarantined(let reason): (.quarantined, reason)
      }
    if row.problem == nil {
      row.forEachField { packer.add($0) }
    } else {
      // What is no UTF-8 is replaced in texts.
      for text in row.fields { packer.add(text.utf8.span) }
    }
    return NewSubmission(
      line: sorted.line, candidate: sorted.candidate,
      submittedMicroseconds: sorted.submittedMicroseconds, disposition: disposition,
      reason: reason, cells: packer.finish(), raw: disposition == .quarantined ? row.raw : nil)
  }
}

extension PaperPress {
  /// What the numbers in results stand for.
  package var legend: RunLegend {
    var families: [any QuestionFamily.Type] = []
    for slot in slots where !families.contains(where: { $0 == slot.family }) {
      families.append(slot.family)
    }
    return RunLegend(
      items: slots.flatMap { slot in
        slot.fields.map {
          RunLegend.Item(
            question: slot.number, part: $0, family: slot.family.id, version: slot.family.version)
        }
      },
      mistakes: families.flatMap { family in
        family.misconceptions.map { RunLegend.Mistake(family: family.id, misconception: $0.id) }
      })
  }
}
