import ExamModel
import Glibc
package import Publishing

/// Makes PDFs with whichever compiler is installed.
package struct PDFPress: Sendable {
  package enum Compiler: String, Sendable, CaseIterable {
    /// The program.
    case typst
    /// PyPI's package, which has no command line.
    case pythonTypst = "python3 with typst"
    case pdflatex, lualatex
  }

  package let compiler: Compiler
  /// Whether a batch of papers is compiled at once, which is many times faster.
  package let splits: Bool

  package init(_ compiler: Compiler, splits: Bool) {
    self.compiler = compiler
    self.splits = splits
  }

  /// The first compiler there is, or the one that is asked for; nil without any.
  package static func find(_ wanted: String? = nil) -> PDFPress? {
    let canSplit = ChildProcess.isInstalled("qpdf") && ChildProcess.isInstalled("pdftotext")
    let found = Compiler.allCases.first { compiler in
      (wanted == nil || compiler.rawValue.split(separator: " ").last! == wanted!)
        && isInstalled(compiler)
    }
    return found.map { PDFPress($0, splits: canSplit || $0 == .pythonTypst) }
  }

  /// What a person hears who has none, or not the one that is asked for.
  package static func advice(_ wanted: String? = nil) -> String {
    let ways = [
      ("typst", "\"pip install typst\""),
      ("pdflatex", "\"apt-get install texlive-latex-recommended\""),
      ("lualatex", "\"apt-get install texlive-luatex texlive-latex-recommended\""),
    ]
    if let way = ways.first(where: { $0.0 == wanted }) {
      return "\(way.0) is not installed; get it with \(way.1)"
    }
    return "no PDF compiler is installed; get one with \(ways[0].1) or \(ways[1].1)"
  }

  private static func isInstalled(_ compiler: Compiler) -> Bool {
    switch compiler {
    case .typst, .pdflatex, .lualatex: ChildProcess.isInstalled(compiler.rawValue)
    case .pythonTypst:
      ChildProcess.isInstalled("python3")
        && ChildProcess.run(
          ["python3", "-c", "import importlib.util as u; exit(u.find_spec('typst') is None)"],
          log: "/dev/null"
        ).status == 0
    }
  }

  /// The format whose source the compiler reads.
  package var source: any PaperFormat.Type {
    let name = compiler == .pdflatex || compiler == .lualatex ? "latex" : "typst"
    guard let format = PaperFormats.named(name) else { preconditionFailure("no format \(name)") }
    return format
  }

  /// One PDF for each paper, the same bytes on every run.
  ///
  /// - Parameter scratch: a folder of this call alone.
  /// - Throws: `PDFError` with the compiler's own words.
  func files(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle, in scratch: String
  ) throws -> (files: [[UInt8]], unshown: UnshownLetters) {
    if compiler == .pythonTypst { return try filesOfOneProcess(papers, view, style, scratch) }
    guard splits, papers.count > 1 else {
      var unshown = UnshownLetters()
      let files = try papers.map { paper in
        let made = try file([paper], view, style: style, in: scratch)
        unshown.add(made.unshown)
        return made.file
      }
      return (files, unshown)
    }
    // Cutting takes the tags away, and writing them only to lose them takes time.
    let (whole, unshown) = try compile(papers, view, style, tags: false, scratch)
    let pages = try pages(of: papers.map(\.code.description), in: whole, scratch)
    let files = try pages.map { first, last in
      try Self.call(
        [
          "qpdf", "--empty", "--deterministic-id", "--object-streams=generate", "--pages", whole,
          "\(first)-\(last)", "--", "part.pdf",
        ], in: scratch)
      return try Files.read(scratch + "/part.pdf")
    }
    return (files, unshown)
  }

  /// PyPI's Typst reads its fonts once for all papers, so that each is a document with tags of its own.
  private func filesOfOneProcess(
    _ papers: [PaperSheet], _ view: PaperSheet.View, _ style: PageStyle, _ scratch: String
  ) throws -> (files: [[UInt8]], unshown: UnshownLetters) {
    for (index, paper) in papers.enumerated() {
      try Files.write(
        try source.file([paper], view, style: style), to: "\(scratch)/\(index).typ", mode: 0o600,
        isDurable: false)
    }
    let words = Self.pythonTypst(papers.indices.map(String.init))
    try run(words, setting: "paper.typ", of: style.templates, scratch)
    let files = try papers.indices.map { try Files.read("\(scratch)/\($0).pdf") }
    return (files, UnshownLetters(names: papers.map(\.candidate), scratch: scratch))
  }

  /// Compiles documents of these names in one process, which says what Typst's program would say.
  private static func pythonTypst(_ names: [String]) -> [String] {
    let program = """
      import sys, typst
      files = sys.argv[1:]
      try:
          compiler = typst.Compiler(files[0] + ".typ")
          for file in files:
              compiler.compile(input=file + ".typ", output=file + ".pdf")
      except Exception as error:
          sys.exit(getattr(error, "diagnostic", None) or f"error: {error}")
      """
    return ["python3", "-c", program] + names
  }

  /// All papers in one PDF.
  func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle, in scratch: String
  ) throws -> (file: [UInt8], unshown: UnshownLetters) {
    let (name, unshown) = try compile(papers, view, style, tags: true, scratch)
    return (try Files.read("\(scratch)/\(name)"), unshown)
  }

  /// First and last page of each paper: every page bears its paper's code.
  private func pages(
    of codes: [String], in file: String, _ scratch: String
  ) throws -> [(first: Int, last: Int)] {
    try Self.call(["pdftotext", "-enc", "UTF-8", file, "pages.txt"], in: scratch)
    var pages = try Files.text(scratch + "/pages.txt").split(
      separator: "\u{C}", omittingEmptySubsequences: false)
    if pages.last?.isEmpty == true { pages.removeLast() }
    var ranges: [(first: Int, last: Int)] = []
    for (index, page) in pages.enumerated() {
      if ranges.count < codes.count, page.contains(codes[ranges.count]) {
        ranges.append((index + 1, index + 1))
      } else if let last = ranges.indices.last, page.contains(codes[last]) {
        ranges[last].last = index + 1
      } else {
        throw PDFError("page \(index + 1) bears no paper code; is it still in the template?")
      }
    }
    guard ranges.count == codes.count else {
      throw PDFError("\(codes.count) papers made \(ranges.count)")
    }
    return ranges
  }

  private func compile(
    _ papers: [PaperSheet], _ view: PaperSheet.View, _ style: PageStyle, tags: Bool,
    _ scratch: String
  ) throws -> (name: String, unshown: UnshownLetters) {
    let document = try source.file(papers, view, style: style)
    let template = "paper" + source.ending
    let made = try compile(document, by: template, of: style.templates, tags: tags, scratch)
    guard source.ending == ".typ" else { return (made.name, UnshownLetters(log: made.log)) }
    return (made.name, UnshownLetters(names: papers.map(\.candidate), scratch: scratch))
  }

  /// Compiles one document that a template made.
  ///
  /// - Returns: the PDF's name in the scratch folder, and what the compiler said.
  func compile(
    _ document: [UInt8], by template: String, of templates: Templates, tags: Bool = false,
    _ scratch: String
  ) throws -> (name: String, log: String) {
    // Compilers work in that folder: its path may have signs in it that they take for others.
    let (input, output) = ("paper" + source.ending, "paper.pdf")
    try Files.write(document, to: "\(scratch)/\(input)", mode: 0o600, isDurable: false)
    let runs: [[String]] =
      switch compiler {
      case .typst:
        [["typst", "compile"] + (tags ? [] : ["--no-pdf-tags"]) + [input, output]]
      case .pythonTypst:
        [Self.pythonTypst(["paper"])]
      case .pdflatex, .lualatex:
        // The second run knows how many pages each paper has.
        [true, false].map { isDraft in
          [compiler.rawValue, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
            + (isDraft && compiler == .pdflatex ? ["-draftmode"] : [])
            + [input]
        }
      }
    Files.remove("\(scratch)/\(output)")
    var said = ""
    for words in runs { said = try run(words, setting: template, of: templates, scratch) }
    guard Files.exists("\(scratch)/\(output)") else {
      throw PDFError(
        "\(compiler.rawValue) said that all went well and wrote no PDF; is it the real one?")
    }
    return (output, said)
  }

  /// Runs a compiler; its output.
  ///
  /// - Throws: `TemplateError` where it cannot set what a changed template makes, else `PDFError`.
  @discardableResult private func run(
    _ words: [String], setting template: String, of templates: Templates, _ scratch: String
  ) throws -> String {
    let outcome = ChildProcess.run(
      words, in: scratch, environment: environment, log: scratch + "/log")
    guard outcome.status == 0 else {
      let complaint = Self.complaint(in: outcome.output)
      guard !complaint.isEmpty, Self.hasRoom(scratch) else {
        throw Self.failure(of: compiler.rawValue, outcome, in: scratch)
      }
      let text = "\(templates.path(template)): \(compiler.rawValue) cannot set it: \(complaint)"
      throw templates.isChanged(template) ? TemplateError(text) : PDFError(text)
    }
    return outcome.output
  }

  /// What LaTeX is told of this machine: a changed template may read files beside the one who calls.
  private var environment: [String: String] {
    var variables = ["SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"]
    if compiler == .pdflatex || compiler == .lualatex, let folder = getcwd(nil, 0) {
      defer { free(folder) }
      let others = getenv("TEXINPUTS").map { String(cString: $0) } ?? ""
      variables["TEXINPUTS"] = ".:\(String(cString: folder)):\(others)"
    }
    return variables
  }

  /// Runs a program that handles pages; files are named from the scratch folder.
  static func call(_ words: [String], in scratch: String) throws {
    let outcome = ChildProcess.run(words, in: scratch, log: scratch + "/log")
    guard outcome.status == 0 else { throw failure(of: words[0], outcome, in: scratch) }
  }

  /// A full disk takes from a program its output and often its last words too.
  private static func failure(
    of program: String, _ outcome: ChildProcess.Outcome, in scratch: String
  ) -> any Error {
    let said = complaint(in: outcome.output)
    let end =
      "\(program) ended with status \(outcome.status) and said "
      + (said.isEmpty ? "nothing" : said)
    guard hasRoom(scratch) else {
      return WriteError(
        path: scratch, reason: "less than a megabyte is free, and \(end)",
        advice: "make room, or choose a folder on another disk")
    }
    return PDFError(end + "; \"gradus doctor\" says what is installed")
  }

  private static func hasRoom(_ folder: String) -> Bool {
    var system = statvfs()
    guard statvfs(folder, &system) == 0 else { return true }
    return Int(system.f_bavail) * Int(system.f_frsize) >= 1_000_000
  }

  /// What a compiler complains of, in its own words: TeX's line with an exclamation mark and the one
  /// with the place, `l.12 \bgein`; Typst's error and what follows.
  private static func complaint(in output: String) -> String {
    let lines = output.split(separator: "\n")
    if let mark = lines.firstIndex(where: { $0.hasPrefix("!") }) {
      let place = lines[mark...].dropFirst().first { $0.hasPrefix("l.") }
      return ([lines[mark]] + (place.map { [$0] } ?? [])).joined(separator: "\n  ")
    }
    let start = lines.firstIndex { $0.contains("error") || $0.contains("Error") }
    return lines[(start ?? max(0, lines.count - 5))...].prefix(6).joined(separator: "\n  ")
  }
}

/// A PDF could not be made.
package struct PDFError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
