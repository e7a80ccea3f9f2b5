package import ExamModel
import Marking
package import PaperPress
package import Publishing
import QuestionBank
package import Storage

/// What graded candidates get back: their own numbers and answers, what became of them and why.
package struct Slips: Sendable {
  private let press: PaperPress
  private let run: RunKey
  private let batch: BatchKey
  private let grader: Grader
  private let legend: RunLegend

  /// - Throws: `SourceError` where the run's import is damaged.
  package init(_ press: PaperPress, run: RunKey, batch: ImportedBatch) throws {
    self.press = press
    self.run = run
    self.batch = batch.batch
    grader = try Grader(press, batch: batch)
    legend = press.legend
  }

  /// Visits the slips of everybody whom the run graded, in order of candidate.
  ///
  /// - Parameter names: the roster's people; an id alone stands for who is no longer there.
  package func visit(
    in store: any Store, only: CandidateID? = nil, names: Roster,
    _ body: (PaperSheet) throws -> Void
  ) async throws {
    var last: CandidateID?
    while true {
      var page: [GradedAnswers] = []
      if let only {
        page = try await store.answers(of: only, run: run, in: batch).map { [$0] } ?? []
      } else {
        page = try await store.answers(of: run, in: batch, having: nil, after: last, limit: 1000)
      }
      guard let end = page.last?.result.candidate else { return }
      let overrules = Dictionary(
        grouping: only == nil
          ? try await store.overrules(of: batch, after: last, through: end)
          : try await store.overrules(of: batch, of: end), by: \.candidate)
      for answers in page {
        let id = answers.result.candidate
        let person =
          names.candidate(named: id.rawValue) ?? Candidate(id: id, name: id.rawValue, email: "")
        try body(sheet(answers, of: person, overrules[id] ?? []))
      }
      if only != nil { return }
      last = end
    }
  }

  private func sheet(
    _ answers: GradedAnswers, of person: Candidate, _ overrules: [Overrule]
  ) -> PaperSheet {
    let paper = press.paper(for: person.id)
    var sheet = PaperSheet(paper, of: person, press: press)
    let given = grader.answers(to: paper.questions, in: answers.cells)
    let standing = answers.result.overruled(by: overrules, legend: legend)
    for (index, item) in legend.items.enumerated() {
      let place = FormItem(question: item.question, field: item.part)
      guard standing.outcomes[index] != OutcomeCode.notAsked,
        let answer = given[place]
      else { continue }
      let decision = overrules.first {
        $0.place.line == answers.result.line && $0.place.item == place
      }
      sheet.setResult(
        of: place.title, result(answer, standing, index, decision))
    }
    return sheet
  }

  private func result(
    _ answer: MarkedAnswer, _ standing: ResultRecord, _ index: Int, _ decision: Overrule?
  ) -> PaperSheet.Result {
    let key = answer.question.key[answer.index] ?? .undefined
    var verdict = answer.mark.verdict(
      key: key, feedback: Marker.feedback(for: answer.mark, of: answer.question.family))
    verdict.awarded = Points(hundredths: Int(standing.awardedEach[index]))
    verdict.possible = Points(hundredths: Int(standing.possibleEach[index]))
    // What it earns stands beside it, and may be a person's decision.
    verdict.reasons.removeAll { $0.hasPrefix("earns ") }
    var said: String?
    if standing.outcomes[index] == OutcomeCode.void {
      said = "This answer was taken out of the marking: it is the same for everybody."
    } else if let decision {
      said =
        "A person decided: \(verdict.awarded) of \(verdict.possible) points. \(decision.reason)"
      if let outcome = decision.outcome.flatMap(Self.outcome) {
        verdict.outcome = outcome
        verdict.feedback = nil
      }
    }
    return PaperSheet.Result(typed: answer.typed, verdict: verdict, decision: said)
  }

  private static func outcome(_ code: Int16) -> Outcome? {
    switch code {
    case OutcomeCode.correct: .correct
    case OutcomeCode.imprecise: .imprecise
    case OutcomeCode.followThrough: .followThrough
    case OutcomeCode.incorrect: .incorrect
    case OutcomeCode.blank: .blank
    default: nil
    }
  }
}

/// Slips as files of one folder: they are made beside it, and each takes its place as a whole.
package struct SlipFolder: Sendable {
  private let folder: String
  private let formats: [any PaperFormat.Type]
  private let pdf: PDFPress?
  private let style: PageStyle
  private var partial: String { folder + ".partial" }

  package init(
    _ folder: String, formats: [any PaperFormat.Type], pdf: PDFPress?, style: PageStyle
  ) throws {
    self.folder = folder
    self.formats = formats
    self.pdf = pdf
    self.style = style
    if Files.exists(folder), !Files.exists(folder + "/.slips") {
      throw WriteError(path: folder, reason: "is there already, and no folder of slips")
    }
    Files.remove(partial)
    try Files.makeFolder(partial, mode: 0o700)
    // Tells a folder of slips, which may be replaced, from any other.
    try Files.write("", to: partial + "/.slips", mode: 0o600)
  }

  /// - Returns: letters that the PDFs lack.
  package func add(_ sheets: [PaperSheet]) throws -> UnshownLetters {
    for format in formats {
      for sheet in sheets {
        try write(try format.file([sheet], .slip, style: style), sheet, format.ending)
      }
    }
    guard let pdf, !sheets.isEmpty else { return UnshownLetters() }
    let scratch = partial + "/scratch"
    try Files.makeFolder(scratch, mode: 0o700)
    defer { Files.remove(scratch) }
    let made = try pdf.files(sheets, .slip, style: style, in: scratch)
    for (sheet, bytes) in zip(sheets, made.files) { try write(bytes, sheet, ".pdf") }
    return made.unshown
  }

  private func write(_ bytes: [UInt8], _ sheet: PaperSheet, _ ending: String) throws {
    let file = "\(partial)/\(fileName(sheet.candidate.id))\(ending)"
    try Files.write(bytes, to: file, mode: 0o600, isDurable: false)
  }

  /// Shows what was made; files of candidates or formats that were not asked for stay.
  ///
  /// - Parameter isForAll: Whether the slips are everybody's: then further ones in these formats,
  ///   which are of people whom the run does not know, go.
  package func finish(isForAll: Bool) throws {
    guard Files.exists(folder) else { return try Files.rename(partial, to: folder) }
    let made = try Files.names(in: partial)
    for name in made { try Files.rename("\(partial)/\(name)", to: "\(folder)/\(name)") }
    Files.remove(partial)
    guard isForAll else { return }
    let endings = formats.map { $0.ending } + (pdf == nil ? [] : [".pdf"])
    for name in Set(try Files.names(in: folder)).subtracting(made)
    where endings.contains(where: name.hasSuffix) {
      Files.remove("\(folder)/\(name)")
    }
  }

  /// Leaves what was there before.
  package func giveUp() { Files.remove(partial) }
}
