import ExamModel

/// The quick way for what nearly everybody types: plain numbers, and lists and shapes of them.
///
/// It reads bytes, and knows only spellings with one reading; whatever else there is it leaves to
/// the readers that know more, which come to the same for what it reads.
struct QuickReader {
  let locale: NumberLocale

  func read(_ typed: String, as kind: AnswerKind) -> Reading? {
    let bytes = typed.utf8.span
    switch kind {
    case .number, .integer: return number(bytes).map { Reading($0, as: kind) }
    case .shape: return shape(bytes).map { .value(.shape($0), places: []) }
    case .vector:
      guard let rows = rows(bytes), rows.count == 1 || rows.allSatisfy({ $0.count == 1 }) else {
        return nil
      }
      let entries = rows.count == 1 ? rows[0] : rows.map { $0[0] }
      return .value(.vector(entries.map(\.value)), places: entries.map(\.places))
    case .matrix:
      guard let rows = rows(bytes, ofMatrix: true) else { return nil }
      return .value(
        .matrix(rows.map { $0.map(\.value) }), places: rows.flatMap { $0.map(\.places) })
    case .expression, .choice, .choices, .ordering, .text: return nil
    }
  }

  private func skipSpaces(_ bytes: Span<UInt8>, _ index: inout Int) {
    while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
  }

  private func number(_ bytes: Span<UInt8>) -> ReadNumber? {
    var index = 0
    skipSpaces(bytes, &index)
    guard let number = scan(bytes, &index) else { return nil }
    skipSpaces(bytes, &index)
    return index == bytes.count ? number : nil
  }

  /// A sign, digits, one point.
  ///
  /// Exact: digits and power of ten are doubles without loss, so the one division rounds as the
  /// best reader would.
  private func scan(_ bytes: Span<UInt8>, _ index: inout Int) -> ReadNumber? {
    guard index < bytes.count else { return nil }
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    let start = index
    var digits: UInt64 = 0
    var point = -1
    while index < bytes.count, index - start < 20 {
      let byte = bytes[index]
      if byte == UInt8(ascii: "."), point < 0 {
        point = index
      } else {
        let digit = byte &- UInt8(ascii: "0")
        guard digit <= 9 else { break }
        digits = digits &* 10 &+ UInt64(digit)
      }
      index += 1
    }
    let places = point < 0 ? 0 : index - point - 1
    let count = index - start - (point < 0 ? 0 : 1)
    guard count > 0, count <= 18, digits <= 1 << 53 else { return nil }
    if locale == .comma, places == 3, count <= 6, bytes[start] != UInt8(ascii: "0") { return nil }
    let value = Double(digits) / Self.powersOfTen[places]
    return ReadNumber(value: isNegative ? -value : value, places: places)
  }

  private static let powersOfTen: [Double] = (0...18).map { Double.powerOfTen($0) }

  // MARK: Lists

  /// `[1, 2]`, `1 2`, `[[1, 2], [3, 4]]`, `1 2; 3 4`: rows of one length.
  private func rows(_ bytes: Span<UInt8>, ofMatrix isMatrix: Bool = false) -> [[ReadNumber]]? {
    var index = 0
    skipSpaces(bytes, &index)
    let outer = bracket(bytes, &index)
    skipSpaces(bytes, &index)
    var rows: [[ReadNumber]] = []
    var rowSign: UInt8?
    while true {
      let inner = outer == nil ? nil : bracket(bytes, &index)
      guard let row = row(bytes, &index), row.count == rows.first?.count ?? row.count else {
        return nil
      }
      rows.append(row)
      if let inner {
        guard take(inner, bytes, &index) else { return nil }
        skipSpaces(bytes, &index)
        let isLast = index < bytes.count && bytes[index] == outer
        if !isLast {
          guard take(UInt8(ascii: ","), bytes, &index) else { return nil }
          skipSpaces(bytes, &index)
          // All rows have brackets or none has.
          guard index < bytes.count, Self.closing(bytes[index]) == inner else { return nil }
          continue
        }
      } else if index < bytes.count, Self.rowSigns.contains(bytes[index]),
        rowSign ?? bytes[index] == bytes[index]
      {
        rowSign = bytes[index]
        index += 1
        skipSpaces(bytes, &index)
        continue
      } else if isMatrix, rows.count == 1 {
        return nil
      }
      break
    }
    if let outer { guard take(outer, bytes, &index) else { return nil } }
    skipSpaces(bytes, &index)
    return index == bytes.count ? rows : nil
  }

