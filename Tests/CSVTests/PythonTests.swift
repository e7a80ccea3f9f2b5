import CSV
import ExamModel
import Foundation
import Testing

@Suite("Python's csv") struct PythonTests {
  /// The tables in `tables.jsonl`, or those that `make oracle` has just made.
  static let file =
    ProcessInfo.processInfo.environment["GRADUS_CSV_TABLES"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("tables.jsonl").path

  @Test(
    "reads generated tables as we do, however they are cut into pieces",
    arguments: [1, 7, 64, 1 << 20])
  func agrees(_ size: Int) throws {
    let lines = try String(contentsOfFile: Self.file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count >= 100)
    for (number, line) in lines.enumerated() {
      let table = try JSON(parsing: String(line), file: "tables.jsonl")
      let bytes = Array(try #require(table["text"]?.string).utf8)
      let delimiter = try #require(table["delimiter"]?.string?.utf8.first)
      let expected = try #require(table["rows"]?.array).map { $0.array?.compactMap(\.string) ?? [] }
      var reader = CSVReader(delimiter: delimiter)
      var rows: [[String]] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        reader.feed(bytes[start..<min(start + size, bytes.count)])
        while reader.advance() { rows.append(reader.fields) }
      }
      reader.finish()
      while reader.advance() {
        rows.append(reader.fields)
        #expect(reader.problem == nil)
      }
      // An empty line is a row without cells there and with one empty cell here.
      #expect(
        rows.map { $0 == [""] ? [] : $0 } == expected.map { $0 == [""] ? [] : $0 },
        "table \(number + 1)")
    }
  }
}
