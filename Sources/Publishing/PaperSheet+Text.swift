import ExamModel
import Typesetting

extension PaperSheet {
  /// The page in plain Unicode text, at most 80 columns wide where formulas allow.
  package func text(_ view: View) -> String {
    var lines = [
      title, String(repeating: "=", count: title.count), "",
      "\(view.heading) for \(person)", "Paper code \(code)",
      "\(minutes) minutes, \(result(view))", "",
    ]
    lines.append(Document { Prose(verbatim: instructions(for: view)) }.plainText())
    for section in sections {
      lines += ["", "", section.title, String(repeating: "-", count: section.title.count)]
      for question in section.questions { lines += [""] + Self.lines(question, view) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What can be earned, and in a slip what was.
  private func result(_ view: View) -> String {
    view == .slip ? "\(earned.awarded) of \(earned.possible.words)" : total.words
  }

  private static func lines(_ question: Question, _ view: View) -> [String] {
    var lines = ["Question \(question.number)  (\(question.marks.words))"]
    if view != .key { lines += ["", question.stem.plainText()] }
    lines.append("")
    let width = question.parts.map(\.field.count).max() ?? 0
    for part in question.parts {
      let field = part.field + String(repeating: " ", count: width - part.field.count)
      switch view {
      case .paper:
        lines.append(hanging("  \(field)  ", part.prompt))
        lines += part.written.map { letter, text in
          hanging(
            String(repeating: " ", count: field.count + 4) + "(\(letter)) ", Prose(verbatim: text))
        }
      case .key:
        let accepted = part.accepted.isEmpty ? "" : part.accepted + ", "
        lines.append(
          hanging(
            "  \(field)  ", Prose(verbatim: "\(part.key)  (\(accepted)\(part.points.words))")))
      case .solution: lines.append(hanging("  \(field)  ", part.prompt + answer(part)))
      case .slip:
        lines.append(hanging("  \(field)  ", part.prompt))
        lines += slipLines(part)
      }
    }
    if view == .slip, let field = question.firstWrong {
      lines += ["", "The first step that went wrong is \(field)."]
    }
    if view == .solution || view == .slip { lines += ["", question.solution.plainText()] }
    return lines
  }

  /// What was typed, what became of it and why.
  private static func slipLines(_ part: Part) -> [String] {
    guard let result = part.result else { return [] }
    let verdict = result.verdict
    let typed = result.typed.isEmpty ? "" : "You answered \(result.typed): "
    let said =
      [
        "\(typed)\(verdict.outcome.sentence), \(verdict.awarded) of \(part.points.words). The answer is \(part.key)."
      ]
      + verdict.reasons + [verdict.feedback, result.decision].compactMap(\.self)
    return said.enumerated().map { index, text in
      hanging("    \(index == 0 ? verdict.outcome.sign : " ") ", Prose(verbatim: text))
    }
  }

  /// The key after its prompt; whole, even at the end of a line, where it fits in one.
  private static func answer(_ part: Part) -> Prose {
    let isSentence = part.prompt.plainText().last.map(".?!".contains) ?? true
    let (join, key) = isSentence ? (" ", "→ \(part.key)") : (": ", part.key)
    return Prose(pieces: [.text(join), key.count <= 60 ? .code(key) : .text(key)])
  }

  /// Prose after a start of the line, its further lines below its first.
  private static func hanging(_ start: String, _ prose: Prose) -> String {
    let lines = Document { prose }.plainText(width: max(20, 80 - start.count))
    return start
      + lines.replacingBytes("\n", with: "\n" + String(repeating: " ", count: start.count))
  }
}
