package import ExamModel

/// A row to be imported: what is kept of it, its cells packed already.
package struct NewSubmission: Sendable {
  package var line: Int
  package var candidate: CandidateID?
  package var submittedMicroseconds: Int64?
  package var disposition: Disposition
  package var reason: String?
  package var cells: PackedTexts
  package var raw: String?

  package init(
    line: Int, candidate: CandidateID?, submittedMicroseconds: Int64?, disposition: Disposition,
    reason: String?, cells: PackedTexts, raw: String? = nil
  ) {
    self.line = line
    self.candidate = candidate
    self.submittedMicroseconds = submittedMicroseconds
    self.disposition = disposition
    self.reason = reason
    self.cells = cells
    self.raw = raw
  }

  /// The row as it is read back.
  package init(_ record: SubmissionRecord) {
    self.init(
      line: record.line, candidate: record.candidate,
      submittedMicroseconds: record.submittedMicroseconds, disposition: record.disposition,
      reason: record.reason, cells: PackedTexts(record.cells), raw: record.raw)
  }
}

/// Texts as the JSON array that stores keep.
package struct PackedTexts: Sendable, Hashable {
  /// Without zero bytes, which are escaped.
  let json: String

  package init(_ texts: [String]) {
    var packer = TextPacker()
    for text in texts { packer.add(text.utf8.span) }
    self = packer.finish()
  }

  package var byteCount: Int { json.utf8.count }

  fileprivate init(json: String) { self.json = json }
}

/// Packs texts one after another, from their bytes.
package struct TextPacker: Sendable {
  private var bytes: [UInt8] = [UInt8(ascii: "[")]

  package init() {}

  /// - Parameter text: UTF-8.
  package mutating func add(_ text: Span<UInt8>) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    text.withUnsafeBufferPointer { text in
      var at = 0
      while true {
        let special = Self.special(in: text, from: at)
        bytes += UnsafeBufferPointer(rebasing: text[at..<special])
        guard special < text.count else { break }
        escape(text[special])
        at = special + 1
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// What was added; the next text begins another list.
  package mutating func finish() -> PackedTexts {
    bytes.append(UInt8(ascii: "]"))
    defer { bytes.removeSubrange(1...) }
    return PackedTexts(json: String(decoding: bytes, as: UTF8.self))
  }

  /// Where the next byte is that JSON wants escaped, or the end.
  private static func special(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var at = start
    // Eight at a time: a byte below 32, and one equal to a mark, borrows from its highest bit.
    while at + 8 <= text.count {
      let word = UnsafeRawPointer(text.baseAddress! + at).loadUnaligned(as: UInt64.self)
      let (quote, backslash) = (word ^ 0x2222_2222_2222_2222, word ^ 0x5C5C_5C5C_5C5C_5C5C)
      let signs =
        (word &- 0x2020_2020_2020_2020) & ~word | (quote &- ones) & ~quote
        | (backslash &- ones) & ~backslash
      if signs & 0x8080_8080_8080_8080 != 0 { break }
      at += 8
    }
    while at < text.count, text[at] >= 0x20, text[at] != 0x22, text[at] != 0x5C { at += 1 }
    return at
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    guard byte < 0x20 else { return bytes.append(byte) }
    bytes += "u00".utf8
    bytes += [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x57 + $0 }
  }
}
