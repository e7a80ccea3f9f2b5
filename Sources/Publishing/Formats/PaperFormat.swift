import ExamModel

/// A way of writing papers down: one file of this folder each.
///
/// A new one conforms to this and joins `PaperFormats.all`; Documentation/Publishing.md gets a line.
package protocol PaperFormat: Sendable {
  /// What `--format` calls it.
  static var name: String { get }
  /// What it is for, in a few words.
  static var summary: String { get }
  /// What it can show; others are left out.
  static var views: [PaperSheet.View] { get }
  /// Whether it is an online form that people answer.
  static var isForm: Bool { get }
  /// What its files end in: `.html`.
  static var ending: String { get }
  /// Sentences on what it cannot carry of a test's papers, whichever are drawn.
  static func losses(of test: TestOutline) -> [String]
  /// One file with papers that follow one another; the same bytes for the same papers.
  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) throws(TemplateError) -> [UInt8]
  /// Hands over such a file for each view.
  ///
  /// - Parameter page: room for one file after another, which is worth keeping.
  static func write(
    _ papers: [PaperSheet], _ views: [PaperSheet.View], style: PageStyle, by page: inout [UInt8],
    to take: (PaperSheet.View, [UInt8]) throws -> Void
  ) throws
}

extension PaperFormat {
  package static var views: [PaperSheet.View] { PaperSheet.View.allCases }
  package static var isForm: Bool { false }
  package static func losses(of test: TestOutline) -> [String] { [] }
  /// What one file of it shows; a form for several papers has no key, since each has its own.
  package static func views(ofSeveral: Bool) -> [PaperSheet.View] {
    isForm && ofSeveral ? [.paper] : views
  }
  package static func write(
    _ papers: [PaperSheet], _ views: [PaperSheet.View], style: PageStyle, by page: inout [UInt8],
    to take: (PaperSheet.View, [UInt8]) throws -> Void
  ) throws {
    for view in views { try take(view, try file(papers, view, style: style)) }
  }
}

/// How pages look, whatever their format.
package struct PageStyle: Sendable {
  package var templates: Templates
  /// Half as large again, for who sees little.
  package var isLarge: Bool
  /// A page behind each paper with a line for every answer.
  package var hasAnswerSheet: Bool

  /// US Letter instead of A4, where the format has pages of a size.
  package var isLetter: Bool

  package init(
    templates: Templates = .standard, isLarge: Bool = false, hasAnswerSheet: Bool = false,
    isLetter: Bool = false
  ) {
    self.templates = templates
    self.isLarge = isLarge
    self.hasAnswerSheet = hasAnswerSheet
    self.isLetter = isLetter
  }
}

/// Every format, in the order of `--help`.
package enum PaperFormats {
  package static let all: [any PaperFormat.Type] = [
    HTMLPages.self, TextPages.self, MarkdownPages.self, TypstPages.self, LaTeXPages.self,
    GoogleFormsScript.self, GoogleFormsRequests.self, MoodleXML.self, GIFTText.self,
    QTI21.self, QTI30.self, CanvasQTI.self, AnkiNotes.self, AnkiPackage.self,
  ]

  package static func named(_ name: String) -> (any PaperFormat.Type)? {
    all.first { $0.name == name }
  }
}

/// A format whose page is a template over what `SetSheet` shows.
protocol TemplatePages: PaperFormat {
  static var template: String { get }
}

extension TemplatePages {
  package static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) throws(TemplateError) -> [UInt8] {
    let markup = Markup(fileName: template)
    var page: [UInt8] = []
    try write(papers.map { SetSheet($0, for: [view], in: markup) }, view, style, to: &page)
    return page
  }

  package static func write(
    _ papers: [PaperSheet], _ views: [PaperSheet.View], style: PageStyle, by page: inout [UInt8],
    to take: (PaperSheet.View, [UInt8]) throws -> Void
  ) throws {
    let markup = Markup(fileName: template)
    let sheets = papers.map { SetSheet($0, for: views, in: markup) }
    for view in views {
      page.removeAll(keepingCapacity: true)
      try write(sheets, view, style, to: &page)
      try take(view, page)
    }
  }

  private static func write(
    _ sheets: [SetSheet], _ view: PaperSheet.View, _ style: PageStyle, to page: inout [UInt8]
  ) throws(TemplateError) {
    var values: TemplateValues = [
      "title": .text(sheets.first?.sheet.title ?? ""), "view": .text(view.heading),
      "names": .text(sheets.count == 1 ? sheets[0].sheet.code.description : "all candidates"),
      "papers": .list(sheets.map { $0.values(view) }),
      "isLarge": .flag(style.isLarge), "isLetter": .flag(style.isLetter),
      "hasAnswerSheet": .flag(style.hasAnswerSheet && view == .paper),
    ]
    for (name, isSet) in view.flags { values[name] = .flag(isSet) }
    try style.templates.template(template, for: view).write(values, to: &page)
  }
}

/// Pages for a browser: no script, nothing fetched, MathML.
enum HTMLPages: TemplatePages {
  static let name = "html"
  static let summary = "a page for phone, screen reader and printer"
  static let ending = ".html"
  static let template = "paper.html"
}

/// Markdown with formulas between dollar signs.
enum MarkdownPages: TemplatePages {
  static let name = "markdown"
  static let summary = "for wikis, notebooks and repositories"
  static let ending = ".md"
  static let template = "paper.md"
  static func losses(of test: TestOutline) -> [String] {
    ["markdown: figures are drawn in characters"]
  }
}

/// The source of a PDF, for Typst.
enum TypstPages: TemplatePages {
  static let name = "typst"
  static let summary = "the source of a PDF, for Typst"
  static let ending = ".typ"
  static let template = "paper.typ"
}

/// The source of a PDF, for pdfLaTeX or LuaLaTeX.
enum LaTeXPages: TemplatePages {
  static let name = "latex"
  static let summary = "the source of a PDF, for pdfLaTeX or LuaLaTeX"
  static let ending = ".tex"
  static let template = "paper.tex"
}

/// Plain Unicode text, 80 columns wide.
enum TextPages: PaperFormat {
  static let name = "text"
  static let summary = "plain text, 80 columns wide"
  static let ending = ".txt"
  package static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    Array(papers.map { $0.text(view) }.joined(separator: "\u{C}\n").utf8)
  }
}
