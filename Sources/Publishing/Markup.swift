import Typesetting

/// What a page is written in: how words from outside are escaped, and documents set.
enum Markup: Sendable {
  case html, typst, latex, markdown
  /// Scripts, style sheets and settings: nothing from outside is put there as words.
  case none

  /// A file's ending says it.
  init(fileName: String) {
    switch fileName.split(separator: ".").last {
    case "html", "xml": self = .html
    case "typ": self = .typst
    case "tex": self = .latex
    case "md": self = .markdown
    default: self = .none
    }
  }

  func escaped(_ text: String) -> String {
    switch self {
    case .html: escapedHTML(text)
    case .typst: escapedTypst(text)
    case .latex: escapedLaTeX(text)
    case .markdown: escapedMarkdown(text)
    case .none: text
    }
  }

  func set(_ document: Document) -> String {
    switch self {
    case .html: document.html()
    case .typst: document.typst()
    case .latex: document.latex()
    case .markdown: document.markdown()
    case .none: document.plainText()
    }
  }

  func set(_ prose: Prose) -> String {
    switch self {
    case .html: prose.html()
    case .typst: prose.typst()
    case .latex: prose.latex()
    case .markdown: prose.markdown()
    case .none: prose.plainText()
    }
  }
}
