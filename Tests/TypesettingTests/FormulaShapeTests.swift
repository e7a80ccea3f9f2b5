import ExamModel
import QuestionBank
import Testing

@testable import Typesetting

@Suite("Formulas that differ in numbers only") struct FormulaShapeTests {
  /// Whether what is cut together for a formula is what its own tree gives.
  private func expectSetAlike(_ formula: Formula, _ comment: Comment) {
    let tree = formula.tree
    for form in FormulaForm.allCases { #expect(formula.text(form) == tree.text(form), comment) }
    #expect(formula.products == tree.products && formula.isEquation == tree.isEquation, comment)
  }

  @Test("every number is set as if it stood there alone, wherever it stands")
  func places() throws {
    let sources = [
      "#", "-#", "# #", "2 # x", "x_#", "x_{#}", "x_ #", "x_\u{A0}#", "x^#", "x^{-#}", "10^{-#}",
      "e^{#}", "e^{-# x}", "x_{a#}", "x_{#a}", "x_{i, #}", "x_# #", "x_{x_#}", "x_{\\frac{#}{2}} #",
      "x_\\text{#}", "x_{\\text{#}}", "x^\\frac{#}{2}", "#^2", "#^{#}_{#}", "(#)^2", "-#^#", "#!",
      "# \\%",
      "\\hat{#}", "\\bar{x_#}", "\\frac{#}{#}", "\\frac{-#}{#} x", "\\sqrt{#}", "\\sqrt{# x}",
      "|#|",
      "\\text{top # of #}", "\\operatorname{top#}(#)", "\\matrix{# & -# \\\\ x_# & \\frac{#}{2}}",
      "# · -#", "a = # · (#) + # = #", "#.#", "#.", "..#", "#..#", "#.#.#", "x_#.#", "\\{#\\}",
      "\\ln #", "\\exp(-#)", "(#, -#, #)", "# · \\text{a}#", "x'_#", "a \\mid #",
      "\\text{\u{1}\\\u{2}#}",
      "\\text{\u{F0000}\u{F0000}#}",
    ]
    for source in sources {
      for number in ["1", "12", "0.5", ".5", "1234567.25", "007"] {
        let formula = try Formula(parsing: source.replacing("#", with: number))
        expectSetAlike(formula, "\(source) with \(number)")
      }
    }
  }

  @Test("every formula of every family is set so", arguments: 0..<20 as Range<UInt64>)
  func families(_ seed: UInt64) {
    for family in Catalogue.families {
      var dice = Dice(seed: seed)
      let question = family.question(from: &dice, style: QuestionStyle())
      let prompt = question.prompt()
      let blocks = prompt.stem.blocks + prompt.parts.map { .paragraph($0.text) }
      for formula in (blocks + question.solution().blocks).flatMap(\.formulas) {
        expectSetAlike(formula, "\(family.id): \(formula.plainText())")
      }
    }
  }
}

extension Block {
  fileprivate var formulas: [Formula] {
    switch self {
    case .paragraph(let prose): prose.formulas
    case .formula(let formula): [formula]
    case .steps(let steps): steps.flatMap { [$0.formula] + ($0.reason?.formulas ?? []) }
    case .table(let header, let rows): ([header] + rows).joined().flatMap(\.formulas)
    case .list(let items, _): items.flatMap(\.formulas)
    case .code, .figure: []
    }
  }
}

extension Prose {
  fileprivate var formulas: [Formula] {
    pieces.compactMap { if case .formula(let formula) = $0 { formula } else { nil } }
  }
}
