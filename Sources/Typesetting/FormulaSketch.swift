/// What is left of a formula's source when its numbers are taken out, so that formulas which differ
/// in their numbers only have one sketch.
///
/// Whole numbers in scripts stay, as text sets them in small digits and may leave out brackets
/// (`x₁₂`); so do the digits of an index, which end at a point.
struct FormulaSketch {
  /// Stands for a number, in a script for one with a point; no source that is read holds either.
  static let (number, decimal): (UInt8, UInt8) = (1, 2)

  /// A number that was taken out.
  struct Number: Sendable {
    /// Where it stands in the source.
    let place: Range<Int>
    fileprivate let standIn: UInt8
  }

  /// In order.
  private(set) var numbers: [Number] = []
  /// The same for the same sketch.
  private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
  /// Whether the source holds nothing that could be taken for a number's stand-in.
  let isClear: Bool
  private let source: [UInt8]

  init(of source: [UInt8]) {
    self.source = source
    isClear = !source.contains { $0 <= 8 || $0 == Byte.leadOfStandIns }
    var place = 0
    /// Whether a script begins here, and how many braces are open in one.
    var (isAfterHook, depth) = (false, 0)
    while place < source.count {
      let byte = source[place]
      let end = Self.endOfNumber(in: source, at: place, isIndex: isAfterHook)
      if end > place {
        if isAfterHook || (depth > 0 && !source[place..<end].contains(Byte.point)) {
          for byte in source[place..<end] { add(byte) }
        } else {
          let number = Number(place: place..<end, standIn: depth > 0 ? Self.decimal : Self.number)
          add(number.standIn)
          if numbers.isEmpty { numbers.reserveCapacity(4) }
          numbers.append(number)
        }
        (place, isAfterHook) = (end, false)
        continue
      }
      add(byte)
      place += 1
      switch byte {
      case Byte.space where isAfterHook: continue
      case Byte.hook, Byte.roof:
        isAfterHook = true
        continue
      case Byte.open where isAfterHook || depth > 0: depth += 1
      case Byte.close where depth > 0: depth -= 1
      case Byte.backslash where place < source.count:
        add(source[place])
        place += 1
      default: break
      }
      isAfterHook = false
    }
  }

  private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// The sketch itself.
  var bytes: [UInt8] {
    var (bytes, start): ([UInt8], Int) = ([], 0)
    for number in numbers {
      bytes += source[start..<number.place.lowerBound] + [number.standIn]
      start = number.place.upperBound
    }
    return bytes + source[start...]
  }

  /// Whether these bytes are the sketch.
  func isMade(of bytes: [UInt8]) -> Bool {
    let left = numbers.reduce(source.count) { $0 - $1.place.count + 1 }
    guard left == bytes.count else { return false }
    var (place, next) = (0, 0)
    for byte in bytes {
      if next < numbers.count, numbers[next].place.lowerBound == place {
        guard byte == numbers[next].standIn else { return false }
        place = numbers[next].place.upperBound
        next += 1
      } else {
        guard byte == source[place] else { return false }
        place += 1
      }
    }
    return true
  }

  /// The end of the number that begins here, as the reader of formulas finds it; the place itself
  /// where none does.
  private static func endOfNumber(in source: [UInt8], at place: Int, isIndex: Bool) -> Int {
    func isDigit(_ i: Int) -> Bool { i < source.count && (0x30...0x39).contains(source[i]) }
    var end = place
    while isDigit(end) { end += 1 }
    if isIndex, end > place { return end }
    if end < source.count, source[end] == Byte.point, isDigit(end + 1) {
      end += 2
      while isDigit(end) { end += 1 }
    }
    return end
  }

  private enum Byte {
    static let space = UInt8(ascii: " ")
    static let point = UInt8(ascii: ".")
    static let hook = UInt8(ascii: "_")
    static let roof = UInt8(ascii: "^")
    static let open = UInt8(ascii: "{")
    static let close = UInt8(ascii: "}")
    static let backslash = UInt8(ascii: "\\")
    static let leadOfStandIns: UInt8 = 0xF3
  }
}
