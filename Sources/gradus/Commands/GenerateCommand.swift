import ExamModel
import FoundationEssentials
import PaperPress
import Publishing
import Workers

/// `gradus generate`: every candidate's paper, key and worked solution.
enum GenerateCommand {
  static let command = Command(
    name: "generate", summary: "Make everybody's paper, key and worked solution",
    discussion: """
      Writes papers/, keys/ and solutions/ with a file of each format for each candidate; \
      manifest.json, which says what they were made of, so that grading with anything else is \
      refused; cohort.txt, how different and how evenly hard the papers are; and SHA256SUMS. The \
      same blueprint, secret and roster always give the same files. A run that is killed leaves \
      what was there before; run again, it goes on where it was. A set is committed to by its root: \
      one for other candidates does not take its place without --force, while the same papers may \
      be written again in other formats.

      Formats: \(PaperFormats.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")), \
      and pdf, with whichever of Typst, pdfLaTeX and LuaLaTeX "gradus doctor" finds.
      """,
    arguments: [
      .init(
        name: "BLUEPRINT", help: "a blueprint elsewhere than in the workspace", isOptional: true)
    ],
    options: [
      .workspace, .secretFile,
      .init(name: "--roster", value: "FILE", help: "Who sits the test (default: roster.csv)"),
      .init(name: "--count", value: "N", help: "Numbered papers, v1 to vN, instead of a roster"),
      .init(
        name: "--format", value: "FORMAT",
        help: "One of the formats, several with commas, or all (default: html,text)"),
      .init(name: "--out", value: "DIR", help: "Where to (default: the workspace)"),
      .flag("--together", "One file of each format with all candidates, instead of one for each"),
      .flag("--large-print", "Half as large again, for who sees little"),
      .flag("--letter", "PDFs on US Letter instead of A4; browsers print HTML on either"),
      .flag("--answer-sheet", "A page behind each paper with a line for every answer"),
      .flag("--pictures", "Google Forms with questions as pictures too, their formulas set"),
      .templates,
      .init(
        name: "--compiler", value: "NAME", choices: ["typst", "pdflatex", "lualatex"],
        help: "What makes PDFs and pictures (default: the first there is)"),
      .init(
        name: "--batch", value: "N",
        help: "Candidates made, and compiled, as one piece of work (default: 16, with pdf 50)"),
      .init(name: "--lanes", value: "N", help: "Batches made at once (default: one a processor)"),
      .flag(
        "--force", "Replace papers of another blueprint or secret, or for other candidates"),
    ],
    examples: [
      ("gradus generate -C mock-ml", "writes the papers of the test in mock-ml"),
      (
        "gradus generate --format pdf,moodle --answer-sheet",
        "writes papers to print and questions for Moodle"
      ),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let workspace = invocation.generatedWorkspace
    let blueprint = try workspace.blueprint()
    let secret = try workspace.secret(file: invocation.secretFile)
    let press = try PaperPress(blueprint, secret: secret, file: workspace.blueprintFile)
    let set = PaperSet(folder: invocation.value("--out") ?? workspace.folder)
    let people = try candidates(workspace, invocation)
    try refuseOtherPapers(in: set, press: press, secret: secret, people, invocation)
    let order = try order(press, secret, people, invocation)
    let bar = ProgressBar("papers", console: console)
    let lanes = try invocation.integer("--lanes", in: 1...256)
    let report = try await PaperSetMaker(order, in: set).make(
      lanes: lanes ?? ProcessInfo.processInfo.activeProcessorCount
    ) { bar.update($0, of: $1) }
    if report.resumed > 0 {
      console.note(
        "\(counted(report.resumed, "paper")) \(report.resumed == 1 ? "was" : "were") there already")
    }
    bar.finish(
      "\(counted(report.manifest.papers.count, "paper")) of "
        + "\(counted(press.slots.count, "question")), with keys and solutions")
    console.warn(of: report.unshown, order.candidates)
    console.note(report.cohort.text)
    let twins = report.cohort.twins
    for group in twins.prefix(5) {
      console.warn("these candidates share a key: \(listed(group.map(\.rawValue)))")
    }
    if twins.count > 5 {
      console.warn("and \(counted(twins.count - 5, "more group")); cohort.txt lists all")
    }
    if let first = order.candidates.first, let format = order.formats.first {
      let view = format.views.first ?? .paper
      let name = order.isTogether ? "all" : fileName(first.id)
      console.note("Look at one: \(set.path(view.folder))/\(name)\(format.ending)")
    }
    console.note(nextStep(set, workspace, invocation))
  }

  /// What can be done with the set, by the options that find it.
  private static func nextStep(
    _ set: PaperSet, _ workspace: Workspace, _ invocation: Invocation
  ) -> String {
    let here = workspace.folder == "." ? "" : " -C \(workspace.folder)"
    let usual = Workspace(folder: workspace.folder)
    if set.folder != workspace.folder {
      let isUsual = workspace.blueprintFile == usual.blueprintFile && invocation.secretFile == nil
      return isUsual
        ? "Next: gradus verify\(here) --set \(set.folder)"
        : "Next: gradus verify --set \(set.folder) --without-secret"
    }
    var needs: [String] = []
    if let count = invocation.value("--count") {
      needs.append("put v1\(count == "1" ? "" : " to v\(count)") on \(usual.rosterFile)")
    } else if workspace.rosterFile != usual.rosterFile {
      needs.append("make \(workspace.rosterFile) the workspace's \(usual.rosterFile)")
    }
    if workspace.blueprintFile != usual.blueprintFile {
      needs.append("make \(workspace.blueprintFile) its \(usual.blueprintFile)")
    }
    let grade = "gradus grade\(here) RESPONSES.csv"
    return needs.isEmpty
      ? "Next: \(grade)" : "To grade these, \(needs.joined(separator: " and ")); then: \(grade)"
  }

  private static func refuseOtherPapers(
    in set: PaperSet, press: PaperPress, secret: ExamSecret, _ candidates: [Candidate],
    _ invocation: Invocation
  ) throws {
    let file = set.path("manifest.json")
    guard Files.exists(file), !invocation.isSet("--force") else { return }
    let manifest = try Manifest(parsing: try Files.text(file), file: file)
    do {
      try manifest.check(press, secret: secret, file: file)
    } catch {
      throw SourceError(file: error.file, error.message + " with \"gradus generate --force\"")
    }
    guard let losses = manifest.losses(to: candidates.map(\.id)) else { return }
    throw SourceError(
      file: file,
      "\(counted(manifest.papers.count, "paper")) with the root \(manifest.root) would be replaced "
        + "by a set with another root: \(losses). Make a set of its own with --out DIR, "
        + "or replace this one with --force")
  }

  private static func order(
    _ press: PaperPress, _ secret: ExamSecret, _ candidates: [Candidate], _ invocation: Invocation
  ) throws -> PaperSetOrder {
    let every = PaperFormats.all.map { $0.name } + ["pdf"]
    let asked = try invocation.formatNames(default: "html,text", known: every + ["all"])
    let names = asked.contains("all") ? every : asked
    let wantsPictures = try wantsPictures(in: names, invocation)
    let pdf =
      wantsPictures || names.contains("pdf") ? PDFPress.find(invocation.value("--compiler")) : nil
    if pdf == nil, wantsPictures || asked.contains("pdf") {
      throw Failure(.unavailable, PDFPress.advice(invocation.value("--compiler")))
    }
    if pdf == nil, asked.contains("all") {
      invocation.console.note("pdf is left out: \(PDFPress.advice(invocation.value("--compiler")))")
    }
    invocation.warnOfIdleOptions(formats: names)
    if invocation.isSet("--together") {
      for option in ["--batch", "--lanes"] where invocation.isSet(option) {
        invocation.console.warn("\(option) changes nothing with --together, which is one batch")
      }
    }
    let order = PaperSetOrder(
      press: press, secret: secret, candidates: candidates,
      formats: names.compactMap(PaperFormats.named), pdf: names.contains("pdf") ? pdf : nil,
      pictures: wantsPictures ? pdf : nil,
      isTogether: invocation.isSet("--together"),
      style: PageStyle(
        templates: try invocation.templates(), isLarge: invocation.isSet("--large-print"),
        hasAnswerSheet: invocation.isSet("--answer-sheet"),
        isLetter: invocation.isSet("--letter")),
      batchSize: try invocation.integer("--batch", in: 1...10_000))
    warn(of: order, invocation.console)
    return order
  }

  private static func wantsPictures(
    in formats: [String], _ invocation: Invocation
  ) throws -> Bool {
    guard invocation.isSet("--pictures") else { return false }
    guard formats.contains("google-forms"), !invocation.isSet("--together") else {
      throw UsageError(
        "--pictures goes with --format google-forms and a form for each candidate, not --together",
        command: command)
    }
    guard PDFPress.canDraw else {
      throw Failure(
        .unavailable, "pictures need pdftoppm; get it with \"apt-get install poppler-utils\"")
    }
    return true
  }

  /// What the formats cannot carry, whoever's papers are written.
  private static func warn(of order: PaperSetOrder, _ console: Console) {
    guard !order.candidates.isEmpty, console.level != .quiet else { return }
    let test = TestOutline(
      order.press, isForSeveral: order.isTogether && order.candidates.count > 1)
    for format in order.formats {
      for loss in format.losses(of: test) { console.warn(loss) }
      if format.isForm, !order.isTogether, order.candidates.count > 1 {
        console.warn(
          "\(format.name): each candidate's form has an export of its own, and the one graded last takes the place of those before; for an exam, --together makes one form for all"
        )
      }
      if order.pictures != nil, format.name == "forms-api" {
        console.warn("forms-api: pictures need public addresses there; formulas stay plain text")
      }
    }
    if let pdf = order.pdf, !pdf.splits, !order.isTogether {
      console.warn("pdf: compiled one by one; with qpdf and poppler-utils it is many times faster")
    }
  }

  private static func candidates(
    _ workspace: Workspace, _ invocation: Invocation
  ) throws -> [Candidate] {
    guard let count = try invocation.integer("--count", in: 1...1_000_000) else {
      return try workspace.roster().candidates
    }
    guard !invocation.isSet("--roster") else {
      throw UsageError("--roster and --count exclude each other", command: command)
    }
    return (1...count).map {
      Candidate(id: CandidateID("v\($0)"), name: "Variant \($0)", email: "")
    }
  }
}

extension Invocation {
  /// The workspace, with a blueprint and a roster of elsewhere where they are named.
  fileprivate var generatedWorkspace: Workspace {
    let blueprint = positional.first
    let slash = blueprint?.lastIndex(of: "/")
    let beside = blueprint.flatMap { file in slash.map { String(file[..<$0]) } } ?? "."
    return Workspace(
      folder: value("--workspace") ?? beside, blueprint: blueprint, roster: value("--roster"))
  }

  /// The program's templates, with those of `--templates` in their place.
  func templates() throws -> Templates {
    guard let folder = value("--templates") else { return .standard }
    var changed: [String: String] = [:]
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw SourceError(
        file: folder, "there is no such folder; \"gradus templates export\" makes one")
    }
    for name in names where !name.hasPrefix(".") {
      changed[name] = try Files.text("\(folder)/\(name)")
    }
    return try Templates(replacing: changed, from: folder)
  }
}

extension Console {
  /// Names the first candidates whose names a PDF does not show whole.
  func warn(of unshown: UnshownLetters, _ candidates: [Candidate]) {
    let sentences = unshown.sentences(candidates)
    for sentence in sentences.prefix(10) { warn(sentence) }
    if sentences.count > 10 { warn("pdf: and \(sentences.count - 10) more such names") }
  }
}

extension Command.Option {
  static let templates = Self(
    name: "--templates", value: "DIR",
    help: "Changed templates, as \"gradus templates export\" writes them")
}
