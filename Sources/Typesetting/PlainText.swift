extension Document {
  /// The document as Unicode text, its paragraphs wrapped at a width and blocks parted by a line.
  ///
  /// Formulas, code and tables keep their lines even where these are wider.
  package func plainText(width: Int = 80) -> String {
    shown.map { $0.plainText(width: width) }.joined(separator: "\n\n")
  }
}

extension Prose {
  /// The prose in one line, formulas as text and code as it stands.
  package func plainText() -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text), .emphasis(let text), .code(let text): text
      case .formula(let formula): formula.plainText()
      }
    }.joined()
  }

  /// The lines of a paragraph.
  ///
  /// Code, and a formula of less than half a line, is not broken; a word longer than a line is.
  func lines(width: Int) -> [String] {
    var words: [String] = [""]
    for piece in pieces {
      switch piece {
      case .text(let text), .emphasis(let text):
        Self.append(text, to: &words, longest: max(1, width))
      case .code(let text): words[words.count - 1] += text
      case .formula(let formula):
        let text = formula.plainText()
        if text.count * 2 < width {
          words[words.count - 1] += text
        } else {
          Self.append(text, to: &words, longest: .max)
        }
      }
    }
    var lines: [String] = []
    for word in words where !word.isEmpty {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(word)
      }
    }
    return lines
  }

  private static func append(_ text: String, to words: inout [String], longest: Int) {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == " " || $0.isNewline }
    words[words.count - 1] += parts[0]
    for var part in parts.dropFirst() {
      while part.utf8.count > longest, part.count > longest {
        words.append(String(part.prefix(longest)))
        part = part.dropFirst(longest)
      }
      words.append(String(part))
    }
  }
}

extension Block {
  fileprivate func plainText(width: Int) -> String {
    switch self {
    case .paragraph(let prose): prose.lines(width: width).joined(separator: "\n")
    case .formula(let formula): formula.displayedText().indented(by: "  ")
    case .steps(let steps): Self.text(of: steps).indented(by: "  ")
    case .code(let code): code.trimmingLastNewline().indented(by: "    ")
    case .table(let header, let rows): Self.text(header, rows)
    case .figure(let graph): graph.plainText().indented(by: "  ")
    case .list(let items, let isNumbered):
      items.enumerated().map { number, item in
        let mark = isNumbered ? "\(number + 1). " : "• "
        let room = String(repeating: " ", count: mark.count)
        let lines = item.lines(width: width - mark.count)
        return (mark + lines.joined(separator: "\n" + room)).trimmingEnd()
      }.joined(separator: "\n")
    }
  }

  private static func text(of steps: [Step]) -> String {
    let parts = steps.map { step in
      let (left, right) = step.sides
      return (
        left: FormulaTree.row(left).plainText(), right: FormulaTree.row(right).plainText(),
        reason: step.reason?.plainText()
      )
    }
    let isChain = parts.contains { !$0.right.isEmpty }
    let width = parts.filter { !isChain || !$0.right.isEmpty }.map(\.left.count).max() ?? 0
    var lines = parts.map { part in
      part.right.isEmpty ? part.left : part.left.padded(to: width) + " " + part.right
    }
    let reasonColumn = zip(lines, parts).filter { $1.reason != nil }.map(\.0.count).max() ?? 0
    for (i, part) in parts.enumerated() {
      if let reason = part.reason {
        lines[i] = lines[i].padded(to: reasonColumn) + "    (\(reason))"
      }
    }
    return lines.map { width == 0 ? String($0.drop { $0 == " " }) : $0 }.joined(separator: "\n")
  }

  private static func text(_ header: [Prose], _ rows: [[Prose]]) -> String {
    let body = rows.map { $0.map { $0.plainText() } }
    let head = header.map { $0.plainText() }
    let count = ([head] + body).map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      ([head] + body).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmingEnd()
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ((head.isEmpty ? [] : [line(head), rule]) + body.map(line)).joined(separator: "\n")
  }
}

extension String {
  /// The text without the spaces at its end.
  func trimmingEnd() -> String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }

  /// The text without the newline that a multi-line literal or a file may end with.
  func trimmingLastNewline() -> String { last?.isNewline == true ? String(dropLast()) : self }

  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }

  fileprivate func indented(by room: String) -> String {
    split(omittingEmptySubsequences: false) { $0.isNewline }
      .map { $0.isEmpty ? "" : room + $0 }.joined(separator: "\n")
  }
}
