/// Cuts bytes into records as RFC 4180 says, more generous in what ends a line.
///
/// LF, CRLF and CR all end a record; a byte order mark is skipped; quotation marks inside an
/// unquoted field are text. A broken record is reported and costs only its own line: after a
/// quotation mark that is never closed, reading goes on with the next line. Memory is that of one
/// record.
package struct CSVReader: Sequence, IteratorProtocol, Sendable {
  private let bytes: [UInt8]
  private let delimiter: UInt8
  private let limits: CSVLimits
  private var position: Int
  private var line = 1

  package init(_ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ","), limits: CSVLimits = .init())
  {
    self.bytes = bytes
    self.delimiter = delimiter
    self.limits = limits
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The delimiter that cuts the first line into most fields: comma, semicolon or tab.
  package static func delimiter(of bytes: [UInt8]) -> UInt8 {
    let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    let counts = candidates.map { delimiter in
      var reader = CSVReader(Array(bytes.prefix(65536)), delimiter: delimiter)
      return reader.next()?.fields.count ?? 0
    }
    let best = counts.max() ?? 0
    return candidates[counts.firstIndex(of: best) ?? 0]
  }

  /// The next record; nil at the end. A final line without a line end is a record too.
  package mutating func next() -> CSVRow? {
    guard position < bytes.count else { return nil }
    let (start, startLine) = (position, line)
    var fields: [String] = []
    var problem: CSVProblem?
    fields.reserveCapacity(16)
    while true {
      guard fields.count < limits.fields else {
        return abandon(from: start, line: startLine, because: .tooManyFields(limit: limits.fields))
      }
      let (field, end) = readField(problem: &problem)
      guard let field else {
        return abandon(from: start, line: startLine, because: problem ?? .openQuote)
      }
      fields.append(field)
      if end != .field { break }
    }
    return CSVRow(line: startLine, fields: fields, problem: problem)
  }

  private enum End { case field, record }

  /// Reads to the next delimiter, line end or end of the bytes, and steps over it.
  private mutating func readField(problem: inout CSVProblem?) -> (String?, End) {
    let quote = UInt8(ascii: "\"")
    if position < bytes.count, bytes[position] == quote {
      return readQuotedField(problem: &problem)
    }
    let start = position
    while position < bytes.count, bytes[position] != delimiter, bytes[position] != 10,
      bytes[position] != 13
    {
      position += 1
    }
    guard position - start <= limits.fieldBytes else {
      problem = .fieldTooLong(limit: limits.fieldBytes)
      return (nil, .record)
    }
    let text = decode(bytes[start..<position], problem: &problem)
    return (text, stepOverEnd())
  }

  private mutating func readQuotedField(problem: inout CSVProblem?) -> (String?, End) {
    let quote = UInt8(ascii: "\"")
    position += 1
    var run = position
    var content: [UInt8] = []
    while true {
      guard position < bytes.count else {
        problem = .openQuote
        return (nil, .record)
      }
      guard position - run + content.count <= limits.fieldBytes else {
        problem = .fieldTooLong(limit: limits.fieldBytes)
        return (nil, .record)
      }
      let byte = bytes[position]
      if byte == 10 || (byte == 13 && !(position + 1 < bytes.count && bytes[position + 1] == 10)) {
        line += 1
      }
      position += 1
      guard byte == quote else { continue }
      if position < bytes.count, bytes[position] == quote {
        content += bytes[run..<position]
        position += 1
        run = position
        continue
      }
      break
    }
    var slice = bytes[run..<(position - 1)]
    if !content.isEmpty {
      content += slice
      slice = content[...]
    }
    var text = decode(slice, problem: &problem)
    let tail = position
    while position < bytes.count, bytes[position] != delimiter, bytes[position] != 10,
      bytes[position] != 13
    {
      position += 1
    }
    if position > tail {
      if bytes[tail..<position].contains(where: { $0 != 32 }) {
        problem = problem ?? .textAfterQuote
      }
      text += decode(bytes[tail..<position], problem: &problem)
    }
    return (text, stepOverEnd())
  }

  private mutating func stepOverEnd() -> End {
    guard position < bytes.count else { return .record }
    let byte = bytes[position]
    position += 1
    if byte == delimiter { return .field }
    if byte == 13, position < bytes.count, bytes[position] == 10 { position += 1 }
    line += 1
    return .record
  }

  private func decode(_ slice: ArraySlice<UInt8>, problem: inout CSVProblem?) -> String {
    if let text = String(validating: slice, as: UTF8.self) { return text }
    problem = problem ?? .notUTF8
    return String(decoding: slice, as: UTF8.self)
  }

  /// Gives up a record: its first line is handed out whole, and reading goes on behind it.
  private mutating func abandon(from start: Int, line: Int, because problem: CSVProblem) -> CSVRow {
    position = start
    self.line = line
    while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
    let text = String(decoding: bytes[start..<position].prefix(4096), as: UTF8.self)
    _ = stepOverEnd()
    return CSVRow(line: line, fields: [text], problem: problem)
  }
}
