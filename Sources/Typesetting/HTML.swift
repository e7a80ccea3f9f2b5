/// How formulas stand in HTML.
package enum FormulaMarkup: Sendable {
  case mathML
  /// Between `\(` and `\)`, for places that run MathJax.
  case mathJax
}

extension Document {
  /// The document as HTML: a fragment that, with MathML, needs no style sheet and no script.
  package func html(_ formulas: FormulaMarkup = .mathML) -> String {
    shown.map { $0.html(formulas) }.joined(separator: "\n")
  }
}

extension Prose {
  /// The prose as inline HTML.
  package func html(_ formulas: FormulaMarkup = .mathML) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): escapedHTML(text)
      case .emphasis(let text): "<em>\(escapedHTML(text))</em>"
      case .code(let text): "<code>\(escapedHTML(text))</code>"
      case .formula(let formula):
        switch formulas {
        case .mathML: formula.html()
        case .mathJax: escapedHTML("\\(\(formula.latex())\\)")
        }
      }
    }.joined()
  }
}

extension Block {
  fileprivate func html(_ formulas: FormulaMarkup) -> String {
    switch self {
    case .paragraph(let prose): return "<p>\(prose.html(formulas))</p>"
    case .formula(let formula):
      return formulas == .mathML
        ? formula.html(isDisplayed: true) : escapedHTML("\\[\(formula.latex())\\]")
    case .steps(let steps):
      return formulas == .mathML
        ? Self.html(of: steps) : escapedHTML("\\[\(Self.aligned(steps))\\]")
    case .code(let code):
      return "<pre><code>\(escapedHTML(code.trimmingLastNewline()))</code></pre>"
    case .table(let header, let rows):
      let head =
        header.isEmpty
        ? ""
        : "<thead><tr>" + header.map { "<th scope=\"col\">\($0.html(formulas))</th>" }.joined()
          + "</tr></thead>\n"
      let body = rows.map { row in
        "<tr>" + row.map { "<td>\($0.html(formulas))</td>" }.joined() + "</tr>\n"
      }
      return "<table>\n\(head)<tbody>\n\(body.joined())</tbody>\n</table>"
    case .figure(let graph): return graph.svg()
    case .list(let items, let isNumbered):
      let name = isNumbered ? "ol" : "ul"
      let lines = items.map { "<li>\($0.html(formulas))</li>\n" }
      return "<\(name)>\n\(lines.joined())</\(name)>"
    }
  }

  /// One table of MathML, so that the relations stand below one another in every browser.
  private static func html(of steps: [Step]) -> String {
    let rows = steps.map { step in
      let (left, right) = step.sides
      let reason = step.reason.map { "<mspace width=\"2em\"></mspace><mtext>\($0.html())</mtext>" }
      return "<mtr>" + cell(Formula.row(left).mathML, "right")
        + cell(Formula.row(right).mathML, "left")
        + (reason.map { cell($0, "left") } ?? "") + "</mtr>"
    }
    let alternative = steps.map { $0.formula.plainText() }.joined(separator: "; ")
    return Formula.math(
      "<mtable displaystyle=\"true\">\(rows.joined())</mtable>", alternative: alternative,
      isDisplayed: true)
  }

  private static func cell(_ content: String, _ side: String) -> String {
    "<mtd style=\"text-align: \(side)\">\(content)</mtd>"
  }
}

/// The text with the five characters replaced that could end an element or an attribute.
///
/// Scalar by scalar: a quotation mark with an accent on it ends an attribute all the same.
package func escapedHTML(_ text: String) -> String {
  guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return text }
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&#39;"
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped
}
