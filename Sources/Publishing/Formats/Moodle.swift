import ExamModel
import Typesetting

/// Moodle's XML: one embedded-answers question ("cloze") for each question, a category each paper.
enum MoodleXML: PaperFormat {
  static let name = "moodle"
  static let summary = "Moodle XML, a category of embedded-answer questions for each paper"
  static let ending = ".moodle.xml"
  static let views: [PaperSheet.View] = [.key]

  static func losses(of test: TestOutline) -> [String] {
    var losses = test.unfollowedRules(by: name, ticks: .weighted) + test.fractions(lostIn: name)
    if test.pointScale > 1 {
      losses.append(
        "moodle: marks of embedded answers are whole; points are multiplied by \(test.pointScale), and the quiz's maximum grade brings them back"
      )
    }
    if test.asks(.vector, .matrix, .shape, .expression, .ordering, .text) {
      losses.append(
        "moodle: vectors, matrices, shapes, formulas and orders are compared letter by letter, in a few spellings"
      )
    }
    return losses
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    // As the test counts them, whatever the paper's own order: "Response 2" of an export is Q2.
    let questions = papers.flatMap { paper in
      [category(of: paper)]
        + paper.questions.sorted { $0.number < $1.number }.map { question($0, of: paper) }
    }
    return Array(XMLNode.element("quiz", [], questions).file.utf8)
  }

  private static func category(of paper: PaperSheet) -> XMLNode {
    .element(
      "question", [("type", "category")],
      .element("category", .element("text", .text("$course$/top/\(moodleCategory(of: paper))"))),
      .element("info", [("format", "plain_text")], .element("text", .text(paper.person))))
  }

  /// Moodle takes the sum of a question's weights for its mark, so that all questions need points in
  /// the same unit.
  private static func question(
    _ question: PaperSheet.Question, of paper: PaperSheet
  ) -> XMLNode {
    let rows = question.parts.map { part in
      let cloze = Cloze(
        part: part, weight: part.points.whole(times: paper.pointScale),
        rule: paper.marking.choices)
      return
        "<p><strong>\(escapedHTML(part.field))</strong> \(part.prompt.html(.mathJax))\(part.decimalsOnly) "
        + "\(escapedHTML(cloze.text))</p>"
    }
    let text = question.stem.html(.mathJax) + "\n" + rows.joined(separator: "\n")
    return .element(
      "question", [("type", "cloze")],
      .element(
        "name", .element("text", .text("Q\(question.number) \(question.subject) \(paper.code)"))),
      .element("questiontext", [("format", "html")], .element("text", .text(text))),
      .element(
        "generalfeedback", [("format", "html")],
        .element("text", .text(question.solution.html(.mathJax)))),
      .element("defaultgrade", .text("\(question.marks)")),
      .element("penalty", .text("0.3333333")), .element("hidden", .text("0")))
  }
}

/// A field of Moodle's embedded answers: `{2:NUMERICAL:=0.25:0.0005~%0%0.5:0.0005#Mind …}`.
///
/// Moodle ends an answer at a bare `~`, `#` or `}` and takes a backslash away before `#` and `}` only.
/// Options and feedback are HTML to it, short answers plain text in which a bare `*` is any text.
private struct Cloze {
  let part: PaperSheet.Part
  let weight: Int
  let rule: MarkingPolicy.ChoiceRule

  /// Still to be escaped for the HTML in which it stands.
  var text: String { "{\(weight):\(answers)}" }

  private var answers: String {
    switch part.kind {
    case .choice where part.answer != .undefined:
      let wrong = part.options.filter { $0 != part.answer.plainText }.map { option in
        "~%0%" + shown(option)
          + feedback(part.textMistakes.first { $0.text == option }?.feedback)
      }
      return "MULTICHOICE_V:=" + shown(part.answer.plainText) + wrong.joined()
    case .choices where part.answer != .undefined:
      let right = part.rightTexts
      let wrong = part.offered.filter { !right.contains($0) }.map {
        "~%-\(rule.cost(ofWrongTickBeside: right.count))%" + shown($0)
      }
      return "MULTIRESPONSE:=" + right.map(shown).joined(separator: "~=") + wrong.joined()
    default: break
    }
    guard let key = part.margin else {
      let wrong = part.textMistakes.map { "~%0%" + typed($0.text) + feedback($0.feedback) }
      return "SHORTANSWER:=" + part.rightTexts.map(typed).joined(separator: "~=") + wrong.joined()
    }
    let wrong = part.numericMistakes.map { mistake in
      "~%0%\(JSON.number(mistake.value).text):\(key.marginText)" + feedback(mistake.feedback)
    }
    return "NUMERICAL:=\(key.valueText):\(key.marginText)" + wrong.joined()
  }

  private func feedback(_ text: String?) -> String { text.map { "#" + shown($0) } ?? "" }

  private func shown(_ text: String) -> String {
    let html = escapedHTML(text).replacingBytes("~", with: "&#126;")
      .replacingBytes("\\", with: "&#92;")
    return backslashed(html, before: "#}")
  }

  private func typed(_ text: String) -> String { backslashed(text, before: "#}~*") }
}

extension AnswerKind {
  /// Whether it is picked and not typed.
  var isChosen: Bool { self == .choice || self == .choices }
}
