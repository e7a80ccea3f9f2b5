import ExamModel
import Typesetting

/// A paper whose documents are set in one markup, once for all that shows them.
struct SetSheet {
  let sheet: PaperSheet
  private let person: TemplateValue
  private let qr: String
  private let sections: [(title: String, questions: [SetQuestion])]
  /// All that is set, one after another.
  private let markup: [UInt8]

  init(_ sheet: PaperSheet, for views: [PaperSheet.View], in markup: Markup) {
    self.sheet = sheet
    person = markup == .typst ? markup.breakable(sheet.person) : .text(sheet.person)
    qr = QRCode(sheet.code.description)?.picture(in: markup) ?? ""
    var all: [UInt8] = []
    all.reserveCapacity(1 << 15)
    var sections = sheet.sections.map { section in
      (
        title: section.title,
        questions: section.questions.map { SetQuestion($0, for: views, in: markup, to: &all) }
      )
    }
    for section in sections.indices {
      for question in sections[section].questions.indices {
        sections[section].questions[question].nameParts(for: views, in: all)
      }
    }
    self.sections = sections
    self.markup = all
  }

  /// What templates can show of the paper. Names that a view must not show do not exist in it.
  func values(_ view: PaperSheet.View) -> TemplateValues {
    var values = TemplateValues([
      .init(Name.title, .text(sheet.title)), .init(Name.test, .text(sheet.test.rawValue)),
      .init(Name.candidate, person),
      .init(Name.id, .text(sheet.candidate.id.rawValue)),
      .init(Name.code, .text(sheet.code.description)), .init(Name.qr, .markup(qr)),
      .init(Name.minutes, .text(String(sheet.minutes))),
      .init(Name.total, .text(sheet.total.words)), .init(Name.view, .text(view.heading)),
      .init(Name.instructions, .text(sheet.instructions(for: view))),
      .init(
        Name.sections,
        .list(
          sections.map { section in
            TemplateValues([
              .init(Name.section, .text(section.title)),
              .init(
                Name.questions, .list(section.questions.map { $0.values(view, of: markup) })),
            ])
          })),
    ])
    if view == .paper {
      values["fields"] = .list(sections.flatMap(\.questions).flatMap(\.open))
    }
    if view == .slip {
      values["awarded"] = .text("\(sheet.earned.awarded)")
      values["total"] = .text(sheet.earned.possible.words)
    }
    return values
  }
}

private struct SetQuestion {
  let question: PaperSheet.Question
  /// Where they stand in all that is set.
  let stem, solution: Range<Int>
  let prompts: [Range<Int>]
  private let language: Markup
  /// What a paper can show of each part, and what is shown with its key.
  private(set) var open: [TemplateValues] = []
  private var keyed: [TemplateValues] = []

  /// Sets what the views show.
  init(
    _ question: PaperSheet.Question, for views: [PaperSheet.View], in markup: Markup,
    to all: inout [UInt8]
  ) {
    func added(_ write: (inout [UInt8]) -> Void) -> Range<Int> {
      let start = all.count
      write(&all)
      return start..<all.count
    }
    self.question = question
    language = markup
    stem = added { if views.contains(where: \.hasStem) { markup.write(question.stem, to: &$0) } }
    solution = added {
      if views.contains(where: \.hasSolution) { markup.write(question.solution, to: &$0) }
    }
    prompts = question.parts.indices.map { part in
      added { markup.write(question.parts[part].prompt, to: &$0) }
    }
  }

  /// Names what the views show of the parts, once for all of them.
  mutating func nameParts(for views: [PaperSheet.View], in markup: [UInt8]) {
    let parts = question.parts.indices
    open = parts.map { question.parts[$0].openValues(prompt: markup[prompts[$0]]) }
    guard views.contains(where: { $0 != .paper }) else { return }
    keyed = parts.map { open[$0].adding(question.parts[$0].keyValues) }
  }

  private func partValues(_ view: PaperSheet.View) -> [TemplateValues] {
    switch view {
    case .paper: open
    case .key, .solution: keyed
    case .slip: zip(keyed, question.parts).map { $0.adding($1.slipValues(in: language)) }
    }
  }

  func values(_ view: PaperSheet.View, of markup: [UInt8]) -> TemplateValues {
    var fields: [TemplateValues.Field] = [
      .init(Name.number, .text(String(question.number))),
      .init(Name.subject, .text(question.subject)),
      .init(Name.marks, .text(question.marks.words)), .init(Name.parts, .list(partValues(view))),
    ]
    if view.hasStem { fields.append(.init(Name.stem, .set(markup[stem]))) }
    if view.hasSolution { fields.append(.init(Name.solution, .set(markup[solution]))) }
    if view == .slip {
      let first = question.firstWrong.map { [["firstField": .text($0)] as TemplateValues] }
      fields.append(.init("firstWrong", .list(first ?? [])))
    }
    return TemplateValues(fields)
  }
}

extension PaperSheet.Question {
  /// The field of the first of several parts that went wrong by itself, which is where to look;
  /// nil as long as a person has to read one before it.
  var firstWrong: String? {
    let first = parts.first { part in
      switch part.result?.verdict.outcome {
      case .correct, .followThrough, .imprecise, nil: false
      case .misconception, .incorrect, .blank, .unreadable: true
      }
    }
    guard let first, parts.count > 1, first.result?.verdict.outcome != .unreadable
    else { return nil }
    return first.field
  }
}

extension PaperSheet.Part {
  fileprivate func openValues(prompt: ArraySlice<UInt8>) -> TemplateValues {
    TemplateValues([
      .init(Name.field, .text(field)), .init(Name.prompt, .set(prompt)),
      .init(Name.points, .text(points.words)),
      .init(
        Name.options,
        .list(written.map { ["letter": .text($0.letter), "option": .text($0.text)] })),
    ])
  }

