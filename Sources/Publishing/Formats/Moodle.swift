import ExamModel
import Typesetting

/// Moodle's XML: one embedded-answers question ("cloze") for each question, a category each paper.
enum MoodleXML: PaperFormat {
  static let name = "moodle"
  static let summary = "Moodle XML, a category of embedded-answer questions for each paper"
  static let ending = ".moodle.xml"
  static let views: [PaperSheet.View] = [.key]

  static func losses(of papers: [PaperSheet]) -> [String] {
    var losses = [
      "moodle: what follows from an earlier mistake, or is rounded too coarsely, earns nothing there; \"gradus grade\" marks it by the test's rules"
    ]
    let scale = wholePointScale(of: papers)
    if scale > 1 {
      losses.append(
        "moodle: marks of embedded answers are whole; points are multiplied by \(scale), and the quiz's maximum grade brings them back"
      )
    }
    let parts = papers.flatMap(\.questions).flatMap(\.parts)
    if parts.contains(where: { $0.margin == nil && !$0.kind.isChosen }) {
      losses.append(
        "moodle: vectors, matrices, shapes, formulas and orders are compared letter by letter, in a few spellings"
      )
    }
    return losses
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    let scale = wholePointScale(of: papers)
    // As the test counts them, whatever the paper's own order: "Response 2" of an export is Q2.
    let questions = papers.flatMap { paper in
      [category(of: paper)]
        + paper.questions.sorted { $0.number < $1.number }
        .map { question($0, of: paper, scale: scale) }
    }
    return Array(XMLNode.element("quiz", [], questions).file.utf8)
  }

  private static func category(of paper: PaperSheet) -> XMLNode {
    // A slash would begin a category below.
    let name = "\(paper.title) \(paper.code)".replacingBytes("/", with: "//")
    return .element(
      "question", [("type", "category")],
      .element("category", .element("text", .text("$course$/top/\(name)"))),
      .element("info", [("format", "plain_text")], .element("text", .text(paper.person))))
  }

  /// - Parameter scale: what points are multiplied with. Moodle takes the sum of a question's
  ///   weights for its mark, so that all questions of a paper need the same.
  private static func question(
    _ question: PaperSheet.Question, of paper: PaperSheet, scale: Int
  ) -> XMLNode {
    let rows = question.parts.map { part in
      "<p><strong>\(escapedHTML(part.field))</strong> \(part.prompt.html(.mathJax)) "
        + "\(Cloze.field(part, weight: part.points.hundredths * scale / 100))</p>"
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

/// The fields of Moodle's embedded answers: `{2:NUMERICAL:=0.25:0.0005~%0%0.5:0.0005#Mind …}`.
private enum Cloze {
  static func field(_ part: PaperSheet.Part, weight: Int) -> String {
    let right: [String]
    let wrong: [String]
    let type: String
    switch part.kind {
    case .choice where part.answer != .undefined:
      type = "MULTICHOICE_V"
      right = [answer(part.answer.plainText)]
      wrong = part.options.filter { $0 != part.answer.plainText }.map { option in
        "~" + answer(option) + feedback(part.textMistakes.first { $0.text == option }?.feedback)
      }
    case .choices where part.answer != .undefined:
      type = "MULTIRESPONSE"
      let texts = part.rightTexts
      right = [texts.map(answer).joined(separator: "~=")]
      wrong = part.offered.filter { !texts.contains($0) }.map { "~%-100%" + answer($0) }
    default:
      if let key = part.margin {
        type = "NUMERICAL"
        right = ["\(key.valueText):\(key.marginText)"]
        wrong = part.numericMistakes.map { mistake in
          "~%0%\(JSON.number(mistake.value).text):\(key.marginText)" + feedback(mistake.feedback)
        }
      } else {
        type = "SHORTANSWER"
        right = [part.rightTexts.map(answer).joined(separator: "~=")]
        wrong = part.textMistakes.map { "~%0%" + answer($0.text) + feedback($0.feedback) }
      }
    }
    return escapedHTML("{\(weight):\(type):=\(right.joined())\(wrong.joined())}")
  }

  private static func feedback(_ text: String?) -> String { text.map { "#" + answer($0) } ?? "" }

  /// Text in which nothing ends the answer or the field.
  private static func answer(_ text: String) -> String {
    backslashed(text, before: "}~#/\"\\*")
  }
}

extension AnswerKind {
  /// Whether it is picked and not typed.
  var isChosen: Bool { self == .choice || self == .choices }
}
