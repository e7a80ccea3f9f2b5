import CSV
import ExamModel
import Foundation
import ResponseSheets
import TestKit
import Testing

@testable import Workers

private let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("ResponseSheetsTests/Samples").path

/// A folder with one file of these bytes.
private func withFile(_ bytes: [UInt8], _ name: String, _ body: (String) throws -> Void) throws {
  let folder = try TemporaryStore.folder()
  defer { TemporaryStore.remove(folder) }
  try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  try body("\(folder)/\(name)")
}

private func text(_ source: ByteSource) throws -> [UInt8] {
  var bytes: [UInt8] = []
  let pieces = try source.open()
  while let piece = try pieces() { bytes += piece }
  return bytes
}

@Suite("Files of responses") struct ResponseFileTests {
  @Test(
    "a zip is looked into, whatever its names",
    arguments: ["ML Mock A.csv.zip", "Formulário sem título.csv.zip"])
  func zip(_ name: String) throws {
    let file = try ResponseFile("\(samples)/google-forms-direct/\(name)")
    let plain = try Data(
      contentsOf: URL(fileURLWithPath: "\(samples)/google-forms-direct/plain.csv"))
    #expect(try text(file.source) == [UInt8](plain))
    #expect(try text(file.source) == [UInt8](plain), "and again from its beginning")
    #expect(file.name == "\(name)/\(name.dropLast(4))")
    #expect(file.encoding.encoding == .utf8)
    #expect(try Understanding(file, exam: nil).sorting.rows == 5)
  }

  @Test("one that changes while it is read is an error before its last piece")
  func changed() throws {
    // More than is read ahead.
    try withFile(Array(repeating: UInt8(ascii: "c"), count: 4_000_000), "x.csv") { path in
      let file = try ResponseFile(path)
      let pieces = try file.source.open()
      _ = try pieces()
      let handle = open(path, O_WRONLY)
      pwrite(handle, "z", 1, 3_900_000)
      close(handle)
      let error = #expect(throws: SourceError.self) { while try pieces() != nil {} }
      #expect(error?.message.contains("was changed while it was read") == true)
    }
  }

