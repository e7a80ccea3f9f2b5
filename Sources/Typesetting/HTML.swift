/// How formulas stand in HTML.
package enum FormulaMarkup: Sendable {
  case mathML
  /// Between `\(` and `\)`, for places that run MathJax.
  case mathJax
}

extension Document {
  /// The document as HTML: a fragment that, with MathML, needs no style sheet and no script.
  package func html(_ formulas: FormulaMarkup = .mathML) -> String {
    var html = ""
    for (place, block) in shown.enumerated() {
      if place > 0 { html += "\n" }
      block.write(to: &html, formulas)
    }
    return html
  }
}

extension Prose {
  /// The prose as inline HTML.
  package func html(_ formulas: FormulaMarkup = .mathML) -> String {
    var html = ""
    write(to: &html, formulas)
    return html
  }

  fileprivate func write(to html: inout String, _ formulas: FormulaMarkup) {
    for piece in pieces {
      switch piece {
      case .text(let text): html.appendEscaped(text)
      case .emphasis(let text): html.append(element: "em", text)
      case .code(let text): html.append(element: "code", text)
      case .formula(let formula):
        switch formulas {
        case .mathML: formula.write(to: &html)
        case .mathJax: html.appendEscaped("\\(\(formula.latex())\\)")
        }
      }
    }
  }
}

extension Block {
  fileprivate func write(to html: inout String, _ formulas: FormulaMarkup) {
    switch self {
    case .paragraph(let prose): html.append(element: "p") { prose.write(to: &$0, formulas) }
    case .formula(let formula):
      switch formulas {
      case .mathML: formula.write(to: &html, isDisplayed: true)
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
      html += "<table>\n"
      if !header.isEmpty {
        html += "<thead><tr>"
        for cell in header {
          html += "<th scope=\"col\">"
          cell.write(to: &html, formulas)
          html += "</th>"
        }
        html += "</tr></thead>\n"
      }
      html += "<tbody>\n"
      for row in rows {
        html.append(element: "tr") { html in
          for cell in row { html.append(element: "td") { cell.write(to: &$0, formulas) } }
        }
        html += "\n"
      }
      html += "</tbody>\n</table>"
    case .figure(let graph): html += graph.svg()
    case .list(let items, let isNumbered):
      html.append(element: isNumbered ? "ol" : "ul") { html in
        html += "\n"
        for item in items {
          html.append(element: "li") { item.write(to: &$0, formulas) }
          html += "\n"
        }
      }
    }
  }

  /// One table of MathML, so that the relations stand below one another in every browser.
  private static func write(_ steps: [Step], to html: inout String) {
    let alternative = steps.map { $0.formula.plainText() }.joined(separator: "; ")
    Formula.openMath(alternative: alternative, isDisplayed: true, in: &html)
    html += "<mtable displaystyle=\"true\">"
    for step in steps {
      let (left, right) = step.sides
      html += "<mtr>"
      write(left, to: "right", in: &html)
      write(right, to: "left", in: &html)
      if let reason = step.reason {
        html += "<mtd style=\"text-align: left\"><mspace width=\"2em\"></mspace>"
        html.append(element: "mtext") { reason.write(to: &$0, .mathML) }
        html += "</mtd>"
      }
      html += "</mtr>"
    }
    html += "</mtable></math>"
  }

  private static func write(_ items: [Formula], to side: String, in html: inout String) {
    html += "<mtd style=\"text-align: \(side)\"><mrow>"
    Formula.writeRow(items, to: &html)
    html += "</mrow></mtd>"
  }
}

/// The text with the five characters replaced that could end an element or an attribute.
///
/// Scalar by scalar: a quotation mark with an accent on it ends an attribute all the same.
package func escapedHTML(_ text: String) -> String {
  var escaped = ""
  escaped.appendEscaped(text)
  return escaped
}

extension String {
  /// Appends what `escapedHTML` makes of the text.
  mutating func appendEscaped(_ text: String) {
    guard text.utf8.contains(where: \.endsMarkup) else { return append(text) }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": self += "&amp;"
      case "<": self += "&lt;"
      case ">": self += "&gt;"
      case "\"": self += "&quot;"
      case "'": self += "&#39;"
      default: unicodeScalars.append(scalar)
      }
    }
  }

  /// Appends an element without attributes that holds words.
  fileprivate mutating func append(element name: String, _ text: String) {
    append(element: name) { $0.appendEscaped(text) }
  }

  fileprivate mutating func append(element name: String, content: (inout String) -> Void) {
    self += "<\(name)>"
    content(&self)
    self += "</\(name)>"
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
