/// Nodes in a row with arrows between neighbours, and detours that skip some of them.
///
/// ```swift
/// ComputationGraph(
///   [.value("x_0"), .operation("a"), .value("x_a"), .operation("b"), .value("x_b")],
///   detours: [.init(from: 2, to: 3, label: "skip")])
/// ```
///
/// It is drawn when it is made: keep one that many questions show.
package struct ComputationGraph: Sendable, Hashable {
  /// What stands in the row.
  package enum Node: Sendable, Hashable {
    /// A quantity, set without a frame.
    case value(Formula)
    /// What computes one, in a box.
    case operation(String)
  }

  /// An arrow that leaves the row below one node and comes back below a later one.
  package struct Detour: Sendable, Hashable {
    package let from, to: Int
    package let label: String

    package init(from: Int, to: Int, label: String) {
      precondition(from < to, "a detour goes forwards")
      self.from = from
      self.to = to
      self.label = label
    }
  }

  package let nodes: [Node]
  package let detours: [Detour]
  /// An inline SVG in the colour of the text around it.
  package private(set) var svg = ""

  package init(_ nodes: [Node], detours: [Detour] = []) {
    precondition(
      detours.allSatisfy { nodes.indices.contains($0.from) && nodes.indices.contains($0.to) },
      "a detour joins nodes of the row")
    self.nodes = nodes
    self.detours = detours
    svg = drawing()
  }

  /// The graph in a sentence, for whoever does not see it.
  var words: String {
    let row = nodes.map(\.text).joined(separator: " → ")
    return detours.reduce(row) {
      "\($0); \($1.label) from \(nodes[$1.from].text) to \(nodes[$1.to].text)"
    }
  }
}

extension ComputationGraph.Node {
  fileprivate var text: String {
    switch self {
    case .value(let formula): formula.plainText()
    case .operation(let name): "[\(name)]"
    }
  }
}

// MARK: Characters

extension ComputationGraph {
  /// The graph in characters: the row, and below it two lines for each detour.
  package func plainText() -> String {
    var row = ""
    var centres: [Int] = []
    for (index, node) in nodes.enumerated() {
      if index > 0 { row += " → " }
      centres.append(row.count + node.text.count / 2)
      row += node.text
    }
    var lines = [row]
    for detour in detours {
      let (left, right) = (centres[detour.from], centres[detour.to])
      lines.append(
        String(repeating: " ", count: left) + "│"
          + String(repeating: " ", count: max(0, right - left - 1)) + "↑")
      let room = max(0, right - left - 1)
      let label = room >= detour.label.count + 4 ? " \(detour.label) " : ""
      let before = (room - label.count) / 2
      lines.append(
        String(repeating: " ", count: left) + "└" + String(repeating: "─", count: before) + label
          + String(repeating: "─", count: room - label.count - before) + "┘")
    }
    return lines.joined(separator: "\n")
  }
}

// MARK: Drawings

extension ComputationGraph {
  /// Middles of the nodes on a line, and how wide each of them is drawn.
  private func places(gap: Int) -> (centres: [Int], widths: [Int], total: Int) {
    let widths = nodes.map { max(24, 12 * $0.text.count + 4) }
    var (centres, x) = ([Int](), 4)
    for width in widths {
      centres.append(x + width / 2)
      x += width + gap
    }
    return (centres, widths, x - gap + 4)
  }

  /// How wide the drawing is, in its own units.
  var width: Int { places(gap: 26).total }

  private func drawing() -> String {
    let (centres, widths, total) = places(gap: 26)
    let height = 44 + 34 * detours.count
    var out =
      "<svg class=\"graph\" role=\"img\" aria-label=\"\(escapedHTML(words))\" viewBox=\"0 0 \(total) \(height)\" width=\"\(total)\" height=\"\(height)\" xmlns=\"http://www.w3.org/2000/svg\">"
    func arrow(_ path: String, head: (x: Int, y: Int), isUp: Bool) -> String {
      let (x, y) = head
      let tip =
        isUp
        ? "M\(x) \(y) l-4 8 l8 0 z" : "M\(x) \(y) l-8 -4 l0 8 z"
      return
        "<path d=\"\(path)\" fill=\"none\" stroke=\"currentColor\"/><path d=\"\(tip)\" fill=\"currentColor\"/>"
    }
    for (index, node) in nodes.enumerated() {
      let (x, width) = (centres[index], widths[index])
      if index > 0 {
        let start = centres[index - 1] + widths[index - 1] / 2
        let end = x - width / 2
        out += arrow("M\(start + 1) 22 H\(end - 4)", head: (end - 1, 22), isUp: false)
      }
      switch node {
      case .operation(let name):
        out +=
          "<rect x=\"\(x - width / 2)\" y=\"8\" width=\"\(width)\" height=\"28\" rx=\"6\" fill=\"none\" stroke=\"currentColor\"/>"
        out += Self.label(escapedHTML(name), x: x)
      case .value(let formula): out += Self.label(formula.svgText(), x: x)
      }
    }
    for (index, detour) in detours.enumerated() {
      let (left, right) = (centres[detour.from], centres[detour.to])
      let y = 58 + 34 * index
      out += arrow("M\(left) 36 V\(y) H\(right) V44", head: (right, 38), isUp: true)
      out +=
        "<text x=\"\((left + right) / 2)\" y=\"\(y - 5)\" text-anchor=\"middle\" font-size=\"13\" fill=\"currentColor\">\(escapedHTML(detour.label))</text>"
    }
    return out + "</svg>\n"
  }

  private static func label(_ text: String, x: Int) -> String {
    "<text x=\"\(x)\" y=\"27\" text-anchor=\"middle\" font-size=\"16\" font-style=\"italic\" fill=\"currentColor\">\(text)</text>"
  }

  /// A TikZ picture; the file needs `\usepackage{tikz}`.
  package func latex() -> String {
    let (centres, _, _) = places(gap: 26)
    func x(_ index: Int) -> String { plainNumber(Double(centres[index]) / 44, decimals: 2) }
    var lines = ["\\begin{tikzpicture}[>=stealth]"]
    for (index, node) in nodes.enumerated() {
      switch node {
      case .value(let formula):
        lines.append("  \\node (n\(index)) at (\(x(index)), 0) {$\(formula.latex())$};")
      case .operation(let name):
        lines.append(
          "  \\node[draw, rounded corners] (n\(index)) at (\(x(index)), 0) {\(escapedLaTeX(name))};"
        )
      }
    }
    for index in nodes.indices.dropFirst() {
      lines.append("  \\draw[->] (n\(index - 1)) -- (n\(index));")
    }
    for (index, detour) in detours.enumerated() {
      let depth = plainNumber(-0.9 - 0.6 * Double(index), decimals: 1)
      lines.append(
        "  \\draw[->] (n\(detour.from)) |- (\(x(detour.from)), \(depth)) -- node[above] {\(escapedLaTeX(detour.label))} (\(x(detour.to)), \(depth)) -| (n\(detour.to));"
      )
    }
    return (lines + ["\\end{tikzpicture}"]).joined(separator: "\n")
  }
}

extension Formula {
  /// Letters and their indices for the text of an SVG.
  fileprivate func svgText() -> String {
    guard case .script(let base, let below?, above: nil) = tree else {
      return escapedHTML(plainText())
    }
    return escapedHTML(base.plainText())
      + "<tspan dy=\"4\" font-size=\"11\">\(escapedHTML(below.plainText()))</tspan>"
  }
}
