/// What is left of a formula's source when its numbers are taken out, so that formulas which differ
/// in their numbers only have one sketch.
///
/// Whole numbers in scripts stay, as text sets them in small digits and may leave out brackets
/// (`x₁₂`); so do the digits of an index, which end at a point.
struct FormulaSketch {
  /// Stands for a number, in a script for one with a point; no source that is read holds either.
  static let (number, decimal): (UInt8, UInt8) = (1, 2)

  private(set) var bytes: [UInt8] = []
  /// Where in the source the numbers stand, in order.
  private(set) var numbers: [Range<Int>] = []
  /// The same for the same bytes.
  private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
  /// Whether the source holds nothing that could be taken for a number's stand-in.
  private(set) var isClear = true

  init(of source: [UInt8]) {
    bytes.reserveCapacity(source.count)
    var place = 0
    /// Whether a script begins here, and how many braces are open in one.
    var (isAfterHook, depth) = (false, 0)
    while place < source.count {
      let byte = source[place]
      let end = Self.endOfNumber(in: source, at: place, isIndex: isAfterHook)
      if end > place {
        let hasPoint = source[place..<end].contains(Byte.point)
        if isAfterHook || (depth > 0 && !hasPoint) {
          for byte in source[place..<end] { append(byte) }
        } else {
          append(depth > 0 ? Self.decimal : Self.number)
          numbers.append(place..<end)
        }
        (place, isAfterHook) = (end, false)
        continue
      }
      append(byte)
      place += 1
      switch byte {
      case Byte.space where isAfterHook: continue
      case Byte.hook, Byte.roof:
        isAfterHook = true
        continue
      case Byte.open where isAfterHook || depth > 0: depth += 1
      case Byte.close where depth > 0: depth -= 1
      case Byte.backslash where place < source.count:
        append(source[place])
        place += 1
      case 0...8, Byte.leadOfStandIns: isClear = false
      default: break
      }
      isAfterHook = false
    }
  }

  private mutating func append(_ byte: UInt8) {
    bytes.append(byte)
    hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
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
