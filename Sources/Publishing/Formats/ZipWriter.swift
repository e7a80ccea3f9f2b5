/// A zip archive of files as they are, not packed, with no times: the same files give the same bytes.
struct ZipWriter {
  private var body: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

  mutating func add(_ name: String, _ bytes: [UInt8]) {
    let name = Array(name.utf8)
    let offset = body.count
    // Version 2.0, UTF-8 names, stored, 1 January 1980.
    var head: [UInt8] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]
    head += Self.bytes(Self.checksum(of: bytes)) + Self.bytes(UInt32(bytes.count))
    head += Self.bytes(UInt32(bytes.count)) + Self.bytes(UInt16(name.count)) + [0, 0]
    body += [0x50, 0x4B, 3, 4] + head + name + bytes
    directory += [0x50, 0x4B, 1, 2, 20, 0] + head + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    directory += Self.bytes(UInt32(offset)) + name
    count += 1
  }

  /// The finished archive.
  var archive: [UInt8] {
    let entries = Self.bytes(UInt16(count))
    return body + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + entries + entries
      + Self.bytes(UInt32(directory.count)) + Self.bytes(UInt32(body.count)) + [0, 0]
  }

  private static func bytes(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    (0..<(number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// CRC-32 as zip has it.
  private static func checksum(of bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ (rest >> 1) : rest >> 1
    }
  }
}
