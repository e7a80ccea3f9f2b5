/// A piece of mathematics as a tree, from which text, MathML and LaTeX are made.
///
/// Authors write formulas as LaTeX in string literals, and never build the tree by hand:
///
/// ```swift
/// let loss: Formula = #"L = \frac{1}{1 + \exp(\#(factor: w) x_0)}"#
/// ```
package indirect enum Formula: Sendable, Hashable {
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
  case row([Formula])
  /// A numerator over a denominator.
  case fraction(Formula, Formula)
  /// A base with a subscript, a superscript or both.
  case script(Formula, below: Formula?, above: Formula?)
  /// A letter with a mark on top.
  case accent(Accent, Formula)
  /// A square root.
  case root(Formula)
  /// A formula between brackets, which grow with it.
  case fenced(String, Formula, String)
  /// Rows of cells in square brackets; every row has the same number of cells.
  case matrix([[Formula]])

  /// A mark on top of a letter, named as LaTeX names it.
  package enum Accent: String, Sendable, Hashable {
    case hat, bar, tilde
  }
}

extension Formula: ExpressibleByStringInterpolation {
  /// Reads an author's formula; a mistake in it stops the program and names the place.
  package init(stringLiteral source: String) {
    do throws(FormulaError) {
      try self.init(parsing: source)
    } catch {
      preconditionFailure(error.description)
    }
  }

  /// Reads an author's formula with numbers put in; a mistake in it stops the program.
  package init(stringInterpolation source: SourceInterpolation) {
    self.init(stringLiteral: source.text)
  }
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
