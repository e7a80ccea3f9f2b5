/// Bytes that can be read from their beginning as often as needed, a piece at a time.
package struct ByteSource: Sendable {
  /// The next piece; nil at the end.
  package typealias Pieces = () throws -> [UInt8]?

  private let begin: @Sendable () throws -> Pieces

  package init(_ begin: @escaping @Sendable () throws -> Pieces) { self.begin = begin }

  /// Bytes in memory.
  package init(_ bytes: [UInt8]) {
    self.init {
      var rest: [UInt8]? = bytes
      return {
        defer { rest = nil }
        return rest
      }
    }
  }

  package func open() throws -> Pieces { try begin() }

  /// The same text in UTF-8; nil where the encoding's table is not to be had.
  package func decoded(
    from encoding: TextEncoding,
    foreign: @escaping @Sendable (TextEncoding) -> TextEncoding.Transcoder?
  ) -> ByteSource? {
    guard encoding != .utf8 else { return self }
    guard encoding.transcoder(foreign: foreign) != nil else { return nil }
    return ByteSource {
      let pieces = try open()
      let transcode = encoding.transcoder(foreign: foreign)
      var isOver = false
      return {
        guard !isOver else { return nil }
        guard let piece = try pieces() else {
          isOver = true
          return transcode?([], true)
        }
        return transcode?(piece, false)
      }
    }
  }

  /// Every record of the file in turn, until `body` says that it has seen enough.
  package func forEachRecord(
    delimiter: UInt8, limits: CSVLimits = .init(), _ body: (inout CSVReader) throws -> Bool
  ) throws {
    let pieces = try open()
    var reader = CSVReader(delimiter: delimiter, limits: limits)
    while let piece = try pieces() {
      reader.feed(piece)
      while reader.advance() { guard try body(&reader) else { return } }
    }
    reader.finish()
    while reader.advance() { guard try body(&reader) else { return } }
  }
}
