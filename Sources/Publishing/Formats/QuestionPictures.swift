import Typesetting

/// The source of pictures: a page for each question of papers, as large as the question.
package enum QuestionPictures {
  enum Typst: TemplatePages {
    static let name = "typst"
    static let summary = "a page for each question"
    static let ending = ".typ"
    static let template = "pictures.typ"
  }

  enum LaTeX: TemplatePages {
    static let name = "latex"
    static let summary = "a page for each question"
    static let ending = ".tex"
    static let template = "pictures.tex"
  }

  /// - Parameter format: the format whose compiler makes the pictures.
  package static func source(for format: any PaperFormat.Type) -> any PaperFormat.Type {
    format.name == Typst.name ? Typst.self : LaTeX.self
  }
}

extension PaperSheet.Question {
  /// Whether something of it is lost where a form has plain text only.
  package var gainsByPicture: Bool {
    stem.blocks.contains { block in
      switch block {
      case .formula, .steps, .figure, .table: true
      case .paragraph(let prose): prose.hasFormula
      case .list(let items, _): items.contains(where: \.hasFormula)
      case .code: false
      }
    } || parts.contains { $0.prompt.hasFormula }
  }
}

extension Prose {
  fileprivate var hasFormula: Bool {
    pieces.contains { if case .formula = $0 { true } else { false } }
  }
}
