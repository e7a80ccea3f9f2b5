/// How a file of text turns characters into bytes.
package enum TextEncoding: String, Sendable, Hashable, CaseIterable {
  case utf8 = "UTF-8"
  case utf16LE = "UTF-16LE"
  case utf16BE = "UTF-16BE"
  case windows1252 = "windows-1252"
  case cp949 = "CP949"

  /// Turns pieces of a file into UTF-8, keeping what a piece cuts in two for the next one.
  ///
  /// What has no meaning becomes the byte FF, which is never UTF-8: the reader reports its row.
  package typealias Transcoder = (_ piece: [UInt8], _ isLast: Bool) -> [UInt8]

  /// - Parameter foreign: makes the transcoder of an encoding whose table is not carried here.
  package func transcoder(foreign: (TextEncoding) -> Transcoder?) -> Transcoder? {
    switch self {
    case .utf8: return { piece, _ in piece }
    case .utf16LE, .utf16BE:
      var decoder = UTF16Decoder(isBigEndian: self == .utf16BE)
      return { decoder.decode($0, isLast: $1) }
    case .windows1252: return { piece, _ in Self.fromWindows1252(piece) }
    case .cp949: return foreign(self)
    }
  }

  private static func fromWindows1252(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes {
      if byte < 0x80 {
        out.append(byte)
      } else {
        let scalar = (0x80..<0xA0).contains(byte) ? upper[Int(byte) - 0x80] : UInt16(byte)
        out.append(contentsOf: Character(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
      }
    }
    return out
  }

  /// What bytes 80 to 9F mean; the five without a meaning stay control characters.
  private static let upper: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039,
    0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC,
    0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
  ]
}

private struct UTF16Decoder {
  let isBigEndian: Bool
  private var odd: UInt8?
  private var high: UInt16?
  private var isAtStart = true

  init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

  mutating func decode(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for byte in bytes {
      guard let first = odd else {
        odd = byte
        continue
      }
      odd = nil
      let (upper, lower) = isBigEndian ? (first, byte) : (byte, first)
      take(UInt16(upper) << 8 | UInt16(lower), into: &out)
    }
    if isLast, odd != nil || high != nil { out.append(0xFF) }
    return out
  }

  private mutating func take(_ unit: UInt16, into out: inout [UInt8]) {
    defer { isAtStart = false }
    if isAtStart, unit == 0xFEFF { return }
    if let first = high {
      high = nil
      if UTF16.isTrailSurrogate(unit) {
        let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
        append(value, to: &out)
        return
      }
      out.append(0xFF)
    }
    if UTF16.isLeadSurrogate(unit) {
      high = unit
    } else {
      append(UInt32(unit), to: &out)
    }
  }

  private func append(_ value: UInt32, to out: inout [UInt8]) {
    guard let scalar = Unicode.Scalar(value), let bytes = UTF8.encode(scalar) else {
      out.append(0xFF)
      return
    }
    out.append(contentsOf: bytes)
  }
}
