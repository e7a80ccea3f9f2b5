import ExamModel
import Typesetting

/// GIFT, the plain text that Moodle and others import: a question for each part.
enum GIFTText: PaperFormat {
  static let name = "gift"
  static let summary = "GIFT, a question for each part"
  static let ending = ".gift.txt"
  static let views: [PaperSheet.View] = [.key]

  static func losses(of test: TestOutline) -> [String] {
    [
      "gift: each part is a question of its own, worth the same; points are not carried",
      "gift: what is no number and no choice is compared letter by letter, in a few spellings",
    ] + test.unfollowedRules(by: name, ticks: .weighted) + test.fractions(lostIn: name)
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    let blocks = papers.flatMap { paper in
      // Moodle takes a category as it stands, but for doubled backslashes.
      ["$CATEGORY: \(backslashed(moodleCategory(of: paper), before: "\\"))"]
        + paper.questions.flatMap { question in
          question.parts.map { block($0, of: question, rule: paper.marking.choices) }
        }
    }
    return Array((blocks.joined(separator: "\n\n") + "\n").utf8)
  }

  private static func block(
    _ part: PaperSheet.Part, of question: PaperSheet.Question, rule: MarkingPolicy.ChoiceRule
  ) -> String {
    let stem = question.stem.html(.mathJax).replacingBytes("\n", with: " ")
    let text = "\(stem)<p>\(part.prompt.html(.mathJax))\(part.decimalsOnly)</p>"
    let answers = answers(part, rule).map { "  \($0)" }.joined(separator: "\n")
    let sign = part.margin == nil || part.kind.isChosen ? "" : "#"
    return "::\(escaped(part.field))::[html]\(escaped(text)) {\(sign)\n\(answers)\n}"
  }

  private static func answers(
    _ part: PaperSheet.Part, _ rule: MarkingPolicy.ChoiceRule
  ) -> [String] {
    switch part.kind {
    case .choice where part.answer != .undefined:
      return part.options.map { option in
        let mistake = part.textMistakes.first { $0.text == option }?.feedback
        return (option == part.answer.plainText ? "=" : "~") + shown(option) + feedback(mistake)
      }
    case .choices where part.answer != .undefined:
      let right = part.rightTexts
      let (share, cost) = (percent(of: right.count), rule.cost(ofWrongTickBeside: right.count))
      return part.offered.map { option in
        (right.contains(option) ? "~%\(share)%" : "~%-\(cost)%") + shown(option)
      }
    default: break
    }
    guard let key = part.margin else {
      return part.rightTexts.map { "=" + typed($0) }
        + part.textMistakes.map { "=%0%" + typed($0.text) + feedback($0.feedback) }
    }
    return ["=\(key.valueText):\(key.marginText)"]
      + part.numericMistakes.map { mistake in
        "=%0%\(JSON.number(mistake.value).text):\(key.marginText)" + feedback(mistake.feedback)
      }
  }

  private static func feedback(_ text: String?) -> String {
    text.map { "#" + shown($0.replacingBytes("\n", with: " ")) } ?? ""
  }

  /// Options and feedback are HTML, as the question is.
  private static func shown(_ text: String) -> String { escaped(escapedHTML(text)) }

  /// What is typed is plain text, in which Moodle takes a bare star for any text.
  private static func typed(_ text: String) -> String { escaped(backslashed(text, before: "*")) }

  private static func escaped(_ text: String) -> String {
    backslashed(text, before: "~=#{}:\\")
  }
}

/// A paper's category as Moodle's importers take it: a single slash would begin one below.
func moodleCategory(of paper: PaperSheet) -> String {
  "\(paper.title) \(paper.code)".replacingBytes("/", with: "//")
}

/// 100 over a count, to five decimals: what Moodle's list of shares has for 1 to 10.
private func percent(of count: Int) -> String {
  JSON.number((10_000_000 / Double(max(1, count))).rounded() / 100_000).text
}

extension MarkingPolicy.ChoiceRule {
  /// What a wrong tick takes of the points beside so many right ones, in percent: as much as one of
  /// these earns, or everything where only all of them earn anything.
  func cost(ofWrongTickBeside count: Int) -> String {
    self == .allOrNothing ? "100" : percent(of: count)
  }
}
