package import ExamModel
package import Typesetting

/// A paper as people see it: documents and words, no models.
package struct PaperSheet: Sendable {
  package struct Section: Sendable {
    package var title: String
    package var questions: [Question]
    package init(title: String, questions: [Question]) {
      self.title = title
      self.questions = questions
    }
  }

  package struct Question: Sendable {
    package var number: Int
    package var marks: Points
    package var stem: Document
    package var parts: [Part]
    package var solution: Document
    package init(number: Int, marks: Points, stem: Document, parts: [Part], solution: Document) {
      self.number = number
      self.marks = marks
      self.stem = stem
      self.parts = parts
      self.solution = solution
    }
  }

  package struct Part: Sendable {
    /// The field of the form that takes the answer: `Q3 dL/dw0`.
    package var field: String
    package var prompt: Prose
    /// What can be chosen or put in order; the first has letter A.
    package var options: [String]
    package var points: Points
    /// The key as a candidate would write it: `0.269`, `(3, 4)`.
    package var key: String
    /// How near an answer must be: `to 3 decimals`.
    package var tolerance: String
    package init(
      field: String, prompt: Prose, options: [String] = [], points: Points, key: String,
      tolerance: String
    ) {
      self.field = field
      self.prompt = prompt
      self.options = options
      self.points = points
      self.key = key
      self.tolerance = tolerance
    }
  }

  /// What is shown of the questions.
  package enum View: String, Sendable, CaseIterable {
    case paper, key, solution
  }

  package var title: String
  package var minutes: Int
  package var candidate: Candidate
  package var code: PaperCode
  package var sections: [Section]

  package init(
    title: String, minutes: Int, candidate: Candidate, code: PaperCode, sections: [Section]
  ) {
    self.title = title
    self.minutes = minutes
    self.candidate = candidate
    self.code = code
    self.sections = sections
  }

  var total: Points {
    sections.flatMap(\.questions).reduce(.zero) { $0 + $1.marks }
  }
}

extension Points {
  /// `1 point`, `2.5 points`.
  var words: String { self == Points(hundredths: 100) ? "1 point" : "\(self) points" }
}
