package import CSV

/// The first records of an export: what its service is told by.
package struct SheetHead: Sendable {
  /// At most 200 records, empty lines left out.
  package private(set) var records: [CSVRow] = []
  /// Whether every cell of them stands in quotation marks.
  package private(set) var isAllQuoted = true
  package private(set) var hasQuotes = false
  /// The line that says `sep=;`, where there is one.
  package private(set) var separatorLine: Int?
  package let delimiter: UInt8
  package let delimiterReason: String

  /// - Parameter declared: the delimiter, where a person said which it is.
  init(_ source: ByteSource, declared: UInt8?) throws {
    var start: [UInt8] = []
    let pieces = try source.open()
    while start.count < 262_144, let piece = try pieces() { start += piece }
    let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
    if let declared {
      (delimiter, delimiterReason) = (declared, "it was given")
    } else if let named = Self.separator(of: text) {
      (delimiter, delimiterReason) = (named, "the first line says so")
    } else {
      delimiter = CSVReader.delimiter(of: Array(text))
      delimiterReason = "it cuts the first records most evenly"
    }
    try source.forEachRecord(delimiter: delimiter) { reader in
      let row = reader.row
      if records.isEmpty, separatorLine == nil,
        Self.separator(of: Array(reader.raw.utf8)[...]) != nil
      {
        separatorLine = row.line
        return true
      }
      guard row.fields != [""] || row.problem != nil else { return true }
      for field in 0..<reader.fieldCount {
        if reader.isQuoted(field) { hasQuotes = true } else { isAllQuoted = false }
      }
      records.append(row)
      return records.count < 200
    }
  }

  /// `sep=;`
  private static func separator(of bytes: ArraySlice<UInt8>) -> UInt8? {
    let line = bytes.prefix { $0 != 10 && $0 != 13 }.filter { $0 != 34 }
    guard line.count == 5, String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep="
    else { return nil }
    return line.last
  }

  /// Titles of the first record, with small letters and without outer blanks.
  var titles: [String] { cells(0) }

  /// The folded cells of a record; empty where there is none.
  func cells(_ record: Int) -> [String] {
    records.indices.contains(record) ? records[record].fields.map(ExportText.folded) : []
  }

  /// What the first rows hold in a column, below the titles.
  func sample(_ column: Int, below headerRows: Int) -> [String] {
    records.dropFirst(headerRows).compactMap {
      $0.fields.indices.contains(column) ? $0.fields[column] : nil
    }
  }
}
