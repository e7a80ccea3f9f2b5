/// What a question, a solution or a page consists of.
package struct Document: Sendable, Hashable, ExpressibleByArrayLiteral {
  package var blocks: [Block]

  package init(_ blocks: [Block]) { self.blocks = blocks }
  package init(arrayLiteral blocks: Block...) { self.blocks = blocks }
}

package enum Block: Sendable, Hashable {
  case paragraph(Prose)
  /// A formula on a line of its own.
  case formula(Formula)
  /// Formulas one below the other, aligned at their first equals signs.
  case steps([Formula])
  case code(String)
  case list([Prose])
  case table(header: [Prose], rows: [[Prose]])
}

/// Running text with formulas, code and emphasis in it.
///
/// Authors write `$…$` for a formula, a pair of backticks for code and `*…*` for emphasis; a
/// backslash before one of these signs makes it text.
package struct Prose: Sendable, Hashable {
  package enum Inline: Sendable, Hashable {
    case text(String)
    case formula(Formula)
    case code(String)
    case emphasis(String)
  }

  package let inlines: [Inline]

  /// Text in which no sign has a meaning: what people typed, titles, names.
  package init(text: String) { inlines = [.text(text)] }

  /// Text with the authors' marks.
  package init(marked source: String) {
    var inlines: [Inline] = []
    var text = ""
    var rest = source[...]
    while let character = rest.popFirst() {
      if character == "\\", let following = rest.first, "$`*\\".contains(following) {
        text.append(following)
        rest.removeFirst()
        continue
      }
      guard "$`*".contains(character), let close = rest.firstIndex(of: character) else {
        text.append(character)
        continue
      }
      if !text.isEmpty { inlines.append(.text(text)) }
      text = ""
      let inside = String(rest[..<close])
      switch character {
      case "$": inlines.append(.formula(.parsed(inside)))
      case "`": inlines.append(.code(inside))
      default: inlines.append(.emphasis(inside))
      }
      rest = rest[rest.index(after: close)...]
    }
    if !text.isEmpty { inlines.append(.text(text)) }
    self.inlines = inlines
  }
}

extension Prose: ExpressibleByStringInterpolation {
  package init(stringLiteral source: String) { self.init(marked: source) }
}
