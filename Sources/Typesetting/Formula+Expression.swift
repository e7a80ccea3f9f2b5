package import Calculus

extension Formula {
  /// An expression as a formula, and so as text, MathML, LaTeX and Typst.
  package init(_ expression: Expression) { self.init(stringLiteral: expression.latex) }
}
