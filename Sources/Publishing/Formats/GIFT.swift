import ExamModel
import Typesetting

/// GIFT, the plain text that Moodle and others import: a question for each part.
enum GIFTText: PaperFormat {
  static let name = "gift"
  static let summary = "GIFT, a question for each part"
  static let ending = ".gift.txt"
  static let views: [PaperSheet.View] = [.key]

  static func losses(of papers: [PaperSheet]) -> [String] {
    [
      "gift: each part is a question of its own, worth the same; points are not carried",
      "gift: what follows from an earlier mistake, or is rounded too coarsely, earns nothing there; \"gradus grade\" marks it by the test's rules",
      "gift: what is no number and no choice is compared letter by letter, in a few spellings",
    ]
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    let blocks = papers.flatMap { paper in
      ["$CATEGORY: \(escaped("\(paper.title) \(paper.code)"))"]
        + paper.questions.flatMap { question in question.parts.map { block($0, of: question) } }
    }
    return Array((blocks.joined(separator: "\n\n") + "\n").utf8)
  }

  private static func block(_ part: PaperSheet.Part, of question: PaperSheet.Question) -> String {
    let stem = question.stem.html(.mathJax).replacingBytes("\n", with: " ")
    let text = "\(stem)<p>\(part.prompt.html(.mathJax))</p>"
    let answers = answers(part).map { "  \($0)" }.joined(separator: "\n")
    let sign = part.margin == nil || part.kind.isChosen ? "" : "#"
    return "::\(escaped(part.field))::[html]\(escaped(text)) {\(sign)\n\(answers)\n}"
  }

  private static func answers(_ part: PaperSheet.Part) -> [String] {
    switch part.kind {
    case .choice where part.answer != .undefined:
      return part.options.map { option in
        let mistake = part.textMistakes.first { $0.text == option }?.feedback
        return (option == part.answer.plainText ? "=" : "~") + escaped(option) + feedback(mistake)
      }
    case .choices where part.answer != .undefined:
      let right = part.rightTexts
      let share = JSON.number((10_000_000 / Double(max(1, right.count))).rounded() / 100_000).text
      return part.offered.map {
        (right.contains($0) ? "~%\(share)%" : "~%-100%") + escaped($0)
      }
    default: break
    }
    guard let key = part.margin else {
      return part.rightTexts.map { "=" + escaped($0) }
        + part.textMistakes.map { "=%0%" + escaped($0.text) + feedback($0.feedback) }
    }
    return ["=\(key.valueText):\(key.marginText)"]
      + part.numericMistakes.map { mistake in
        "=%0%\(JSON.number(mistake.value).text):\(key.marginText)" + feedback(mistake.feedback)
      }
  }

  private static func feedback(_ text: String?) -> String {
    text.map { "#" + escaped($0.replacingBytes("\n", with: " ")) } ?? ""
  }

  private static func escaped(_ text: String) -> String {
    backslashed(text, before: "~=#{}:\\")
  }
}
