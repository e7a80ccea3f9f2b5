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

  /// Appends words from outside.
  func write(_ text: String, to page: inout [UInt8]) {
    switch self {
    case .html: page.appendEscaped(text)
    case .typst: page.append(contentsOf: escapedTypst(text).utf8)
    case .latex: page.append(contentsOf: escapedLaTeX(text).utf8)
    case .markdown: page.append(contentsOf: escapedMarkdown(text).utf8)
    case .none: page.append(contentsOf: text.utf8)
    }
  }

  /// A document in UTF-8.
  func set(_ document: Document) -> [UInt8] {
    switch self {
    case .html:
      var page: [UInt8] = []
      document.writeHTML(to: &page)
      return page
    case .typst: return Array(document.typst().utf8)
    case .latex: return Array(document.latex().utf8)
    case .markdown: return Array(document.markdown().utf8)
    case .none: return Array(document.plainText().utf8)
    }
  }

  /// Prose in UTF-8.
  func set(_ prose: Prose) -> [UInt8] {
    switch self {
    case .html:
      var page: [UInt8] = []
      prose.writeHTML(to: &page)
      return page
    case .typst: return Array(prose.typst().utf8)
    case .latex: return Array(prose.latex().utf8)
    case .markdown: return Array(prose.markdown().utf8)
    case .none: return Array(prose.plainText().utf8)
    }
  }
}
