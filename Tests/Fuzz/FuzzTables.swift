// The readers that take bytes as they are: tables, and exports of form services.
import CSV
import ExamModel
import ResponseSheets

/// Every reader of bytes by its name; its seeds are in .ci/fuzz.
let byteReaders: [String: @Sendable ([UInt8]) -> Void] = [
  "csv": { bytes in
    var limits = CSVLimits()
    limits.fieldBytes = 64
    limits.fields = 16
    limits.recordBytes = 512
    limits.rawBytes = 128
    let whole = Array(CSVReader(bytes, limits: limits))
    // Where the bytes are cut makes no difference.
    let step = Int(bytes.first ?? 0) % 61 + 1
    var pieces: [CSVRow] = []
    var reader = CSVReader(limits: limits)
    for start in stride(from: 0, to: bytes.count, by: step) {
      reader.feed(bytes[start..<min(start + step, bytes.count)])
      while reader.advance() { pieces.append(reader.row) }
    }
    reader.finish()
    while reader.advance() { pieces.append(reader.row) }
    guard pieces == whole else { fatalError("pieces of \(step) bytes give other rows") }
    // What was read is written and read back.
    var writer = CSVWriter(guardsFormulas: false)
    let sound = whole.filter {
      $0.problem == nil && $0.fields.first?.hasPrefix("\u{FEFF}") == false
    }
    for row in sound { writer.write(row.fields) }
    guard Array(CSVReader(Array(writer.text.utf8))).map(\.fields) == sound.map(\.fields) else {
      fatalError("what was written is read differently")
    }
  },
  "sheet": { bytes in
    guard let sheet = try? ResponseSheet(bytes, file: "x.csv", items: nil) else { return }
    guard let sorting = try? Sorting(sheet, rules: nil, isNumber: { _ in true }) else {
      fatalError("a sheet in memory is always read to its end")
    }
    guard sorting.graded + sorting.superseded + sorting.quarantined == sorting.rows else {
      fatalError("the rows do not add up")
    }
    guard let again = try? SheetLayout(parsing: sheet.layout.json.text, file: "x"),
      again.columns == sheet.layout.columns
    else { fatalError("a layout is not read as it was written") }
  },
]
