extension Formula {
  /// The formula as a `<math>` element of MathML Core, with its plain text for who cannot see it.
  package func html(isDisplayed: Bool = false) -> String {
    Self.math(mathML, alternative: plainText(), isDisplayed: isDisplayed)
  }

  static func math(_ content: String, alternative: String, isDisplayed: Bool) -> String {
    let display = isDisplayed ? #" display="block""# : ""
    return #"<math\#(display) alttext="\#(escapedHTML(alternative))">\#(content)</math>"#
  }

  /// The formula in MathML Core without the `<math>` element round it; always one element.
  var mathML: String {
    switch self {
    case .number(let digits): Self.element("mn", digits)
    case .identifier(let name), .function(let name): Self.element("mi", name)
    case .text(let words): Self.element("mtext", Self.keepingOuterSpace(words))
    case .symbol(let symbol) where symbol.role == .space: #"<mspace width="1em"></mspace>"#
    case .symbol(let symbol): Self.element("mo", symbol.text)
    case .row(let items): "<mrow>\(Self.rowContent(items))</mrow>"
    case .fraction(let above, let below): "<mfrac>\(above.mathML)\(below.mathML)</mfrac>"
    case .script(let base, let below, let above): base.scripted(below, above)
    case .accent(let accent, let base):
      "<mover accent=\"true\">\(base.mathML)<mo stretchy=\"false\">\(accent.sign)</mo></mover>"
    case .root(let inner): "<msqrt>\(inner.mathML)</msqrt>"
    case .fenced(let open, let inner, let close):
      "<mrow>\(Self.fence(open, "prefix"))\(inner.content)\(Self.fence(close, "postfix"))</mrow>"
    case .matrix(let rows):
      "<mrow>\(Self.fence("[", "prefix"))<mtable>"
        + rows.map { row in
          "<mtr>" + row.map { "<mtd>\($0.mathML)</mtd>" }.joined() + "</mtr>"
        }.joined() + "</mtable>\(Self.fence("]", "postfix"))</mrow>"
    }
  }

  private var content: String {
    if case .row(let items) = self { Self.rowContent(items) } else { mathML }
  }

  private static func rowContent(_ items: [Formula]) -> String {
    let joints = joints(of: items)
    let prefixes = prefixes(of: items)
    var content = ""
    for (i, item) in items.enumerated() {
      switch joints[i] {
      case .application:
        content += "<mo>&#x2061;</mo>"
        // Browsers set the invisible sign without the space that ln 2 needs.
        if !item.startsWithBracket { content += "<mspace width=\"0.17em\"/>" }
      case .times where !mayBeApplied(items[i - 1], to: item): content += "<mo>&#x2062;</mo>"
      default: break
      }
      if prefixes[i], case .symbol(let symbol) = item {
        content += #"<mo form="prefix">\#(escapedHTML(symbol.text))</mo>"#
      } else {
        content += item.mathML
      }
    }
    return content
  }

  private var startsWithBracket: Bool {
    switch self {
    case .fenced, .script(.fenced, _, _): true
    default: false
    }
  }

  /// Whether a letter before brackets may be a function, as in H(p, q): then no product is said.
  private static func mayBeApplied(_ left: Formula, to right: Formula) -> Bool {
    guard case .fenced = right else { return false }
    switch left {
    case .identifier, .text, .accent, .script(.identifier, _, _): return true
    default: return false
    }
  }

  private func scripted(_ below: Formula?, _ above: Formula?) -> String {
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
    return "<\(name)>\(mathML)\(below?.mathML ?? "")\(above?.mathML ?? "")</\(name)>"
  }

  private static func fence(_ sign: String, _ form: String) -> String {
    "<mo form=\"\(form)\" fence=\"true\" stretchy=\"true\">\(escapedHTML(sign))</mo>"
  }

  /// MathML drops spaces at either end, and with them the gap between words and formula.
  private static func keepingOuterSpace(_ words: String) -> String {
    let inner = words.drop { $0 == " " }
    let after = inner.reversed().prefix { $0 == " " }.count
    let gap = { String(repeating: "\u{A0}", count: $0) }
    return gap(words.count - inner.count) + inner.dropLast(after) + gap(after)
  }

  private static func element(_ name: String, _ text: String) -> String {
    "<\(name)>\(escapedHTML(text))</\(name)>"
  }
}

extension Formula.Accent {
  fileprivate var sign: String {
    switch self {
    case .hat: "^"
    case .bar: "¯"
    case .tilde: "~"
    }
  }
}
