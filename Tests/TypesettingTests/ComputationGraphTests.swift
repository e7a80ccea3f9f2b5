import Foundation
import FoundationXML
import Testing
import Typesetting

@Suite("Figures of computations") struct ComputationGraphTests {
  private let graph = ComputationGraph(
    [
      .value("x_0"), .operation("a"), .value("x_a"), .operation("b"), .value("x_b"),
      .operation("c"), .value("x_c"), .operation("d"), .value("x_d"),
    ], detours: [.init(from: 4, to: 7, label: "skip")])

  @Test("characters draw the row, and the detour below it")
  func characters() {
    #expect(
      graph.plainText() == """
        x₀ → [a] → x_a → [b] → x_b → [c] → x_c → [d] → x_d
                                │                 ↑
                                └───── skip ──────┘
        """)
  }

  @Test("a drawing is well-formed, says what it shows and has a box for each operation")
  func drawing() {
    let svg = graph.svg
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse())
    #expect(svg.contains("aria-label=\"x₀ → [a] → x_a"))
    #expect(svg.contains("skip from x_b to [d]"))
    #expect(svg.ranges(of: "<rect").count == 4)
    #expect(svg.ranges(of: "<tspan").count == 5)
  }

  @Test("TikZ names every node and joins it to the next")
  func tikz() {
    let latex = graph.latex()
    #expect(latex.ranges(of: "\\node").count == 9)
    #expect(latex.ranges(of: "\\draw[->]").count == 9)
  }
}
