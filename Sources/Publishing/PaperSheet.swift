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
    /// What the question is about: `Attention under a causal mask`.
    package var subject: String
    package var marks: Points
    package var stem: Document
    package var parts: [Part]
    package var solution: Document
    /// The stem and the parts' prompts as a PNG in Base64, for forms that have plain text only.
    package var picture: String?
    package init(
      number: Int, subject: String = "", marks: Points, stem: Document, parts: [Part],
      solution: Document
    ) {
      self.number = number
      self.subject = subject
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
    package var accepted: String
    package var kind: AnswerKind
    package var answer: AnswerValue
    package var tolerance: Tolerance
    private let listMistakes: @Sendable () -> [Mistake]
    /// Whether the key is a fraction that can be typed as it is.
    package var isFraction: Bool
    /// The quantities that an expression may name.
    package var names: [String]
    /// Further names, each with what it stands for in terms of the names before it.
    package var derived: [(name: String, expression: String)]
    /// What became of the candidate's answer; nil before the grading.
    package var result: Result?

    /// What known mistakes answer here; listed when asked, as few formats say it.
    package var mistakes: [Mistake] { listMistakes() }

    package init(
      field: String, prompt: Prose, options: [String] = [], points: Points, key: String,
      accepted: String, kind: AnswerKind, answer: AnswerValue, tolerance: Tolerance,
      mistakes: @autoclosure @escaping @Sendable () -> [Mistake] = [],
      isFraction: Bool = false, names: [String] = [],
      derived: [(name: String, expression: String)] = [], result: Result? = nil
    ) {
      self.field = field
      self.prompt = prompt
      self.options = options
      self.points = points
      self.key = key
      self.accepted = accepted
      self.kind = kind
      self.answer = answer
      self.tolerance = tolerance
      listMistakes = mistakes
      self.isFraction = isFraction
      self.names = names
      self.derived = derived
      self.result = result
    }
  }

  /// The answer that a known mistake gives, and what a teacher says to it.
  package struct Mistake: Sendable {
    package var answer: AnswerValue
    package var feedback: String
    package init(answer: AnswerValue, feedback: String) {
      self.answer = answer
      self.feedback = feedback
    }
  }

  /// The verdict on one answer, for the candidate's slip.
  package struct Result: Sendable {
    /// What was typed, fit to stand among other words; empty where that is nothing to see.
    package let typed: String
    package let verdict: Verdict
    /// What a person decided instead; nil where the verdict stands.
    package let decision: String?
    package init(typed: String, verdict: Verdict, decision: String? = nil) {
      self.typed = typed.tamed
      // Readings and reasons repeat what was typed.
      var verdict = verdict
      verdict.reasons = verdict.reasons.map(\.tamed)
      verdict.feedback = verdict.feedback?.tamed
      self.verdict = verdict
      self.decision = decision?.tamed
    }
  }

  /// What is shown of the questions.
  package enum View: String, Sendable, CaseIterable {
    case paper, key, solution
    /// A graded candidate's own answers with their verdicts; needs a result in every part.
    case slip
  }

  package var test: TestID
  package var title: String
  package var minutes: Int
  package var candidate: Candidate
  package var code: PaperCode
  package var sections: [Section]
  package var marking: MarkingPolicy
  /// What points are multiplied with where they must be whole, the same on every paper of the test.
  package var pointScale: Int

  package init(
    test: TestID, title: String, minutes: Int, candidate: Candidate, code: PaperCode,
    sections: [Section], marking: MarkingPolicy = MarkingPolicy(), pointScale: Int = 1
  ) {
    self.test = test
    self.title = title
    self.minutes = minutes
    self.candidate = candidate
    self.code = code
    self.sections = sections
    self.marking = marking
    self.pointScale = pointScale
  }

  /// The candidate's name, or the id of one whose name shows nothing.
  package var person: String {
    candidate.name.isSeen ? candidate.name : candidate.id.rawValue
  }

  package var questions: [Question] { sections.flatMap(\.questions) }

  /// What the graded parts earned.
  var earned: (awarded: Points, possible: Points) {
    questions.flatMap(\.parts).compactMap(\.result).reduce((Points.zero, Points.zero)) {
      ($0.0 + $1.verdict.awarded, $0.1 + $1.verdict.possible)
    }
  }

  package var total: Points {
    sections.reduce(.zero) { $1.questions.reduce($0) { $0 + $1.marks } }
  }
}

extension PaperSheet {
  /// Notes what became of the answer to a field.
  package mutating func setResult(of field: String, _ result: Result) {
    for section in sections.indices {
      for question in sections[section].questions.indices {
        let parts = sections[section].questions[question].parts
        if let part = parts.firstIndex(where: { $0.field == field }) {
          sections[section].questions[question].parts[part].result = result
        }
      }
    }
  }
}
