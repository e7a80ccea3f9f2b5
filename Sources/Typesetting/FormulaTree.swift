/// A formula as it was read: the tree from which text, MathML, LaTeX and Typst are made.
package indirect enum FormulaTree: Sendable, Hashable {
  /// Digits with or without a point, without a sign.
  case number(String)
  /// A variable: one letter is set in italics, more letters upright.
  case identifier(String)
  /// Words in upright letters.
  case text(String)
  /// The name of a function, such as `exp`; what it is applied to follows in the row.
  case function(String)
  /// A sign such as + or =.
  case symbol(Symbol)
  /// Formulas side by side; neighbours without a sign between them are multiplied.
  case row([FormulaTree])
  /// A numerator over a denominator.
  case fraction(FormulaTree, FormulaTree)
  /// A base with a subscript, a superscript or both.
  case script(FormulaTree, below: FormulaTree?, above: FormulaTree?)
  /// A letter with a mark on top.
  case accent(Accent, FormulaTree)
  /// A square root.
  case root(FormulaTree)
  /// A formula between brackets, which grow with it.
  case fenced(String, FormulaTree, String)
  /// Rows of cells in square brackets; every row has the same number of cells.
  case matrix([[FormulaTree]])

  /// A mark on top of a letter, named as LaTeX names it.
  package enum Accent: String, Sendable, Hashable {
    case hat, bar, tilde
  }
}

extension FormulaTree {
  /// The items cut before their first relation; the left part may be empty.
  var sides: (left: [FormulaTree], right: [FormulaTree]) {
    let items = if case .row(let items) = self { items } else { [self] }
    let cut = items.firstIndex { item in
      if case .symbol(let symbol) = item { symbol.role == .relation } else { false }
    }
    return (Array(items[..<(cut ?? items.count)]), Array(items[(cut ?? items.count)...]))
  }
}

extension FormulaTree {
  /// The formula cut where a line may end: after the commas and semicolons of a list and the signs
  /// between clauses, where no brackets enclose them.
  var phrases: [FormulaTree] {
    guard case .row(let items) = self else { return [self] }
    var phrases: [FormulaTree] = []
    var phrase: [FormulaTree] = []
    for (place, item) in items.enumerated() {
      if place > 0, mayEnd(items[place - 1], before: item), !phrase.isEmpty {
        phrases.append(.row(phrase))
        phrase = []
      }
      if case .symbol(let symbol) = item, symbol.role == .space, place + 1 < items.count {
        continue
      }
      phrase.append(item)
    }
    return phrases.isEmpty ? [self] : phrases + [.row(phrase)]
  }

  /// Whether a line may end between two items of a row.
  private func mayEnd(_ item: FormulaTree, before next: FormulaTree) -> Bool {
    guard case .symbol(let symbol) = item else { return false }
    switch symbol.text {
    case ",", ";": return true
    case "∧": return if case .fenced = next { true } else { false }
    default: return symbol.role == .space
    }
  }

  /// Whether it names several things, and goes on from nothing that stands above it.
  var isList: Bool { phrases.count > 1 && !sides.left.isEmpty }
}

/// Why a formula or a piece of prose could not be read, and where.
package struct FormulaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, in small letters.
  package let reason: String
  /// What was being read.
  package let source: String
  /// The place, counted in characters from 1.
  package let column: Int

  /// The reason, the place and the source in one line.
  package var description: String { "\(reason) at column \(column) of “\(source)”" }
}
