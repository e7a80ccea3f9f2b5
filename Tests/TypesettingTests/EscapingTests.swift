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
      (#"\end{document}"#, #"\textbackslash{}end\{document\}"#),
    ])
  func latex(_ text: String, _ latex: String) {
    #expect(Prose(verbatim: text).latex() == latex)
    #expect(Prose(pieces: [.code(text)]).latex() == "\\texttt{\(latex)}")
    #expect(Prose(pieces: [.emphasis(text)]).latex() == "\\emph{\(latex)}")
    #expect(Prose(.words(text)).latex() == "$\\text{\(latex)}$")
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
