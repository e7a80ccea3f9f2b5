import CSV
import ExamModel
import Testing

@Suite("Cutting bytes into records") struct CSVReaderTests {
  private func rows(_ text: String, limits: CSVLimits = .init()) -> [CSVRow] {
    let bytes = Array(text.utf8)
    return Array(CSVReader(bytes, delimiter: CSVReader.delimiter(of: bytes), limits: limits))
  }

  @Test(
    "reads RFC 4180 and its relatives",
    arguments: [
      ("a,b\n1,2", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
      ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]), ("\u{FEFF}a,b", [["a", "b"]]),
      ("a;b\n1;2", [["a", "b"], ["1", "2"]]), ("a\tb\n1\t2", [["a", "b"], ["1", "2"]]),
      ("\"a\",\"b\"", [["a", "b"]]), ("\"a,b\",\"c\"\"d\"", [["a,b", "c\"d"]]),
      ("\"a\nb\",c\n1,2", [["a\nb", "c"], ["1", "2"]]),
      ("a,,\n,,", [["a", "", ""], ["", "", ""]]),
      ("a,b\n\n1,2", [["a", "b"], [""], ["1", "2"]]), ("a,x\"y\"", [["a", "x\"y\""]]),
      ("\"\",\"\"", [["", ""]]), ("é,🤔", [["é", "🤔"]]), ("", []),
    ] as [(String, [[String]])])
  func reads(_ text: String, _ expected: [[String]]) {
    #expect(rows(text).map(\.fields) == expected)
    #expect(rows(text).allSatisfy { $0.problem == nil })
  }

  @Test("counts lines through records that span several")
  func lines() {
    #expect(rows("a,b\n\"1\n2\r\n3\",x\n4,5").map(\.line) == [1, 2, 5])
  }

  @Test("a quotation mark that is never closed costs its own line only")
  func openQuote() {
    let found = rows("a,b\n1,\"2\n3,4\n5,6")
    #expect(found.map(\.line) == [1, 2, 3, 4])
    #expect(found.map(\.problem?.kind) == [nil, .openQuote, nil, nil])
    #expect(found.last?.fields == ["5", "6"])
  }

  @Test("text behind a closing quotation mark is reported")
  func textAfterQuote() {
    #expect(rows("\"a\"b,c").first?.problem?.kind == .textAfterQuote)
    #expect(rows("\"a\" ,c").first?.problem == nil)
  }

  @Test("bytes that are no UTF-8 are reported, not repaired in silence")
  func notUTF8() {
    let row = Array(CSVReader([0x61, 0x2C, 0xFF, 0x0A, 0x62, 0x2C, 0x63]))
    #expect(row.map(\.problem?.kind) == [.notUTF8, nil])
  }

  @Test("limits hold, and reading goes on behind them")
  func limits() {
    var limits = CSVLimits()
    limits.fieldBytes = 10
    limits.fields = 3
    let text = "a,b\n\"" + String(repeating: "x", count: 50) + "\",y\n1,2,3,4,5\nlast,row"
    let found = rows(text, limits: limits)
    #expect(
      found.map(\.problem?.kind) == [
        nil, .fieldTooLong(limit: 10), .tooManyFields(limit: 3), nil,
      ])
  }

  @Test(
    "what is written is read back, whatever the cells hold", arguments: 0..<100 as Range<UInt64>)
  func roundTrip(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let signs = Array("ab\",;\n\r\t '=+-@é🤔")
    let table = (0..<5).map { _ in
      (0..<4).map { _ in String((0..<dice.below(6)).map { _ in dice.pick(signs) }) }
    }
    var writer = CSVWriter(guardsFormulas: false)
    for row in table { writer.write(row) }
    let read = Array(CSVReader(Array(writer.text.utf8)))
    #expect(read.map(\.fields) == table)
  }

  @Test(
    "cells that a spreadsheet would run are disarmed, numbers are not",
    arguments: [
      ("=1+1", "'=1+1"), ("+1x", "'+1x"), ("-1", "-1"), ("-a", "'-a"), ("@SUM(A1)", "'@SUM(A1)"),
      ("0.5", "0.5"), ("a=b", "a=b"), ("\t=1", "'\t=1"), ("＝1", "'＝1"), ("\n=1", "'\n=1"),
      ("\u{FEFF}=1", "'\u{FEFF}=1"), ("'=1", "''=1"), ("'tis", "'tis"),
    ])
  func guards(_ cell: String, _ expected: String) {
    var writer = CSVWriter()
    writer.write([cell])
    // A row before it, so that a byte order mark in the cell is not taken for the file's.
    let read = Array(CSVReader(Array(("x\r\n" + writer.text).utf8)))[1].fields
    #expect(read == [expected])
    #expect(CSVWriter.unguarded(read[0]) == cell)
  }
}
