import ExamModel
import PaperPress
import QuestionBank
import Storage
import Workers

/// `gradus verify` and `gradus prove`: that papers, keys and results are what was committed to.
enum VerifyCommands {
  static let all = [verify, prove]

  private static let verify = Command(
    name: "verify", summary: "Check papers and keys against what was committed to",
    discussion: """
      Without PROOF: whether every file of the set is as it was written and no other lies beside \
      them, blueprint and secret are those of then and give every paper, and all of them lead to \
      the manifest's root; with --results also whether the published results are what the stored \
      answers earn by these keys. With PROOF: whether this paper and its key, of this candidate in \
      this test, lead to the root that was published before the exam; this needs no secret and no \
      set.
      """,
    arguments: [
      .init(name: "PROOF", help: "a file that \"gradus prove\" wrote", isOptional: true)
    ],
    options: [
      .workspace, .secretFile, .store, set,
      .init(name: "--root", value: "HEX", help: "The root that was published before the exam"),
      .flag("--without-secret", "Check files and root only, where the secret is not at hand"),
      .flag("--results", "Check the published results too"),
    ],
    examples: [
      ("gradus verify -C mock-ml", "checks the whole set"),
      ("gradus verify c001.proof.json --root 9f2c…", "checks one paper, anywhere"),
    ], run: runVerify)

  private static let set = Command.Option(
    name: "--set", value: "DIR", help: "The folder of the set (default: the workspace)")

  private static let prove = Command(
    name: "prove", summary: "Write the proof that a paper and key were committed to",
    discussion: """
      For a closed test: the proof holds the candidate's numbers and key, and the way from them to \
      the root. Whoever has the root from before the exam can check it with "gradus verify".
      """,
    arguments: [.init(name: "CANDIDATE", help: "an id, e-mail address or paper code")],
    options: [.workspace, .secretFile, set],
    examples: [("gradus prove c001 > c001.proof.json", "proves one paper")], run: runProve)

  private static func runProve(_ invocation: Invocation) async throws {
    let (press, secret) = try invocation.press()
    let file = invocation.set.path("manifest.json")
    guard Files.exists(file) else {
      throw Failure(
        .configuration, "\(file): no papers were made yet; run \"gradus generate\" first")
    }
    let manifest = try SetCheck(invocation.set).manifest
    try manifest.check(press, secret: secret, file: file)
    let candidate = try invocation.candidate(
      named: invocation.positional[0], press: press, in: manifest)
    let proof = try PaperProof(of: press.paper(for: candidate.id), in: manifest, file: file)
    invocation.console.print(proof.json.prettyText)
    invocation.console.note("It leads to the root \(proof.root)")
  }

  private static func runVerify(_ invocation: Invocation) async throws {
    if let file = invocation.positional.first { return try verify(proof: file, invocation) }
    let console = invocation.console
    let check = try SetCheck(invocation.set)
    let root = try invocation.root()
    let bar = ProgressBar("papers", console: console)
    let source = invocation.isSet("--without-secret") ? nil : try invocation.press()
    var findings = try check.findings(root: root, source: source) {
      bar.update($0, of: $1)
    }
    if invocation.isSet("--results") {
      let press = try source?.press ?? invocation.press().press
      let results = ResultCheck(press, manifest: check.manifest)
      findings += try await invocation.withStore { try await results.findings(in: $0) }
    }
    bar.finish("\(counted(check.manifest.papers.count, "paper")), root \(check.manifest.root)")
    guard findings.isEmpty else {
      for finding in findings { console.print("✗ \(finding)") }
      throw Failure(
        .badInput, findings.count == 1 ? "one thing differs" : "\(findings.count) things differ")
    }
    console.print("✓ everything is as it was committed to")
  }

  private static func verify(proof file: String, _ invocation: Invocation) throws {
    guard let root = try invocation.root() else {
      throw UsageError(
        "say with --root which root was published before the exam", command: verify)
    }
    let proof = try PaperProof(parsing: try Files.text(file), file: file)
    guard proof.root == root else {
      throw Failure(
        .badInput, "\(file): this leads to the root \(proof.root): it is not what was committed to")
    }
    invocation.console.print(
      "✓ this is the paper \(proof.code) of \(proof.candidate), committed to in \(proof.test)")
  }
}

extension Invocation {
  /// The set of `--set`, or the workspace's own.
  fileprivate var set: PaperSet { PaperSet(folder: value("--set") ?? workspace.folder) }

  /// The root of `--root`, in small letters; nil where none is given.
  fileprivate func root() throws(UsageError) -> String? {
    guard let typed = value("--root") else { return nil }
    let root = typed.split(whereSeparator: \.isWhitespace).joined().lowercased()
    guard root.utf8.count == 64, root.count == 64, root.allSatisfy(\.isHexDigit) else {
      throw UsageError(
        "a root is 64 hexadecimal digits; --root \"\(typed)\" is none. Is it whole?",
        command: command)
    }
    return root
  }
}
