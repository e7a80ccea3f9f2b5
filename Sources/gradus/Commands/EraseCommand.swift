import ExamModel
import FoundationEssentials
import Storage
import Workers

/// `gradus erase`: takes persons out of the store.
enum EraseCommand {
  static let command = Command(
    name: "erase", summary: "Remove what is kept of one person, or of a whole test",
    discussion: """
      Removes answers, verdicts in all runs, decisions about them, and the name in events that were \
      kept; counts and sums by question still add up, and the audit trail keeps that it was done, \
      not to whom. Erasing a test leaves its sums by question. What you keep yourself stays: the \
      roster, papers and keys, the exported files, and backups.
      """,
    arguments: [.init(name: "CANDIDATE", help: "by id or e-mail address", isOptional: true)],
    options: [
      .workspace, .store, .flag("--test", "Everybody's answers to the test of this workspace"),
      .init(
        name: "--older-than", value: "DAYS",
        help: "Everybody's answers to each test in the store whose last import is older"),
      .flag("--dry-run", "Count what would go, and change nothing"),
      .flag("--yes", "Do it; it cannot be taken back"), .decidedBy, .json,
    ],
    examples: [
      ("gradus erase c001 --dry-run", "counts what is kept of one person"),
      ("gradus erase --older-than 365 --yes", "for cron: answers are kept for a year"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let days = try days(invocation)
    let name = invocation.positional.first
    let isDry = invocation.isSet("--dry-run")
    let wanted = [name != nil, invocation.isSet("--test"), days != nil].count { $0 }
    guard wanted == 1 else {
      throw UsageError("say one of CANDIDATE, --test and --older-than DAYS", command: command)
    }
    guard isDry != invocation.isSet("--yes") else {
      throw UsageError(
        "say --yes to erase, which cannot be taken back, or --dry-run to see what would go",
        command: command)
    }
    let by = invocation.decidedBy
    let erased: [(test: TestID, erasure: Erasure)] = try await invocation.withStore { store in
      if let days {
        let limit = Int64(Date.now.timeIntervalSince1970 - Double(days) * 86400) * 1_000_000
        var erased: [(TestID, Erasure)] = []
        for age in try await store.testAges() where age.lastImportMicroseconds < limit {
          erased.append(
            (age.test, try await store.eraseAnswers(of: age.test, by: by, isDry: isDry)))
        }
        return erased
      }
      let test = try invocation.workspace.blueprint().id
      guard let name else {
        return [(test, try await store.eraseAnswers(of: test, by: by, isDry: isDry))]
      }
      // Whoever was taken off the roster first is known by their id alone.
      let id = try invocation.workspace.roster().candidate(named: name)?.id ?? CandidateID(name)
      return [(test, try await store.erase(id, of: test, by: by, isDry: isDry))]
    }
    if let name, erased.allSatisfy(\.erasure.isEmpty) {
      throw Failure(.badInput, "the store keeps nothing of a candidate \"\(name)\"")
    }
    report(erased, isDry: isDry, invocation)
  }

  /// A hundred years.
  private static let mostDays = 36_500

  private static func days(_ invocation: Invocation) throws -> Int? {
    guard let text = invocation.value("--older-than") else { return nil }
    guard let days = Int(text.hasSuffix("d") ? String(text.dropLast()) : text),
      (1...mostDays).contains(days)
    else {
      throw UsageError(
        "--older-than is a number of days such as 365, from 1 to \(mostDays), not \"\(text)\"",
        command: command)
    }
    return days
  }

  private static func report(
    _ erased: [(test: TestID, erasure: Erasure)], isDry: Bool, _ invocation: Invocation
  ) {
    let console = invocation.console
    guard !invocation.wantsJSON else {
      console.print(
        JSON.array(
          erased.map { test, erasure in
            .object([
              ("test", .string(test.rawValue)), ("erased", .bool(!isDry)),
              ("submissions", .integer(erasure.submissions)),
              ("results", .integer(erasure.results)), ("overrules", .integer(erasure.overrules)),
              ("settlements", .integer(erasure.settlements)),
              ("events", .integer(erasure.events)),
            ])
          }
        ).prettyText)
      return
    }
    for (test, erasure) in erased {
      console.print(
        "\(test): \(isDry ? "would erase" : "erased") \(erasure.submissions) rows of answers, "
          + "\(erasure.results) results, \(erasure.overrules) decisions about answers, "
          + "\(erasure.settlements) about rows, \(erasure.events) events")
    }
    if erased.isEmpty { console.note("no test is that old") }
    if !isDry {
      console.note(
        "Not touched: the roster, papers and keys in the workspace, exported files, backups.")
    }
  }
}
