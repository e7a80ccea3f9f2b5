import Testing

@testable import Cryptography

@Suite("SHA-256") struct SHA256Tests {
  @Test(
    "agrees with the examples of FIPS 180-4",
    arguments: [
      ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func agreesWithTheStandard(word: String, repetitions: Int, digest: String) {
    let message = Array(String(repeating: word, count: repetitions).utf8)
    let agrees = Hex.encode(SHA256.hash(message)) == digest
    #expect(agrees)
  }

  @Test("gives the same digest however the bytes are cut", arguments: [1, 3, 63, 64, 65, 1000])
  func streams(pieceSize: Int) {
    let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    var stream = SHA256.Stream()
    stream.update([])
    for start in stride(from: 0, to: message.count, by: pieceSize) {
      stream.update(Array(message[start..<min(start + pieceSize, message.count)]))
    }
    #expect(stream.finish() == SHA256.hash(message))
  }

  @Test func aStreamWithoutBytesIsTheEmptyDigest() {
    #expect(SHA256.Stream().finish() == SHA256.hash([]))
  }
}
