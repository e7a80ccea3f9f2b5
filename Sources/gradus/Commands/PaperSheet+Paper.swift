import ExamModel
import PaperPress
import Publishing
import QuestionBank
import Typesetting

extension PaperSheet {
  /// A pressed paper as people see it.
  init(_ paper: Paper, of candidate: Candidate, press: PaperPress) {
    let blueprint = press.blueprint
    var sections = blueprint.sections.map { Section(title: $0.title, questions: []) }
    for (slot, question) in zip(press.slots, paper.questions) {
      sections[slot.section].questions.append(Question(question, slot: slot))
    }
    self.init(
      title: blueprint.title, minutes: blueprint.minutes, candidate: candidate, code: paper.code,
      sections: sections)
  }
}

extension PaperSheet.Question {
  fileprivate init(_ question: any Question, slot: PaperPress.Slot) {
    let prompt = question.prompt()
    let points = slot.marks.split(by: question.asked.map { question.parts[$0].weight })
    self.init(
      number: slot.number, marks: slot.marks, stem: prompt.stem,
      parts: zip(question.asked, points).map { index, points in
        let part = question.parts[index]
        return PaperSheet.Part(
          field: FormItem(question: slot.number, field: part.field).title,
          prompt: prompt.text(of: part.id) ?? "",
          options: question.options[part.id] ?? [], points: points, key: question.display(index),
          tolerance: part.accepted)
      },
      solution: question.solution())
  }
}
