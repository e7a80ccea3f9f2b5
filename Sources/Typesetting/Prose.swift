/// Running text with formulas, code and emphasis in it.
///
/// ```swift
/// let question: Prose = #"What is $\frac{∂L}{∂w_0}$ for $w_0 = \#(w0)$? Use `torch.sigmoid`."#
/// ```
///
/// `$…$` is a formula, what stands between backticks is code, `*…*` is emphasis, and a backslash
/// takes away the meaning of `$`, `*`, the backtick and itself. A star with a space after it is a
/// star. Text from outside goes in by `\(verbatim: text)` or `Prose(verbatim:)`.
package struct Prose: Sendable, Hashable {
  /// A stretch of prose of one kind.
  package enum Piece: Sendable, Hashable {
    case text(String)
    case emphasis(String)
    case code(String)
    case formula(Formula)
  }

  /// The stretches in reading order.
  package var pieces: [Piece]

  /// Prose from stretches that are already known.
  package init(pieces: [Piece]) { self.pieces = pieces }

  /// Text in which nothing is markup.
  package init(verbatim text: String) { pieces = text.isEmpty ? [] : [.text(text)] }

  /// A formula alone.
  package init(_ formula: Formula) { pieces = [.formula(formula)] }

  /// One prose after another, with nothing put between them.
  package static func + (a: Prose, b: Prose) -> Prose { Prose(pieces: a.pieces + b.pieces) }

  /// Whether there is nothing to read.
  package var isEmpty: Bool { pieces.isEmpty }
}

extension Prose: ExpressibleByStringInterpolation {
  /// Reads an author's prose; a mistake in it stops the program and names the place.
  package init(stringLiteral source: String) { self.init(written: Array(source.utf8)) }

  /// Reads an author's prose with values put in; a mistake in it stops the program.
  package init(stringInterpolation source: SourceInterpolation) {
    self.init(written: source.bytes)
  }

  private init(written source: [UInt8]) {
    do throws(FormulaError) {
      try self.init(parsing: source)
    } catch {
      preconditionFailure(error.description)
    }
  }
}

extension Prose {
  /// Reads prose with its markup; a formula or code that does not end is an error.
  ///
  /// All markup is ASCII, so the bytes between two marks are copied as they are.
  package init(parsing source: String) throws(FormulaError) {
    try self.init(parsing: Array(source.utf8))
  }

  private init(parsing source: [UInt8]) throws(FormulaError) {
    var pieces: [Piece] = []
    pieces.reserveCapacity(Self.usualCount)
    /// Text up to a backslash that took away a meaning, and where it goes on in the source.
    var (text, start): ([UInt8], Int) = ([], 0)
    func close(at end: Int) {
      if text.isEmpty {
        if start == end { return }
        pieces.append(.text(String(decoding: source[start..<end], as: UTF8.self)))
      } else {
        text += source[start..<end]
        pieces.append(.text(String(decoding: text, as: UTF8.self)))
        text = []
      }
    }
    var i = 0
    while i < source.count {
      let byte = source[i]
      switch byte {
      case Mark.backslash where i + 1 < source.count && Mark.isMark(source[i + 1]):
        text += source[start..<i]
        start = i + 1
        i += 2
      case Mark.dollar, Mark.backtick:
        guard let end = Self.end(of: byte, in: source, after: i) else {
          let kind = byte == Mark.dollar ? "a formula" : "code"
          throw FormulaError(
            reason: "\(kind) without an end begins",
            source: String(decoding: source, as: UTF8.self),
            column: String(decoding: source[..<i], as: UTF8.self).count + 1)
        }
        close(at: i)
        let inner = source[(i + 1)..<end]
        pieces.append(
          byte == Mark.dollar
            ? .formula(try Formula(parsing: Array(inner)))
            : .code(String(decoding: inner, as: UTF8.self)))
        i = end + 1
        start = i
      case Mark.star:
        if let end = Self.emphasisEnd(in: source, after: i) {
          close(at: i)
          pieces.append(.emphasis(String(decoding: source[(i + 1)..<end], as: UTF8.self)))
          i = end + 1
          start = i
        } else {
          i += 1
        }
      default: i += 1
      }
    }
    close(at: source.count)
    self.pieces = pieces
  }

  /// Little prose has more pieces.
  private static let usualCount = 4

  /// The characters that mean something in the source of prose, as bytes.
  enum Mark {
    static let dollar = UInt8(ascii: "$")
    static let star = UInt8(ascii: "*")
    static let backtick = UInt8(ascii: "`")
    static let backslash = UInt8(ascii: "\\")
    static let all = [dollar, star, backtick, backslash]
    static func isMark(_ byte: UInt8) -> Bool {
      byte == dollar || byte == star || byte == backtick || byte == backslash
    }
    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
  }

  private static func end(of mark: UInt8, in source: [UInt8], after start: Int) -> Int? {
    var i = start + 1
    while i < source.count, source[i] != mark {
      // Within a formula `\$` is a dollar sign; within code a backslash is a backslash.
      i += mark == Mark.dollar && source[i] == Mark.backslash ? 2 : 1
    }
    return i < source.count ? i : nil
  }

  private static func emphasisEnd(in source: [UInt8], after start: Int) -> Int? {
    guard start + 1 < source.count, !Mark.isSpace(source[start + 1]),
      let end = source[(start + 1)...].firstIndex(where: Mark.all.contains),
      source[end] == Mark.star, end > start + 1, !Mark.isSpace(source[end - 1])
    else { return nil }
    return end
  }
}
