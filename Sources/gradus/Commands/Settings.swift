import ExamModel
import FoundationEssentials
import Glibc
import PaperPress
import Storage
import Workers

/// What options and environment say, with defaults; flags come before the environment.
extension Invocation {
  var workspace: Workspace { Workspace(folder: value("--workspace") ?? ".") }

  var console: Console { Console(self) }

  var secretFile: String? { value("--secret-file") ?? Setting.secretFile.value }

  /// The press of the workspace's blueprint and secret.
  func press() throws -> (press: PaperPress, secret: ExamSecret) {
    let blueprint = try workspace.blueprint()
    let secret = try workspace.secret(file: secretFile)
    return (try PaperPress(blueprint, secret: secret, file: workspace.blueprintFile), secret)
  }

  /// The press, if it still makes the papers that were given out; how it marks may have changed.
  func committedPress() throws -> PaperPress {
    let (press, secret) = try press()
    guard let manifest = try workspace.commitment() else {
      throw Failure(
        .configuration,
        "\(workspace.manifestFile): no papers were made yet; run \"gradus generate\" first")
    }
    try manifest.check(press, secret: secret, file: workspace.manifestFile)
    return press
  }

  /// Who sits the test: the people on the roster or, where there is none, those of the papers.
  func roster() throws -> Roster {
    if !Files.exists(workspace.rosterFile), let manifest = try workspace.manifest() {
      return try people(of: manifest)
    }
    return try workspace.roster()
  }

  /// Those for whom papers were made, of whom the manifest knows no more than ids.
  private func people(of manifest: Manifest) throws -> Roster {
    let people = manifest.papers.map {
      Candidate(id: $0.candidate, name: $0.candidate.rawValue, email: "")
    }
    return try Roster(people, file: workspace.manifestFile)
  }

  /// The candidate whose id or e-mail address was typed.
  ///
  /// - Parameters:
  ///   - press: with it, a paper code does too, and so does whoever is not on the roster but has a
  ///     paper.
  ///   - manifest: that of the papers; nil for the workspace's.
  func candidate(
    named name: String, press: PaperPress? = nil, in manifest: Manifest? = nil
  ) throws -> Candidate {
    func find(in roster: Roster) -> Candidate? {
      roster.candidate(named: name)
        ?? press.flatMap { press in
          roster.candidates.first {
            Roster.folded(press.code(for: $0.id).description) == Roster.folded(name)
          }
        }
    }
    let hasPapers = press != nil && (manifest != nil || Files.exists(workspace.manifestFile))
    let hasRoster = !hasPapers || Files.exists(workspace.rosterFile)
    if hasRoster, let candidate = find(in: try workspace.roster()) { return candidate }
    if hasPapers, let papers = try manifest ?? workspace.manifest(),
      let candidate = find(in: try people(of: papers))
    {
      return candidate
    }
    throw SourceError(
      file: hasRoster ? workspace.rosterFile : workspace.manifestFile,
      "there is no candidate \"\(name)\" \(hasRoster ? "on the roster" : "in the set"); name one by id"
        + (press == nil ? " or e-mail address" : ", e-mail address or paper code"))
  }

  /// How many chunks are graded at once.
  var lanes: Int {
    get throws {
      try integer("--lanes", in: 1...256) ?? ProcessInfo.processInfo.activeProcessorCount
    }
  }

  /// Who decides what this command writes down.
  var decidedBy: String {
    value("--by") ?? Setting.loginName.value ?? environment("USER")
      ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
  }

  /// What `--points` gives.
  func points() throws -> Points? {
    guard let text = value("--points") else { return nil }
    guard let points = Points(typed: text) else {
      throw UsageError(
        "--points is a number such as 2 or 0.25, with no more than two decimals, not \"\(text)\"",
        command: command)
    }
    return points
  }

  /// - Throws: `UsageError` where none is given: what is decided without a reason helps nobody later.
  func reason() throws -> String {
    guard let reason = value("--reason"), !reason.isEmpty else {
      throw UsageError("say why with --reason TEXT; it is kept with the decision", command: command)
    }
    return reason
  }

  /// Opens the store for `body` and closes it whatever happens.
  ///
  /// - Parameter creates: whether an empty place becomes a store; where nothing new is brought, an
  ///   address with a typing error is to be told.
  func withStore<Result>(
    creating creates: Bool = false, _ body: (any Store) async throws -> Result
  ) async throws -> Result {
    let store = try await openStore(creating: creates)
    do {
      let result = try await body(store)
      await store.close()
      return result
    } catch {
      await store.close()
      throw error
    }
  }

  /// The file of `--metrics-file`, tried out at once; nil without the option.
  ///
  /// - Throws: `WriteError` where it cannot be written.
  func metricsFile(of meter: Meter) throws -> MetricsFile? {
    guard let path = value("--metrics-file") else { return nil }
    let file = MetricsFile(path: path, version: Gradus.version, meter: meter)
    try file.write(nil)
    return file
  }

  func storeAddress() throws -> StoreAddress {
    try StoreAddress(value("--store") ?? Setting.store.value ?? workspace.defaultStore)
  }

  /// The store; its schema is made on the first use by a command that `creates` one.
  func openStore(creating creates: Bool = false) async throws -> any Store {
    let address = try storeAddress()
    if let caution = address.caution { console.warn(caution) }
    let store = try await address.open()
    // An empty store is made ready; one that is behind waits for its operator's word.
    if creates, try await store.schema().applied.isEmpty { _ = try await store.migrate() }
    return store
  }
}
