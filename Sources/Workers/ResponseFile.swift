package import CSV
import Cryptography
package import ExamModel
import Glibc

/// A file of responses on disk, which may stand in a zip, read a piece at a time.
package struct ResponseFile: Sendable {
  /// Without the folders before it; for a zip, with the entry's name behind it.
  package let name: String
  /// A plain table that is no longer what its digest says is an error before its end is reached.
  package let source: ByteSource
  /// Lowercase hexadecimal SHA-256 of the file as it is on disk.
  package let digest: String
  /// The encoding, by all bytes of the table.
  package let encoding: (encoding: TextEncoding, reason: String)

  /// - Throws: `SourceError` where the file is missing, cannot be read, or is a zip without exactly
  ///   one table.
  package init(_ path: String) throws {
    let short = path.split(separator: "/").last.map(String.init) ?? path
    let file = try Files.source(path)
    let pieces = try file.readAhead().open()
    var head: [UInt8] = []
    var hash = SHA256.Stream()
    var survey = EncodingSurvey()
    while let piece = try pieces() {
      if head.count < 4 { head += piece.prefix(4 - head.count) }
      hash.update(piece)
      survey.note(piece)
    }
    digest = Hex.encode(hash.finish())
    guard head.starts(with: ZipArchive.signature) else {
      (name, source, encoding) = (
        short, file.verified(by: digest, name: short).readAhead(), survey.verdict
      )
      return
    }
    let entry = try ZipArchive(path).table()
    name = "\(short)/\(entry.name)"
    source = entry.source.readAhead()
    var inner = EncodingSurvey()
    let unpacked = try source.open()
    while let piece = try unpacked() { inner.note(piece) }
    encoding = inner.verdict
  }
}

extension ResponseFile {
  /// A table in memory.
  package init(_ bytes: [UInt8], name: String) {
    var survey = EncodingSurvey()
    survey.note(bytes)
    self.name = name
    source = ByteSource(bytes)
    digest = Hex.encode(SHA256.hash(bytes))
    encoding = survey.verdict
  }
}

extension ByteSource {
  /// The same bytes, of which the last piece is handed out only when all are as they once were.
  fileprivate func verified(by digest: String, name: String) -> ByteSource {
    ByteSource {
      let pieces = try open()
      var hash: SHA256.Stream? = .init()
      var held = try pieces()
      return {
        guard let piece = held else { return nil }
        hash?.update(piece)
        held = try pieces()
        if held == nil, let whole = hash.take(), Hex.encode(whole.finish()) != digest {
          throw Self.changed(name)
        }
        return piece
      }
    }
  }

  /// The same bytes, read, checked and unpacked on a thread of its own.
  fileprivate func readAhead() -> ByteSource {
    ByteSource {
      let pieces = Ahead(4) { try open() }
      return { try pieces.next() }
    }
  }

  private static func changed(_ name: String) -> SourceError {
    SourceError(file: name, "the file was changed while it was read; try again when it is whole")
  }
}

extension Files {
  private static let pieceBytes = 262_144

  /// The file's bytes, read from the beginning each time.
  ///
  /// - Throws: `SourceError` where it is missing, a folder or not readable.
  package static func source(_ path: String) throws(SourceError) -> ByteSource {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw SourceError(file: path, "there is no such file")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw SourceError(file: path, "this is a folder, not a file")
    }
    guard access(path, R_OK) == 0 else {
      throw SourceError(file: path, "the file cannot be read: \(reason()); check its permissions")
    }
    return ByteSource {
      let handle = try FileHandle(path)
      return { try handle.read(atMost: pieceBytes) }
    }
  }
}

/// An open file, closed when nobody holds it any more.
final class FileHandle {
  private let descriptor: Int32
  private let path: String

  init(_ path: String) throws(SourceError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw SourceError(file: path, "the file cannot be read: \(Files.reason())")
    }
  }

  deinit { close(descriptor) }

  /// Nil at the end.
  func read(atMost count: Int) throws(SourceError) -> [UInt8]? {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var got = Glibc.read(descriptor, buffer.baseAddress, count)
      while got < 0, errno == EINTR { got = Glibc.read(descriptor, buffer.baseAddress, count) }
      failed = got < 0
      filled = max(0, got)
    }
    guard !failed else {
      throw SourceError(file: path, "the file cannot be read: \(Files.reason())")
    }
    return bytes.isEmpty ? nil : bytes
  }

  func seek(to offset: Int) throws(SourceError) {
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw SourceError(file: path, "the file cannot be read: \(Files.reason())")
    }
  }

  var length: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }
}
