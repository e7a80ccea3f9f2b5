import CSV
import ExamModel

/// Reads the rows of a roster one at a time, as there may be a million.
struct RosterReader {
  private let file: String
  private var columns: (id: Int?, name: Int?, email: Int?)?
  private var candidates: [Candidate] = []

  init(file: String) { self.file = file }

  /// Takes what `rows` has at hand.
  ///
  /// - Throws: `SourceError` where a row is broken or names nobody.
  mutating func read(_ rows: inout CSVReader) throws(SourceError) {
    while rows.advance() {
      guard let columns else {
        try readTitles(rows.fields.map(Roster.folded))
        continue
      }
      let (id, name, email) = (
        cell(columns.id, of: rows), cell(columns.name, of: rows), cell(columns.email, of: rows)
      )
      let key = id.isEmpty ? Roster.folded(email) : id
      if rows.problem != nil || key.isEmpty {
        let row = rows.row
        if row.isEmpty { continue }
        throw SourceError(
          file: file, line: row.line,
          row.problem?.description ?? "this person has neither id nor e-mail")
      }
      candidates.append(
        Candidate(id: CandidateID(key), name: name.isEmpty ? key : name, email: email))
    }
  }

  private mutating func readTitles(_ titles: [String]) throws(SourceError) {
    let (id, email) = (titles.firstIndex(of: "id"), titles.firstIndex(of: "email"))
    guard id != nil || email != nil else { throw untitled }
    columns = (id, titles.firstIndex(of: "name"), email)
  }

  private var untitled: SourceError {
    SourceError(
      file: file, line: 1,
      "a roster has a column \"id\" or \"email\", and may have a \"name\"; save it as CSV")
  }

  private func cell(_ column: Int?, of row: CSVReader) -> String {
    guard let column, column < row.fieldCount else { return "" }
    let text = row.text(of: column)
    // Nearly all are without blanks at their ends.
    if let first = text.utf8.first, let last = text.utf8.last, Self.isPlain(first),
      Self.isPlain(last)
    {
      return text
    }
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, last.isBlank { scalars.removeLast() }
    while let first = scalars.first, first.isBlank { scalars.removeFirst() }
    return String(scalars)
  }

  private static func isPlain(_ byte: UInt8) -> Bool { byte > 32 && byte < 0x80 }

  /// The people that were read.
  ///
  /// - Throws: `SourceError` where there is nobody, or somebody twice.
  consuming func roster() throws(SourceError) -> Roster {
    guard columns != nil else { throw untitled }
    guard !candidates.isEmpty else {
      throw SourceError(file: file, "the roster names nobody; add a line for each candidate")
    }
    return try Roster(candidates, file: file)
  }
}