  fileprivate var keyValues: [TemplateValues.Field] {
    [
      .init(Name.key, .text(key)), .init(Name.accepted, .text(accepted)),
      .init(Name.hasTolerance, .flag(!accepted.isEmpty)),
    ]
  }

  fileprivate func slipValues(in markup: Markup) -> [TemplateValues.Field] {
    guard let result else { preconditionFailure("\(field): a slip needs a result in every part") }
    let verdict = result.verdict
    let reason = verdict.reasons.joined(separator: "; ")
    return [
      .init("typed", markup.typed(result.typed)), .init("isBlank", .flag(result.typed.isEmpty)),
      .init("outcome", .text(verdict.outcome.sentence)),
      .init("mark", .text(verdict.outcome.sign)), .init("class", .text(verdict.outcome.word)),
      .init("earned", .text("\(verdict.awarded) of \(verdict.possible.words)")),
      .init(
        "reason", markup.breakable(reason.prefix(1).uppercased() + reason.dropFirst() + ".")),
      .init("feedback", .list(verdict.feedback.map { [["advice": .text($0)]] } ?? [])),
      .init("decision", .list(result.decision.map { [["decided": .text($0)]] } ?? [])),
    ]
  }
}

/// Names that every page needs many times over.
private enum Name {
  static let title: TemplateName = "title"
  static let test: TemplateName = "test"
  static let candidate: TemplateName = "candidate"
  static let id: TemplateName = "id"
  static let code: TemplateName = "code"
  static let qr: TemplateName = "qr"
  static let minutes: TemplateName = "minutes"
  static let total: TemplateName = "total"
  static let view: TemplateName = "view"
  static let instructions: TemplateName = "instructions"
  static let sections: TemplateName = "sections"
  static let section: TemplateName = "section"
  static let questions: TemplateName = "questions"
  static let number: TemplateName = "number"
  static let subject: TemplateName = "subject"
  static let marks: TemplateName = "marks"
  static let stem: TemplateName = "stem"
  static let parts: TemplateName = "parts"
  static let solution: TemplateName = "solution"
  static let field: TemplateName = "field"
  static let prompt: TemplateName = "prompt"
  static let points: TemplateName = "points"
  static let options: TemplateName = "options"
  static let key: TemplateName = "key"
  static let accepted: TemplateName = "accepted"
  static let hasTolerance: TemplateName = "hasTolerance"
}

extension QRCode {
  fileprivate func picture(in markup: Markup) -> String {
    switch markup {
    case .html: svg(label: "Paper code as a QR code")
    case .typst: quotedTypst(svg(label: "Paper code"))
    case .latex: latex()
    case .markdown, .none: ""
    }
  }
}

extension Outcome {
  /// The outcome as a candidate reads it.
  var sentence: String {
    switch self {
    case .correct: "right"
    case .imprecise: "right, but rounded too coarsely"
    case .followThrough: "right, given your earlier answer"
    case .misconception: "a known mistake"
    case .incorrect: "not right"
    case .blank: "no answer"
    case .unreadable: "waits for a person to read it"
    }
  }

  /// ✓, ✗ or ~, so that colour is not all that tells.
  var sign: String {
    switch self {
    case .correct, .followThrough: "✓"
    case .imprecise: "~"
    case .misconception, .incorrect: "✗"
    case .blank: "–"
    case .unreadable: "?"
    }
  }
}

extension PaperSheet {
  /// What is said above the questions.
  func instructions(for view: View) -> String {
    guard view == .paper, let stakes = marking.stakes else { return view.instructions }
    return view.instructions + " " + stakes
  }
}

extension MarkingPolicy {
  /// What wrong and empty answers cost or earn, for who sits the test; nil where both are nothing.
  var stakes: String? {
    func effect(_ share: Double) -> String {
      let percent = JSON.number((share.magnitude * 10_000).rounded() / 100).text
      return share == 0
        ? "cost nothing" : "\(share < 0 ? "cost" : "earn") \(percent)% of their points"
    }
    guard wrong != 0 || blank != 0 else { return nil }
    return "Wrong answers \(effect(wrong)); empty ones \(effect(blank))."
  }
}

extension Points {
  /// These points times a scale that makes them whole.
  func whole(times scale: Int) -> Int { hundredths * scale / 100 }

  /// `1 point`, `2.5 points`.
  var words: String { self == Points(hundredths: 100) ? "1 point" : description + " points" }
}

extension PaperSheet.View {
  fileprivate var hasStem: Bool { self != .key }
  fileprivate var hasSolution: Bool { self == .solution || self == .slip }

  /// Which view it is, as templates ask.
  var flags: [(name: TemplateName, isSet: Bool)] {
    Self.allCases.map { ($0.flag, $0 == self) }
  }

  private var flag: TemplateName {
    switch self {
    case .paper: "isPaper"
    case .key: "isKey"
    case .solution: "isSolution"
    case .slip: "isSlip"
    }
  }

  /// The folder of a set that holds it.
  package var folder: String {
    switch self {
    case .paper: "papers"
    case .key: "keys"
    case .solution: "solutions"
    case .slip: "slips"
    }
  }

  var heading: String {
    switch self {
    case .paper: "Paper"
    case .key: "Answer key"
    case .solution: "Worked solutions"
    case .slip: "Results"
    }
  }

  fileprivate var instructions: String {
    switch self {
    case .paper:
      "Type each answer into the field of the form that bears its name, and your paper code where it is asked for. The numbers on this paper are yours alone."
    case .key: "For examiners only, until the test is closed."
    case .solution: "The answers with their derivation, for the numbers of this paper."
    case .slip: "Your own answers, what became of them and why, with the way to the right ones."
    }
  }
}
