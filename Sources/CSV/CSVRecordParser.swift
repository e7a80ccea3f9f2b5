/// Reads one record byte by byte: the way of those that the scan cannot take.
struct CSVRecordParser {
  enum Outcome {
    /// - textAfterQuote: where text follows a closing quotation mark, if it does.
    case record([String], textAfterQuote: Int?)
    /// The record is not all here.
    case needsMore
    /// What is wrong and where; the line of that place is lost.
    case broken(CSVProblem.Kind, at: Int)
  }

  let bytes: [UInt8]
  let from: Int
  let delimiter: UInt8
  let limits: CSVLimits
  /// Whether nothing follows the bytes.
  let isLast: Bool
  /// Where the record ended: at its line end, or behind the last byte.
  private(set) var end: Int

  private var position: Int
  private var textAfterQuote: Int?

  init(bytes: [UInt8], from: Int, delimiter: UInt8, limits: CSVLimits, isLast: Bool) {
    self.bytes = bytes
    self.from = from
    self.delimiter = delimiter
    self.limits = limits
    self.isLast = isLast
    end = from
    position = from
  }

  mutating func parse() -> Outcome {
    var fields: [String] = []
    while true {
      guard fields.count < limits.fields else {
        return .broken(.tooManyFields(limit: limits.fields), at: position)
      }
      // Asked where a field begins, so that it does not matter how much of the field is here.
      guard position - from <= limits.recordBytes else {
        return .broken(.recordTooLong(limit: limits.recordBytes), at: from)
      }
      let field: [UInt8]
      if position < bytes.count, bytes[position] == 34 {
        switch quotedField() {
        case .success(let content): field = content
        case .failure(let stop): return stop.outcome
        }
      } else {
        field = []
      }
      let rest = position
      while position < bytes.count, bytes[position] != delimiter, !isLineEnd(bytes[position]) {
        position += 1
      }
      guard field.count + position - rest <= limits.fieldBytes else {
        return .broken(.fieldTooLong(limit: limits.fieldBytes), at: rest)
      }
      guard position < bytes.count || isLast else { return .needsMore }
      fields.append(String(decoding: field + bytes[rest..<position], as: UTF8.self))
      guard position < bytes.count, bytes[position] == delimiter else { break }
      position += 1
    }
    end = position
    return .record(fields, textAfterQuote: textAfterQuote)
  }

  private struct Stop: Error { let outcome: Outcome }

  /// The content of a field that begins with a quotation mark; stands behind the closing one then.
  private mutating func quotedField() -> Result<[UInt8], Stop> {
    let opening = position
    var content: [UInt8] = []
    var spansLines = false
    position += 1
    while true {
      guard content.count <= limits.fieldBytes else {
        let kind: CSVProblem.Kind =
          spansLines ? .openQuote : .fieldTooLong(limit: limits.fieldBytes)
        return .failure(Stop(outcome: .broken(kind, at: opening)))
      }
      guard position < bytes.count else {
        return .failure(Stop(outcome: isLast ? .broken(.openQuote, at: opening) : .needsMore))
      }
      let byte = bytes[position]
      position += 1
      if byte != 34 {
        spansLines = spansLines || isLineEnd(byte)
        content.append(byte)
      } else if position < bytes.count, bytes[position] == 34 {
        content.append(34)
        position += 1
      } else {
        break
      }
    }
    // Spaces may follow, as some write them; other text says that something is wrong.
    var place = position
    while place < bytes.count, bytes[place] == 32, bytes[place] != delimiter { place += 1 }
    guard place < bytes.count, bytes[place] != delimiter, !isLineEnd(bytes[place]) else {
      if place == bytes.count, !isLast, place - position <= limits.fieldBytes {
        return .failure(Stop(outcome: .needsMore))
      }
      return .success(content)
    }
    // The mark that seems to close over several lines is another field's opening one.
    if spansLines { return .failure(Stop(outcome: .broken(.openQuote, at: opening))) }
    textAfterQuote = textAfterQuote ?? place
    return .success(content)
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }
}
