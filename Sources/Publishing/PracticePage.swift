import ExamModel
import Typesetting

/// One page of questions that checks answers in the browser: no server, nothing fetched.
///
/// It holds the keys, so its questions must never be an exam's.
package struct PracticePage: Sendable {
  private let title: String
  private let questions: [PaperSheet.Question]

  package init(title: String, questions: [PaperSheet.Question]) {
    self.title = title
    self.questions = questions
  }

  /// - Throws: `TemplateError` where a changed template makes no sense.
  package func html(_ templates: Templates = .standard) throws(TemplateError) -> String {
    var index = 0
    let listed = questions.map { question -> TemplateValues in
      let first = index
      index += question.parts.count
      return Self.values(question, firstPart: first)
    }
    return try templates.template("practice.html").filled(with: [
      "title": .text(title), "count": .text(String(index)), "questions": .list(listed),
      "data": .markup(data),
    ])
  }

  private static func values(_ question: PaperSheet.Question, firstPart: Int) -> TemplateValues {
    [
      "number": .text(String(question.number)), "subject": .text(question.subject),
      "marks": .text(question.marks.words), "stem": .markup(question.stem.html()),
      "solution": .markup(question.solution.html()),
      "parts": .list(
        question.parts.enumerated().map { offset, part in
          let isPicked = part.kind.isChosen && part.answer != .undefined
          return [
            "index": .text(String(firstPart + offset)), "prompt": .markup(part.prompt.html()),
            "isTyped": .flag(!isPicked), "how": .text(part.howToType),
            "control": .text(part.kind == .choice ? "radio" : "checkbox"),
            "key": .text(part.key),
            "options": .list(
              part.offered.lettered.map {
                ["letter": .text($0.letter), "option": .text($0.text)]
              }),
          ]
        }),
    ]
  }

  /// What the checking needs to know of each part; no `<` that could end the script.
  private var data: String {
    let parts = questions.flatMap(\.parts).map(\.practiceJSON)
    return JSON.array(parts).text.replacingBytes("<", with: "\\u003C")
  }
}

extension PaperSheet.Part {
  fileprivate var practiceJSON: JSON {
    .object([
      ("kind", .string(kind.rawValue)), ("key", answer.json), ("tolerance", tolerance.json),
      ("accepted", .string(accepted)), ("options", .array(options.map(JSON.string))),
      ("free", .array(names.map(JSON.string))),
      (
        "derived",
        .array(derived.map { .array([.string($0.name), .string($0.expression)]) })
      ),
      (
        "mistakes",
        .array(
          mistakes.map {
            .object([("value", $0.answer.json), ("feedback", .string($0.feedback))])
          })
      ),
    ])
  }
}
