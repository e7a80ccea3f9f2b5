extension Document {
  /// The document in the markup of Typst.
  package func typst() -> String { shown.map { $0.typst() }.joined(separator: "\n\n") + "\n" }
}

extension Prose {
  /// The prose in the markup of Typst.
  package func typst() -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): escapedTypst(text)
      case .emphasis(let text): "#emph[\(escapedTypst(text))]"
      case .code(let text): "#raw(\(quotedTypst(text)))"
      case .formula(let formula): "$\(formula.typst())$"
      }
    }.joined()
  }
}

extension Block {
  fileprivate func typst() -> String {
    switch self {
    case .paragraph(let prose):
      return isAnnouncement
        ? "#context block(sticky: true, spacing: par.spacing)[\(prose.typst())]" : prose.typst()
    case .formula(let formula): return "$ \(formula.typst()) $"
    case .steps(let steps):
      let lines = steps.map { step in
        let reason = step.reason.map { " & #[\($0.typst())]" } ?? ""
        return step.formula.text(.typstSides) + reason
      }
      return "$ \(lines.joined(separator: " \\\n  ")) $"
    case .code(let code): return "#raw(block: true, \(quotedTypst(code.trimmingLastNewline())))"
    case .figure(let graph):
      return
        "#image(bytes(\(quotedTypst(graph.svg))), format: \"svg\", width: \(graph.width * 2 / 3)pt, "
        + "alt: \(quotedTypst(graph.words)))"
    case .table(let header, let rows):
      let count = ([header] + rows).map(\.count).max() ?? 0
      let lines = ((header.isEmpty ? [] : [header]) + rows).map { row in
        "  " + row.map { "[\($0.typst())]" }.joined(separator: ", ") + ","
      }
      return "#table(\n  columns: \(count),\n\(lines.joined(separator: "\n"))\n)"
    case .list(let items, let isNumbered):
      return items.map { "\(isNumbered ? "+" : "-") \($0.typst())" }.joined(separator: "\n")
    }
  }
}

extension FormulaTree {
  /// The formula in the math mode of Typst, without the dollar signs around it.
  func typst() -> String {
    switch self {
    case .number(let digits): return digits
    case .identifier(let name): return name.count == 1 ? name : quotedTypst(name)
    case .text(let words): return quotedTypst(words)
    case .function(let name): return "op(\(quotedTypst(name)))"
    case .symbol(let symbol):
      return "/\\#$&_^;\"".contains(symbol.text) ? "\\\(symbol.text)" : symbol.text
    case .row(let items): return items.map { $0.typst() }.joined(separator: " ")
    case .fraction(let above, let below): return "(\(above.typst()))/(\(below.typst()))"
    case .script(let base, let below, let above):
      return base.typstBase + (below.map { "_(\($0.typst()))" } ?? "")
        + (above.map { "^(\($0.typst()))" } ?? "")
    case .accent(.hat, let base): return "hat(\(base.typst()))"
    case .accent(.bar, let base): return "macron(\(base.typst()))"
    case .accent(.tilde, let base): return "tilde(\(base.typst()))"
    case .root(let inner): return "sqrt(\(inner.typst()))"
    case .fenced(let open, let inner, let close):
      return "lr(\(Self.fence(open)) \(inner.typst()) \(Self.fence(close)))"
    case .matrix(let rows):
      let lines = rows.map { $0.map { $0.typst() }.joined(separator: ", ") }
      return "mat(delim: \"[\", \(lines.joined(separator: "; ")))"
    }
  }

  /// Brackets of any height; a bare one would be taken for the end of the call.
  private static func fence(_ bracket: String) -> String { "\\\(bracket)" }

  /// A base that scripts can hang on: several items need brackets that are not seen.
  private var typstBase: String {
    if case .row = self { "#box($\(typst())$)" } else { typst() }
  }
}

/// Text in which nothing is markup of Typst.
package func escapedTypst(_ text: String) -> String {
  backslashed(text, before: "\\#$*_`<>@[]~=-+/\"'")
}

/// A string of Typst's scripting language.
package func quotedTypst(_ text: String) -> String {
  var quoted: [UInt8] = []
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""): quoted += [UInt8(ascii: "\\"), byte]
    case UInt8(ascii: "\n"): quoted += "\\n".utf8
    default: quoted.append(byte)
    }
  }
  return "\"" + String(decoding: quoted, as: UTF8.self) + "\""
}
