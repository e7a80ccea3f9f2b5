extension Document {
  /// The document in plain Unicode text, paragraphs wrapped at `width` columns.
  package func plainText(width: Int = 80) -> String {
    blocks.map { $0.plainText(width: width) }.joined(separator: "\n\n")
  }
}

extension Prose {
  /// The text on one line, its emphasis lost.
  package func plainText() -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text), .code(let text), .emphasis(let text): text
      case .formula(let formula): formula.plainText()
      }
    }.joined()
  }
}

extension Block {
  fileprivate func plainText(width: Int) -> String {
    switch self {
    case .paragraph(let prose): Self.wrapped(prose.plainText(), width: width)
    case .formula(let formula): Self.displayed(formula)
    case .steps(let formulas): Self.aligned(formulas.map { $0.plainText() })
    case .code(let text):
      text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        .joined(separator: "\n")
    case .list(let items):
      items.map { "  • " + Self.wrapped($0.plainText(), width: width - 4, indent: "    ") }
        .joined(separator: "\n")
    case .table(let header, let rows): Self.columns([header] + rows)
    }
  }

  /// On a line of its own, four columns in; a matrix keeps its rows.
  private static func displayed(_ formula: Formula) -> String {
    guard case .row(let items) = formula, case .matrix(let rows)? = items.last else {
      return "    " + formula.plainText()
    }
    let entries = rows.map { $0.map { $0.plainText() } }
    let widths = entries[0].indices.map { column in entries.map { $0[column].count }.max() ?? 0 }
    let lead = Formula.row(Array(items.dropLast())).plainText()
    return entries.enumerated().map { index, row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      let margin = index == 0 ? lead : String(repeating: " ", count: lead.count)
      return "    \(margin) [ \(cells.joined(separator: "  ")) ]"
    }.joined(separator: "\n")
  }

  /// Equals signs one below the other.
  private static func aligned(_ lines: [String]) -> String {
    let places = lines.map { line in
      line.firstIndex(of: "=").map { line.distance(from: line.startIndex, to: $0) } ?? 0
    }
    let widest = places.max() ?? 0
    return zip(lines, places).map { line, place in
      "    " + String(repeating: " ", count: place == 0 ? 0 : widest - place) + line
    }.joined(separator: "\n")
  }

  private static func wrapped(_ text: String, width: Int, indent: String = "") -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if !line.isEmpty, line.count + word.count + 1 > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    lines.append(line)
    return lines.joined(separator: "\n" + indent)
  }

  private static func columns(_ rows: [[Prose]]) -> String {
    let cells = rows.map { $0.map { $0.plainText() } }
    let widths = cells[0].indices.map { column in
      cells.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    var lines = cells.map { row in
      "    " + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: "  ")
    }
    lines.insert("    " + widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
    return lines.joined(separator: "\n")
  }
}
