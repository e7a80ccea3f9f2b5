import ExamModel
import PaperPress
import Publishing
import QuestionBank
import Workers

/// `gradus generate`: every candidate's paper, key and worked solution.
enum GenerateCommand {
  static let command = Command(
    name: "generate", summary: "Make everybody's paper, key and worked solution",
    discussion: """
      Writes papers/, keys/ and solutions/ with a page and a plain text for each candidate, and \
      manifest.json, which says what they were made of: grading with anything else is refused. The \
      same blueprint, secret and roster always give the same files.
      """,
    options: [
      .workspace, .secretFile,
      .flag("--force", "Replace papers that were made of another blueprint or secret"),
    ],
    examples: [("gradus generate -C mock-ml", "writes the papers of the test in mock-ml")], run: run
  )

  private static let folders: [(PaperSheet.View, String)] = [
    (.paper, "papers"), (.key, "keys"), (.solution, "solutions"),
  ]

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let workspace = invocation.workspace
    let (press, secret) = try invocation.press()
    let roster = try workspace.roster()
    if let manifest = try workspace.manifest(), !invocation.isSet("--force") {
      do {
        try manifest.check(press, secret: secret, file: workspace.manifestFile)
      } catch {
        throw SourceError(
          file: error.file, error.message + " with \"gradus generate --force\"")
      }
    }
    let bar = ProgressBar("papers", console: console)
    var papers: [Paper] = []
    let staging = workspace.path(".generate.partial")
    Files.remove(staging)
    do {
      try Files.makeFolder(staging)
      for (view, folder) in folders {
        try Files.makeFolder("\(staging)/\(folder)", mode: view == .paper ? 0o755 : 0o700)
      }
      for (index, candidate) in roster.candidates.enumerated() {
        let paper = press.paper(for: candidate.id)
        let sheet = PaperSheet(paper, of: candidate, press: press)
        for (view, folder) in folders {
          let file = "\(staging)/\(folder)/\(fileName(candidate.id))"
          try Files.write(try sheet.html(view), to: file + ".html", isDurable: false)
          try Files.write(sheet.text(view), to: file + ".txt", isDurable: false)
        }
        papers.append(paper)
        bar.update(index + 1, of: roster.candidates.count)
      }
      let manifest = Manifest(press, secret: secret, papers: papers)
      try Files.write(manifest.json.prettyText + "\n", to: "\(staging)/manifest.json")
      for (_, folder) in folders {
        Files.remove(workspace.path(folder))
        try Files.rename("\(staging)/\(folder)", to: workspace.path(folder))
      }
      try Files.rename("\(staging)/manifest.json", to: workspace.manifestFile)
    } catch {
      Files.remove(staging)
      throw error
    }
    Files.remove(staging)
    bar.finish("\(papers.count) papers of \(press.slots.count) questions, with keys and solutions")
    report(papers, workspace: workspace, console: console)
  }

  /// How different the papers are, and where they lie.
  private static func report(_ papers: [Paper], workspace: Workspace, console: Console) {
    let keys = Dictionary(grouping: papers) { paper in
      paper.questions.map { $0.key.values.map { $0?.plainText ?? "" } }
    }
    console.note(
      "\(Set(papers.map(\.digest)).count) different papers, \(keys.count) different keys")
    for twins in keys.values.filter({ $0.count > 1 }).prefix(5) {
      let names = twins.prefix(4).map(\.candidate.rawValue).joined(separator: ", ")
      console.warn("these candidates share a key: \(names)")
    }
    if let first = papers.first {
      console.note("Look at one: \(workspace.path("papers"))/\(fileName(first.candidate)).html")
    }
    console.note("Next: gradus grade RESPONSES.csv")
  }

  /// An id as a file's name: what is no letter, digit, dot, hyphen or @ is written in hexadecimal.
  private static func fileName(_ id: CandidateID) -> String {
    var name = ""
    for byte in id.rawValue.utf8 {
      let scalar = Unicode.Scalar(byte)
      if scalar.isASCII,
        scalar.properties.isAlphabetic || "0123456789.-_@".unicodeScalars.contains(scalar),
        !(name.isEmpty && scalar == ".")
      {
        name.unicodeScalars.append(scalar)
      } else {
        name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return name
  }
}