  private static let rowSigns = [UInt8(ascii: ";"), UInt8(ascii: "\n")]

  /// Numbers with commas or spaces between; a comma without a space only next to a decimal point.
  private func row(_ bytes: Span<UInt8>, _ index: inout Int) -> [ReadNumber]? {
    var row: [ReadNumber] = []
    var hasCommas: Bool?
    while true {
      guard let number = scan(bytes, &index) else { return nil }
      row.append(number)
      let end = index
      skipSpaces(bytes, &index)
      let hasSpace = index > end
      if take(UInt8(ascii: ","), bytes, &index) {
        guard hasCommas ?? true,
          locale != .comma || bytes.count > index && bytes[index] == UInt8(ascii: " ")
        else {
          return nil
        }
        hasCommas = true
        let start = index
        skipSpaces(bytes, &index)
        if index == start {
          guard number.places ?? 0 > 0 else { return nil }
        }
      } else {
        let isEnd = index == bytes.count || Self.endings.contains(bytes[index])
        if isEnd { return row }
        guard hasSpace, hasCommas != true else { return nil }
        hasCommas = false
      }
    }
  }

  private static let endings: [UInt8] = [";", "\n", "]", ")", "}"].map { UInt8(ascii: $0) }

  private func take(_ byte: UInt8, _ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  /// Takes an opening bracket and tells what closes it.
  private func bracket(_ bytes: Span<UInt8>, _ index: inout Int) -> UInt8? {
    guard index < bytes.count, let close = Self.closing(bytes[index]) else { return nil }
    index += 1
    skipSpaces(bytes, &index)
    return close
  }

  private static func closing(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "["): UInt8(ascii: "]")
    case UInt8(ascii: "("): UInt8(ascii: ")")
    case UInt8(ascii: "{"): UInt8(ascii: "}")
    default: nil
    }
  }

  // MARK: Shapes

  private static let shapeSigns = [UInt8(ascii: ","), UInt8(ascii: "x")]

  /// `(3, 4)`, `[3,4]`, `3x4`, `(3,)`.
  private func shape(_ bytes: Span<UInt8>) -> [Int]? {
    var index = 0
    skipSpaces(bytes, &index)
    let close = bracket(bytes, &index)
    var sizes: [Int] = []
    var separator: UInt8?
    while true {
      let start = index
      guard let number = scan(bytes, &index), number.places == 0, bytes[start] != UInt8(ascii: "-"),
        index - start <= 9, bytes[start] != UInt8(ascii: "0") || index - start == 1,
        bytes[index - 1] != UInt8(ascii: ".")
      else { return nil }
      sizes.append(Int(number.value))
      skipSpaces(bytes, &index)
      guard index < bytes.count, Self.shapeSigns.contains(bytes[index]),
        separator ?? bytes[index] == bytes[index]
      else { break }
      separator = bytes[index]
      index += 1
      skipSpaces(bytes, &index)
      if let close, index < bytes.count, bytes[index] == close, separator == UInt8(ascii: ",") {
        break
      }
    }
    if let close { guard take(close, bytes, &index) else { return nil } }
    skipSpaces(bytes, &index)
    return index == bytes.count && sizes.count <= ShapeReader.mostAxes ? sizes : nil
  }
}
