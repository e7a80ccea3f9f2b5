import ExamModel

/// The quick way for what nearly everybody types: plain numbers, and lists and shapes of them.
///
/// It reads bytes, and knows only spellings with one reading; whatever else there is it leaves to
/// the readers that know more, which come to the same for what it reads.
struct QuickReader {
  let locale: NumberLocale

  func read(_ typed: String, as kind: AnswerKind) -> Reading? {
    let bytes = typed.utf8.span
    if kind.canBeUndefined, Self.isUndefined(bytes) { return .value(.undefined, places: .none) }
    switch kind {
    case .number, .integer: return number(bytes).map { Reading($0, as: kind) }
    case .shape: return shape(bytes).map { .value(.shape($0), places: .none) }
    case .vector:
      guard let grid = grid(bytes), grid.columns == 1 || grid.columns == grid.values.count else {
        return nil
      }
      return .value(.vector(grid.values), places: .each(grid.places))
    case .matrix:
      return grid(bytes, ofMatrix: true).map { .value(.matrix($0.rows), places: .each($0.places)) }
    case .expression, .choice, .choices, .ordering, .text: return nil
    }
  }

  /// The word that questions ask to write where there is no such thing.
  private static func isUndefined(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count == undefined.count, bytes[0] | 0x20 == undefined[0] else { return false }
    return bytes.indices.allSatisfy { bytes[$0] | 0x20 == undefined[$0] }
  }

  private static let undefined = Array("undefined".utf8)

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

  /// A sign, digits, one point; or a fraction of two whole numbers.
  ///
  /// Exact: digits and power of ten are doubles without loss, so the one division rounds as the
  /// best reader would.
  private func scan(_ bytes: Span<UInt8>, _ index: inout Int) -> ReadNumber? {
    guard index < bytes.count else { return nil }
    let isNegative = takeMinus(bytes, &index)
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
    if point < 0, index < bytes.count, bytes[index] == UInt8(ascii: "/") {
      index += 1
      guard let divisor = scanDivisor(bytes, &index) else { return nil }
      return ReadNumber(value: (isNegative ? -value : value) / divisor, places: nil)
    }
    return ReadNumber(value: isNegative ? -value : value, places: places)
  }

  /// A minus sign of the keyboard or of print, `−`.
  private func takeMinus(_ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
    if take(UInt8(ascii: "-"), bytes, &index) { return true }
    guard index + 2 < bytes.count, bytes[index] == 0xE2, bytes[index + 1] == 0x88,
      bytes[index + 2] == 0x92
    else { return false }
    index += 3
    return true
  }

  /// A whole number of few digits that is not 0.
  private func scanDivisor(_ bytes: Span<UInt8>, _ index: inout Int) -> Double? {
    let start = index
    var digits = 0
    while index < bytes.count, index - start < 15 {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { break }
      digits = digits * 10 + Int(digit)
      index += 1
    }
    return digits > 0 ? Double(digits) : nil
  }

  private static let powersOfTen: [Double] = (0...18).map { Double.powerOfTen($0) }

  // MARK: Lists

  /// Numbers in rows of one length, row by row.
  private struct Grid {
    var values: [Double] = []
    var places: [Int?] = []
    /// Zero until the first row has ended.
    var columns = 0

    init() {
      values.reserveCapacity(8)
      places.reserveCapacity(8)
    }

    mutating func append(_ number: ReadNumber) {
      values.append(number.value)
      places.append(number.places)
    }

    var rows: [[Double]] {
      stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }
  }

  /// `[1, 2]`, `1 2`, `[[1, 2], [3, 4]]`, `1 2; 3 4`: rows of one length.
  private func grid(_ bytes: Span<UInt8>, ofMatrix isMatrix: Bool = false) -> Grid? {
    var index = 0
    skipSpaces(bytes, &index)
    let outer = bracket(bytes, &index)
    skipSpaces(bytes, &index)
    var grid = Grid()
    var rowSign: UInt8?
    while true {
      let inner = outer == nil ? nil : bracket(bytes, &index)
      let start = grid.values.count
      guard row(bytes, &index, into: &grid) else { return nil }
      let count = grid.values.count - start
      if start == 0 { grid.columns = count }
      guard count == grid.columns else { return nil }
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
      } else if isMatrix, start == 0 {
        return nil
      }
      break
    }
    if let outer { guard take(outer, bytes, &index) else { return nil } }
    skipSpaces(bytes, &index)
    return index == bytes.count ? grid : nil
  }

  private static let rowSigns = [UInt8(ascii: ";"), UInt8(ascii: "\n")]

  /// Numbers with commas or spaces between; a comma without a space only next to a decimal point.
  private func row(_ bytes: Span<UInt8>, _ index: inout Int, into grid: inout Grid) -> Bool {
    var hasCommas: Bool?
    while true {
      guard let number = scan(bytes, &index) else { return false }
      grid.append(number)
      let end = index
      skipSpaces(bytes, &index)
      let hasSpace = index > end
      if take(UInt8(ascii: ","), bytes, &index) {
        guard hasCommas ?? true,
          locale != .comma || bytes.count > index && bytes[index] == UInt8(ascii: " ")
        else { return false }
        hasCommas = true
        let start = index
        skipSpaces(bytes, &index)
        if index == start {
          guard number.places ?? 0 > 0 else { return false }
        }
      } else {
        let isEnd = index == bytes.count || Self.endings.contains(bytes[index])
        if isEnd { return true }
        guard hasSpace, hasCommas != true else { return false }
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
      guard let number = scan(bytes, &index), number.places == 0,
        bytes[start] &- UInt8(ascii: "0") <= 9,
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
