package import ExamModel
package import PaperPress
package import Publishing
package import QuestionBank
import Typesetting

extension PaperSheet {
  /// A pressed paper as people see it.
  package init(_ paper: Paper, of candidate: Candidate, press: PaperPress) {
    let blueprint = press.blueprint
    var sections = blueprint.sections.map { Section(title: $0.title, questions: []) }
    for index in paper.order {
      let slot = press.slots[index]
      sections[slot.section].questions.append(
        Question(paper.questions[index], number: slot.number, marks: slot.marks))
    }
    self.init(
      test: blueprint.id, title: blueprint.title, minutes: blueprint.minutes,
      candidate: candidate, code: paper.code, sections: sections, marking: blueprint.marking,
      pointScale: press.pointScale)
  }
}

extension TestOutline {
  /// What the press's papers may ask.
  package init(_ press: PaperPress, isForSeveral: Bool) {
    self.init(
      parts: press.slots.flatMap(\.parts), marking: press.blueprint.marking,
      pointScale: press.pointScale, isForSeveral: isForSeveral)
  }
}

extension PaperSheet.Question {
  package init(_ question: any Question, number: Int, marks: Points) {
    let prompt = question.prompt()
    let (parts, key, asked) = (question.parts, question.key, question.asked)
    let (options, names) = (question.options, question.names)
    let points = marks.split(by: asked.map { parts[$0].weight })
    self.init(
      number: number, subject: question.family.title, marks: marks, stem: prompt.stem,
      parts: zip(asked, points).map { index, points in
        let part = parts[index]
        let answer = key[index] ?? .undefined
        return PaperSheet.Part(
          field: FormItem(question: number, field: part.field).title,
          prompt: prompt.text(of: part.id) ?? "",
          options: options[part.id] ?? [], points: points, key: question.display(index),
          accepted: part.accepted, kind: answer.kind ?? part.kind, answer: answer,
          tolerance: part.tolerance,
          mistakes: question.mistakes(in: part.id), isFraction: part.isFraction,
          names: names.free, derived: names.derived.map { ($0.name, $0.expression) })
      },
      solution: question.solution())
  }
}

extension QuestionBank.Question {
  /// What known mistakes answer to a part, and what is said to it.
  fileprivate func mistakes(in part: PartID) -> [PaperSheet.Mistake] {
    mistakes.filter { $0.part == part }.map { mistake in
      PaperSheet.Mistake(
        answer: mistake.value,
        feedback: family.misconceptions.first { $0.id == mistake.id }?.feedback ?? "")
    }
  }
}
