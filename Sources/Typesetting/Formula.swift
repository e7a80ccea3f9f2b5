/// A piece of mathematics.
///
/// Authors write formulas as LaTeX in string literals:
///
/// ```swift
/// let loss: Formula = #"L = \frac{1}{1 + \exp(\#(factor: w) x_0)}"#
/// ```
///
/// Formulas that differ in their numbers only are read and set once: the first of them leaves a
/// `FormulaShape` for the others.
package struct Formula: Sendable {
  /// What the author wrote, in UTF-8.
  private let source: [UInt8]
  /// The numbers in it that the shape leaves out.
  private let numbers: [FormulaSketch.Number]
  /// What it shares with others; nil where its numbers stand so that it is set alone.
  private let shape: FormulaShape?

  /// Reads a formula in a small LaTeX subset, in which Unicode signs and letters may stand too.
  ///
  /// Known are scripts, `\frac`, `\sqrt`, `\text`, `\operatorname`, `\hat`, `\bar`, `\tilde`,
  /// `\mathbb`, `\matrix{1 & 2 \\ 3 & 4}`, brackets, Greek, common signs and functions. Four
  /// things differ from LaTeX for the sake of numbers put in by programs: `x_12` has the index 12,
  /// a minus after a sign is put in parentheses (`2 \cdot -3`), numbers side by side get a dot
  /// (`2 3`), and `|…|` is always a magnitude (write `\mid` for “given”).
  package init(parsing source: String) throws(FormulaError) {
    try self.init(parsing: Array(source.utf8))
  }

  init(parsing source: [UInt8]) throws(FormulaError) {
    let sketch = FormulaSketch(of: source)
    self.source = source
    numbers = sketch.numbers
    shape = FormulaShape.like(sketch)
    if shape == nil { _ = try FormulaTree(parsing: String(decoding: source, as: UTF8.self)) }
  }

  /// The formula as it is read.
  var tree: FormulaTree {
    do throws(FormulaError) {
      return try FormulaTree(parsing: String(decoding: source, as: UTF8.self))
    } catch {
      preconditionFailure(error.description)
    }
  }

  /// Products and quotients with a number on both sides.
  package var products: Int { shape?.products ?? tree.products }
  /// Whether an equals sign stands in it that no brackets enclose.
  package var isEquation: Bool { shape?.isEquation ?? tree.isEquation }
  /// Whether it names several things, one after another.
  var isList: Bool { shape?.isList ?? tree.isList }
  /// Whether there is nothing to see.
  var isEmpty: Bool { shape?.isEmpty ?? (tree == .row([])) }

  /// Appends the formula in one form.
  func write(_ form: FormulaForm, to text: inout [UInt8]) {
    if let shape {
      shape.setting(form).write(to: &text, numbers: numbers, of: source)
    } else {
      text.append(tree.text(form))
    }
  }

  /// The formula in one form.
  func text(_ form: FormulaForm) -> String {
    var text: [UInt8] = []
    write(form, to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}

extension Formula {
  /// The formula in one line of Unicode, to be read without any typesetting.
  package func plainText() -> String { text(.plain) }
  /// The formula on lines of its own, with its matrices drawn as rows in brackets.
  package func displayedText() -> String { tree.displayedText() }
  /// The formula as LaTeX for math mode, with no dollar signs round it.
  package func latex() -> String { text(.latex) }
  /// The formula in the math mode of Typst, without the dollar signs around it.
  package func typst() -> String { text(.typst) }
  /// The formula as a `<math>` element of MathML Core, with its plain text for who cannot see it.
  package func html(isDisplayed: Bool = false) -> String {
    text(isDisplayed ? .displayed : .inline)
  }
}

extension Formula: Hashable {
  /// Whether both are read as the same, however they are written.
  package static func == (a: Formula, b: Formula) -> Bool { a.tree == b.tree }
  package func hash(into hasher: inout Hasher) { hasher.combine(tree) }
}

extension Formula: ExpressibleByStringInterpolation {
  /// Reads an author's formula; a mistake in it stops the program and names the place.
  package init(stringLiteral source: String) { self.init(written: Array(source.utf8)) }

  /// Reads an author's formula with numbers put in; a mistake in it stops the program.
  package init(stringInterpolation source: SourceInterpolation) {
    self.init(written: source.bytes)
  }

  /// Reads what an author's program wrote; a mistake in it stops the program.
  init(written source: [UInt8]) {
    do throws(FormulaError) {
      try self.init(parsing: source)
    } catch {
      preconditionFailure(error.description)
    }
  }
}
