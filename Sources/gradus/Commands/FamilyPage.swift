import ExamModel
import QuestionBank
import Typesetting

/// Families as a page in Markdown: of each a sample, and what people get wrong.
struct FamilyPage {
  let families: [any QuestionFamily.Type]

  var markdown: String {
    let topics = Set(families.map { $0.topic }).sorted().joined(separator: ", ")
    let head = """
      # Question families: \(topics)

      <!-- Made by `make docs` from the families themselves. -->

      """
    return ([head] + families.map(section)).joined(separator: "\n").trimmingNewlines
  }

  private func section(_ family: any QuestionFamily.Type) -> String {
    let sample = FamiliesCommand.sample(of: family).sheet().plainText(width: 90)
    let mistakes = family.misconceptions.map { "- `\($0.id)`: \($0.feedback)" }
    let frequent =
      family.frequentAnswers.isEmpty
      ? ""
      : "\n\nThe same answer in more than one draw of ten:\n\n"
        + family.frequentAnswerLines.map { "- \($0)" }.joined(separator: "\n")
    let count = family.variants.map { ", \($0) different questions" } ?? ""
    return """
      ## \(family.title)

      `\(family.id)`, level \(family.difficulty)\(count)

      ```text
      \(sample.trimmingNewlines)
      ```

      Known mistakes:

      \(mistakes.joined(separator: "\n"))\(frequent)

      """
  }
}

extension String {
  /// Without empty lines at its end.
  fileprivate var trimmingNewlines: String {
    var text = self[...]
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}
