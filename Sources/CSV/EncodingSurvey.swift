private import CScan

/// Tells the encoding of a file by all its bytes.
package struct EncodingSurvey: Sendable {
  private var head: [UInt8] = []
  private var length = 0
  private var zerosAtEven = 0
  private var zerosAtOdd = 0
  /// Characters of several bytes that are UTF-8, and bytes that are not.
  private var valid = 0
  private var invalid = 0
  private var expected = 0
  private var allowed: ClosedRange<UInt8> = 0x80...0xBF
  /// Pairs of bytes that are Korean syllables, that are other pairs of its code, and bytes of none.
  private var syllables = 0
  private var otherPairs = 0
  private var unpaired = 0
  private var lead: UInt8?

  package init() {}

  package mutating func note(_ bytes: [UInt8]) {
    if head.count < 3 { head += bytes.prefix(3 - head.count) }
    var place = 0
    while true {
      // Nearly all is ASCII, which says nothing.
      if expected == 0, lead == nil {
        let odd = unsafe bytes.withUnsafeBufferPointer { buffer in
          guard let start = buffer.baseAddress else { return 0 }
          return unsafe cscan_odd(start, place, bytes.count)
        }
        length += odd - place
        place = odd
      }
      guard place < bytes.count else { return }
      let byte = bytes[place]
      place += 1
      if byte == 0 {
        if length.isMultiple(of: 2) { zerosAtEven += 1 } else { zerosAtOdd += 1 }
      }
      length += 1
      if byte < 0x80, expected == 0, lead == nil { continue }
      notePair(byte)
      noteUTF8(byte)
    }
  }

  private mutating func noteUTF8(_ byte: UInt8) {
    if expected > 0 {
      if allowed.contains(byte) {
        allowed = 0x80...0xBF
        expected -= 1
        if expected == 0 { valid += 1 }
        return
      }
      invalid += 1
      expected = 0
    }
    allowed = 0x80...0xBF
    switch byte {
    case ..<0x80: break
    case 0xC2...0xDF: expected = 1
    case 0xE0...0xEF:
      expected = 2
      if byte == 0xE0 { allowed = 0xA0...0xBF }
      if byte == 0xED { allowed = 0x80...0x9F }
    case 0xF0...0xF4:
      expected = 3
      if byte == 0xF0 { allowed = 0x90...0xBF }
      if byte == 0xF4 { allowed = 0x80...0x8F }
    default: invalid += 1
    }
  }

  private mutating func notePair(_ byte: UInt8) {
    guard let first = lead else {
      if byte >= 0x81, byte <= 0xFE { lead = byte } else if byte >= 0x80 { unpaired += 1 }
      return
    }
    lead = nil
    switch byte {
    case 0xA1...0xFE where (0xB0...0xC8).contains(first): syllables += 1
    case 0x41...0x5A, 0x61...0x7A, 0x81...0xFE: otherPairs += 1
    default: unpaired += 1
    }
  }

  /// The encoding and why it is thought to be that.
  package var verdict: (encoding: TextEncoding, reason: String) {
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, "a byte order mark says so") }
    if head.starts(with: [0xFF, 0xFE]) { return (.utf16LE, "a byte order mark says so") }
    if head.starts(with: [0xFE, 0xFF]) { return (.utf16BE, "a byte order mark says so") }
    if zerosAtOdd > length / 8, zerosAtEven < zerosAtOdd / 8 {
      return (.utf16LE, "every second byte is zero")
    }
    if zerosAtEven > length / 8, zerosAtOdd < zerosAtEven / 8 {
      return (.utf16BE, "every second byte is zero")
    }
    let broken = invalid + (expected > 0 ? 1 : 0)
    if broken == 0 {
      return (.utf8, valid == 0 ? "only ASCII characters" : "all bytes are valid UTF-8")
    }
    if valid > broken {
      return (.utf8, "\(valid) characters are UTF-8 and only \(broken) bytes are not")
    }
    if syllables > 1, unpaired == 0, syllables >= otherPairs {
      return (.cp949, "not UTF-8, and its bytes are pairs of Korean syllables")
    }
    return (.windows1252, "not UTF-8, and single bytes stand for accented letters")
  }
}
