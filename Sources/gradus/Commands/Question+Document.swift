import ExamModel
import QuestionBank
import Typesetting

extension Question {
  /// What is asked: the stem, and each part after its name, with its options.
  func sheet() -> Document {
    let prompt = prompt()
    var blocks = prompt.stem.blocks
    for index in asked {
      let part = parts[index]
      blocks.append(
        .paragraph(
          Prose(pieces: [.code(part.id.rawValue), .text(":  ")])
            + (prompt.text(of: part.id) ?? "")))
      let options = options[part.id, default: []].lettered
      if !options.isEmpty {
        blocks.append(.list(options.map { Prose(verbatim: "(\($0.letter)) \($0.text)") }))
      }
    }
    return Document(blocks: blocks)
  }

  /// The keys of the parts asked, with how near an answer must be.
  func keySheet() -> Document {
    Document(
      blocks: [
        .table(
          header: [],
          rows: asked.map { index in
            [
              Prose(pieces: [.code(parts[index].id.rawValue)]),
              Prose(verbatim: display(index)), Prose(verbatim: parts[index].accepted),
            ]
          })
      ])
  }

  /// What the known mistakes answer, and what a teacher says to them.
  func mistakeSheet() -> Document {
    let items = mistakes.map { mistake -> Prose in
      let tolerance = parts.first { $0.id == mistake.part }?.tolerance ?? .exact
      let feedback = family.misconceptions.first { $0.id == mistake.id }?.feedback ?? ""
      return Prose(
        pieces: [
          .code(mistake.part.rawValue),
          .text(" = \(mistake.value.written(to: tolerance)): \(feedback)"),
        ])
    }
    return Document(blocks: [.list(items)])
  }
}
