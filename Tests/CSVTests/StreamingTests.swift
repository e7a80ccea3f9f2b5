import CSV
import ExamModel
import Testing

@Suite("Reading in pieces") struct StreamingTests {
  /// The rows of pieces that are fed one after another; their bytes are those of their texts.
  private func rows(
    _ pieces: [ArraySlice<UInt8>], limits: CSVLimits = .init()
  ) -> [CSVRow] {
    var reader = CSVReader(limits: limits)
    var rows: [CSVRow] = []
    func read() {
      while reader.advance() {
        rows.append(reader.row)
        var texts: [String] = []
        reader.forEachField { bytes in
          texts.append(bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
        }
        #expect(texts == reader.fields)
      }
    }
    for piece in pieces {
      reader.feed(piece)
      read()
    }
    reader.finish()
    read()
    return rows
  }

  static let files = [
    "a,b\n1,2", "a,b\r\n1,\"2\"\r\n", "a,b\r1,2\r", "\u{FEFF}a,\"b\"\n\"\"\"\",x\n",
    "\"a\nb\",c\r\n\"d\r\ne\"\"\",f\r\n\r\n,", "a,x\"y\"\nq,\"r\"", "a,\"open\n1,2\n3,\"x\"\n4,5",
    "\"a\"b,c\n\"a\" ,c\n\"\"\"\"\"\",", "é🤔,\u{0}\n1,2\n", "\"1\n2\",\"open\n3,4\n5,6",
    "\r\n\r\n\n\r", "",
    "\u{FEFF}", "\"", "\"\"", "1,\"a\nb\" \n2,\"c\" x\n3,\"d\ne\" x\n4,5",
  ]

  @Test("a file cut in two anywhere, or into single bytes, gives the same rows", arguments: files)
  func everyBoundary(_ text: String) {
    let bytes = Array(text.utf8)
    let whole = Array(CSVReader(bytes))
    for cut in 0...bytes.count {
      #expect(rows([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
    }
    #expect(rows(bytes.indices.map { bytes[$0...$0] }) == whole)
  }

  @Test(
    "pieces of any size give the same rows, whatever the bytes", arguments: 0..<300 as Range<UInt64>
  )
  func anyPieces(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let signs: [[UInt8]] = [
      [34], [34], [34, 34], [44], [44], [10], [13], [13, 10], [97], Array("word, of it".utf8),
      [0xFF], [0], Array("é".utf8), [32], Array(repeating: 98, count: 40),
    ]
    let bytes = (0..<dice.below(400)).flatMap { _ in dice.pick(signs) }
    var limits = CSVLimits()
    limits.fieldBytes = 60
    limits.fields = 8
    let whole = Array(CSVReader(bytes, limits: limits))
    var pieces: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let length = 1 + Int(dice.below(dice.below(2) == 0 ? 3 : 130))
      pieces.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    #expect(rows(pieces, limits: limits) == whole)
    // Every line end outside of rows stands between them: no byte is lost or read twice.
    #expect(whole.map(\.byte) == whole.map(\.byte).sorted())
    #expect(whole.map(\.record) == Array(1..<whole.count + 1))
  }

  @Test("rows, lines and bytes are counted, and a problem says its own place")
  func places() {
    let found = Array(CSVReader(Array("a,b\n\"1\n2\",x\n\"3\n4\",\"open\n5,6\n".utf8)))
    #expect(found.map(\.record) == [1, 2, 3, 4])
    #expect(found.map(\.line) == [1, 2, 4, 6])
    #expect(found.map(\.byte) == [0, 4, 12, 24])
    #expect(found[2].problem == CSVProblem(.openQuote, line: 5, byte: 18))
    #expect(found[3].fields == ["5", "6"])
  }

  @Test("a line without end costs no more than its limit and is told once")
  func endless() {
    var reader = CSVReader()
    reader.feed(Array("a,b\n1,\"".utf8))
    var rows: [CSVRow] = []
    let piece = [UInt8](repeating: 120, count: 65536)
    for _ in 0..<200 {
      reader.feed(piece)
      while reader.advance() { rows.append(reader.row) }
      #expect(reader.bufferedBytes < 8_000_000)
    }
    reader.feed(Array("\n3,4\n".utf8))
    reader.finish()
    while reader.advance() { rows.append(reader.row) }
    #expect(rows.map(\.problem?.kind) == [nil, .fieldTooLong(limit: 262_144), nil])
    #expect(rows.map(\.line) == [1, 2, 3])
    #expect(rows.last?.fields == ["3", "4"])
  }

  @Test(
    "a quotation mark that is never closed, before megabytes without another, is told at its line")
  func farOpenQuote() {
    let text = "a,b\n1,2\n3,\"4\n" + String(repeating: "5,6\n", count: 300_000)
    let found = Array(CSVReader(Array(text.utf8)))
    #expect(found.count == 300_003)
    #expect(found.filter { $0.problem != nil }.map(\.line) == [3])
    #expect(found[2].problem?.kind == .openQuote)
    #expect(found.last?.line == 300_003)
  }

  @Test(
    "overlong, surrogate and cut-off bytes are no UTF-8",
    arguments: [
      [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
      [0xC3],
    ] as [[UInt8]])
  func overlong(_ bytes: [UInt8]) {
    let found = Array(CSVReader([97, 44] + bytes + [10, 98, 44, 99, 10]))
    #expect(found.map(\.problem?.kind) == [.notUTF8, nil])
  }

  @Test(
    "of delimiters, the one that cuts evenly is taken",
    arguments: [
      ("a;b, c;d\n1,5;2;3\n", ";"), ("a\tb, c\n1\t2, 3, 4\n", "\t"), ("a,b;c\n1,2;x\n", ","),
      ("a\n1,2,3\n", ","),
      ("\"x;y;z\",b\n1,2\n", ","), ("", ","),
    ])
  func delimiters(_ text: String, _ delimiter: Character) {
    #expect(CSVReader.delimiter(of: Array(text.utf8)) == delimiter.asciiValue)
  }
}
