/// How formulas stand in HTML.
package enum FormulaMarkup: Sendable {
  case mathML
  /// Between `\(` and `\)`, for places that run MathJax.
  case mathJax
}

extension Document {
  /// The document as HTML: a fragment that, with MathML, needs no style sheet and no script.
  package func html(_ formulas: FormulaMarkup = .mathML) -> String {
    var html: [UInt8] = []
    writeHTML(to: &html, formulas)
    return String(decoding: html, as: UTF8.self)
  }

  /// Appends the same in UTF-8.
  package func writeHTML(to html: inout [UInt8], _ formulas: FormulaMarkup = .mathML) {
    var isFirst = true
    for block in blocks where !block.isEmpty {
      if !isFirst { html.append("\n") }
      isFirst = false
      block.write(to: &html, formulas)
    }
  }
}

extension Prose {
  /// The prose as inline HTML.
  package func html(_ formulas: FormulaMarkup = .mathML) -> String {
    var html: [UInt8] = []
    writeHTML(to: &html, formulas)
    return String(decoding: html, as: UTF8.self)
  }

  /// Appends the same in UTF-8.
  package func writeHTML(to html: inout [UInt8], _ formulas: FormulaMarkup = .mathML) {
    for piece in pieces {
      switch piece {
      case .text(let text): html.appendEscaped(text)
      case .emphasis(let text): html.append(element: "em", text)
      case .code(let text): html.append(element: "code", text)
      case .formula(let formula):
        switch formulas {
        case .mathML: formula.write(.inline, to: &html)
        case .mathJax: html.appendEscaped("\\(\(formula.latex())\\)")
        }
      }
    }
  }
}

extension Block {
  fileprivate func write(to html: inout [UInt8], _ formulas: FormulaMarkup) {
    switch self {
    case .paragraph(let prose): html.append(element: "p") { prose.writeHTML(to: &$0, formulas) }
    case .formula(let formula):
      switch formulas {
      case .mathML: formula.write(.displayed, to: &html)
      case .mathJax: html.appendEscaped("\\[\(formula.latex())\\]")
      }
    case .steps(let steps):
      switch formulas {
      case .mathML: Self.write(steps, to: &html)
      case .mathJax: html.appendEscaped("\\[\(Self.aligned(steps))\\]")
      }
    case .code(let code):
      html.append(element: "pre") { $0.append(element: "code", code.trimmingLastNewline()) }
    case .table(let header, let rows):
      html.append("<table>\n")
      if !header.isEmpty {
        html.append("<thead><tr>")
        for cell in header {
          // The corner above the heads of rows is the head of nothing.
          if cell.pieces.isEmpty {
            html.append("<td></td>")
            continue
          }
          html.append("<th scope=\"col\">")
          cell.writeHTML(to: &html, formulas)
          html.append("</th>")
        }
        html.append("</tr></thead>\n")
      }
      html.append("<tbody>\n")
      for row in rows {
        html.append(element: "tr") { html in
          for cell in row { html.append(element: "td") { cell.writeHTML(to: &$0, formulas) } }
        }
        html.append("\n")
      }
      html.append("</tbody>\n</table>")
    case .figure(let graph): html.append(graph.svg)
    case .list(let items, let isNumbered):
      html.append(element: isNumbered ? "ol" : "ul") { html in
        html.append("\n")
        for item in items {
          html.append(element: "li") { item.writeHTML(to: &$0, formulas) }
          html.append("\n")
        }
      }
    }
  }

  /// One table of MathML, so that the relations stand below one another in every browser.
  private static func write(_ steps: [Step], to html: inout [UInt8]) {
    html.append("<math display=\"block\" alttext=\"")
    for place in steps.indices {
      if place > 0 { html.append("; ") }
      steps[place].formula.write(.alternative, to: &html)
    }
    html.append("\"><mtable displaystyle=\"true\">")
    for place in steps.indices {
      html.append("<mtr>")
      steps[place].formula.write(.sides, to: &html)
      if let reason = steps[place].reason {
        html.append("<mtd style=\"text-align: left\"><mspace width=\"2em\"></mspace>")
        html.append(element: "mtext") { reason.writeHTML(to: &$0) }
        html.append("</mtd>")
      }
      html.append("</mtr>")
    }
    html.append("</mtable></math>")
  }
}

/// The text with the five characters replaced that could end an element or an attribute.
///
/// Byte by byte: a quotation mark with an accent on it ends an attribute all the same.
package func escapedHTML(_ text: String) -> String {
  guard text.utf8.contains(where: \.endsMarkup) else { return text }
  var escaped: [UInt8] = []
  escaped.appendEscaped(text)
  return String(decoding: escaped, as: UTF8.self)
}

extension [UInt8] {
  /// Appends a text in UTF-8.
  mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  /// Appends what `escapedHTML` makes of the text.
  package mutating func appendEscaped(_ text: String) {
    guard text.utf8.contains(where: \.endsMarkup) else { return append(text) }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): append("&amp;")
      case UInt8(ascii: "<"): append("&lt;")
      case UInt8(ascii: ">"): append("&gt;")
      case UInt8(ascii: "\""): append("&quot;")
      case UInt8(ascii: "'"): append("&#39;")
      default: append(byte)
      }
    }
  }

  /// Appends an element without attributes that holds words.
  fileprivate mutating func append(element name: String, _ text: String) {
    append(element: name) { $0.appendEscaped(text) }
  }

  fileprivate mutating func append(element name: String, content: (inout [UInt8]) -> Void) {
    append("<")
    append(name)
    append(">")
    content(&self)
    append("</")
    append(name)
    append(">")
  }
}

extension UInt8 {
  /// & < > " '
  fileprivate var endsMarkup: Bool {
    switch self {
    case 0x26, 0x3C, 0x3E, 0x22, 0x27: true
    default: false
    }
  }
}
