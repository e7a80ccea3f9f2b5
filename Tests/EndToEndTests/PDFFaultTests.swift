import Foundation
import Glibc
import TestKit
import Testing

/// What stands in a compiler's way: words, folders, a full disk, the end of the caller.
@Suite("Faults of PDFs") struct PDFFaultTests {
  private static let path = ProcessInfo.processInfo.environment["PATH"] ?? ""

  private func withWorkspace(_ body: (_ home: String) async throws -> Void) async throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    try await body(home)
  }

  /// Puts a script in the place of a program for whoever looks into `home` first.
  private func replace(_ program: String, in home: String, by script: String) throws {
    try "#!/bin/sh\n\(script)\n".write(
      toFile: "\(home)/\(program)", atomically: false, encoding: .utf8)
    chmod("\(home)/\(program)", 0o755)
  }

  @Test(
    "words that mean something to a compiler are set as they are, in a folder of any name",
    arguments: PDFTests.compilers)
  func words(compiler: String) async throws {
    let names = [
      ("Ada\n\nLovelace", "Ada Lovelace"), ("1. Ann", "1. Ann"),
      ("Jose\u{301} Nun\u{303}ez", "José Nuñez"), ("Bob %\u{302}}\u{302}", "Bob"),
      ("+ x\r\n2. y", "+ x 2. y"), ("= \u{7}a\u{2029}\u{2029}- b", "= a - b"),
    ]
    try await withWorkspace { home in
      let rows = names.enumerated().map { "c\($0.offset),\"\($0.element.0)\",\n" }
      try ("id,name,email\n" + rows.joined()).write(
        toFile: home + "/mock/roster.csv", atomically: false, encoding: .utf8)
      let blueprint = home + "/mock/blueprint.json5"
      let text = try String(contentsOfFile: blueprint, encoding: .utf8)
      try text.replacing(/title: "Mock[^"]*"/, with: "title: \"1. σ\u{302} final\"").write(
        toFile: blueprint, atomically: false, encoding: .utf8)
      let out = "-a~b%c\"d\\e"
      let made = try Program.run(
        ["generate", "--format", "pdf", "--compiler", compiler, "--out=\(out)"],
        in: home + "/mock", environment: ["PATH": Self.path])
      try #require(made.status == 0, "\(made.errors)")
      for (index, name) in names.enumerated() {
        let page = try Program.start(
          command: ["pdftotext", "\(home)/mock/\(out)/papers/c\(index).pdf", "-"], in: home
        ).wait().output.precomposedStringWithCompatibilityMapping
        let line = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(line.contains("for " + name.1), "\(line.prefix(200))")
        #expect(line.hasPrefix("1. "), "\(line.prefix(200))")
      }
    }
  }

  /// The program fills the disk and has then no room for a word.
  @Test(
    "a disk that is full while pages are made is told as such",
    .enabled(if: SmallDisk.isAvailable && !PDFTests.compilers.isEmpty, SmallDisk.reason),
    arguments: [
      ("pdflatex", ["--format", "pdf", "--compiler", "pdflatex"]),
      ("pdftoppm", ["--format", "google-forms", "--pictures"]),
    ])
  func fullDisk(program: String, options: [String]) async throws {
    try await withWorkspace { home in
      try replace(program, in: home, by: "cat /dev/zero > ballast; exit 1")
      try await SmallDisk.with(megabytes: 8) { disk in
        let made = try Program.run(
          ["generate", "--count", "1", "--out", "\(disk.folder)/out"] + options,
          in: home + "/mock", environment: ["PATH": "\(home):\(Self.path)"])
        #expect(made.status == 73, "\(made.errors)")
        #expect(made.errors.contains("less than a megabyte is free, and \(program) ended"))
      }
    }
  }

  @Test(
    "a compiler ends with the process that called it", .timeLimit(.minutes(1)),
    arguments: [SIGKILL, SIGTERM])
  func orphan(signal: Int32) async throws {
    try await withWorkspace { home in
      try replace("pdflatex", in: home, by: "echo $$ > \(home)/pid; exec sleep 600")
      let running = try Program.start(
        ["generate", "--count", "1", "--format", "pdf", "--compiler", "pdflatex"],
        in: home + "/mock", environment: ["PATH": "\(home):\(Self.path)"])
      var process = ""
      while process.last != "\n" {
        process = (try? String(contentsOfFile: home + "/pid", encoding: .utf8)) ?? ""
        sched_yield()
      }
      running.send(signal)
      _ = running.wait()
      // One that has ended, and waits for somebody to ask, has no words any more.
      let words = "/proc/\(process.dropLast())/cmdline"
      while let left = FileManager.default.contents(atPath: words), !left.isEmpty,
        !Task.isCancelled
      { sched_yield() }
    }
  }
}
