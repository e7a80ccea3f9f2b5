package import CSV
package import ExamModel

/// An export of responses that is understood: what `inspect` shows is what `grade` uses.
package struct ResponseSheet: Sendable {
  package let file: String
  package let encoding: TextEncoding
  package let encodingReason: String
  package let head: SheetHead
  package let serviceReason: String
  package let headerRows: Int
  package let layout: SheetLayout
  private let source: ByteSource

  /// What a reader of sheets cannot know by itself.
  package struct Surroundings: Sendable {
    /// Transcoders of encodings whose tables are not carried here.
    package var foreign: @Sendable (TextEncoding) -> TextEncoding.Transcoder? = { _ in nil }
    package init() {}
  }

  /// - Parameters:
  ///   - encoding: what a survey of all bytes found.
  ///   - items: the test's answer fields; nil where no test is known.
  /// - Throws: `SourceError` where the file is empty or its header cannot be recognised.
  package init(
    _ bytes: ByteSource, encoding: (encoding: TextEncoding, reason: String), file: String,
    items: [FormItem]?, mapping: SheetMapping = .init(), surroundings: Surroundings = .init()
  ) throws {
    let declared = mapping.encoding.flatMap(TextEncoding.init)
    self.file = file
    self.encoding = declared ?? encoding.encoding
    encodingReason = declared == nil ? encoding.reason : "it was given"
    guard let source = bytes.decoded(from: self.encoding, foreign: surroundings.foreign) else {
      throw SourceError(
        file: file, "\(self.encoding.rawValue) cannot be read on this machine; save it as UTF-8")
    }
    self.source = source
    let head = try SheetHead(source, declared: mapping.delimiter)
    guard let first = head.records.first, !first.isEmpty else {
      let line = head.records.first?.line
      throw SourceError(
        file: file, line: line,
        line == nil
          ? "the file is empty; export the responses again"
          : "the first line is empty; it should hold the titles of the columns")
    }
    if let problem = first.problem {
      throw SourceError(file: file, line: problem.line, "the header cannot be read: \(problem)")
    }
    self.head = head
    let found = Service.all.lazy.compactMap { service in
      service.recognise(head).map { (service: service, reason: $0) }
    }.first
    let service = mapping.service ?? found?.service ?? .plain
    serviceReason = mapping.service == nil ? found?.reason ?? "" : "it was given"
    headerRows = min(mapping.headerRows ?? service.headerRows(head), head.records.count)
    let columns = ColumnReader(head, service: service, headerRows: headerRows, mapping: mapping)
    var layout = SheetLayout(service: service, columns: columns.columns)
    if let items {
      layout = try ItemMatch(layout, items: items, file: file).layout
    } else if layout.columns.isEmpty {
      throw SourceError(file: file, line: 1, "the first line has no titles")
    }
    for entry in mapping.columns {
      let title = ExportText.folded(entry.title)
      guard !columns.columns.contains(where: { ExportText.folded($0.title) == title }) else {
        continue
      }
      throw SourceError(
        file: mapping.file, line: entry.line, "\(file) has no column \"\(entry.title)\"")
    }
    self.layout = layout
  }

  /// A sheet in memory.
  package init(
    _ bytes: [UInt8], file: String, items: [FormItem]?, mapping: SheetMapping = .init()
  ) throws {
    var survey = EncodingSurvey()
    survey.note(bytes)
    try self.init(
      ByteSource(bytes), encoding: survey.verdict, file: file, items: items, mapping: mapping)
  }

  package var service: Service { layout.service }

  /// Where the clock of the stamps stands, where the header says so.
  package var timeZone: String? {
    guard service.id == "qualtrics" else { return nil }
    let cells = head.records.count > 2 ? head.records[2].fields : []
    return cells.lazy.compactMap { cell in
      (try? JSON(parsing: cell, file: file))?["timeZone"]?.string
    }.first
  }

  /// Hands every row below the titles to `body`, broken ones included, until it says enough.
  ///
  /// A line without any character is no row. Columns that a row has too many of or too few are for
  /// `body` to see.
  package func forEachRow(_ body: (inout CSVReader) throws -> Bool) throws {
    let cursor = try cursor()
    while let goesOn = try cursor.next(body) { guard goesOn else { return } }
  }

  package func cursor() throws -> Cursor {
    Cursor(
      pieces: try source.open(), reader: CSVReader(delimiter: head.delimiter),
      toSkip: headerRows + (head.separatorLine == nil ? 0 : 1))
  }

  /// A place in the rows, moved on one row at a time.
  package final class Cursor {
    private let pieces: ByteSource.Pieces
    private var reader: CSVReader
    private var toSkip: Int
    private var isOver = false

    fileprivate init(pieces: @escaping ByteSource.Pieces, reader: CSVReader, toSkip: Int) {
      self.pieces = pieces
      self.reader = reader
      self.toSkip = toSkip
    }

    /// What `body` makes of the next row; nil behind the last one.
    package func next<Result>(_ body: (inout CSVReader) throws -> Result) throws -> Result? {
      while true {
        while reader.advance() {
          if reader.isEmptyLine { continue }
          if toSkip > 0 {
            toSkip -= 1
            continue
          }
          return try body(&reader)
        }
        guard !isOver else { return nil }
        if let piece = try pieces() {
          reader.feed(piece)
        } else {
          isOver = true
          reader.finish()
        }
      }
    }
  }
}
