/// What is left of a formula's source when its numbers are taken out, so that formulas which differ
/// in their numbers only have one sketch.
///
/// Whole numbers in scripts stay, as text sets them in small digits and may leave out brackets
/// (`x₁₂`); so do the digits of an index, which end at a point.
struct FormulaSketch {
  /// Stands for a number, in a script for one with a point; no source that is read holds either.
  static let (number, decimal): (UInt8, UInt8) = (1, 2)
  /// What the stand-ins of numbers begin with in trees and their texts.
  static let leadOfStandIns: UInt8 = 0xF3

  /// A number that was taken out.
  struct Number: Sendable {
    /// Where it stands in the source.
    let place: Range<Int>
    fileprivate let standIn: UInt8
  }

  /// In order.
  private(set) var numbers: [Number] = []
  /// The same for the same sketch.
  let hash: UInt64
  /// Whether the source holds nothing that could be taken for a number's stand-in.
  let isClear: Bool
  private let source: [UInt8]

  init(of source: [UInt8]) {
    self.source = source
    var (place, sum) = (0, Sum())
    /// Whether a script begins here, and how many braces are open in one.
    var (isAfterHook, depth) = (false, 0)
    while place < source.count {
      let byte = source[place]
      let end =
        Byte.beginsNumber(byte)
        ? Self.endOfNumber(in: source, at: place, isIndex: isAfterHook) : place
      if end > place {
        if isAfterHook || (depth > 0 && !source[place..<end].contains(Byte.point)) {
          for byte in source[place..<end] { sum.add(byte) }
        } else {
          let number = Number(place: place..<end, standIn: depth > 0 ? Self.decimal : Self.number)
          sum.add(standIn: number.standIn)
          if numbers.isEmpty { numbers.reserveCapacity(4) }
          numbers.append(number)
        }
        (place, isAfterHook) = (end, false)
        continue
      }
      sum.add(byte)
      place += 1
      switch byte {
      case Byte.space where isAfterHook: continue
      case Byte.hook, Byte.roof:
        isAfterHook = true
        continue
      case Byte.open where isAfterHook || depth > 0: depth += 1
      case Byte.close where depth > 0: depth -= 1
      case Byte.backslash where place < source.count:
        sum.add(source[place])
        place += 1
      default: break
      }
      isAfterHook = false
    }
    hash = sum.hash
    isClear = sum.isClear
  }

  /// What a sketch comes to, byte by byte.
  private struct Sum {
    private(set) var isClear = true
    private var state: UInt64 = 0
    /// The last bytes, as far as they are not in the state, and how many there were.
    private var (word, count): (UInt64, Int) = (0, 0)

    mutating func add(_ byte: UInt8) {
      if byte <= 8 || byte == FormulaSketch.leadOfStandIns { isClear = false }
      add(standIn: byte)
    }

    mutating func add(standIn byte: UInt8) {
      word = word << 8 | UInt64(byte)
      count += 1
      if count.isMultiple(of: 8) { mix(word) }
    }

    private mutating func mix(_ word: UInt64) {
      state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
      state ^= state >> 32
    }

    var hash: UInt64 {
      var sum = self
      sum.mix(word)
      sum.mix(UInt64(count))
      return sum.state
    }
  }

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
    for number in numbers {
      let end = number.place.lowerBound
      let standIn = next + end - place
      guard bytes[standIn] == number.standIn,
        source.span.extracting(place..<end).isEqual(to: bytes.span.extracting(next..<standIn))
      else { return false }
      (place, next) = (number.place.upperBound, standIn + 1)
    }
    return source.span.extracting(place..<source.count)
      .isEqual(to: bytes.span.extracting(next..<bytes.count))
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
    static func beginsNumber(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || byte == point }
  }
}

extension Span<UInt8> {
  /// Whether both hold the same, for short stretches that mostly do.
  fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var difference: UInt8 = 0
    for i in indices { difference |= self[i] ^ other[i] }
    return difference == 0
  }
}
