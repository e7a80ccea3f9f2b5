extension FormulaTree {
  /// The formula as a `<math>` element of MathML Core, with its plain text for who cannot see it;
  /// a list as one for each phrase, since browsers break no line within an element.
  func html(isDisplayed: Bool = false) -> String {
    let phrases = phrases
    if isDisplayed, phrases.count > 1 { return "<p class=\"formula\">\(phrasesHTML)</p>" }
    if phrases.count > 3 { return phrases.map { $0.element("<math ") }.joined(separator: " ") }
    return element(isDisplayed ? "<math display=\"block\" " : "<math ")
  }

  /// The phrases one after another, each as large as a formula on a line of its own.
  var phrasesHTML: String {
    phrases.map { $0.element("<math displaystyle=\"true\" ") }.joined(separator: " ")
  }

  private func element(_ start: String) -> String {
    var html = start + "alttext=\""
    html += escapedHTML(plainText())
    html += "\">"
    writeMathML(to: &html)
    return html + "</math>"
  }

  /// A row of MathML.
  static func rowHTML(_ items: [FormulaTree]) -> String {
    var html = "<mrow>"
    writeRow(items, to: &html)
    return html + "</mrow>"
  }

  /// The formula in MathML Core without the `<math>` element round it; always one element.
  func writeMathML(to html: inout String) {
    switch self {
    case .number(let digits): Self.write("mn", digits, to: &html)
    case .identifier(let name), .function(let name): Self.write("mi", name, to: &html)
    case .text(let words): Self.write("mtext", Self.keepingOuterSpace(words), to: &html)
    case .symbol(let symbol) where symbol.role == .space: html += #"<mspace width="1em"></mspace>"#
    case .symbol(let symbol): Self.write("mo", symbol.text, to: &html)
    case .row(let items):
      html += "<mrow>"
      Self.writeRow(items, to: &html)
      html += "</mrow>"
    case .fraction(let above, let below):
      html += "<mfrac>"
      above.writeMathML(to: &html)
      below.writeMathML(to: &html)
      html += "</mfrac>"
    case .script(let base, let below, let above): base.writeScripted(below, above, to: &html)
    case .accent(let accent, let base):
      html += "<mover accent=\"true\">"
      base.writeMathML(to: &html)
      html += "<mo stretchy=\"false\">\(accent.sign)</mo></mover>"
    case .root(let inner):
      html += "<msqrt>"
      inner.writeMathML(to: &html)
      html += "</msqrt>"
    case .fenced(let open, let inner, let close):
      Self.writeFenced(open, close, areTall: inner.isTall, to: &html) { html in
        if case .row(let items) = inner {
          Self.writeRow(items, to: &html)
        } else {
          inner.writeMathML(to: &html)
        }
      }
    case .matrix(let rows):
      Self.writeFenced("[", "]", areTall: true, to: &html) { html in
        html += "<mtable>"
        for row in rows {
          html += "<mtr>"
          for cell in row {
            html += "<mtd>"
            cell.writeMathML(to: &html)
            html += "</mtd>"
          }
          html += "</mtr>"
        }
        html += "</mtable>"
      }
    }
  }

  /// The items of a row, side by side.
  static func writeRow(_ items: [FormulaTree], to html: inout String) {
    let joints = joints(of: items)
    let prefixes = prefixes(of: items)
    for (i, item) in items.enumerated() {
      switch joints[i] {
      case .application:
        html += "<mo>&#x2061;</mo>"
        // Browsers set the invisible sign without the space that ln 2 needs.
        if !item.startsWithBracket { html += "<mspace width=\"0.17em\"/>" }
      case .times where !mayBeApplied(items[i - 1], to: item): html += "<mo>&#x2062;</mo>"
      default: break
      }
      if prefixes[i], case .symbol(let symbol) = item {
        html += "<mo form=\"prefix\">"
        html += escapedHTML(symbol.text)
        html += "</mo>"
      } else {
        item.writeMathML(to: &html)
      }
    }
  }

  private var startsWithBracket: Bool {
    switch self {
    case .fenced, .script(.fenced, _, _): true
    default: false
    }
  }

  /// Whether a letter before brackets may be a function, as in H(p, q): then no product is said.
  private static func mayBeApplied(_ left: FormulaTree, to right: FormulaTree) -> Bool {
    guard case .fenced = right else { return false }
    switch left {
    case .identifier, .text, .accent, .script(.identifier, _, _): return true
    default: return false
    }
  }

  private func writeScripted(_ below: FormulaTree?, _ above: FormulaTree?, to html: inout String) {
    if case .symbol(let symbol)? = above, symbol.isPrime {
      // Browsers' fonts raise the sign by itself; as a superscript it would be a speck.
      html += "<mrow>"
      if below == nil { writeMathML(to: &html) } else { writeScripted(below, nil, to: &html) }
      html += "<mo form=\"postfix\" lspace=\"0.1em\" rspace=\"0\">\(symbol.text)</mo></mrow>"
      return
    }
    let hasLimits =
      switch self {
      case .symbol(let symbol): symbol.role == .large && symbol.text != "∫"
      case .function(let name): Letter.functionsWithLimits.contains(name)
      default: false
      }
    let name =
      switch (below != nil, above != nil) {
      case (true, true): hasLimits ? "munderover" : "msubsup"
      case (true, false): hasLimits ? "munder" : "msub"
      default: hasLimits ? "mover" : "msup"
      }
    html += "<\(name)>"
    writeMathML(to: &html)
    below?.writeMathML(to: &html)
    above?.writeMathML(to: &html)
    html += "</\(name)>"
  }

  /// - Parameter areTall: Whether the brackets grow; those that may leave gaps beside themselves.
  private static func writeFenced(
    _ open: String, _ close: String, areTall: Bool, to html: inout String,
    content: (inout String) -> Void
  ) {
    func write(_ sign: String, _ form: String) {
      html += "<mo form=\"\(form)\" fence=\"true\" stretchy=\"\(areTall)\">"
      html += escapedHTML(sign)
      html += "</mo>"
    }
    html += "<mrow>"
    write(open, "prefix")
    content(&html)
    write(close, "postfix")
    html += "</mrow>"
  }

  /// MathML drops spaces at either end, and with them the gap between words and formula.
  private static func keepingOuterSpace(_ words: String) -> String {
    let inner = words.drop { $0 == " " }
    let after = inner.reversed().prefix { $0 == " " }.count
    let gap = { String(repeating: "\u{A0}", count: $0) }
    return gap(words.count - inner.count) + inner.dropLast(after) + gap(after)
  }

  private static func write(_ element: String, _ text: String, to html: inout String) {
    html += "<"
    html += element
    html += ">"
    html += escapedHTML(text)
    html += "</"
    html += element
    html += ">"
  }
}

extension FormulaTree.Accent {
  fileprivate var sign: String {
    switch self {
    case .hat: "^"
    case .bar: "¯"
    case .tilde: "~"
    }
  }
}