  private func sample() throws -> [UInt8] {
    [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: "\(samples)/google-forms-direct/ML Mock A.csv.zip"))
    )
  }

  /// Where the directory's one record begins.
  private func directory(_ bytes: [UInt8]) throws -> Int {
    try #require(
      bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4B, 0x01, 0x02]) })
  }

  private func expect(_ bytes: [UInt8], _ words: String) throws {
    try withFile(bytes, "x.zip") { path in
      let error = #expect(throws: SourceError.self) { _ = try ResponseFile(path) }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "none")")
    }
  }

  @Test("a zip that is damaged or asks for too much is refused")
  func badZips() throws {
    let good = try sample()
    let record = try directory(good)
    let end = good.count - 22
    var bytes = good
    bytes[record + 16] ^= 1
    try expect(bytes, "checksum")
    bytes = good
    bytes[record + 24] ^= 1
    try expect(bytes, "damaged")
    bytes = good
    bytes[record + 25] = 0xFF
    bytes[record + 26] = 0xFF
    try expect(bytes, "200 times its size")
    bytes = good
    bytes[record + 8] |= 1
    try expect(bytes, "encrypted")
    bytes = good
    bytes[record + 10] = 12
    try expect(bytes, "unusual")
    bytes = good
    for place in 20..<28 { bytes[record + place] = 0xFF }
    try expect(bytes, "too large")
    bytes = good
    bytes[end + 11] = 1
    try expect(bytes, "257 entries, more than 64")
    bytes = good
    bytes[end + 10] = 2
    try expect(bytes, "cut off")
    bytes = good
    bytes[end + 19] = 0x7F
    try expect(bytes, "outside")
    bytes = good
    bytes[record + 46 + Array("ML Mock A.cs".utf8).count] = UInt8(ascii: "x")
    try expect(bytes, "no .csv or .tsv")
    bytes = good
    bytes[record + 45] = 0x7F
    try expect(bytes, "outside")
    try expect(Array(good.prefix(good.count / 2)), "no directory")
    bytes = good
    for place in 60..<90 { bytes[place] = 0xFF }
    try expect(bytes, "damaged")
    try expect(ZipArchive.signature, "no directory")
  }

  @Test("no byte of a zip, changed, does more than refuse it", arguments: 0..<8)
  func changedBytes(_ bit: Int) throws {
    let good = try sample()
    // All of the headers and the directory, and samples of what is packed between them.
    let (begin, end) = (60, try directory(good))
    for place in Array(0..<begin) + Array(stride(from: begin, to: end, by: 37))
      + Array(end..<good.count)
    {
      var bytes = good
      bytes[place] ^= 1 << UInt8(bit)
      try withFile(bytes, "x.zip") { path in
        // What is not refused is the table itself: its checksum says so.
        guard let file = try? ResponseFile(path), file.name.contains("/") else { return }
        let unpacked = try text(file.source)
        #expect(unpacked.count == 1505)
      }
    }
  }

  @Test("Korean code page 949 is read by the C library's tables")
  func korean() throws {
    let file = try ResponseFile("\(samples)/resaved/korean-cp949.csv")
    let found = try Understanding(file, exam: nil)
    #expect(found.sheet.encoding == .cp949)
    #expect(found.sheet.service.id == "google-forms-direct")
    #expect(found.sheet.layout.columns.map(\.title) == ["타임스탬프", "문항 1", "문항 2"])
    #expect(found.sorting.rows == 2 && found.sorting.quarantined == 0)
  }

  @Test("a character that a piece cuts in two is read whole, one without meaning is reported")
  func cutKorean() throws {
    let transcode = try #require(ForeignEncoding.transcoder(.cp949))
    // 가 is B0 A1.
    #expect(transcode([0x61, 0xB0], false) == [0x61])
    #expect(transcode([0xA1, 0x62], false) == Array("가b".utf8))
    #expect(transcode([0xFF, 0x63], false) == [0xFF, 0x63])
    #expect(transcode([0xB0], true) == [0xFF])
  }

  @Test("a file that is not there, or is a folder, is refused by name")
  func missing() throws {
    for (path, words) in [("/nonexistent/x.csv", "no such file"), ("/tmp", "folder")] {
      let error = #expect(throws: SourceError.self) { _ = try ResponseFile(path) }
      #expect(error?.description.contains(words) == true)
    }
  }

  @Test("a large file needs no more memory than a small one")
  func memory() throws {
    // A hundred megabytes of rows, made as they are read and kept nowhere.
    let row = "2026-03-05 09:58:07,a@example.org,\"x, \"\"y\"\"\"\n"
    let piece = String(repeating: row, count: 1_000_000 / row.utf8.count)
    let source = ByteSource {
      var left = 100
      return {
        guard left > 0 else { return nil }
        left -= 1
        return Array(((left == 99 ? "Timestamp,Email,\"Q1\"\n" : "") + piece).utf8)
      }
    }
    let before = residentBytes()
    let sheet = try ResponseSheet(
      source, encoding: (.utf8, ""), file: "x.csv", items: nil)
    var rows = 0
    try sheet.forEachRow { row in
      rows += row.fieldCount == 3 ? 1 : 0
      return true
    }
    #expect(rows == 100 * (1_000_000 / row.utf8.count))
    #expect(residentBytes() - before < 80 << 20)  // Other tests take some meanwhile.
  }

  /// What the process holds now.
  private func residentBytes() -> Int {
    let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(
      separator: " ")
    return (words.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * 4096
  }
}

@Suite("Clocks of places") struct TimeZoneTableTests {
  @Test(
    "are read from the system's tables, also for years that only their rules reach",
    arguments: [
      ("Europe/Berlin", "2026-03-05T18:00", 3600), ("Europe/Berlin", "2026-07-05T18:00", 7200),
      ("Europe/Berlin", "2150-07-05T18:00", 7200), ("Europe/Berlin", "2026-03-29T01:59", 3600),
      ("Europe/Berlin", "2026-03-29T03:00", 7200), ("Europe/Berlin", "2026-10-25T02:30", 7200),
      ("Europe/Berlin", "2026-10-25T03:00", 3600), ("America/New_York", "2026-03-05T18:00", -18000),
      ("America/New_York", "2026-07-05T18:00", -14400), ("Asia/Kolkata", "2026-03-05T18:00", 19800),
      ("Australia/Sydney", "2026-01-05T18:00", 39600),
      ("Australia/Sydney", "2090-07-05T18:00", 36000),
      ("UTC", "2026-03-05T18:00", 0), ("Pacific/Apia", "1980-03-05T18:00", -39600),
    ])
  func offsets(_ name: String, _ local: String, _ seconds: Int64) throws {
    let table = try TimeZoneTable(named: name, for: "x")
    let moment = try #require(Deadline(local + "Z"))
    #expect(table.offset(atLocal: moment.localSeconds) == seconds)
  }

  @Test(
    "names that are none, and no paths",
    arguments: ["Mars/Olympus", "../../etc/passwd", "", "/etc/passwd", "Europe"])
  func unknown(_ name: String) {
    let error = #expect(throws: SourceError.self) { _ = try TimeZoneTable(named: name, for: "x") }
    #expect(error?.message.contains("no time zone") == true)
  }

  @Test("a damaged table is none", arguments: [0, 10, 50, 100, 700])
  func damaged(_ length: Int) throws {
    let bytes = try Files.read("/usr/share/zoneinfo/Europe/Berlin")
    #expect(TimeZoneTable(Array(bytes.prefix(length))) == nil)
  }
}
