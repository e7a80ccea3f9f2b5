import Testing
import Typesetting

@Suite("Replacing bytes") struct ReplacingTests {
  @Test(
    "replaces what is there and nothing else",
    arguments: [
      ("a<math>b<mat<math>", "<math", "<m x", "a<m x>b<mat<m x>"),
      ("", "a", "b", ""), ("aaa", "aa", "b", "ba"), ("\n\n", "\n", "", ""),
      ("π/ρ", "/", "//", "π//ρ"), ("<<math", "<math", "", "<"),
      // One character with its accent to Swift, a quotation mark to whoever reads the format.
      ("say \"\u{301}x\"", "\"", "\"\"", "say \"\"\u{301}x\"\""),
    ])
  func replaces(text: String, old: String, new: String, result: String) {
    #expect(Array(text.replacingBytes(old, with: new).utf8) == Array(result.utf8))
  }
}
