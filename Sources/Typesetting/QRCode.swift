/// A small text as a square of dark and light modules: ISO/IEC 18004, version 1, level M.
///
/// It holds up to 20 digits, capital letters, spaces and `$%*+-./:`, and survives the loss of about
/// a seventh of it. Paper codes need no more.
package struct QRCode: Sendable, Hashable {
  /// Modules of a side, without the white border of four.
  package static let side = 21

  /// Rows of modules from the top; true is dark.
  package let modules: [[Bool]]

  /// Nil for a text that is too long or has other characters.
  package init?(_ text: String) {
    guard let data = Self.words(of: text) else { return nil }
    var square = Square.withPatterns
    square.drawWords(data + Self.correction(of: data))
    modules = square.isDark
  }

  private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

  /// Mode, length, pairs of characters, end and padding as 16 bytes.
  private static func words(of text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap { alphabet.firstIndex(of: $0) }
    guard digits.count == text.utf8.count, digits.count <= 20 else { return nil }
    var bits: [Bool] = []
    func append(_ value: Int, _ count: Int) {
      for place in (0..<count).reversed() { bits.append(value >> place & 1 == 1) }
    }
    append(0b0010, 4)
    append(digits.count, 9)
    for start in stride(from: 0, to: digits.count, by: 2) {
      if start + 1 < digits.count {
        append(45 * digits[start] + digits[start + 1], 11)
      } else {
        append(digits[start], 6)
      }
    }
    append(0, min(4, 128 - bits.count))
    append(0, (8 - bits.count % 8) % 8)
    var words = stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
    let filled = words.count
    while words.count < 16 { words.append((words.count - filled) % 2 == 0 ? 0xEC : 0x11) }
    return words
  }

  /// The polynomial of Reed and Solomon over GF(256) modulo x⁸ + x⁴ + x³ + x² + 1.
  private static let generator: [UInt8] = {
    var generator: [UInt8] = [1]
    var root: UInt8 = 1
    for _ in 0..<10 {
      var next = generator + [0]
      for (place, factor) in generator.enumerated() {
        next[place + 1] ^= multiply(factor, root)
      }
      generator = next
      root = multiply(root, 2)
    }
    return generator
  }()

  /// Its ten bytes of correction.
  private static func correction(of data: [UInt8]) -> [UInt8] {
    var rest = [UInt8](repeating: 0, count: 10)
    for word in data {
      let factor = word ^ rest.removeFirst()
      rest.append(0)
      for place in rest.indices { rest[place] ^= multiply(generator[place + 1], factor) }
    }
    return rest
  }

  private static func multiply(_ a: UInt8, _ b: UInt8) -> UInt8 {
    var (a, b, product) = (a, b, UInt8(0))
    while b > 0 {
      if b & 1 == 1 { product ^= a }
      a = a << 1 ^ (a & 0x80 == 0 ? 0 : 0x1D)
      b >>= 1
    }
    return product
  }

  /// The modules while they are drawn.
  private struct Square {
    var isDark = [[Bool]](repeating: [Bool](repeating: false, count: side), count: side)
    private var isFixed = [[Bool]](repeating: [Bool](repeating: false, count: side), count: side)

    private mutating func fix(_ row: Int, _ column: Int, _ dark: Bool) {
      guard (0..<side).contains(row), (0..<side).contains(column) else { return }
      isDark[row][column] = dark
      isFixed[row][column] = true
    }

    /// What every code of this size has in common.
    static let withPatterns = {
      var square = Square()
      square.drawPatterns()
      return square
    }()

    private mutating func drawPatterns() {
      for (top, left) in [(0, 0), (0, side - 7), (side - 7, 0)] {
        for row in -1...7 {
          for column in -1...7 {
            let ring = max(abs(row - 3), abs(column - 3))
            fix(top + row, left + column, ring != 2 && ring != 4)
          }
        }
      }
      for place in 8..<(side - 8) {
        fix(6, place, place % 2 == 0)
        fix(place, 6, place % 2 == 0)
      }
      // Level M with mask 0, its check and the standard's pattern over it.
      let format = 0b101_0100_0001_0010
      for place in 0..<15 {
        let dark = format >> place & 1 == 1
        let (row, column) =
          place < 6 ? (place, 8) : place < 8 ? (place + 1, 8) : place < 9 ? (8, 7) : (8, 14 - place)
        fix(row, column, dark)
        if place < 8 { fix(8, side - 1 - place, dark) } else { fix(side - 15 + place, 8, dark) }
      }
      fix(side - 8, 8, true)
    }

    /// Upwards and downwards in pairs of columns from the right, under the mask of a chessboard.
    mutating func drawWords(_ words: [UInt8]) {
      var place = 0
      var isUpwards = true
      for right in [20, 18, 16, 14, 12, 10, 8, 5, 3, 1] {
        for step in 0..<side {
          let row = isUpwards ? side - 1 - step : step
          for column in [right, right - 1] where !isFixed[row][column] {
            let isSet = place < 8 * words.count && words[place / 8] >> (7 - place % 8) & 1 == 1
            isDark[row][column] = isSet != ((row + column) % 2 == 0)
            place += 1
          }
        }
        isUpwards.toggle()
      }
    }
  }
}

extension QRCode {
  /// The path round each module, within the white border.
  private static let squares = (0..<(side * side)).map { place in
    Array("M\(4 + place % side) \(4 + place / side)h1v1h-1z".utf8)
  }

  /// An SVG with its white border, black on white whatever stands around it.
  package func svg(label: String) -> String {
    var path: [UInt8] = []
    path.reserveCapacity(1 << 12)
    let squares = Self.squares
    for (place, dark) in modules.joined().enumerated() where dark { path += squares[place] }
    let size = Self.side + 8
    return """
      <svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" width="87" \
      height="87" role="img" aria-label="\(escapedHTML(label))"><path fill="#fff" \
      d="M0 0h\(size)v\(size)h-\(size)z"/><path d="\(String(decoding: path, as: UTF8.self))"/></svg>
      """
  }

  /// A picture of LaTeX, a module a unit wide.
  package func latex() -> String {
    let dots = modules.enumerated().flatMap { row, line in
      line.enumerated().filter(\.element).map { column, _ in
        "\\put(\(column),\(Self.side - 1 - row)){\\rule{1\\unitlength}{1\\unitlength}}"
      }
    }
    return "\\begin{picture}(\(Self.side),\(Self.side))\(dots.joined())\\end{picture}"
  }
}
