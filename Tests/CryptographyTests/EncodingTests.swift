import Testing

@testable import Cryptography

@Suite("Bytes as text") struct EncodingTests {
  /// RFC 4648, section 10.
  @Test(
    "Base64 agrees with the examples of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64Agrees(bytes: String, text: String) {
    #expect(Base64.encode(Array(bytes.utf8)) == text)
    #expect(Base64.decode(text) == Array(bytes.utf8))
  }

  @Test(
    "Base64 refuses what it would not write",
    arguments: [
      "Z", "Zg", "Zg=", "Zg===", "====", "=", "Z===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm-_",
      "Zg==Zg==", "Zm9é", "Zm9v====",
    ])
  func base64Refuses(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test("every length comes back", arguments: 0..<70)
  func comesBack(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 97 &* count) }
    #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    #expect(Hex.decode(Hex.encode(bytes)) == bytes)
  }

  @Test func hexWritesSmallLettersAndReadsBothCases() {
    #expect(Hex.encode([0x00, 0x0f, 0xA9, 0xff]) == "000fa9ff")
    #expect(Hex.decode("000FA9ff") == [0x00, 0x0f, 0xA9, 0xff])
  }

  @Test("hex refuses", arguments: ["0", "0x", "0g", "00 ", "+1", "é", "٠٠"])
  func hexRefuses(text: String) {
    #expect(Hex.decode(text) == nil)
  }
}
