extension Document {
  /// The document in Markdown with formulas between dollar signs, as GitHub, Jupyter, Pandoc and
  /// most wikis read it.
  package func markdown() -> String { shown.map { $0.markdown() }.joined(separator: "\n\n") }
}

extension Prose {
  /// The prose as inline Markdown.
  package func markdown() -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): escapedMarkdown(text)
      case .emphasis(let text): "*\(escapedMarkdown(text))*"
      case .code(let text): codeSpan(text)
      case .formula(let formula): "$\(formula.latex())$"
      }
    }.joined()
  }
}

extension Block {
  fileprivate func markdown() -> String {
    switch self {
    case .paragraph(let prose): return prose.markdown()
    case .formula(let formula): return "$$\n\(formula.latex())\n$$"
    case .steps(let steps): return "$$\n\(Self.aligned(steps))\n$$"
    case .code(let code): return fenced(code.trimmingLastNewline())
    case .figure(let graph): return fenced(graph.plainText())
    case .table(let header, let rows):
      let count = ([header] + rows).map(\.count).max() ?? 0
      func line(_ cells: [Prose]) -> String {
        let texts = cells.map { escapedBars($0.markdown()) }
        let blanks = [String](repeating: "", count: count - cells.count)
        return "| " + (texts + blanks).joined(separator: " | ") + " |"
      }
      let rule = "|" + String(repeating: " --- |", count: count)
      return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
    case .list(let items, let isNumbered):
      return items.enumerated().map { index, item in
        "\(isNumbered ? "\(index + 1)." : "-") \(item.markdown())"
      }.joined(separator: "\n")
    }
  }
}

extension Block {
  /// A derivation as one formula of LaTeX, for places that know formulas only.
  static func aligned(_ steps: [Step]) -> String {
    let lines = steps.map { step in
      let reason = step.reason.map { " && \\text{\($0.latex())}" } ?? ""
      return step.formula.text(.latexSides) + reason
    }
    return "\\begin{aligned}\n\(lines.joined(separator: " \\\\\n"))\n\\end{aligned}"
  }
}

/// Text on one line in which nothing is Markdown or HTML.
package func escapedMarkdown(_ text: String) -> String {
  backslashed(text.onOneLine, before: "\\`*_{}[]<>#|$~&")
}

/// The text with a backslash before each of some signs, which are ASCII.
///
/// Byte by byte: a sign with an accent on it would be markup all the same.
package func backslashed(_ text: String, before signs: String) -> String {
  let signs = Array(signs.utf8)
  guard text.utf8.contains(where: signs.contains) else { return text }
  var escaped: [UInt8] = []
  for byte in text.utf8 {
    if signs.contains(byte) { escaped.append(UInt8(ascii: "\\")) }
    escaped.append(byte)
  }
  return String(decoding: escaped, as: UTF8.self)
}

/// A cell whose bars, those in code and formulas too, end no cell.
private func escapedBars(_ cell: String) -> String {
  var escaped = ""
  for scalar in cell.unicodeScalars {
    if scalar == "|", escaped.unicodeScalars.last != "\\" { escaped += "\\" }
    escaped.unicodeScalars.append(scalar)
  }
  return escaped
}

/// Code on one line in more backticks than it holds in a row.
private func codeSpan(_ code: String) -> String {
  let code = code.onOneLine
  let ticks = String(repeating: "`", count: longestTicks(in: code) + 1)
  let pad = code.hasPrefix("`") || code.hasSuffix("`") ? " " : ""
  return ticks + pad + code + pad + ticks
}

private func fenced(_ code: String) -> String {
  let ticks = String(repeating: "`", count: max(3, longestTicks(in: code) + 1))
  return "\(ticks)\n\(code)\n\(ticks)"
}

private func longestTicks(in code: String) -> Int {
  var (longest, run) = (0, 0)
  for scalar in code.unicodeScalars {
    run = scalar == "`" ? run + 1 : 0
    longest = max(longest, run)
  }
  return longest
}
