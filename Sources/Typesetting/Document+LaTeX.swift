extension Document {
  /// LaTeX for the body of a document that loads `amsmath`.
  package func latex() -> String { blocks.map { $0.latex() }.joined(separator: "\n\n") }
}

extension Prose {
  package func latex() -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): escapedForLaTeX(text)
      case .code(let text): "\\texttt{\(escapedForLaTeX(text))}"
      case .emphasis(let text): "\\emph{\(escapedForLaTeX(text))}"
      case .formula(let formula): "$\(formula.latex())$"
      }
    }.joined()
  }
}

extension Block {
  fileprivate func latex() -> String {
    switch self {
    case .paragraph(let prose): prose.latex()
    case .formula(let formula): "\\[ \(formula.latex()) \\]"
    case .steps(let formulas):
      "\\begin{align*}\n" + formulas.map { "  " + Self.aligned($0) }.joined(separator: " \\\\\n")
        + "\n\\end{align*}"
    case .code(let text): "\\begin{verbatim}\n\(text)\n\\end{verbatim}"
    case .list(let items):
      "\\begin{itemize}\n" + items.map { "  \\item \($0.latex())" }.joined(separator: "\n")
        + "\n\\end{itemize}"
    case .table(let header, let rows):
      "\\begin{tabular}{\(String(repeating: "l", count: header.count))}\n"
        + ([header] + rows).map { $0.map { $0.latex() }.joined(separator: " & ") }
        .joined(separator: " \\\\\n") + "\n\\end{tabular}"
    }
  }

  private static func aligned(_ formula: Formula) -> String {
    guard case .row(let items) = formula, let equals = items.firstIndex(of: .sign("=")) else {
      return formula.latex()
    }
    return Formula.row(Array(items[..<equals])).latex() + " &"
      + Formula.row(Array(items[equals...])).latex()
  }
}

extension Formula {
  package func latex() -> String {
    switch self {
    case .number(let text): text
    case .symbol(let text): Self.commands[text] ?? text
    case .name(let text):
      ["exp", "ln", "log", "max", "min", "tanh"].contains(text)
        ? "\\\(text) " : "\\operatorname{\(escapedForLaTeX(text))}"
    case .sign(let sign): Self.commands[sign] ?? sign
    case .row(let items): items.map { $0.latex() }.joined(separator: " ")
    case .fraction(let a, let b): "\\frac{\(a.latex())}{\(b.latex())}"
    case .subscripted(let base, let script): "{\(base.latex())}_{\(script.latex())}"
    case .raised(let base, let script): "{\(base.latex())}^{\(script.latex())}"
    case .root(let inside): "\\sqrt{\(inside.latex())}"
    case .fenced(let open, let inside, let close): "\\left\(open)\(inside.latex())\\right\(close)"
    case .matrix(let rows):
      "\\begin{bmatrix}"
        + rows.map { $0.map { $0.latex() }.joined(separator: " & ") }.joined(separator: " \\\\ ")
        + "\\end{bmatrix}"
    }
  }

  /// Unicode back to commands, each with a space behind it so that no letter joins it.
  private static let commands: [String: String] = {
    var commands = ["−": "-", "′": "'"]
    for (name, text) in FormulaParser.symbols { commands[text] = "\\\(name) " }
    for (name, text) in FormulaParser.signs { commands[text] = "\\\(name) " }
    return commands
  }()
}

private func escapedForLaTeX(_ text: String) -> String {
  var out = ""
  for character in text {
    switch character {
    case "\\": out += "\\textbackslash{}"
    case "~": out += "\\textasciitilde{}"
    case "^": out += "\\textasciicircum{}"
    case "#", "$", "%", "&", "_", "{", "}": out += "\\\(character)"
    default: out.append(character)
    }
  }
  return out
}
