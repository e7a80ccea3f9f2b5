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
      if !isFirst { html.append(UInt8(ascii: "\n")) }
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
      case .emphasis(let text): html.append("<em>", "</em>") { $0.appendEscaped(text) }
      case .code(let text): html.append("<code>", "</code>") { $0.appendEscaped(text) }
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
    case .paragraph(let prose): html.append("<p>", "</p>") { prose.writeHTML(to: &$0, formulas) }
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
      html.append("<pre><code>", "</code></pre>") { $0.appendEscaped(code.trimmingLastNewline()) }
    case .table(let header, let rows):
      html.append(tag: "<table>\n")
      if !header.isEmpty {
        html.append(tag: "<thead><tr>")
        for cell in header {
          // The corner above the heads of rows is the head of nothing.
          if cell.pieces.isEmpty {
            html.append(tag: "<td></td>")
          } else {
            html.append("<th scope=\"col\">", "</th>") { cell.writeHTML(to: &$0, formulas) }
          }
        }
        html.append(tag: "</tr></thead>\n")
      }
      html.append(tag: "<tbody>\n")
      for row in rows {
        html.append("<tr>", "</tr>\n") { html in
          for cell in row { html.append("<td>", "</td>") { cell.writeHTML(to: &$0, formulas) } }
        }
      }
      html.append(tag: "</tbody>\n</table>")
    case .figure(let graph): html.append(graph.svg.utf8.span)
    case .list(let items, let isNumbered):
      html.append(isNumbered ? "<ol>\n" : "<ul>\n", isNumbered ? "</ol>" : "</ul>") { html in
        for item in items {
          html.append("<li>", "</li>\n") { item.writeHTML(to: &$0, formulas) }
        }
      }
    }
  }

  /// One table of MathML, so that the relations stand below one another in every browser; lists of
  /// what is given in a paragraph, where they can be wrapped.
  private static func write(_ steps: [Step], to html: inout [UInt8]) {
    let lists = steps.count { $0.formula.isList }
    guard lists * 2 < steps.count || steps.contains(where: { $0.reason != nil }) else {
      html.append("<p class=\"formula\">", "</p>") { html in
        for place in steps.indices {
          if place > 0 { html.append(tag: "<br/>\n") }
          steps[place].formula.write(.phrases, to: &html)
        }
      }
      return
    }
    html.append(tag: "<math display=\"block\" alttext=\"")
    for place in steps.indices {
      if place > 0 { html.append(tag: "; ") }
      steps[place].formula.write(.alternative, to: &html)
    }
    html.append(tag: "\"><mtable displaystyle=\"true\">")
    for place in steps.indices {
      html.append(tag: "<mtr>")
      steps[place].formula.write(.sides, to: &html)
      if let reason = steps[place].reason {
        html.append(
          "<mtd style=\"text-align: left\"><mspace width=\"2em\"></mspace><mtext>",
          "</mtext></mtd>"
        ) { reason.writeHTML(to: &$0) }
      }
      html.append(tag: "</mtr>")
    }
    html.append(tag: "</mtable></math>")
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
  mutating func append(_ text: String) { append(text.utf8.span) }

  /// Appends bytes as they are, in fewer instructions than a sequence of them takes.
  package mutating func append(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append($0) }
  }

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    append(addingCapacity: bytes.count) { room in
      unsafe room.withUnsafeMutableBufferPointer { room, count in
        _ = unsafe room.initialize(fromContentsOf: bytes)
        count = bytes.count
      }
    }
  }

  /// Appends what a program's author wrote.
  fileprivate mutating func append(tag text: StaticString) {
    unsafe append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends something between two tags.
  fileprivate mutating func append(
    _ opening: StaticString, _ closing: StaticString, content: (inout [UInt8]) -> Void
  ) {
    append(tag: opening)
    content(&self)
    append(tag: closing)
  }

  /// Appends what `escapedHTML` makes of the text.
  package mutating func appendEscaped(_ text: String) {
    let bytes = text.utf8.span
    var start = 0
    for place in bytes.indices where bytes[place].endsMarkup {
      append(bytes.extracting(start..<place))
      start = place + 1
      switch bytes[place] {
      case UInt8(ascii: "&"): append(tag: "&amp;")
      case UInt8(ascii: "<"): append(tag: "&lt;")
      case UInt8(ascii: ">"): append(tag: "&gt;")
      case UInt8(ascii: "\""): append(tag: "&quot;")
      default: append(tag: "&#39;")
      }
    }
    append(bytes.extracting(start..<bytes.count))
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
