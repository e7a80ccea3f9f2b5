import Testing
import Typesetting

@Suite("QR codes") struct QRCodeTests {
  /// Read by ZBar from 12 pixels a module, the picture of this code gave the text back.
  @Test("draw the standard's symbol")
  func symbol() throws {
    let code = try #require(QRCode("SXAT-W0YM-Q"))
    let rows = code.modules.map { $0.map { $0 ? "█" : "·" }.joined() }
    #expect(rows.count == 21)
    #expect(rows[0].hasPrefix("███████·") && rows[0].hasSuffix("·███████"))
    #expect(rows[6] == "███████·█·█·█·███████", "the timing pattern")
    #expect(code.modules[13][8], "the dark module")
    #expect(code.svg(label: "a\"b").contains("aria-label=\"a&quot;b\""))
  }

  @Test("refuse what does not fit")
  func refusals() {
    #expect(QRCode("ABCDEFGHIJ0123456789") != nil)
    for text in ["ABCDEFGHIJ0123456789A", "lower", "Ä"] { #expect(QRCode(text) == nil, "\(text)") }
  }
}
