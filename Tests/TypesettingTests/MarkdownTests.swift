import Testing
import Typesetting

@Suite("Markdown") struct MarkdownTests {
  @Test("blocks become what GitHub and Pandoc read")
  func blocks() {
    let document = Document {
      "A *soft* `a_b` of $x_0^2$ and \(verbatim: "*stars* | <b>")."
      Block.steps(["y = 2", Step("= x", because: "by hand")])
      Block.code("```\nx\n```")
      Block.table(header: ["a|b", ""], rows: [["$1$", "`x|y`"]])
      Block.list(["one", "two"], isNumbered: true)
    }
    #expect(
      document.markdown() == #"""
        A *soft* `a_b` of $x_0^2$ and \*stars\* \| \<b\>.

        $$
        \begin{aligned}
        y &= 2 \\
         &= x && \text{by hand}
        \end{aligned}
        $$

        ````
        ```
        x
        ```
        ````

        | a\|b |  |
        | --- | --- |
        | $1$ | `x\|y` |

        1. one
        2. two
        """#)
  }

  @Test("a formula between MathJax's signs is escaped for HTML and loses nothing")
  func mathJax() {
    let document = Document { "If $a < b$ then" }
    #expect(document.html(.mathJax) == #"<p>If \(a &lt; b\) then</p>"#)
  }
}
