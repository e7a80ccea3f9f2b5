import Analysis
import CSV
import ExamModel
import PaperPress
import Storage
import Workers

/// `gradus similarity`: whether answers fit somebody else's paper.
enum SimilarityCommand {
  static let command = Command(
    name: "similarity", summary: "List candidates whose answers fit another's paper",
    discussion: """
      Everybody has a paper of their own, so a wrong answer that is right on somebody else's paper \
      has a chance that can be computed: the share of the other papers that have that key. For every \
      pair the likelihood ratio is formed: how many times as likely the agreement is if answers were \
      taken from that paper than by chance. Known mistakes do not count, and each question counts \
      once. A pair is listed from the ratio on at which, whatever people answer, at most one of \
      twenty cohorts without any copying has a pair listed at all (--level). It says what agrees and \
      how unlikely that is, not why: two people may have worked together, swapped papers, or \
      one may know nothing of it.
      """,
    options: [
      .workspace, .secretFile, .store,
      .init(name: "--run", value: "N", help: "Another run than the published one"),
      .init(
        name: "--level", value: "SHARE",
        help: "The share of clean cohorts that may have a pair listed (default: 0.05)"),
      .flag("--pseudonyms", "No ids"), .table,
    ],
    examples: [
      ("gradus similarity", "lists pairs with their evidence"),
      ("gradus similarity --level 0.001 --format csv", "only what is beyond doubt, for a table"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let press = try invocation.committedPress()
    let level = try invocation.number("--level") ?? 0.05
    guard level > 0, level <= 1 else {
      throw UsageError("--level is a share above 0, at most 1", command: command)
    }
    let report = try await invocation.withStore { store in
      let run = try await invocation.standingResults(of: press.blueprint.id, in: store).run
      let progress = try await store.progress(of: run)
      guard let batch = try await store.batch(progress.batch) else {
        throw Failure(.internalError, "run \(run.run) has no import; restore a backup")
      }
      let bar = ProgressBar("reading", console: invocation.console)
      let report = try await SimilaritySearch(press, run: run, batch: batch)
        .report(level: level, in: store) { bar.update($0, of: progress.graded) }
      bar.finish("\(report.candidates) candidates were read.")
      return report
    }
    let output = SimilarityOutput(
      report, pseudonyms: invocation.isSet("--pseudonyms") ? press : nil)
    switch invocation.value("--format") {
    case "json": invocation.console.print(output.json.prettyText)
    case "csv": Console.write(output.csv, to: 1)
    default: invocation.console.print(output.text)
    }
  }
}

/// The pairs in words, as rows and as JSON.
private struct SimilarityOutput {
  private let report: SimilarityReport
  private let pseudonyms: PaperPress?

  init(_ report: SimilarityReport, pseudonyms: PaperPress?) {
    self.report = report
    self.pseudonyms = pseudonyms
  }

  private func name(_ candidate: CandidateID) -> String {
    pseudonyms?.pseudonym(of: candidate) ?? candidate.rawValue
  }

  /// The ratio, as a power of ten: it may be too large for a number.
  private func power(_ logRatio: Double) -> Double { logRatio / 2.302_585_092_994_046 }

  var text: String {
    var lines: [String] = []
    for pair in report.pairs {
      let (answers, paper) = (name(pair.answers), name(pair.paper))
      lines.append(
        "\(pair.lines.count) wrong answers of \(answers) are right on the paper of \(paper), of "
          + "\(pair.eligible) that are right on anybody's. That is 10^\(power(pair.logRatio).fixed(1)) "
          + "times as likely if they were taken from there than by chance.")
      var table = TextTable(
        ["answer", "typed by \(answers)", "right for \(answers)", "right for \(paper)", "chance"],
        rightAligned: [4])
      for line in pair.lines {
        table.add([line.title, line.typed, line.ownKey, line.otherKey, "\(line.chance.fixed(5))"])
      }
      lines += [table.text, ""]
    }
    lines.append(
      "\(report.pairs.count) of \(report.pairCount.fixed(0)) ordered pairs among "
        + "\(report.candidates) candidates agree beyond 10^\(power(report.threshold).fixed(1)). Without "
        + "any copying, \((100 * report.level).fixed(1)) % of cohorts at most would have such a pair. "
        + "What agrees is shown; why it does is for people to find out.")
    return lines.joined(separator: "\n")
  }

  var csv: String {
    var writer = CSVWriter()
    writer.write([
      "answers of", "paper of", "log10 ratio", "field", "typed", "own key", "other key", "chance",
    ])
    for pair in report.pairs {
      for line in pair.lines {
        writer.write([
          name(pair.answers), name(pair.paper), power(pair.logRatio).fixed(2), line.title,
          line.typed, line.ownKey, line.otherKey, line.chance.description,
        ])
      }
    }
    return writer.text
  }

  var json: JSON {
    .object([
      ("test", .string(report.run.test.rawValue)), ("run", .integer(Int(report.run.run))),
      ("candidates", .integer(report.candidates)), ("pairs", .number(report.pairCount)),
      ("level", .number(report.level)), ("log10Threshold", .number(power(report.threshold))),
      (
        "listed",
        .array(
          report.pairs.map { pair in
            .object([
              ("answersOf", .string(name(pair.answers))), ("paperOf", .string(name(pair.paper))),
              ("log10Ratio", .number(power(pair.logRatio))), ("eligible", .integer(pair.eligible)),
              (
                "evidence",
                .array(
                  pair.lines.map {
                    .object([
                      ("field", .string($0.title)), ("typed", .string($0.typed)),
                      ("ownKey", .string($0.ownKey)), ("otherKey", .string($0.otherKey)),
                      ("chance", .number($0.chance)),
                    ])
                  })
              ),
            ])
          })
      ),
    ])
  }
}
