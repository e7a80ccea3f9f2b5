import Testing

@testable import Storage

@Suite("Lists as text") struct TextListTests {
  @Test(
    "come back byte for byte",
    arguments: [
      [], [""], ["", ""], ["a,b", "[\"]"], ["\u{0}\u{1}\u{1F}\u{7F}\u{80}"], ["\\", "\\\\u0041"],
      ["é", "e\u{301}", "👩‍🎓", "\u{2028}\u{FEFF}"], ["\r\n\t"],
    ])
  func textsComeBack(texts: [String]) {
    let json = TextList.encode(texts)
    #expect(!json.utf8.contains { $0 < 0x20 })
    #expect(TextList.decodeTexts(json)?.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
  }

  @Test(
    "are read as anybody's JSON writes them",
    arguments: [
      (" [ \"a\" ,\n\"b\" ] ", ["a", "b"]),
      (#"["\b\f\n\r\t\/\"\\"]"#, ["\u{08}\u{0C}\n\r\t/\"\\"]),
      (#"["\ud83c\udf93\u00E9"]"#, ["🎓é"]),
    ])
  func readsJSON(json: String, texts: [String]) {
    #expect(TextList.decodeTexts(json) == texts)
  }

  @Test(
    "that are damaged are not guessed",
    arguments: [
      "", "[", "]", "[\"a\"", "[\"a]", "[\"a\",]", "[a]", "[1]", "{}", "[\"a\"] x", #"["\ud83c"]"#,
      #"["\u12"]"#, #"["\"]"#, #"["\ud83c\u0041"]"#,
    ])
  func refusesDamage(json: String) { #expect(TextList.decodeTexts(json) == nil) }

  @Test func numbersComeBackAndMustFit() {
    let numbers: [Int16] = [0, -1, .max, .min]
    #expect(TextList.decodeNumbers(TextList.encode(numbers)) == numbers)
    #expect(TextList.decodeNumbers("[]", as: Int32.self) == [])
    #expect(TextList.decodeNumbers("[32768]", as: Int16.self) == nil)
    #expect(TextList.decodeNumbers("[1, null]", as: Int16.self) == nil)
    #expect(TextList.decodeNumbers("[1.5]", as: Int16.self) == nil)
  }
}

@Suite("Statements") struct SQLTests {
  @Test func valuesAreBoundAndNeverText() {
    let name = "'); drop table test; --"
    let sql: SQL = "select \(1) from test where title = \(name) or title = \(nil as String?)"
    #expect(sql.text == "select $1 from test where title = $2 or title = $3")
    #expect(sql.values == [.integer(1), .text(name), .null])
    #expect(sql.opening == "select ? from test")
  }

  @Test func splicedStatementsBringTheirValues() {
    let condition: SQL = "a = \("x") and b = \(2)"
    let sql: SQL = "select \(0) where \(condition) limit \(9)"
    #expect(sql.text == "select $1 where a = $2 and b = $3 limit $4")
    #expect(sql.values == [.integer(0), .text("x"), .integer(2), .integer(9)])
    let list = [condition, "true"].joined(separator: " or ")
    #expect(list.text == "a = $1 and b = $2 or true")
  }
}
