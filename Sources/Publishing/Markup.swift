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

  /// Appends a document.
  func write(_ document: Document, to page: inout [UInt8]) {
    switch self {
    case .html: document.writeHTML(to: &page)
    case .typst: page.append(contentsOf: document.typst().utf8)
    case .latex: page.append(contentsOf: document.latex().utf8)
    case .markdown: page.append(contentsOf: document.markdown().utf8)
    case .none: page.append(contentsOf: document.plainText().utf8)
    }
  }

  /// Appends prose.
  func write(_ prose: Prose, to page: inout [UInt8]) {
    switch self {
    case .html: prose.writeHTML(to: &page)
    case .typst: page.append(contentsOf: prose.typst().utf8)
    case .latex: page.append(contentsOf: prose.latex().utf8)
    case .markdown: page.append(contentsOf: prose.markdown().utf8)
    case .none: page.append(contentsOf: prose.plainText().utf8)
    }
  }
}
