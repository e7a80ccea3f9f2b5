/// A question, a key or a worked solution, ready to be shown in any of three forms.
///
/// ```swift
/// let solution = Document {
///   "By the chain rule, with $u = \(w0) x_0$:"
///   Block.steps(["∂L/∂w_0 = ∂L/∂u · ∂u/∂w_0", Step("= \(slope) · \(x0)", because: "put in")])
/// }
/// ```
package struct Document: Sendable, Hashable, ExpressibleByArrayLiteral {
  /// What stands below one another.
  package var blocks: [Block]

  /// A document of blocks that are already known.
  package init(blocks: [Block]) { self.blocks = blocks }

  /// A document of blocks in brackets.
  package init(arrayLiteral blocks: Block...) { self.blocks = blocks }

  /// A document written down; a string by itself is a paragraph.
  package init(@DocumentBuilder _ content: () -> Document) { self = content() }

  /// The blocks in which there is something to see; LaTeX refuses a list without items.
  var shown: [Block] { blocks.filter { !$0.isEmpty } }
}

/// One part of a document that starts on a line of its own.
package enum Block: Sendable, Hashable {
  /// Running text.
  case paragraph(Prose)
  /// A formula on a line of its own.
  case formula(Formula)
  /// A derivation, its lines aligned at their first relation.
  case steps([Step])
  /// Lines of a program as they stand.
  case code(String)
  /// Rows of cells; an empty header leaves the table without one.
  case table(header: [Prose], rows: [[Prose]])
  /// Items, each after a bullet or a number.
  case list([Prose], isNumbered: Bool = false)
  /// A drawing of a computation.
  case figure(ComputationGraph)

  /// Whether it announces what follows, and so does not end a page.
  var isAnnouncement: Bool {
    guard case .paragraph(let prose) = self, case .text(let text)? = prose.pieces.last else {
      return false
    }
    return text.hasSuffix(":")
  }

  var isEmpty: Bool {
    switch self {
    case .paragraph(let prose): prose.isEmpty
    case .formula(let formula): formula.isEmpty
    case .steps(let steps): steps.isEmpty
    case .code(let code): code.isEmpty
    case .table(let header, let rows): header.isEmpty && rows.allSatisfy(\.isEmpty)
    case .list(let items, _): items.isEmpty
    case .figure(let graph): graph.nodes.isEmpty
    }
  }
}

/// A line of a derivation, with the reason for it.
package struct Step: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// The line; one that starts with a relation continues the line above.
  package let formula: Formula
  /// Why the line follows, if that needs saying.
  package let reason: Prose?

  /// A line and its reason.
  package init(_ formula: Formula, because reason: Prose? = nil) {
    self.formula = formula
    self.reason = reason
  }

  /// A line without a reason.
  package init(stringLiteral source: String) { self.init(Formula(stringLiteral: source)) }

  /// A line without a reason, from what an author's program wrote in UTF-8.
  ///
  /// A side that says what stands before it already, as in `x = 1 = 1`, is left out.
  package init(source: [UInt8]) { self.init(Formula(written: Self.withoutRepeats(source))) }

  /// A line without a reason, with values put in.
  package init(stringInterpolation source: SourceInterpolation) { self.init(source: source.bytes) }

  /// Drops the sides of a chain of equations that equal the one before, unless that is the first.
  private static func withoutRepeats(_ source: [UInt8]) -> [UInt8] {
    var sides: [(start: Int, text: ArraySlice<UInt8>)] = []
    func end(_ start: Int, _ from: Int, at place: Int) {
      let text = source[from..<place]
      let isEqual = source[start..<from].elementsEqual(equals)
      if sides.count < 2 || !isEqual || text != sides[sides.count - 1].text {
        sides.append((start, text))
      }
    }
    var (start, from, place) = (0, 0, 0)
    while place < source.count {
      if source[place] == UInt8(ascii: " "),
        let sign = signs.first(where: { source[place...].starts(with: $0) })
      {
        end(start, from, at: place)
        (start, from) = (place, place + sign.count)
      }
      place += 1
    }
    end(start, from, at: place)
    return sides.flatMap { source[$0.start..<$0.text.endIndex] }
  }
  private static let equals = Array(" = ".utf8)
  private static let signs = [equals, Array(" ≈ ".utf8)]

  /// The formula cut before its first relation; the left part may be empty.
  var sides: (left: [FormulaTree], right: [FormulaTree]) { formula.tree.sides }
}

/// Lets a document be written as a list of blocks and paragraphs.
@resultBuilder package enum DocumentBuilder {
  /// What stands in the list.
  package enum Part {
    case block(Block)
    case blocks([Block])

    fileprivate func add(to list: inout [Block]) {
      switch self {
      case .block(let block): list.append(block)
      case .blocks(let blocks): list += blocks
      }
    }
  }

  /// A paragraph.
  package static func buildExpression(_ prose: Prose) -> Part { .block(.paragraph(prose)) }
  /// A block.
  package static func buildExpression(_ block: Block) -> Part { .block(block) }
  /// Blocks made elsewhere.
  package static func buildExpression(_ blocks: [Block]) -> Part { .blocks(blocks) }
  /// A document within a document.
  package static func buildExpression(_ document: Document) -> Part { .blocks(document.blocks) }
  /// All parts one below another.
  package static func buildBlock(_ parts: Part...) -> Part { buildArray(parts) }
  /// What stands under `if`.
  package static func buildOptional(_ part: Part?) -> Part { part ?? .blocks([]) }
  /// The first branch.
  package static func buildEither(first part: Part) -> Part { part }
  /// The second branch.
  package static func buildEither(second part: Part) -> Part { part }
  /// What a loop makes.
  package static func buildArray(_ parts: [Part]) -> Part {
    var blocks: [Block] = []
    blocks.reserveCapacity(parts.count)
    for part in parts { part.add(to: &blocks) }
    return .blocks(blocks)
  }
  /// The whole.
  package static func buildFinalResult(_ part: Part) -> Document {
    if case .blocks(let blocks) = part { return Document(blocks: blocks) }
    var blocks: [Block] = []
    part.add(to: &blocks)
    return Document(blocks: blocks)
  }
}
