import ExamModel
import Typesetting

/// Notes for Anki: File > Import reads the headers and makes a deck to study.
enum AnkiNotes: PaperFormat {
  static let name = "anki"
  static let summary = "notes for an Anki deck, with worked solutions on the back"
  static let ending = ".anki.txt"
  static let views: [PaperSheet.View] = [.solution]

  static func losses(of test: TestOutline) -> [String] {
    ["anki: cards are judged by who studies them; points and tolerances are not carried"]
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    var lines = [
      "#separator:tab", "#html:true", "#guid column:1", "#notetype:Basic", "#deck column:4",
      "#tags column:5",
    ]
    for paper in papers {
      for question in paper.questions {
        let cells = [
          guid(paper, question), front(question), back(question), deck(paper), tag(question),
        ]
        lines.append(cells.map(quoted).joined(separator: "\t"))
      }
    }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  /// What Anki knows a note by, so that importing twice adds nothing.
  static func guid(_ paper: PaperSheet, _ question: PaperSheet.Question) -> String {
    "\(paper.code)-\(question.number)"
  }

  static func deck(_ paper: PaperSheet) -> String { "\(paper.title)::\(paper.code)" }

  static func tag(_ question: PaperSheet.Question) -> String {
    question.subject.lowercased().replacingBytes(" ", with: "-")
  }

  static func front(_ question: PaperSheet.Question) -> String {
    let parts = question.parts.map { part in
      let options = part.written.map { "(\($0.letter)) \(escapedHTML($0.text))" }
      return "<p><b>\(escapedHTML(part.field))</b> \(part.prompt.html(.mathJax))"
        + options.map { "<br>" + $0 }.joined() + "</p>"
    }
    return question.stem.html(.mathJax) + parts.joined()
  }

  static func back(_ question: PaperSheet.Question) -> String {
    let keys = question.parts.map { part in
      "<p><b>\(escapedHTML(part.field))</b> = <b>\(escapedHTML(part.key))</b></p>"
    }
    let mistakes = question.parts.flatMap { part in
      part.textMistakes.map { mistake in
        "<li>\(escapedHTML(part.field)) = \(escapedHTML(mistake.text)): "
          + "\(escapedHTML(mistake.feedback))</li>"
      }
    }
    return keys.joined() + question.solution.html(.mathJax)
      + (mistakes.isEmpty ? "" : "<p>Known mistakes</p><ul>\(mistakes.joined())</ul>")
  }

  private static func quoted(_ cell: String) -> String {
    "\"" + cell.replacingBytes("\"", with: "\"\"") + "\""
  }
}
