import ExamModel
import Testing

@Suite("Texts in JSON") struct JSONTextTests {
  @Test(
    "what JSON or a script would end a text at is escaped, and all else is left",
    arguments: [
      (#"a"b\c"#, #""a\"b\\c""#), ("\u{1}\u{7F}\t\r\n", #""\u0001\u007f\t\r\n""#),
      ("∂L/∂w → ½\n…", #""∂L/∂w → ½\n…""#), ("x\u{2028}y\u{2029}", #""x\u2028y\u2029""#),
      ("→", #""→""#), ("\u{301}\"\u{301}", "\"\u{301}\\\"\u{301}\""),
    ])
  func escapes(text: String, quoted: String) throws {
    #expect(Array(JSON.string(text).text.utf8) == Array(quoted.utf8))
    #expect(try JSON(parsing: quoted, file: "x").string == text)
  }
}
