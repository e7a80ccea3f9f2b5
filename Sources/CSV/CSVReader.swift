private import CScan

/// Cuts bytes into records as RFC 4180 says, more generous in what ends a line.
///
/// Bytes are fed in pieces of any size and memory stays that of one record, whatever the file. LF,
/// CRLF and CR all end a record; a byte order mark is skipped; quotation marks inside an unquoted
/// field are text. A broken record is reported and costs only the lines up to what is wrong: after
/// a quotation mark that is never closed, reading goes on with the next line.
package struct CSVReader: Sendable {
  package let delimiter: UInt8
  private let limits: CSVLimits
  /// What was fed and not yet handed out; the record in hand begins at `start`.
  private var buffer: [UInt8] = []
  private var isFinished = false
  /// How many bytes stood before the buffer.
  private var dropped = 0
  /// Where the next record begins.
  private var position = 0
  private var line = 1
  private var count = 0
  private var endedWithCR = false
  /// A line that is longer than any record may be is passed over up to its end.
  private var isPassingOver = false

  // The scan: places of delimiters and line ends outside quotation marks, in `buffer`.
  private var state = CSVReader.fresh
  private var ends = [UInt32](repeating: 0, count: CSVReader.window + 64)
  private var endCount = 0
  private var cursor = 0
  private var scanned = 0
  private var hitIrregularity = false

  // The record in hand.
  private var start = 0
  private var end = 0
  private var firstEnd = 0
  /// The fields of a record that was read byte by byte; nil where the scan found them.
  private var parsed: [String]?
  /// How many fields the record in hand has.
  package private(set) var fieldCount = 0
  /// The line on which the record in hand begins, from 1.
  package private(set) var recordLine = 0
  package private(set) var problem: CSVProblem?

  private static let window = 32768
  private static let fresh = cscan_state(
    inside: 0, after_separator: 1, after_closing: 0, has_inner_lines: 0, has_odd_bytes: 0)

  package init(delimiter: UInt8 = UInt8(ascii: ","), limits: CSVLimits = .init()) {
    self.delimiter = delimiter
    self.limits = limits
  }

  /// A reader of bytes that are all here already.
  package init(_ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ","), limits: CSVLimits = .init())
  {
    self.init(delimiter: delimiter, limits: limits)
    buffer = bytes
    isFinished = true
    skipMark()
  }

  /// How much is kept of what was fed.
  package var bufferedBytes: Int { buffer.count }

  /// Takes the next piece; call `advance` until it says false before the next one.
  package mutating func feed(_ bytes: some Collection<UInt8>) {
    precondition(!isFinished, "nothing follows the end")
    let kept = cursor..<endCount
    if position > 0 {
      buffer.removeSubrange(..<position)
      for (place, index) in kept.enumerated() { ends[place] = ends[index] - UInt32(position) }
      (cursor, endCount) = (0, kept.count)
      dropped += position
      scanned -= position
      position = 0
    }
    buffer.append(contentsOf: bytes)
    skipMark()
  }

  /// Says that no piece follows: what is left is the last record.
  package mutating func finish() {
    isFinished = true
    skipMark()
  }

  /// A byte order mark is no part of the first title.
  private mutating func skipMark() {
    guard dropped == 0, position == 0, count == 0, buffer.starts(with: [0xEF, 0xBB, 0xBF]) else {
      return
    }
    position = 3
    scanned = 3
  }

  /// Goes to the next record. False where more bytes are needed or, after `finish`, at the end.
  package mutating func advance() -> Bool {
    guard dropped > 0 || position > 0 || buffer.count >= 3 || isFinished else { return false }
    guard passOver(), stepOverFeed() else { return false }
    guard position < buffer.count else { return false }
    firstEnd = cursor
    while true {
      while cursor < endCount {
        let place = Int(ends[cursor])
        let byte = buffer[place]
        cursor += 1
        if byte == delimiter { continue }
        guard let isWhole = takeScanned(upTo: place) else { return parseSlowly() }
        position = place + 1
        endedWithCR = byte == 13
        return isWhole
      }
      if hitIrregularity || cursor - firstEnd >= limits.fields { return parseSlowly() }
      guard scanned < buffer.count else { break }
      scan()
    }
    if isFinished {
      guard state.inside == 0, takeScanned(upTo: buffer.count, addsField: true) != nil else {
        return parseSlowly()
      }
      position = buffer.count
      return true
    }
    // What is scanned of an unfinished record is kept; a record without end is given up.
    let isEndless = buffer.count - position > limits.recordBytes
    if isEndless { return parseSlowly() }
    cursor = firstEnd
    return false
  }

  /// Takes what the scan found as the record in hand; nil where a limit says otherwise.
  private mutating func takeScanned(upTo place: Int, addsField: Bool = false) -> Bool? {
    fieldCount = cursor - firstEnd + (addsField ? 1 : 0)
    (start, end) = (position, place)
    guard end - start <= limits.fieldBytes || fieldsFit() else { return nil }
    guard fieldCount <= limits.fields, end - start <= limits.recordBytes else { return nil }
    parsed = nil
    recordLine = line
    count += 1
    line += state.has_inner_lines == 0 ? 1 : lines(from: start, to: end) + 1
    problem = state.has_odd_bytes == 0 ? nil : oddity(from: start, to: end)
    return true
  }

  private func fieldsFit() -> Bool {
    (0..<fieldCount).allSatisfy { bounds(of: $0).count <= limits.fieldBytes }
  }

  /// Looks at another window; places before the record in hand go to make room.
  private mutating func scan() {
    for (place, index) in (firstEnd..<endCount).enumerated() { ends[place] = ends[index] }
    cursor -= firstEnd
    endCount -= firstEnd
    firstEnd = 0
    let room = endCount
    let missing = room + Self.window + 64 - ends.count
    if missing > 0 { ends += [UInt32](repeating: 0, count: missing) }
    let to = Swift.min(scanned + Self.window, buffer.count)
    endCount += unsafe buffer.withUnsafeBufferPointer { bytes in
      unsafe ends.withUnsafeMutableBufferPointer { ends in
        guard let bytes = bytes.baseAddress, let ends = ends.baseAddress else {
          return 0
        }
        return unsafe cscan_ends(bytes, &scanned, to, delimiter, &state, ends + room)
      }
    }
    hitIrregularity = scanned < to
  }

  /// The LF of a CRLF whose CR ended the record before.
  private mutating func stepOverFeed() -> Bool {
    guard endedWithCR else { return true }
    guard position < buffer.count else { return isFinished }
    endedWithCR = false
    guard buffer[position] == 10 else { return true }
    if cursor < endCount, Int(ends[cursor]) == position { cursor += 1 }
    position += 1
    scanned = Swift.max(scanned, position)
    return true
  }

  private mutating func restart(at place: Int) {
    position = place
    (cursor, endCount, firstEnd) = (0, 0, 0)
    scanned = place
    state = Self.fresh
    hitIrregularity = false
  }

  // MARK: The record in hand

  /// Where the field's bytes are, quotation marks around it left out.
  private func bounds(of field: Int) -> Range<Int> {
    let from = field == 0 ? start : Int(ends[firstEnd + field - 1]) + 1
    let to = field == fieldCount - 1 ? end : Int(ends[firstEnd + field])
    guard to - from >= 2, buffer[from] == 34 else { return from..<to }
    return from + 1..<to - 1
  }

  /// The field's text; bytes that are no UTF-8 are replaced, and `problem` says so.
  package func text(of field: Int) -> String {
    if let parsed { return parsed[field] }
    let bounds = bounds(of: field)
    let bytes = buffer[bounds]
    let isQuoted = bounds.lowerBound > start && buffer[bounds.lowerBound - 1] == 34
    guard isQuoted, bytes.contains(34) else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: Self.unescaped(bytes), as: UTF8.self)
  }

  /// Whether the field stands in quotation marks.
  package func isQuoted(_ field: Int) -> Bool {
    guard parsed == nil else { return false }
    let place = field == 0 ? start : Int(ends[firstEnd + field - 1]) + 1
    return place < end && buffer[place] == 34
  }

  /// Whether the record has no character at all.
  package var isEmptyLine: Bool { start == end }

  /// The texts of all fields.
  package var fields: [String] { parsed ?? (0..<fieldCount).map { text(of: $0) } }

  /// The record as it stands in the file, up to a length that a person would still look at.
  package var raw: String {
    String(decoding: buffer[start..<Swift.min(end, start + limits.rawBytes)], as: UTF8.self)
  }

  /// Which record is in hand, from 1; the header counts.
  package var recordNumber: Int { count }

  /// How many bytes stand before the record in hand.
  package var recordByte: Int { dropped + start }

  /// The record in hand as a value of its own.
  package var row: CSVRow {
    CSVRow(
      record: count, line: recordLine, byte: recordByte,
      fields: fields, problem: problem)
  }

  // MARK: Its bytes

  /// Hands the field's bytes to `body`; they are UTF-8 where the record has no problem.
  package func withBytes(of field: Int, _ body: (Span<UInt8>) -> Void) {
    guard parsed == nil else { return body(text(of: field).utf8.span) }
    let from = field == 0 ? start : Int(ends[firstEnd + field - 1]) + 1
    let to = field == fieldCount - 1 ? end : Int(ends[firstEnd + field])
    withContent(from, to, body)
  }

  /// Hands the bytes of all fields to `body`, in turn.
  package func forEachField(_ body: (Span<UInt8>) -> Void) {
    for field in 0..<fieldCount { withBytes(of: field, body) }
  }

  /// The bytes between two separators, without the quotation marks of CSV.
  private func withContent(_ from: Int, _ to: Int, _ body: (Span<UInt8>) -> Void) {
    guard to - from >= 2, buffer[from] == 34 else {
      return body(buffer.span.extracting(from..<to))
    }
    let hasQuotes = unsafe buffer.withUnsafeBufferPointer { bytes in
      unsafe cscan_has(bytes.baseAddress, from + 1, to - 1, 34) != 0
    }
    guard hasQuotes else { return body(buffer.span.extracting(from + 1..<to - 1)) }
    let content = Self.unescaped(buffer[from + 1..<to - 1])
    body(content.span)
  }

  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var isSecond = false
    for byte in bytes {
      isSecond = byte == 34 && !isSecond
      if byte != 34 || isSecond { out.append(byte) }
    }
    return out
  }

  private func lines(from: Int, to: Int) -> Int {
    unsafe buffer.withUnsafeBufferPointer { bytes in
      guard let bytes = bytes.baseAddress else { return 0 }
      return unsafe cscan_lines(bytes, from, to)
    }
  }

  private func oddity(from: Int, to: Int) -> CSVProblem? {
    let place = unsafe buffer.withUnsafeBufferPointer { bytes in
      guard let bytes = bytes.baseAddress else { return to }
      return unsafe cscan_odd(bytes, from, to)
    }
    guard place < to else { return nil }
    // What stands before it is ASCII.
    let bytes = buffer[place..<to]
    if bytes.contains(0) { return CSVProblem(.zeroByte, line: recordLine, byte: dropped + from) }
    guard (try? UTF8Span(validating: bytes.span)) == nil else { return nil }
    return CSVProblem(.notUTF8, line: recordLine, byte: dropped + from)
  }

  // MARK: Byte by byte

  /// Reads a record in which quotation marks stand where RFC 4180 has none, or which breaks a limit.
  private mutating func parseSlowly() -> Bool {
    var parser = CSVRecordParser(
      bytes: buffer, from: position, delimiter: delimiter, limits: limits, isLast: isFinished)
    switch parser.parse() {
    case .needsMore:
      restart(at: position)
      return false
    case .record(let fields, let textAfterQuote):
      (start, end) = (position, parser.end)
      parsed = fields
      fieldCount = fields.count
      recordLine = line
      problem = textAfterQuote.map { place in
        CSVProblem(
          .textAfterQuote, line: recordLine + lines(from: start, to: place), byte: dropped + place)
      }
      problem = problem ?? oddity(from: start, to: end)
    case .broken(let kind, let place):
      let lineEnd = buffer[place...].firstIndex { $0 == 10 || $0 == 13 }
      // As much of the line is waited for as is shown of it.
      guard lineEnd != nil || isFinished || buffer.count - position >= limits.rawBytes else {
        restart(at: position)
        return false
      }
      recordLine = line
      problem = CSVProblem(
        kind, line: line + lines(from: position, to: place), byte: dropped + place)
      start = position
      end = lineEnd ?? buffer.count
      isPassingOver = lineEnd == nil && !isFinished
      parsed = [raw]
      fieldCount = 1
    }
    count += 1
    line += lines(from: start, to: end)
    if end < buffer.count {
      line += 1
      endedWithCR = buffer[end] == 13
      restart(at: end + 1)
    } else {
      restart(at: end)
    }
    return true
  }

  /// Drops the rest of a line that was given up; false where its end is not here yet.
  private mutating func passOver() -> Bool {
    guard isPassingOver else { return true }
    guard let place = buffer[position...].firstIndex(where: { $0 == 10 || $0 == 13 }) else {
      restart(at: buffer.count)
      return isFinished
    }
    isPassingOver = false
    line += 1
    endedWithCR = buffer[place] == 13
    restart(at: place + 1)
    return true
  }
}

extension CSVReader: Sequence, IteratorProtocol {
  /// The next record, of bytes that are all here; nil at the end.
  package mutating func next() -> CSVRow? { advance() ? row : nil }
}
