import CSV
import CZlib
import ExamModel

/// A zip as Google hands it out: one table, found by the central directory and unpacked by zlib.
///
/// Nothing is written to disk and no name of the archive is used as a path. Archives with many
/// entries, encrypted ones and those that unpack to far more than they hold are refused.
struct ZipArchive {
  struct Entry {
    let name: String
    let source: ByteSource
  }

  static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  static let mostEntries = 64
  static let mostBytes = 32 << 30
  /// Deflate cannot do more than about 1,032; tables of answers stay far below this.
  static let mostRatio = 200

  private let path: String
  private var entries: [Record] = []

  private struct Record {
    let name: String
    let flags: Int
    let method: Int
    let checksum: UInt32
    let packed: Int
    let size: Int
    let offset: Int
  }

  /// - Throws: `SourceError` where the archive is damaged or asks for too much.
  init(_ path: String) throws {
    self.path = path
    let handle = try FileHandle(path)
    let tailLength = min(handle.length, 65_557)
    try handle.seek(to: handle.length - tailLength)
    let tail = try Self.read(tailLength, from: handle)
    guard
      let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
        tail[$0...].starts(with: [0x50, 0x4B, 0x05, 0x06])
      })
    else { throw damaged("it has no directory") }
    let count = Self.number(tail, end + 10, bytes: 2)
    let (length, start) = (
      Self.number(tail, end + 12, bytes: 4), Self.number(tail, end + 16, bytes: 4)
    )
    guard count <= Self.mostEntries else {
      throw SourceError(
        file: path,
        "the zip has \(count) entries, more than \(Self.mostEntries); unpack it and name the table")
    }
    guard start + length <= handle.length, length <= 1 << 22 else {
      throw damaged("its directory lies outside of it")
    }
    try handle.seek(to: start)
    let directory = try Self.read(length, from: handle)
    var place = 0
    for _ in 0..<count {
      guard place + 46 <= directory.count,
        directory[place...].starts(with: [0x50, 0x4B, 0x01, 0x02])
      else { throw damaged("its directory is cut off") }
      let field = { (at: Int, bytes: Int) in Self.number(directory, place + at, bytes: bytes) }
      let nameEnd = place + 46 + field(28, 2)
      guard nameEnd <= directory.count else { throw damaged("its directory is cut off") }
      entries.append(
        Record(
          name: String(decoding: directory[place + 46..<nameEnd], as: UTF8.self),
          flags: field(8, 2), method: field(10, 2), checksum: UInt32(field(16, 4)),
          packed: field(20, 4), size: field(24, 4), offset: field(42, 4)))
      place = nameEnd + field(30, 2) + field(32, 2)
    }
  }

  /// The one table in the archive.
  func table() throws -> Entry {
    let tables = entries.filter { record in
      let name = record.name.lowercased()
      return !name.hasPrefix("__macosx/")
        && [".csv", ".tsv", ".txt"].contains { name.hasSuffix($0) }
    }
    guard let record = tables.first, tables.count == 1 else {
      throw SourceError(
        file: path,
        tables.isEmpty
          ? "the zip holds no .csv or .tsv; export the responses again"
          : "the zip holds \(tables.count) tables; unpack it and name the one with the responses")
    }
    guard record.flags & 1 == 0 else {
      throw SourceError(file: path, "the zip is encrypted; unpack it and name the table")
    }
    guard record.method == 0 || record.method == 8 else {
      throw SourceError(
        file: path, "the zip is packed in an unusual way; unpack it and name the table")
    }
    guard record.packed != 0xFFFF_FFFF, record.size != 0xFFFF_FFFF, record.size <= Self.mostBytes
    else {
      throw SourceError(
        file: path, "the table in the zip is too large; unpack it and name the table")
    }
    guard record.size <= max(1, record.packed) * Self.mostRatio else { throw bomb() }
    let (archive, start) = (self, try dataStart(of: record))
    return Entry(
      name: record.name.split(separator: "/").last.map(String.init) ?? record.name,
      source: ByteSource {
        let unpacker = try Unpacker(archive, record: record, start: start)
        return { try unpacker.next() }
      })
  }

  private func dataStart(of record: Record) throws -> Int {
    let handle = try FileHandle(path)
    guard record.offset + 30 <= handle.length else { throw damaged("an entry lies outside of it") }
    try handle.seek(to: record.offset)
    let header = try Self.read(30, from: handle)
    guard header.starts(with: Self.signature) else { throw damaged("an entry has no header") }
    return record.offset + 30 + Self.number(header, 26, bytes: 2)
      + Self.number(header, 28, bytes: 2)
  }

  private func damaged(_ why: String) -> SourceError {
    SourceError(file: path, "the zip is damaged: \(why); download it again")
  }

  private func bomb() -> SourceError {
    SourceError(
      file: path,
      "the zip unpacks to more than \(Self.mostRatio) times its size, as no table does; unpack it "
        + "yourself if you trust it")
  }

  private static func read(_ count: Int, from handle: FileHandle) throws(SourceError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, let piece = try handle.read(atMost: count - bytes.count) {
      bytes += piece
    }
    return bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }

  private static func number(_ bytes: [UInt8], _ at: Int, bytes count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }

  /// Unpacks one entry from its beginning; a wrong length or checksum is an error at its end.
  private final class Unpacker {
    private let archive: ZipArchive
    private let record: Record
    private let handle: FileHandle
    private var stream = z_stream()
    private var input: [UInt8] = []
    private var left: Int
    private var made = 0
    private var checksum: UInt = crc32(0, nil, 0)
    private var isOver = false

    init(_ archive: ZipArchive, record: Record, start: Int) throws {
      self.archive = archive
      self.record = record
      handle = try FileHandle(archive.path)
      try handle.seek(to: start)
      left = record.packed
      guard czlib_begin_raw_inflate(&stream) == Z_OK else {
        throw SourceError(file: archive.path, "there is no memory to unpack the zip")
      }
    }

    deinit { inflateEnd(&stream) }

    func next() throws -> [UInt8]? {
      while !isOver {
        let piece = record.method == 0 ? try stored() : try inflated()
        made += piece.count
        guard made <= record.size else { throw archive.damaged("it holds more than it says") }
        checksum = piece.withUnsafeBufferPointer {
          crc32(checksum, $0.baseAddress, UInt32($0.count))
        }
        if isOver {
          guard made == record.size, UInt32(truncatingIfNeeded: checksum) == record.checksum else {
            throw archive.damaged("its checksum does not fit")
          }
        }
        if !piece.isEmpty { return piece }
      }
      return nil
    }

    private func stored() throws -> [UInt8] {
      let piece = left == 0 ? nil : try handle.read(atMost: min(left, 262_144))
      left -= piece?.count ?? 0
      isOver = piece == nil
      return piece ?? []
    }

    private func inflated() throws -> [UInt8] {
      if input.isEmpty, left > 0 {
        guard let piece = try handle.read(atMost: min(left, 65536)) else {
          throw archive.damaged("it is cut off")
        }
        input = piece
        left -= piece.count
      }
      var status = Z_OK
      var used = 0
      let piece = [UInt8](unsafeUninitializedCapacity: 262_144) { output, filled in
        used = input.withUnsafeMutableBufferPointer { input in
          stream.next_in = input.baseAddress
          stream.avail_in = UInt32(input.count)
          stream.next_out = output.baseAddress
          stream.avail_out = 262_144
          status = inflate(&stream, Z_NO_FLUSH)
          return input.count - Int(stream.avail_in)
        }
        filled = 262_144 - Int(stream.avail_out)
      }
      input.removeFirst(used)
      isOver = status == Z_STREAM_END
      guard isOver || status == Z_OK, isOver || !piece.isEmpty || used > 0 else {
        throw archive.damaged("what is packed cannot be read")
      }
      return piece
    }
  }
}
