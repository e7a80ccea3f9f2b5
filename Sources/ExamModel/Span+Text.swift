extension Span<UInt8> {
  /// Without white space at the ends, as far as it is ASCII.
  package var trimmedIndices: Range<Int> {
    var (from, to) = (0, count)
    while to > from, Self.isBlank(self[to - 1]) { to -= 1 }
    while from < to, Self.isBlank(self[from]) { from += 1 }
    return from..<to
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}

extension UInt8 {
  /// The small letter of an ASCII capital; any other byte as it is.
  package var small: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension String {
  /// The text of bytes; what is no UTF-8 is replaced.
  package init(bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
