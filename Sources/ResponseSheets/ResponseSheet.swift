package import CSV
package import ExamModel

/// An export of responses whose columns are understood.
package struct ResponseSheet: Sendable {
  package let file: String
  package let columns: ColumnMap
  package let delimiter: UInt8
  private let bytes: [UInt8]

  /// - Throws: `SourceError` where the file is empty or its header cannot be recognised.
  package init(_ bytes: [UInt8], file: String, items: [FormItem]) throws(SourceError) {
    guard !bytes.isEmpty else {
      throw SourceError(file: file, "the file is empty; export the responses again")
    }
    let delimiter = CSVReader.delimiter(of: bytes)
    var reader = CSVReader(bytes, delimiter: delimiter)
    guard let header = reader.next(), !header.isEmpty else {
      throw SourceError(
        file: file, line: 1, "the first line is empty; it should hold the titles of the columns")
    }
    if let problem = header.problem {
      throw SourceError(file: file, line: 1, "the header cannot be read: \(problem)")
    }
    columns = try ColumnMap(titles: header.fields, items: items, file: file)
    self.file = file
    self.bytes = bytes
    self.delimiter = delimiter
  }

  /// Every row below the header, broken ones included, read anew at each call.
  package var rows: DropFirstSequence<CSVReader> {
    CSVReader(bytes, delimiter: delimiter).dropFirst(1)
  }
}
