import ExamModel
import FoundationEssentials
import PaperPress
import Storage
import Workers

/// `gradus erase`: takes persons out of the store.
enum EraseCommand {
  static let command = Command(
    name: "erase", summary: "Remove what is kept of one person, or of a whole test",
    discussion: """
      Removes answers, verdicts in all runs, decisions about them, and the name in events that were \
      kept; counts and sums by question still add up, and the audit trail keeps that it was done, \
      not to whom. Rows in quarantine that name the person by id, address or paper code go too, the last \
      only with manifest and secret. Whoever is on no roster any more is found by the address in \
      their rows. \
      Erasing a test leaves its sums by question. What you keep yourself stays: the roster, papers \
      and keys, the exported files, backups, and names in reasons that somebody gave.
      """,
    arguments: [.init(name: "CANDIDATE", help: "by id or e-mail address", isOptional: true)],
    options: [
      .workspace, .secretFile, .store,
      .flag("--test", "Everybody's answers to the test of this workspace"),
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
    if let days { return try await eraseTests(olderThan: days, invocation) }
    let by = invocation.decidedBy
    let test = try invocation.workspace.blueprint().id
    let erasure = try await invocation.withStore { store in
      guard let name else {
        return try await store.eraseAnswers(of: test, lastImportBefore: nil, by: by, isDry: isDry)
      }
      let names = try await names(of: name, in: store, test: test, invocation)
      return try await store.erase(names, of: test, by: by, isDry: isDry)
    }
    if let name, erasure.isEmpty {
      throw Failure(.badInput, "the store keeps nothing of a candidate \"\(name)\"")
    }
    report([(test, erasure)], isDry: isDry, invocation)
  }

  /// Whom a name means: somebody on the roster or, of those who were taken off it, whoever's rows
  /// hold the address.
  private static func names(
    of name: String, in store: any Store, test: TestID, _ invocation: Invocation
  ) async throws -> PersonalNames {
    if let person = try invocation.workspace.roster().candidate(named: name) {
      return PersonalNames(
        person.id, address: person.email, code: try code(of: person.id, invocation))
    }
    guard name.contains("@") else {
      invocation.console.warn(
        "\(name) is not on the roster, so rows in quarantine with no more than their address were "
          + "not looked for; erase the address too")
      let id = CandidateID(name)
      return PersonalNames(id, code: try code(of: id, invocation))
    }
    let known = try await store.candidates(writing: name, of: test)
    guard known.count < 2 else {
      throw Failure(
        .badInput,
        "\(name) is not on the roster and stands in rows of \(listed(known.map(\.rawValue))); erase "
          + "one by id")
    }
    guard let id = known.first else { return PersonalNames(CandidateID(name), address: name) }
    return PersonalNames(id, address: name, code: try code(of: id, invocation))
  }

  /// The code on a candidate's paper; nil, with a warning, where nobody can tell it any more.
  private static func code(of id: CandidateID, _ invocation: Invocation) throws -> PaperCode? {
    do {
      return try invocation.committedPress().code(for: id)
    } catch {
      // A file that was named is there to be used.
      guard invocation.value("--secret-file") == nil else { throw error }
      invocation.console.warn(
        "rows in quarantine with no more than the code of \(id)'s paper were not looked for: "
          + "\(Failure(error).message). To find them, erase again with the manifest in the "
          + "workspace and --secret-file FILE")
      return nil
    }
  }

  /// Where one test cannot go yet, the others go all the same.
  private static func eraseTests(olderThan days: Int, _ invocation: Invocation) async throws {
    let (by, isDry) = (invocation.decidedBy, invocation.isSet("--dry-run"))
    let limit = Int64(Date.now.timeIntervalSince1970 - Double(days) * 86400) * 1_000_000
    let (erased, refusals) = try await invocation.withStore { store in
      var erased: [(TestID, Erasure)] = []
      var refusals: [StoreError] = []
      for age in try await store.testAges() where age.lastImportMicroseconds < limit {
        do throws(StoreError) {
          let erasure = try await store.eraseAnswers(
            of: age.test, lastImportBefore: limit, by: by, isDry: isDry)
          // Nothing is gone where a file came meanwhile.
          if !erasure.isEmpty { erased.append((age.test, erasure)) }
        } catch {
          guard error.kind == .conflict else { throw error }
          refusals.append(error)
        }
      }
      return (erased, refusals)
    }
    report(erased, isDry: isDry, invocation)
    guard refusals.isEmpty else {
      throw Failure(.badInput, refusals.map(\.description).joined(separator: "\n"))
    }
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
              ("events", .integer(erasure.events)), ("mentions", .integer(erasure.mentions)),
            ])
          }
        ).prettyText)
      return
    }
    for (test, erasure) in erased {
      console.print(
        "\(test): \(isDry ? "would erase" : "erased") \(counted(erasure.submissions, "row")) of answers, "
          + "\(counted(erasure.results, "result")), "
          + "\(counted(erasure.overrules, "decision")) about answers, "
          + "\(erasure.settlements) about rows, \(counted(erasure.events, "event"))"
          + (erasure.mentions > 0 ? ", \(counted(erasure.mentions, "mention"))" : ""))
    }
    if erased.isEmpty { console.note("no test is that old") }
    if !isDry {
      console.note(
        "Not touched: the roster, papers and keys in the workspace, exported files, backups, "
          + "reasons that somebody gave.")
    }
  }
}
