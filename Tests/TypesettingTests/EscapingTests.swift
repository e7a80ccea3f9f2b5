import Testing
import Typesetting

@Suite("Text from outside") struct EscapingTests {
  /// Every character that means something somewhere, and the words that do harm if it is obeyed.
  private static let hostile = [
    #"<script>alert("1 & 2's")</script>"#, #"\input{/etc/passwd} \end{document}"#, "</p><p>",
    #"50% of $x_1$ & #1 ~ ^ {a} `b` *c*"#, "a\"\u{301}b<\u{338}c&\u{301}d", "-- --- '", "]]>",
    "`$*\\",
  ]

  @Test("what is no markup to us is none to others", arguments: hostile)
  func harmless(_ text: String) throws {
    let prose: Prose = "Hello \(verbatim: text), and *well*."
    #expect(prose.plainText() == "Hello \(text), and well.")
    #expect(Prose(verbatim: text).plainText() == text)
    for document: Document in [
      [.paragraph(prose)], [.list([prose])], [.table(header: [prose], rows: [[prose]])],
      [.steps([Step("x", because: prose)])], [.code(text)],
      [.paragraph(Prose(pieces: [.code(text), .emphasis(text), .formula(.words(text))]))],
    ] {
      let html = document.html()
      #expect(isWellFormed(html))
      #expect(!html.contains("<script") && !html.contains("</p><p>"))
    }
  }

  @Test(
    "each character of LaTeX's own is printed, not obeyed",
    arguments: [
      ("<>", #"\textless{}\textgreater{}"#), ("&", #"\&"#), (#"\"#, #"\textbackslash{}"#),
      ("_", #"\_"#), ("%", #"\%"#), ("$", #"\$"#), ("#", "\\#"), ("{}", #"\{\}"#),
      ("~", #"\textasciitilde{}"#), ("^", #"\textasciicircum{}"#), ("--", "-{}-"),
      ("---", "-{}-{}-"), ("\"'", "\"'"), ("%\u{301}", "\\%\u{301}"),
      ("%\u{302}", #"\ensuremath{\hat{\text{\%}}}"#),
      ("}\u{304}", #"\ensuremath{\bar{\text{\}}}}"#),
      ("x\u{302}", #"\ensuremath{\hat{x}}"#),
      ("σ\u{302}", #"\ensuremath{\hat{\ensuremath{\sigma }}}"#), ("\u{302}", "\u{302}"),
      (#"\end{document}"#, #"\textbackslash{}end\{document\}"#),
    ])
  func latex(_ text: String, _ latex: String) {
    #expect(Prose(verbatim: text).latex() == latex)
    #expect(Prose(pieces: [.code(text)]).latex() == "\\texttt{\(latex)}")
    #expect(Prose(pieces: [.emphasis(text)]).latex() == "\\emph{\(latex)}")
    #expect(Prose(.words(text)).latex() == "$\\text{\(latex)}$")
  }

  @Test(
    "words from outside are one line, whatever their line ends",
    arguments: [
      "\n", "\n\n", "\r\n", "\r", "\t", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}", "\u{7}",
    ])
  func oneLine(_ end: String) {
    let blank = String(repeating: " ", count: end.unicodeScalars.count)
    for pieces: [Prose.Piece] in [[.text("a\(end)b")], [.emphasis("a\(end)b")]] {
      let prose = Prose(pieces: pieces)
      for source in [prose.latex(), prose.typst(), prose.markdown()] {
        #expect(source.contains("a\(blank)b"), "\(source)")
      }
    }
    let code = Prose(pieces: [.code("a\(end)b")])
    #expect(code.latex() == "\\texttt{a\(blank)b}" && code.markdown() == "`a\(blank)b`")
  }

  @Test(
    "LaTeX, which puts no letter and mark together, is given them as one",
    arguments: [("Jose\u{301}", "José"), ("Nguye\u{302}\u{303}n", "Nguyễn"), ("e\u{302}", "ê")])
  func precomposed(_ apart: String, _ together: String) {
    // Swift takes either spelling for the other; bytes differ.
    #expect(Array(escapedLaTeX(apart).utf8) == Array(together.utf8))
  }

  @Test(
    "each character of HTML's own is printed, not obeyed",
    arguments: [
      ("<", "&lt;"), (">", "&gt;"), ("&", "&amp;"), ("\"", "&quot;"), ("'", "&#39;"),
      ("&lt;", "&amp;lt;"), ("\"\u{301}", "&quot;\u{301}"), (#"\_%$#{}~^"#, #"\_%$#{}~^"#),
    ])
  func html(_ text: String, _ html: String) {
    #expect(Prose(verbatim: text).html() == html)
    #expect(Prose(pieces: [.code(text)]).html() == "<code>\(html)</code>")
    #expect(Prose(pieces: [.emphasis(text)]).html() == "<em>\(html)</em>")
    #expect(
      Prose(.words(text)).html() == "<math alttext=\"\(html)\"><mtext>\(html)</mtext></math>")
  }

  @Test("code cannot end its own listing")
  func code() {
    let document: Document = [.code("a b\n\\end{verbatim}\n")]
    #expect(
      document.latex() == """
        \\begin{flushleft}
        \\texttt{a\\ b}\\\\
        \\texttt{\\textbackslash{}end\\{verbatim\\}}
        \\end{flushleft}
        """)
    #expect(document.plainText() == "    a b\n    \\end{verbatim}")
  }
}

extension Formula {
  /// Words in upright letters, whatever stands in them.
  fileprivate static func words(_ text: String) -> Formula {
    Formula(stringLiteral: "\\text{" + text.unicodeScalars.map { "\\\($0)" }.joined() + "}")
  }
}
