import CSV
import Cryptography
package import ExamModel
package import PaperPress
import QuestionBank
import ResponseSheets
package import Storage

/// Takes a file of responses into a store: every row kept, every row's fate decided.
package struct Importer: Sendable {
  package let press: PaperPress
  package let roster: Roster
  package let keyVersion: String
  package let chunkSize: Int

  package init(press: PaperPress, roster: Roster, keyVersion: String, chunkSize: Int = 1000) {
    self.press = press
    self.roster = roster
    self.keyVersion = keyVersion
    self.chunkSize = chunkSize
  }

  /// The run that grades the file, and whether the file was here before.
  ///
  /// A file is known by its bytes: importing it again changes nothing and finds its run.
  package func importFile(
    _ bytes: [UInt8], name: String, into store: any Store
  ) async throws -> (batch: ImportedBatch, isNew: Bool) {
    let test = press.blueprint.id
    try await store.register(
      TestRecord(id: test, title: press.blueprint.title, manifestDigest: keyVersion))
    let digest = Hex.encode(SHA256.hash(bytes))
    if let known = try await store.batch(of: test, digest: digest) { return (known, false) }
    let sheet = try ResponseSheet(bytes, file: name, items: press.formItems)
    let sorting = Sorting(
      sheet, roster: roster, paperCodes: paperCodes(), attempts: press.blueprint.marking.attempts)
    guard !sorting.rows.isEmpty else {
      throw SourceError(file: name, "there is a header and no response below it")
    }
    let batch = NewBatch(
      test: test, digest: digest, fileName: name, columns: sheet.columns.titles,
      numberLocale: numberLocale(of: sheet).locale, rows: sorting.rows.count,
      superseded: sorting.superseded, quarantined: sorting.quarantined,
      chunkSize: chunkSize, keyVersion: keyVersion, legend: press.legend, events: [])
    let submissions = SortedSubmissions(sheet: sheet, sorting: sorting)
    return (try await store.importBatch(batch, submissions: submissions), true)
  }

  /// What the answers that are one number say together about the form's decimal mark.
  private func numberLocale(of sheet: ResponseSheet) -> NumberLocaleSurvey {
    let items = press.slots.flatMap { slot in
      slot.fields.map { field in
        slot.family.parts.contains { $0.field == field && $0.kind.isOneNumber }
      }
    }
    let columns = zip(items, sheet.columns.answerColumns).compactMap { $0 ? $1 : nil }
    var survey = NumberLocaleSurvey()
    for row in sheet.rows where row.problem == nil {
      for column in columns where row.fields.indices.contains(column) {
        survey.note(row.fields[column], line: row.line)
      }
    }
    return survey
  }

  private func paperCodes() -> [PaperCode: CandidateID] {
    Dictionary(
      roster.candidates.map { (press.code(for: $0.id), $0.id) }, uniquingKeysWith: { a, _ in a })
  }
}

/// The rows of a sheet with their fates, made one by one as the store asks for them.
private struct SortedSubmissions: Sequence, Sendable {
  let sheet: ResponseSheet
  let sorting: Sorting

  func makeIterator() -> AnyIterator<SubmissionRecord> {
    var rows = sheet.rows.makeIterator()
    var fates = sorting.rows.makeIterator()
    return AnyIterator {
      guard let row = rows.next(), let sorted = fates.next() else { return nil }
      let (disposition, reason): (Disposition, String?) =
        switch sorted.fate {
        case .graded: (.toGrade, nil)
        case .superseded(let reason): (.superseded, reason)
        case .quarantined(let reason): (.quarantined, reason)
        }
      return SubmissionRecord(
        line: sorted.line, candidate: sorted.candidate,
        submittedMicroseconds: sorted.submittedMicroseconds, disposition: disposition,
        reason: reason, cells: row.fields)
    }
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
