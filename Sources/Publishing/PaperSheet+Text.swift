import ExamModel
import Typesetting

extension PaperSheet {
  /// The page in plain Unicode text, at most 80 columns wide where formulas allow.
  package func text(_ view: View) -> String {
    var lines = [
      title, String(repeating: "=", count: title.count), "",
      "\(view.heading) for \(candidate.name)", "Paper code \(code)",
      "\(minutes) minutes, \(total.words)", "",
    ]
    lines.append(Prose(verbatim: view.instructions).plainText())
    for section in sections {
      lines += ["", "", section.title, String(repeating: "-", count: section.title.count)]
      for question in section.questions { lines += [""] + Self.lines(question, view) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ question: Question, _ view: View) -> [String] {
    var lines = ["Question \(question.number)  (\(question.marks.words))"]
    if view != .key { lines += ["", question.stem.plainText()] }
    lines.append("")
    let width = question.parts.map(\.field.count).max() ?? 0
    for part in question.parts {
      let field = part.field + String(repeating: " ", count: width - part.field.count)
      switch view {
      case .paper: lines.append("  \(field)  \(part.prompt.plainText())")
      case .key: lines.append("  \(field)  \(part.key)  (\(part.tolerance), \(part.points.words))")
      case .solution: lines.append("  \(field)  \(part.prompt.plainText()):  \(part.key)")
      }
    }
    if view == .solution { lines += ["", question.solution.plainText()] }
    return lines
  }
}
