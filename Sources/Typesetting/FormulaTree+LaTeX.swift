extension FormulaTree {
  /// The formula as LaTeX for math mode, with no dollar signs round it.
  ///
  /// It can be read again, but for words in which one of `\ ~ ^ < >` stands.
  func latex() -> String {
    switch self {
    case .number(let digits): digits
    case .identifier(let name):
      name.count == 1 || Letter.latex(name) != name ? Letter.latex(name) : "\\mathrm{\(name)}"
    case .text(let words): "\\text{\(escapedLaTeX(words))}"
    case .function(let name):
      Letter.standardFunctions.contains(name) ? "\\\(name)" : "\\operatorname{\(name)}"
    case .symbol(let symbol): symbol.latex
    case .row(let items): Self.joinedLaTeX(items)
    case .fraction(let above, let below): "\\frac{\(above.latex())}{\(below.latex())}"
    case .script(let base, let below, let above):
      base.latexBase + (below.map { "_\(Self.scriptLaTeX($0))" } ?? "")
        + (above.map { $0.isPrime ? $0.latex() : "^\(Self.scriptLaTeX($0))" } ?? "")
    case .accent(let accent, let base): "\\\(accent.rawValue){\(base.latex())}"
    case .root(let inner): "\\sqrt{\(inner.latex())}"
    case .fenced(let open, let inner, let close):
      inner.isTall
        ? "\\left\(Self.fence(open)) \(inner.latex()) \\right\(Self.fence(close))"
        : Self.follow(Self.follow(Self.fence(open), inner.latex()), Self.fence(close))
    case .matrix(let rows):
      "\\begin{bmatrix} "
        + rows.map { $0.map { $0.latex() }.joined(separator: " & ") }.joined(separator: " \\\\ ")
        + " \\end{bmatrix}"
    }
  }

  private var isPrime: Bool { if case .symbol(let sign) = self { sign.isPrime } else { false } }

  private var latexBase: String {
    switch self {
    case .number, .identifier, .text, .function, .symbol, .fenced, .matrix, .accent: latex()
    default: "{\(latex())}"
    }
  }

  /// Whether brackets round this must grow.
  var isTall: Bool {
    switch self {
    case .fraction, .matrix: true
    case .script(.symbol, _, _): true
    case .row(let items): items.contains(where: \.isTall)
    case .script(let base, _, _): base.isTall
    case .fenced(_, let inner, _), .root(let inner): inner.isTall
    default: false
    }
  }

  static func joinedLaTeX(_ items: [FormulaTree]) -> String {
    let joints = joints(of: items)
    var text = ""
    for (i, item) in items.enumerated() {
      switch joints[i] {
      case .spaced, .apart: text += text.isEmpty ? item.latex() : " " + item.latex()
      case .times, .application:
        if case .fenced = item {
          text = follow(text, item.latex())
        } else {
          text += " " + item.latex()
        }
      case .tight: text = follow(text, item.latex())
      }
    }
    return text
  }

  /// Puts a space between where the end of a command would swallow a letter.
  private static func follow(_ left: String, _ right: String) -> String {
    guard let next = right.first, next.isLetter, let slash = left.lastIndex(of: "\\") else {
      return left + right
    }
    let name = left[slash...].dropFirst()
    return !name.isEmpty && name.allSatisfy(\.isLetter) ? left + " " + right : left + right
  }

  private static func scriptLaTeX(_ script: FormulaTree) -> String {
    let text = script.latex()
    return text.count == 1 && text != "-" ? text : "{\(text)}"
  }

  private static func fence(_ sign: String) -> String {
    switch sign {
    case "{": "\\{"
    case "}": "\\}"
    case "‖": "\\|"
    case "⟨": "\\langle"
    case "⟩": "\\rangle"
    case "⌊": "\\lfloor"
    case "⌋": "\\rfloor"
    case "⌈": "\\lceil"
    case "⌉": "\\rceil"
    default: sign
    }
  }
}
