extension Document {
  /// HTML with MathML, to stand inside a page.
  package func html() -> String { blocks.map { $0.html() }.joined(separator: "\n") + "\n" }
}

extension Prose {
  /// HTML with MathML, to stand inside a paragraph.
  package func html() -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): escapedForHTML(text)
      case .code(let text): "<code>\(escapedForHTML(text))</code>"
      case .emphasis(let text): "<em>\(escapedForHTML(text))</em>"
      case .formula(let formula): formula.mathML()
      }
    }.joined()
  }
}

extension Block {
  fileprivate func html() -> String {
    switch self {
    case .paragraph(let prose): "<p>\(prose.html())</p>"
    case .formula(let formula): formula.mathML(isDisplayed: true)
    case .steps(let formulas): Self.aligned(formulas)
    case .code(let text): "<pre><code>\(escapedForHTML(text))</code></pre>"
    case .list(let items):
      "<ul>" + items.map { "<li>\($0.html())</li>" }.joined() + "</ul>"
    case .table(let header, let rows):
      "<table><thead><tr>"
        + header.map { "<th scope=\"col\">\($0.html())</th>" }.joined()
        + "</tr></thead><tbody>"
        + rows.map { row in "<tr>" + row.map { "<td>\($0.html())</td>" }.joined() + "</tr>" }
        .joined() + "</tbody></table>"
    }
  }

  /// One table with the equals signs in a column, or a line each where a formula has none.
  private static func aligned(_ formulas: [Formula]) -> String {
    let rows = formulas.map { formula -> String in
      guard case .row(let items) = formula, let equals = items.firstIndex(of: .sign("=")) else {
        return "<mtr><mtd style=\"text-align:left\">\(formula.mathMLRow())</mtd></mtr>"
      }
      let left = Formula.row(Array(items[..<equals])).mathMLRow()
      let right = Formula.row(Array(items[equals...])).mathMLRow()
      return "<mtr><mtd style=\"text-align:right\">\(left)</mtd>"
        + "<mtd style=\"text-align:left\">\(right)</mtd></mtr>"
    }
    let spoken = formulas.map { $0.plainText() }.joined(separator: "; ")
    return "<math display=\"block\" alttext=\"\(escapedForHTML(spoken))\"><mtable>"
      + rows.joined() + "</mtable></math>"
  }
}

extension Formula {
  /// A `math` element whose alternative text is the plain text.
  package func mathML(isDisplayed: Bool = false) -> String {
    let display = isDisplayed ? " display=\"block\"" : ""
    return "<math\(display) alttext=\"\(escapedForHTML(plainText()))\">\(mathMLRow())</math>"
  }

  fileprivate func mathMLRow() -> String { "<mrow>\(mathMLContent())</mrow>" }

  private func mathMLContent() -> String {
    switch self {
    case .number(let text): return "<mn>\(text)</mn>"
    case .symbol("∂"): return "<mo form=\"prefix\" lspace=\"0\" rspace=\"0\">∂</mo>"
    case .symbol(let text), .name(let text): return "<mi>\(escapedForHTML(text))</mi>"
    case .sign(let sign): return "<mo>\(escapedForHTML(sign))</mo>"
    case .row(let items): return Self.mathML(items)
    case .fraction(let a, let b): return "<mfrac>\(a.mathMLRow())\(b.mathMLRow())</mfrac>"
    case .subscripted(let base, let script):
      return "<msub>\(base.mathMLRow())\(script.mathMLScript())</msub>"
    case .raised(.subscripted(let base, let low), let high):
      return "<msubsup>\(base.mathMLRow())\(low.mathMLScript())\(high.mathMLScript())</msubsup>"
    case .raised(let base, let script):
      return "<msup>\(base.mathMLRow())\(script.mathMLScript())</msup>"
    case .root(let inside): return "<msqrt>\(inside.mathMLContent())</msqrt>"
    case .fenced(let open, let inside, let close):
      return "<mrow><mo>\(open)</mo>\(inside.mathMLContent())<mo>\(close)</mo></mrow>"
    case .matrix(let rows):
      let table = rows.map { row in
        "<mtr>" + row.map { "<mtd>\($0.mathMLRow())</mtd>" }.joined() + "</mtr>"
      }
      return "<mrow><mo>[</mo><mtable>\(table.joined())</mtable><mo>]</mo></mrow>"
    }
  }

  /// Letters side by side below the line, as in d2, are one name and no product.
  private func mathMLScript() -> String {
    guard case .row(let items) = self,
      items.allSatisfy({ if case .symbol = $0 { true } else if case .number = $0 { true } else { false } })
    else { return mathMLRow() }
    return "<mi mathvariant=\"italic\">\(items.map { $0.plainText() }.joined())</mi>"
  }

  /// Signs get the form that their place gives them; products and calls an invisible sign.
  private static func mathML(_ items: [Formula]) -> String {
    var out = ""
    for (index, item) in items.enumerated() {
      if index > 0 { out += invisibleSign(between: items[index - 1], and: item) }
      if case .sign(let sign) = item {
        let form =
          isPrefix(at: index, in: items) ? "prefix" : [",", ";"].contains(sign) ? "" : "infix"
        out += form.isEmpty || sign == "∑" || sign == "′"
          ? item.mathMLContent() : "<mo form=\"\(form)\">\(escapedForHTML(sign))</mo>"
      } else {
        out += item.mathMLContent()
      }
    }
    return out
  }

  private static func invisibleSign(between before: Formula, and item: Formula) -> String {
    if case .sign = before { return "" }
    if case .sign = item { return "" }
    if before == .symbol("∂") { return "" }
    if case .name = before {
      // Function application; before an argument without brackets a thin space is needed too.
      if case .fenced = item { return "<mo>\u{2061}</mo>" }
      return "<mo>\u{2061}</mo><mspace width=\"0.17em\"/>"
    }
    return "<mo>\u{2062}</mo>"
  }
}

/// `&`, `<`, `>` and `"` as entities.
func escapedForHTML(_ text: String) -> String {
  var out = ""
  for character in text {
    switch character {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    default: out.append(character)
    }
  }
  return out
}
