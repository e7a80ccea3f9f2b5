import Testing

@testable import Cryptography

@Suite("HMAC-SHA-256") struct HMACSHA256Tests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let key: [UInt8]
    let message: [UInt8]
    let code: String
    var testDescription: String { name }
  }

  static let vectors = [
    Vector(
      name: "RFC 4231, case 1", key: .init(repeating: 0x0b, count: 20),
      message: Array("Hi There".utf8),
      code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Vector(
      name: "RFC 4231, case 2, a key shorter than the digest", key: Array("Jefe".utf8),
      message: Array("what do ya want for nothing?".utf8),
      code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Vector(
      name: "RFC 4231, case 3", key: .init(repeating: 0xaa, count: 20),
      message: .init(repeating: 0xdd, count: 50),
      code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Vector(
      name: "RFC 4231, case 4", key: Array(1...25), message: .init(repeating: 0xcd, count: 50),
      code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    Vector(
      name: "RFC 4231, case 6, a key longer than a block", key: .init(repeating: 0xaa, count: 131),
      message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    Vector(
      name: "RFC 4231, case 7, key and message longer than a block",
      key: .init(repeating: 0xaa, count: 131),
      message: Array(
        """
        This is a test using a larger than block-size key and a larger than block-size data. \
        The key needs to be hashed before being used by the HMAC algorithm.
        """.utf8),
      code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    Vector(
      name: "nothing at all", key: [], message: [],
      code: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ]

  @Test("agrees with published codes", arguments: vectors)
  func agrees(with vector: Vector) {
    #expect(Hex.encode(HMACSHA256.code(for: vector.message, key: vector.key)) == vector.code)
  }

  /// RFC 2104, section 2, step by step: checks the edges of the 64-byte block.
  @Test("follows its definition for a key of", arguments: [0, 1, 63, 64, 65, 128])
  func followsItsDefinition(keyByteCount: Int) {
    let key = (0..<keyByteCount).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
    let message = Array("round first, then compute".utf8)
    let short = key.count > 64 ? SHA256.hash(key) : key
    let block = short + [UInt8](repeating: 0, count: 64 - short.count)
    let inner = SHA256.hash(block.map { $0 ^ 0x36 } + message)
    let outer = SHA256.hash(block.map { $0 ^ 0x5c } + inner)
    #expect(HMACSHA256.code(for: message, key: key) == outer)
  }
}
