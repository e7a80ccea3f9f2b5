import ExamModel
import Foundation
import TestKit
import Testing

/// PDFs by the compilers that are installed here; `gradus doctor` says which those are.
@Suite("PDFs") struct PDFTests {
  private static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }
  static let compilers = ["pdflatex", "lualatex", "typst"].filter {
    has($0) || $0 == "typst" && hasPythonTypst
  }
  /// PyPI's package, which has no program of its own.
  private static let hasPythonTypst: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import typst"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
  private static let canSplit = has("qpdf") && has("pdftotext")

  private func pages(_ file: String, in folder: String) throws -> [String] {
    try output(of: ["pdftotext", file, "-"], in: folder).split(separator: "\u{C}").map(String.init)
  }

  private func output(of words: [String], in folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  @Test(
    "a batch gives each candidate their own pages and no others, and the same bytes again",
    .enabled(if: canSplit, "qpdf and poppler-utils are needed"), arguments: compilers)
  func batch(compiler: String) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    let folder = home + "/mock"
    let path = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
    let order = [
      "generate", "-q", "--format", "pdf", "--compiler", compiler, "--count", "4",
      "--answer-sheet",
    ]
    for out in ["one", "two"] {
      let made = try Program.run(order + ["--out", out], in: folder, environment: path)
      #expect(made.status == 0, "\(made.errors)")
    }
    // The program of Typst compiles a batch as one document; cutting takes its tags away.
    if compiler == "typst", !Self.has("typst") {
      let facts = try output(of: ["pdfinfo", "one/papers/v3.pdf"], in: folder)
      #expect(facts.contains(/Tagged: +yes/), "\(facts)")
    }
    for number in 1...4 {
      let code = try #require(
        try pages("one/papers/v\(number).pdf", in: folder).first?.firstMatch(
          of: /Paper code\s+(\S+)/)?.1)
      for view in ["papers", "keys", "solutions"] {
        let file = "\(view)/v\(number).pdf"
        let pages = try pages("one/\(file)", in: folder)
        #expect(pages.count > 0 && pages.allSatisfy { $0.contains(code) }, "\(file)")
        for (index, page) in pages.enumerated() {
          #expect(page.contains("page \(index + 1) of \(pages.count)"), "\(file)")
        }
        #expect(
          FileManager.default.contents(atPath: "\(folder)/one/\(file)")
            == FileManager.default.contents(atPath: "\(folder)/two/\(file)"), "\(file)")
      }
    }
  }

  @Test(
    "the last page knows that it is the last, wherever on it the paper ends",
    .enabled(if: canSplit, "poppler-utils are needed"),
    arguments: compilers.filter { $0 != "typst" })
  func lastPage(compiler: String) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    let folder = home + "/mock"
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    try #require(try Program.run(["templates", "export", "mine"], in: folder).status == 0)
    let template = try String(contentsOfFile: folder + "/mine/paper.tex", encoding: .utf8)
    // Each paper begins a little lower than the one before it; nothing allows a break at its end.
    try
      #"{ id: "o", title: "O", sections: [{ title: "s", questions: [{ family: "logic.equivalence" }] }] }"#
      .write(toFile: folder + "/blueprint.json5", atomically: true, encoding: .utf8)
    let begin = "\\stepcounter{papers}"
    try template.replacingOccurrences(
      of: begin, with: begin + "\\vspace*{\\dimexpr 3mm*\\value{papers}\\relax}"
    ).write(toFile: folder + "/mine/paper.tex", atomically: true, encoding: .utf8)
    let made = try Program.run(
      [
        "generate", "--count", "70", "--format", "pdf", "--together", "--compiler", compiler,
        "--templates", "mine",
      ], in: folder, environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
    #expect(made.status == 0, "\(made.errors)")
    for view in ["papers", "keys", "solutions"] {
      var last: (page: Int, count: Int)?
      for page in try pages("\(view)/all.pdf", in: folder) {
        let numbers = try #require(page.matches(of: /page (\d+) of (\d+)/).last)
        let (number, count) = (Int(numbers.1)!, Int(numbers.2)!)
        if number == 1 {
          #expect(last.map { $0.page == $0.count } != false, "\(view): \(last!)")
        } else {
          #expect(number == (last?.page ?? 0) + 1)
        }
        last = (number, count)
      }
      #expect(last.map { $0.page == $0.count } == true, "\(view)")
    }
  }

  @Test(
    "a compiler that is missing, or writes nothing, is named with what to do",
    arguments: [
      ("lualatex", nil, 69, "texlive-luatex"), ("pdflatex", nil, 69, "texlive-latex-recommended"),
      ("typst", nil, 69, "pip install typst"),
      ("pdflatex", "#!/bin/sh\nexit 0\n", nil, "pdflatex said that all went well and wrote no PDF"),
    ] as [(String, String?, Int32?, String)])
  func poorCompiler(compiler: String, program: String?, status: Int32?, said: String) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    if let program {
      try program.write(toFile: "\(home)/\(compiler)", atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: "\(home)/\(compiler)")
    }
    let made = try Program.run(
      ["generate", "--count", "2", "--format", "pdf", "--compiler", compiler],
      in: home + "/mock",
      environment: ["PATH": program == nil ? home : "\(home):/usr/bin:/bin"])
    #expect(made.status == status ?? made.status && made.status != 0, "\(made.status)")
    #expect(made.errors.contains(said), "\(made.errors)")
  }

  @Test(
    "a changed template that cannot be set is named, with what the compiler said",
    .enabled(if: canSplit, "poppler-utils are needed"), arguments: compilers)
  func brokenTemplate(compiler: String) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    let isTeX = compiler != "typst"
    let text =
      isTeX ? "\\documentclass{article}\n\\begin{document}\n\\nonsense{}\n" : "\n#let x = (1,\n"
    let said =
      isTeX
      ? ["cannot set it: ! Undefined control sequence.\n", "l.3 \\nonsense"]
      : ["unclosed delimiter"]
    for (template, options) in [
      ("paper", ["--format", "pdf"]), ("pictures", ["--format", "google-forms", "--pictures"]),
    ] {
      let file = template + (isTeX ? ".tex" : ".typ")
      let mine = "\(home)/mock/\(template)"
      try FileManager.default.createDirectory(atPath: mine, withIntermediateDirectories: true)
      try text.write(toFile: "\(mine)/\(file)", atomically: true, encoding: .utf8)
      let made = try Program.run(
        ["generate", "--count", "2", "--templates", template, "--compiler", compiler] + options,
        in: home + "/mock",
        environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
      #expect(made.status == 65 && made.errors.contains("\(template)/\(file): "), "\(made.errors)")
      #expect(said.allSatisfy(made.errors.contains), "\(made.errors)")
    }
  }

  @Test(
    "a letter of a name is on the paper, or a warning names it and its candidate",
    .enabled(if: canSplit, "qpdf and poppler-utils are needed"), arguments: compilers)
  func names(compiler: String) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    let folder = home + "/mock"
    let names = ["Łukasz Żółć", "Nguyễn Thị Ánh", "Ελένη", "Иван", "王小明", "محمد"]
    let rows = names.enumerated().map { "c\($0.offset),\($0.element),\n" }
    try Data(("id,name,email\n" + rows.joined()).utf8).write(
      to: URL(fileURLWithPath: folder + "/roster.csv"))
    let made = try Program.run(
      ["generate", "--format", "pdf", "--compiler", compiler], in: folder,
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
    try #require(made.status == 0, "\(made.errors)")
    for (index, name) in names.enumerated() {
      let text = try pages("papers/c\(index).pdf", in: folder)[0]
        .precomposedStringWithCompatibilityMapping
      let warning = made.errors.split(separator: "\n").first { $0.contains("name of c\(index),") }
      for letter in name.unicodeScalars where !text.unicodeScalars.contains(letter) {
        let code = String(letter.value, radix: 16, uppercase: true)
        #expect(
          warning?.contains("\(letter) (U+") == true, "\(name), U+\(code): \(text.prefix(200))")
      }
    }
    #expect(!made.errors.contains("name of c0,"))
  }

  @Test(
    "a form with pictures has one beside the text of each question with formulas, the same again",
    .enabled(if: canSplit, "poppler-utils are needed"), arguments: compilers)
  func pictures(compiler: String) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    let forms = try ["one", "two"].map { out in
      let made = try Program.run(
        [
          "generate", "--format", "google-forms,forms-api", "--pictures", "--compiler", compiler,
          "--count", "2", "--out", out,
        ], in: home + "/mock",
        environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
      #expect(made.status == 0 && made.errors.contains("public addresses"), "\(made.errors)")
      return try String(contentsOfFile: "\(home)/mock/\(out)/papers/v2.gs", encoding: .utf8)
    }
    #expect(forms[0] == forms[1])
    let script = try #require(
      forms[0].firstMatch(of: /const FORM = (\{.*?\n\});/.dotMatchesNewlines()))
    let items = try JSON(parsing: String(script.1), file: "form")["items"]?.array ?? []
    let kinds = items.compactMap { $0["kind"]?.string }
    #expect(kinds.count { $0 == "text" } == 6 && kinds.count { $0 == "picture" } == 6)
    for (text, picture) in zip(items, items.dropFirst()) where picture["kind"]?.string == "picture"
    {
      #expect(text["kind"]?.string == "text" && text["help"]?.string?.isEmpty == false)
      let image = Data(base64Encoded: picture["image"]?.string ?? "") ?? Data()
      #expect(image.starts(with: [0x89, 0x50, 0x4E, 0x47]) && image.count > 5000)
    }
  }
}
