extension Document {
  /// The document as the body of a LaTeX file that uses `amsmath` and `amssymb`.
  package func latex() -> String {
    shown.map { $0.latex() }.joined(separator: "\n\n")
  }
}

extension Prose {
  /// The prose as LaTeX for text mode.
  package func latex() -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): escapedLaTeX(text)
      case .emphasis(let text): "\\emph{\(escapedLaTeX(text))}"
      case .code(let text): "\\texttt{\(escapedLaTeX(text))}"
      case .formula(let formula): "$\(formula.latex())$"
      }
    }.joined()
  }
}

extension Block {
  fileprivate func latex() -> String {
    switch self {
    case .paragraph(let prose): return prose.latex() + (isAnnouncement ? "\\nopagebreak" : "")
    case .formula(let formula): return "\\[ \(formula.latex()) \\]"
    case .steps(let steps):
      let lines = steps.map { step in
        let reason = step.reason.map { " && \\text{\($0.latex())}" } ?? ""
        return "  \(step.formula.text(.latexSides))\(reason)"
      }
      return "\\begin{align*}\n\(lines.joined(separator: " \\\\\n"))\n\\end{align*}"
    case .code(let code): return Self.latex(ofCode: code.trimmingLastNewline())
    case .table(let header, let rows):
      let count = ([header] + rows).map(\.count).max() ?? 0
      func line(_ cells: [Prose]) -> String {
        let text = cells.map { $0.latex() }.joined(separator: " & ")
        // A bracket or star after the end of a line would be taken for its argument.
        return (text.hasPrefix("[") || text.hasPrefix("*") ? "{}" : "") + text + " \\\\\n"
      }
      let head = header.isEmpty ? "" : line(header) + "\\hline\n"
      return "\\begin{tabular}{\(String(repeating: "l", count: count))}\n\(head)"
        + rows.map(line).joined() + "\\end{tabular}"
    case .figure(let graph): return graph.latex()
    case .list(let items, let isNumbered):
      let name = isNumbered ? "enumerate" : "itemize"
      let lines = items.map { "  \\item {} \($0.latex())\n" }
      return "\\begin{\(name)}\n\(lines.joined())\\end{\(name)}"
    }
  }

  /// Verbatim, unless the code itself would end it.
  private static func latex(ofCode code: String) -> String {
    guard code.contains(#"\end{verbatim}"#) else {
      return "\\begin{verbatim}\n\(code)\n\\end{verbatim}"
    }
    let lines = code.split(omittingEmptySubsequences: false) { $0.isNewline }.map { line in
      "\\texttt{" + escapedLaTeX(String(line)).replacingBytes(" ", with: "\\ ") + "}"
    }
    return "\\begin{flushleft}\n\(lines.joined(separator: "\\\\\n"))\n\\end{flushleft}"
  }
}

/// The text with LaTeX's own characters replaced, so that it is printed and never obeyed.
package func escapedLaTeX(_ text: String) -> String {
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\\": escaped += "\\textbackslash{}"
    case "~": escaped += "\\textasciitilde{}"
    case "^": escaped += "\\textasciicircum{}"
    case "<": escaped += "\\textless{}"
    case ">": escaped += "\\textgreater{}"
    case "{", "}", "$", "&", "#", "_", "%":
      escaped += "\\"
      escaped.unicodeScalars.append(scalar)
    case "-" where escaped.hasSuffix("-"): escaped += "{}-"
    case "–": escaped += "--"
    case "“": escaped += "``"
    case "”": escaped += "''"
    default:
      if let accent = accentsInText[scalar], let letter = escaped.unicodeScalars.popLast() {
        escaped += "\\ensuremath{\(accent){\(letter)}}"
      } else if let sign = signsInText[scalar] {
        escaped += "\\ensuremath{\(sign)}"
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
  }
  return escaped
}

/// Signs of mathematics in running text, where LaTeX would lack the letter.
private let signsInText: [Unicode.Scalar: String] = [
  "−": "-", "×": "\\times ", "·": "\\cdot ", "√": "\\surd ", "∞": "\\infty ", "≈": "\\approx ",
  "≤": "\\le ", "≥": "\\ge ", "≠": "\\ne ", "→": "\\to ", "↔": "\\leftrightarrow ", "¬": "\\neg ",
  "∧": "\\land ", "∨": "\\lor ", "⊕": "\\oplus ", "⊙": "\\odot ", "∂": "\\partial ",
  "Σ": "\\Sigma ",
  "α": "\\alpha ", "β": "\\beta ", "γ": "\\gamma ", "δ": "\\delta ", "ε": "\\varepsilon ",
  "η": "\\eta ", "λ": "\\lambda ", "μ": "\\mu ", "σ": "\\sigma ", "θ": "\\theta ", "π": "\\pi ",
  "‖": "\\Vert ", "′": "'", "ᵀ": "^{\\top}", "ᵗ": "^{t}", "⁻": "^{-}", "⁰": "^{0}", "¹": "^{1}",
  "²": "^{2}", "³": "^{3}", "⁶": "^{6}", "⁹": "^{9}", "₀": "_{0}", "₁": "_{1}", "₂": "_{2}",
  "₃": "_{3}", "ⁿ": "^{n}", "½": "\\frac{1}{2}", "¼": "\\frac{1}{4}", "…": "\\ldots ",
  "±": "\\pm ", "∇": "\\nabla ", "←": "\\leftarrow ", "ȳ": "\\bar{y}",
]

/// Marks over the letter before them.
private let accentsInText: [Unicode.Scalar: String] = ["\u{302}": "\\hat", "\u{304}": "\\bar"]
