/// Running text with formulas, code and emphasis in it.
///
/// ```swift
/// let question: Prose = #"What is $\frac{∂L}{∂w_0}$ for $w_0 = \#(w0)$? Use `torch.sigmoid`."#
/// ```
///
/// `$…$` is a formula, `` `…` `` is code, `*…*` is emphasis, and a backslash takes away the
/// meaning of `$`, `*`, `` ` `` and itself. A star with a space after it is a star. Text from
/// outside goes in by `\(verbatim: text)` or `Prose(verbatim:)`.
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

  /// The characters that mean something in the source of prose.
  static let markup: Set<Character> = ["$", "*", "`", "\\"]
}

extension Prose: ExpressibleByStringInterpolation {
  /// Reads an author's prose; a mistake in it stops the program and names the place.
  package init(stringLiteral source: String) {
    do throws(FormulaError) {
      try self.init(parsing: source)
    } catch {
      preconditionFailure(error.description)
    }
  }

  /// Reads an author's prose with values put in; a mistake in it stops the program.
  package init(stringInterpolation source: SourceInterpolation) {
    self.init(stringLiteral: source.text)
  }
}

extension Prose {
  /// Reads prose with its markup; a formula or code that does not end is an error.
  package init(parsing source: String) throws(FormulaError) {
    let characters = Array(source)
    var pieces: [Piece] = []
    var text = ""
    func close() {
      if !text.isEmpty { pieces.append(.text(text)) }
      text = ""
    }
    var i = 0
    while i < characters.count {
      let character = characters[i]
      switch character {
      case "\\" where i + 1 < characters.count && Prose.markup.contains(characters[i + 1]):
        text.append(characters[i + 1])
        i += 2
      case "$", "`":
        guard let end = Self.end(of: character, in: characters, after: i) else {
          let kind = character == "$" ? "a formula" : "code"
          throw FormulaError(reason: "\(kind) without an end begins", source: source, column: i + 1)
        }
        close()
        let inner = String(characters[(i + 1)..<end])
        pieces.append(character == "$" ? .formula(try Formula(parsing: inner)) : .code(inner))
        i = end + 1
      case "*":
        if let end = Self.emphasisEnd(in: characters, after: i) {
          close()
          pieces.append(.emphasis(String(characters[(i + 1)..<end])))
          i = end + 1
        } else {
          text.append(character)
          i += 1
        }
      default:
        text.append(character)
        i += 1
      }
    }
    close()
    self.pieces = pieces
  }

  private static func end(of mark: Character, in source: [Character], after start: Int) -> Int? {
    var i = start + 1
    while i < source.count, source[i] != mark {
      // Within a formula `\$` is a dollar sign; within code a backslash is a backslash.
      i += mark == "$" && source[i] == "\\" ? 2 : 1
    }
    return i < source.count ? i : nil
  }

  private static func emphasisEnd(in source: [Character], after start: Int) -> Int? {
    guard start + 1 < source.count, !source[start + 1].isWhitespace,
      let end = source[(start + 1)...].firstIndex(where: { markup.contains($0) }),
      source[end] == "*", end > start + 1, !source[end - 1].isWhitespace
    else { return nil }
    return end
  }
}
