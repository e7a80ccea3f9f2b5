import Testing

@testable import Cryptography

@Suite("Random bytes and comparison") struct SecretsTests {
  @Test("as many bytes as asked for", arguments: [0, 1, 32, 1000])
  func asManyAsAskedFor(count: Int) throws {
    #expect(try randomBytes(count).count == count)
  }

  @Test func twoDrawsDiffer() throws {
    #expect(try randomBytes(32) != randomBytes(32))
  }

  static let pairs: [(a: [UInt8], b: [UInt8], areEqual: Bool)] = [
    ([], [], true), ([1, 2, 3], [1, 2, 3], true), ([1, 2, 3], [1, 2, 4], false),
    ([0, 2, 3], [1, 2, 3], false), ([1, 2], [1, 2, 3], false), ([], [0], false),
  ]

  @Test("compares whole values", arguments: pairs)
  func compares(a: [UInt8], b: [UInt8], areEqual: Bool) {
    #expect(equalInConstantTime(a, b) == areEqual)
  }
}
