/// Lists as JSON arrays: the raw cells of a row, the numbers of a result.
///
/// Workers read and write these by the million, so both ways go over bytes and know nothing but
/// flat arrays of texts or of whole numbers. What is written is JSON for everybody else.
enum TextList {
  // MARK: Writing

  static func encode(_ texts: [String]) -> String { PackedTexts(texts).json }

  static func encode(_ numbers: [some BinaryInteger]) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    bytes.reserveCapacity(numbers.count * 4 + 2)
    for (index, number) in numbers.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if number < 0 { bytes.append(UInt8(ascii: "-")) }
      append(UInt64(number.magnitude), to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    if number >= 10 { append(number / 10, to: &bytes) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  // MARK: Reading

  /// The texts of a JSON array; nil where it holds anything else.
  static func decodeTexts(_ json: String) -> [String]? {
    var reader = Reader(json)
    return reader.list { $0.text() }
  }

  /// The numbers of a JSON array; nil where it holds anything else or one that does not fit.
  static func decodeNumbers<Number: FixedWidthInteger>(
    _ json: String, as type: Number.Type = Number.self
  ) -> [Number]? {
    var reader = Reader(json)
    return reader.list { $0.number() }
  }

  private struct Reader {
    private let bytes: [UInt8]
    private var next = 0

    init(_ json: String) { bytes = Array(json.utf8) }

    mutating func list<Item>(_ item: (inout Reader) -> Item?) -> [Item]? {
      var items: [Item] = []
      guard take(UInt8(ascii: "[")) else { return nil }
      if take(UInt8(ascii: "]")) { return isAtEnd() ? items : nil }
      repeat {
        skipSpace()
        guard let item = item(&self) else { return nil }
        items.append(item)
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "]")) && isAtEnd() ? items : nil
    }

    mutating func number<Number: FixedWidthInteger>() -> Number? {
      let start = next
      while next < bytes.count, bytes[next] == UInt8(ascii: "-") || isDigit(bytes[next]) {
        next += 1
      }
      return Number(String(decoding: bytes[start..<next], as: UTF8.self))
    }

    mutating func text() -> String? {
      guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") else { return nil }
      next += 1
      let start = next
      while next < bytes.count, bytes[next] != UInt8(ascii: "\""), bytes[next] != 0x5C { next += 1 }
      guard next < bytes.count else { return nil }
      var out = bytes[start..<next]
      while bytes[next] == 0x5C {
        next += 1
        guard let scalar = escape() else { return nil }
        out += Array(String(scalar).utf8)
        let start = next
        while next < bytes.count, bytes[next] != UInt8(ascii: "\""), bytes[next] != 0x5C {
          next += 1
        }
        guard next < bytes.count else { return nil }
        out += bytes[start..<next]
      }
      next += 1
      return String(decoding: out, as: UTF8.self)
    }

    private mutating func escape() -> Unicode.Scalar? {
      guard next < bytes.count else { return nil }
      next += 1
      switch bytes[next - 1] {
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "b"): return "\u{08}"
      case UInt8(ascii: "f"): return "\u{0C}"
      case UInt8(ascii: "u"): return unicode()
      case let byte where byte < 0x80: return Unicode.Scalar(byte)
      default: return nil
      }
    }

    private mutating func unicode() -> Unicode.Scalar? {
      guard let unit = hexadecimal() else { return nil }
      guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) }
      guard next + 1 < bytes.count, bytes[next] == 0x5C, bytes[next + 1] == UInt8(ascii: "u") else {
        return nil
      }
      next += 2
      guard let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else { return nil }
      return Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
    }

    private mutating func hexadecimal() -> UInt32? {
      guard next + 4 <= bytes.count else { return nil }
      defer { next += 4 }
      return UInt32(String(decoding: bytes[next..<next + 4], as: UTF8.self), radix: 16)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private mutating func isAtEnd() -> Bool {
      skipSpace()
      return next == bytes.count
    }

    private mutating func skipSpace() {
      while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      skipSpace()
      guard next < bytes.count, bytes[next] == byte else { return false }
      next += 1
      return true
    }
  }
}
