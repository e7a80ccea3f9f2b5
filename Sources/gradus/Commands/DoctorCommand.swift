import ExamModel
import FoundationEssentials
import PaperPress
import Storage
import Workers

/// `gradus doctor`: what is in order and what is not, and what to do about it.
enum DoctorCommand {
  static let command = Command(
    name: "doctor", summary: "Check machine, store and workspace",
    discussion: """
      Looks at everything that grading needs and says of each thing that is not as it should be what \
      follows from it and what to do. ✓ is in order; ! works, and could be better or waits for \
      somebody; ✗ is wrong. Only ✗ makes it fail, with the exit code of the first: 65 a file, 69 the \
      store does not answer, 70 it fails, 78 anything else that has to be set right. Nothing is changed.
      """,
    options: [.workspace, .secretFile, .store, .json],
    examples: [
      ("gradus doctor -C mock-ml", "checks everything that grading needs"),
      (
        "gradus doctor --format json | jq '.[] | select(.ok | not)'", "what is wrong, for a program"
      ),
    ], run: run)

  private struct Check {
    let area: String
    let finding: Finding
    /// What it ends with where the finding is bad.
    var code = ExitCode.configuration
  }

  private static func run(_ invocation: Invocation) async throws {
    let checks =
      await workspaceChecks(invocation) + storeChecks(invocation)
      + machineChecks(invocation)
    let console = invocation.console
    if invocation.wantsJSON {
      console.print(JSON.array(checks.map(json)).prettyText)
    } else {
      for check in checks { console.print(line(check)) }
    }
    let bad = checks.filter { $0.finding.weight == .bad }
    if let first = bad.first {
      throw Failure(
        first.code, bad.count == 1 ? "one check failed" : "\(bad.count) checks failed")
    }
  }

  private static func json(_ check: Check) -> JSON {
    .object([
      ("area", .string(check.area)), ("check", .string(check.finding.subject)),
      ("ok", .bool(check.finding.weight != .bad)),
      ("weight", .string(check.finding.weight.rawValue)),
      ("finding", .string(check.finding.sentence)),
    ])
  }

  private static func line(_ check: Check) -> String {
    let finding = check.finding
    let padding = String(repeating: " ", count: 12 - finding.subject.count)
    let sign =
      switch finding.weight {
      case .good: "✓"
      case .advice: "!"
      case .bad: "✗"
      }
    return "\(sign) \(finding.subject)\(padding)\(finding.sentence)"
  }

  // MARK: Workspace

  private static func workspaceChecks(_ invocation: Invocation) async -> [Check] {
    let workspace = invocation.workspace
    return await [
      check("workspace", "blueprint") {
        let blueprint = try workspace.blueprint()
        return (.good, "\(blueprint.id), \(blueprint.sections.count) sections")
      },
      check("workspace", "deadline") { try deadline(of: workspace) },
      check("workspace", "roster") { try roster(of: workspace) },
      check("workspace", "secret") {
        (.good, "\(try workspace.secret(file: invocation.secretFile).fingerprint), yours alone")
      },
      check("workspace", "papers") { try papers(invocation) },
    ].compactMap { $0 }
  }

  /// Nothing where there is none; what is wrong with the blueprint is said elsewhere.
  private static func deadline(of workspace: Workspace) throws -> (Finding.Weight, String)? {
    guard let deadline = try? workspace.blueprint().marking.deadline else { return nil }
    let end = try deadline.microseconds()
    let isOver = Date.now.timeIntervalSince1970 * 1_000_000 > Double(end)
    return (
      .good, "\(deadline.text), \(isOver ? "is over: what was sent later is late" : "is to come")"
    )
  }

  private static func roster(of workspace: Workspace) throws -> (Finding.Weight, String) {
    let candidates = try workspace.roster().candidates
    let count = counted(candidates.count, "candidate")
    guard let manifest = try? workspace.manifest() else { return (.good, count) }
    let known = Set(manifest.papers.map(\.candidate))
    let new = candidates.filter { !known.contains($0.id) }
    guard let first = new.first else { return (.good, count) }
    return (
      .advice,
      "\(new.count) of \(count), such as \(first.id), have no paper yet; "
        + "\"gradus generate --force\" makes them and leaves the others' as they are"
    )
  }

  private static func papers(_ invocation: Invocation) throws -> (Finding.Weight, String) {
    let workspace = invocation.workspace
    let (press, secret) = try invocation.press()
    guard let manifest = try workspace.manifest() else {
      throw Failure(.configuration, "no papers were made yet; run \"gradus generate\"")
    }
    try manifest.check(press, secret: secret, file: workspace.manifestFile)
    let altered = try SetCheck(PaperSet(folder: workspace.folder))
      .findings(root: nil, source: nil) { _, _ in }
    guard altered.isEmpty else {
      throw Failure(
        .badInput,
        "\(altered.count == 1 ? altered[0] : "\(altered.count) files: \(altered[0]), …"); they are not "
          + "what was committed to: \"gradus verify\" lists all, \"gradus generate\" makes them anew"
      )
    }
    return (.good, "\(counted(manifest.papers.count, "paper")), made of this blueprint and secret")
  }

  // MARK: Store

  private static func storeChecks(_ invocation: Invocation) async -> [Check] {
    var findings: [Finding] = []
    let store = await check("store", "store") {
      let address = try invocation.storeAddress()
      let store = try await address.open()
      do {
        let state = try await store.schema()
        guard state.pending.isEmpty || state.applied.isEmpty else {
          throw Failure(
            .configuration,
            "\(address) lacks \(counted(state.pending.count, "migration")), without which no command "
              + "uses it; run \"gradus migrate\"")
        }
        findings = try await store.examine()
        await store.close()
        let schema = state.applied.isEmpty ? "empty, made ready on first use" : "schema up to date"
        return (.good, "\(address), \(state.engine), \(schema)")
      } catch {
        await store.close()
        throw error
      }
    }
    return (store.map { [$0] } ?? []) + findings.map { Check(area: "store", finding: $0) }
  }

  // MARK: Machine

  private static func machineChecks(_ invocation: Invocation) -> [Check] {
    // An address that cannot be read is what the store's check says.
    let store = try? invocation.storeAddress().folder
    let folders = [invocation.workspace.folder] + (store.map { [$0] } ?? [])
    let machine =
      Setting.authorityFile.value.map { Machine(folders: folders, authorities: $0) }
      ?? Machine(folders: folders)
    return machine.findings.map { Check(area: "machine", finding: $0) }
  }

  /// Nil where there was nothing to look at.
  private static func check(
    _ area: String, _ subject: String,
    _ look: () async throws -> (Finding.Weight, String)?
  ) async -> Check? {
    do {
      return try await look().map { Check(area: area, finding: Finding(subject, $0, $1)) }
    } catch {
      let failure = Failure(error)
      return Check(
        area: area, finding: Finding(subject, .bad, failure.message), code: failure.code)
    }
  }
}
