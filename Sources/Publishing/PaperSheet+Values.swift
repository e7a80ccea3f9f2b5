import ExamModel
import Typesetting

/// A paper whose documents are set in one markup, once for all that shows them.
struct SetSheet {
  let sheet: PaperSheet
  private let qr: String
  private let sections: [(title: String, questions: [SetQuestion])]
  /// All that is set, one after another.
  private let markup: [UInt8]

  init(_ sheet: PaperSheet, for views: [PaperSheet.View], in markup: Markup) {
    self.sheet = sheet
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
    var values: TemplateValues = [
      "title": .text(sheet.title), "test": .text(sheet.test.rawValue),
      "candidate": .text(sheet.person), "id": .text(sheet.candidate.id.rawValue),
      "code": .text(sheet.code.description), "qr": .markup(qr),
      "minutes": .text(String(sheet.minutes)), "total": .text(sheet.total.words),
      "view": .text(view.heading), "instructions": .text(view.instructions),
      "sections": .list(
        sections.map { section in
          [
            "section": .text(section.title),
            "questions": .list(section.questions.map { $0.values(view, of: markup) }),
          ]
        }),
    ]
    if view == .paper {
      values["fields"] = .list(
        sheet.questions.flatMap(\.parts).map { ["field": .text($0.field)] })
    }
    if view == .slip {
      let results = sheet.questions.flatMap(\.parts).compactMap(\.result)
      let possible = results.reduce(Points.zero) { $0 + $1.verdict.possible }
      values["awarded"] = .text("\(results.reduce(Points.zero) { $0 + $1.verdict.awarded })")
      values["total"] = .text(possible.words)
    }
    for flag in PaperSheet.View.allCases { values[flag.flag] = .flag(flag == view) }
    return values
  }
}

private struct SetQuestion {
  let question: PaperSheet.Question
  /// Where they stand in all that is set.
  let stem, solution: Range<Int>
  let prompts: [Range<Int>]
  /// What a paper can show of each part, and what is shown with its key.
  private var open: [TemplateValues] = []
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
    stem = added { if views.contains(where: \.hasStem) { markup.write(question.stem, to: &$0) } }
    solution = added {
      if views.contains(where: \.hasSolution) { markup.write(question.solution, to: &$0) }
    }
    prompts = question.parts.map { part in added { markup.write(part.prompt, to: &$0) } }
  }

  /// Names what the views show of the parts, once for all of them.
  mutating func nameParts(for views: [PaperSheet.View], in markup: [UInt8]) {
    open = zip(question.parts, prompts).map { $0.openValues(prompt: markup[$1]) }
    guard views.contains(where: { $0 != .paper }) else { return }
    keyed = zip(open, question.parts).map { values, part in
      var values = values
      values.add(part.keyValues)
      return values
    }
  }

  private func partValues(_ view: PaperSheet.View) -> [TemplateValues] {
    switch view {
    case .paper: open
    case .key, .solution: keyed
    case .slip:
      zip(keyed, question.parts).map { values, part in
        var values = values
        values.add(part.slipValues)
        return values
      }
    }
  }

  func values(_ view: PaperSheet.View, of markup: [UInt8]) -> TemplateValues {
    var values: TemplateValues = [
      "number": .text(String(question.number)), "subject": .text(question.subject),
      "marks": .text(question.marks.words),
      "parts": .list(partValues(view)),
    ]
    if view.hasStem { values["stem"] = .set(markup[stem]) }
    if view.hasSolution { values["solution"] = .set(markup[solution]) }
    if view == .slip {
      values["firstWrong"] = .list(question.firstWrong.map { [["firstField": .text($0)]] } ?? [])
    }
    return values
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
    [
      "field": .text(field), "prompt": .set(prompt), "points": .text(points.words),
      "options": .list(
        written.map { ["letter": .text($0.letter), "option": .text($0.text)] }),
    ]
  }

  fileprivate var keyValues: TemplateValues {
    ["key": .text(key), "accepted": .text(accepted), "hasTolerance": .flag(!accepted.isEmpty)]
  }

  fileprivate var slipValues: TemplateValues {
    guard let result else { preconditionFailure("\(field): a slip needs a result in every part") }
    let verdict = result.verdict
    let reason = verdict.reasons.joined(separator: "; ")
    return [
      "typed": .text(result.typed), "isBlank": .flag(result.typed.isEmpty),
      "outcome": .text(verdict.outcome.sentence), "mark": .text(verdict.outcome.sign),
      "class": .text(verdict.outcome.word),
      "earned": .text("\(verdict.awarded) of \(verdict.possible.words)"),
      "reason": .text(reason.prefix(1).uppercased() + reason.dropFirst() + "."),
      "feedback": .list(verdict.feedback.map { [["advice": .text($0)]] } ?? []),
      "decision": .list(result.decision.map { [["decided": .text($0)]] } ?? []),
    ]
  }
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

extension Points {
  /// `1 point`, `2.5 points`.
  var words: String { self == Points(hundredths: 100) ? "1 point" : "\(self) points" }
}

extension PaperSheet.View {
  fileprivate var hasStem: Bool { self != .key }
  fileprivate var hasSolution: Bool { self == .solution || self == .slip }

  /// The flag that is set in this view.
  fileprivate var flag: TemplateName {
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

  var instructions: String {
    switch self {
    case .paper:
      "Type each answer into the field of the form that bears its name, and your paper code where it is asked for. The numbers on this paper are yours alone."
    case .key: "For examiners only, until the test is closed."
    case .solution: "The answers with their derivation, for the numbers of this paper."
    case .slip: "Your own answers, what became of them and why, with the way to the right ones."
    }
  }
}
