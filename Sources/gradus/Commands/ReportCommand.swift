import Analysis
import ExamModel
import PaperPress
import Publishing
import QuestionBank
import Storage
import Workers

/// `gradus report`: whether the test was any good.
enum ReportCommand {
  static let command = Command(
    name: "report", summary: "Say how good the test was, and what to look at",
    discussion: """
      Writes report.html, one page that fetches nothing, and shows the gist here. For each answer: how \
      hard it was, how well it tells those who know from those who do not, which known mistakes were \
      made and by how many, whether near misses point to the tolerance or the knowledge, and whether \
      some draws are harder than others. For the whole: scores, reliability with its interval, Rasch \
      difficulties of the families. --void and --accept say who would move if a question did not \
      count or another answer were right too; nothing is changed.
      """,
    options: [
      .workspace, .secretFile, .store,
      .init(name: "--run", value: "N", help: "Another run than the published one"),
      .init(name: "--compare", value: "N", help: "Show this run beside it"),
      .init(
        name: "--void", value: "ANSWER", help: "What if Q3, or \"Q3 dL/dw0\", did not count?"),
      .init(
        name: "--accept", value: "ANSWER=WHAT",
        help: "What if \"Q3 L=0.25\", or a misconception by its id, were right too?"),
      .init(
        name: "--sample", value: "N",
        help: "Look at the typed answers of so many candidates at most (default: 20000)"),
      .init(name: "--out", value: "FILE", help: "The page (default: report.html in the workspace)"),
      .json, .templates,
    ],
    examples: [
      ("gradus report", "writes report.html and says what to look at"),
      ("gradus report --void Q3", "also says who would move without question 3"),
      ("gradus report --compare 1 --format json", "prints all numbers, beside those of run 1"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let press = try invocation.committedPress()
    let suppositions = try suppositions(invocation)
    let sample = try invocation.integer("--sample", in: 0...100_000_000)
    let other = try invocation.integer("--compare", in: 1...Int(Int64.max / 2))
    let templates = try invocation.templates()
    let report = try await invocation.withStore { store in
      let run = try await invocation.standingResults(of: press.blueprint.id, in: store).run
      guard let batch = try await store.batch(try await store.progress(of: run).batch) else {
        throw Failure(.internalError, "run \(run.run) has no import; restore a backup")
      }
      let maker = ReportMaker(press, batch: batch, sampleSize: sample ?? ReportMaker.usualSample)
      var report = try await maker.report(on: run, in: store)
      if let other {
        report.comparison = try await maker.comparison(
          of: report, with: RunKey(test: run.test, run: Int64(other)), in: store)
      }
      for (option, name, correction) in suppositions {
        let found = try await maker.supposing(
          correction, named: name, secret: try invocation.press().secret, file: option, of: run,
          in: store)
        report.suppositions.append(found)
        if found.gain + found.lose == 0, let word = correction.accept.first {
          warn(ofUnknown: word, correction, press, invocation.console)
        }
      }
      return report
    }
    guard report.candidates > 0 else {
      throw Failure(.badInput, "run \(report.progress.run.run) has graded nobody")
    }
    if invocation.wantsJSON {
      invocation.console.print(report.json.prettyText)
      guard invocation.isSet("--out") else { return }
    } else {
      invocation.console.print(ReportText(report, console: invocation.console).text)
    }
    let file = invocation.value("--out") ?? invocation.workspace.path("report.html")
    // It may name candidates.
    try Files.write(try ReportPage(report).html(templates), to: file, mode: 0o600)
    invocation.console.note("The whole report is in \(file).")
  }

  /// A mistyped misconception would be taken for an answer that nobody gave.
  private static func warn(
    ofUnknown word: String, _ correction: Correction, _ press: PaperPress, _ console: Console
  ) {
    let family = press.slots[correction.question - 1].family
    let ids = family.misconceptions.map(\.id.rawValue)
    guard !ids.contains(word) else { return }
    let near = nearestName(to: word, in: ids).map { "; did you mean \"\($0)\"?" } ?? ""
    console.warn(
      "nobody answered \"\(word)\", and \(family.id) has no misconception of this id\(near)")
  }

  private static func suppositions(
    _ invocation: Invocation
  ) throws -> [(option: String, name: String, correction: Correction)] {
    try invocation.values("--void").map { typed in
      var correction = try correction(about: typed, invocation)
      correction.void = .uncounted
      return ("--void \(typed)", "\(typed) did not count", correction)
    }
      + invocation.values("--accept").map { typed in
        let pieces = typed.split(separator: "=", maxSplits: 1)
        guard pieces.count == 2 else {
          throw UsageError(
            "--accept is an answer and what else is right there, \"Q3 L=0.25\", not \"\(typed)\"",
            command: invocation.command)
        }
        var correction = try correction(about: String(pieces[0]), invocation)
        correction.accept = [String(pieces[1])]
        return (
          "--accept \(typed)", "\(pieces[1]) were right too in \(pieces[0])", correction
        )
      }
  }

  /// Reads `3`, `Q3` or `Q3 dL/dw0`.
  private static func correction(about typed: String, _ invocation: Invocation) throws -> Correction
  {
    let words = typed.split(separator: " ", maxSplits: 1)
    let digits = words.first.map { $0.hasPrefix("Q") || $0.hasPrefix("q") ? $0.dropFirst() : $0 }
    guard let digits, let number = Int(digits), number > 0 else {
      throw UsageError(
        "an answer is named as in the form, \"Q3\" or \"Q3 dL/dw0\", not \"\(typed)\"",
        command: invocation.command)
    }
    return Correction(question: number, part: words.count == 2 ? PartID(String(words[1])) : nil)
  }
}

/// The gist of a report, for the terminal.
struct ReportText {
  let text: String

  init(_ report: ExamReport, console: Console) {
    let marks = { (hundredths: Double?) in hundredths.map { ($0 / 100).fixed(2) } ?? "–" }
    let percent = { (share: Double?) in share.map { (100 * $0).fixed(1) } ?? "–" }
    var lines = [
      console.bold(
        "\(report.title), run \(report.progress.run.run): \(report.candidates) candidates"),
      "Mean \(marks(report.questions.mean)) of \(report.possible), standard deviation "
        + "\(marks(report.questions.variance?.squareRoot())), median \(marks(report.quantile(0.5))).",
    ]
    if let reliability = report.reliability {
      let interval = reliability.interval
      lines.append(
        "Reliability \(reliability.alpha.fixed(2)) (95 %: \(interval.lowerBound.fixed(2)) to "
          + "\(interval.upperBound.fixed(2))), KR-20 \(report.rightOrNot?.fixed(2) ?? "–"), "
          + "standard error of measurement \(marks(reliability.error)).")
    }
    var table = TextTable(
      [
        "answer", "family", "facility %", "discrimination", "efficiency %", "weight %", "omitted %",
        "unreadable %",
      ], rightAligned: [2, 3, 4, 5, 6, 7])
    for item in report.items {
      let statistics = item.statistics
      table.add([
        item.title, item.family.rawValue, percent(statistics.facility),
        statistics.discrimination?.fixed(2) ?? "–", percent(statistics.efficiency),
        percent(statistics.weight), percent(item.share(of: "blank")),
        percent(item.share(of: "unreadable")),
      ])
    }
    lines += ["", table.text, ""]
    if !report.mistakes.isEmpty {
      lines.append(console.bold("The most frequent misconceptions"))
      lines += report.mistakes.prefix(5).map {
        "  \($0.title) \($0.id): \($0.count) (\(percent($0.share)) %). \($0.feedback)"
      }
      lines.append("")
    }
    lines.append(console.bold("What to look at"))
    lines += report.findings.isEmpty ? ["  Nothing stands out."] : report.findings.map { "  \($0)" }
    if let comparison = report.comparison {
      lines += [
        "",
        "Run \(comparison.other.run.run) has \(comparison.otherCandidates) candidates and a mean of "
          + "\(marks(comparison.otherMean)).",
      ]
      if let moves = comparison.moves { lines.append("Since then, \(ReportPage.words(moves)).") }
    }
    for supposition in report.suppositions {
      lines += [
        "", console.bold("What if \(supposition.name)?"),
        "  \(ReportPage.words(supposition)).",
      ]
      lines += supposition.movers.prefix(10).map {
        "  \($0.candidate.rawValue): \($0.before) → \($0.after) points, "
          + "\(ReportPage.signed($0.change)) %"
      }
      let rest = supposition.gain + supposition.lose - min(10, supposition.movers.count)
      if rest > 0 { lines.append("  and \(rest) more") }
    }
    text = lines.joined(separator: "\n")
  }
}
