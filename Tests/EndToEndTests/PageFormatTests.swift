import Foundation
import TestKit
import Testing

/// A workspace in a folder of its own, on a machine without any compiler.
private func withWorkspace(
  _ body: (_ run: ([String]) throws -> Program.Outcome, String) throws -> Void
)
  throws
{
  let home = try Program.temporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: home) }
  try #require(try Program.run(["new", "mock"], in: home).status == 0)
  let folder = home + "/mock"
  try body({ try Program.run($0, in: folder, environment: ["PATH": home]) }, folder)
}

private let formats = [
  "html", "text", "markdown", "typst", "latex", "google-forms", "forms-api", "moodle", "gift",
  "qti21", "qti30", "canvas", "anki", "apkg",
]

@Suite("The formats of a set") struct PageFormatTests {
  @Test(
    "are told apart as people type them",
    arguments: [
      ("HTML, Text", ["html", "txt"]), ("html,html", ["html"]), ("text moodle,", ["txt", "xml"]),
    ])
  func typed(names: String, endings: [String]) throws {
    try withWorkspace { run, folder in
      let made = try run(["generate", "--count", "1", "--out", "set", "--format", names])
      #expect(made.status == 0, "\(made.errors)")
      let list = try String(contentsOfFile: folder + "/set/SHA256SUMS", encoding: .utf8)
      let files = list.split(separator: "\n").map { String($0.dropFirst(66)) }
      #expect(Set(files.map { ($0 as NSString).pathExtension }) == Set(endings))
      #expect(Set(files).count == files.count)
    }
  }

  @Test("that are none, or not there, are an error", arguments: ["", " , ", "htlm", "all,htlm"])
  func unknown(names: String) throws {
    try withWorkspace { run, _ in
      let refused = try run(["generate", "--format", names])
      #expect(
        refused.status == 64 && refused.errors.contains("there are html, "), "\(refused.errors)")
    }
  }

  @Test("all of them are every one, with PDF where it can be made and a word where it cannot")
  func all() throws {
    try withWorkspace { run, folder in
      let order = ["generate", "--count", "1", "--out", "set", "--format"]
      let without = try run(order + ["all"])
      #expect(without.status == 0 && without.errors.contains("pdf is left out: no PDF compiler"))
      #expect(try run(order + ["all,pdf"]).status == 69)
      #expect(try run(order + ["all,html"]).status == 0)
      #expect(!FileManager.default.fileExists(atPath: folder + "/set/papers/v1.pdf"))
      let usual = try Program.run(order + ["all"], in: folder)
      let hasPDF = FileManager.default.fileExists(atPath: folder + "/set/papers/v1.pdf")
      #expect(usual.status == 0 && usual.errors.contains("left out") != hasPDF, "\(usual.errors)")
      #expect(try (Program.run(order + ["pdf"], in: folder).status == 0) == hasPDF)
    }
  }

  @Test(
    "an option that changes nothing in any of them is warned of, and no other",
    arguments: ["--answer-sheet", "--large-print", "--letter"])
  func idle(option: String) throws {
    try withWorkspace { run, folder in
      func files(_ names: String, _ options: [String]) throws -> (files: [Data?], errors: String) {
        let made = try run(
          ["generate", "--count", "1", "--out", "set", "--format", names] + options)
        #expect(made.status == 0, "\(made.errors)")
        let list = try String(contentsOfFile: folder + "/set/SHA256SUMS", encoding: .utf8)
        return (
          list.split(separator: "\n").map {
            FileManager.default.contents(atPath: "\(folder)/set/\($0.dropFirst(66))")
          }, made.errors
        )
      }
      for format in formats {
        let (plain, changed) = (try files(format, []), try files(format, [option]))
        #expect(
          (plain.files == changed.files)
            == changed.errors.contains("\(option) changes nothing in \(format);"),
          "\(format): \(changed.errors)")
      }
      #expect(!(try files("text,latex", [option]).errors.contains("changes nothing")))
      #expect(try files("text", ["--compiler", "typst"]).errors.contains("it is for pdf"))
      try #require(try run(["templates", "export", "mine"]).status == 0)
      for (format, isIdle) in [("moodle,gift", true), ("text,google-forms", false)] {
        let errors = try files(format, ["--templates", "mine"]).errors
        #expect(errors.contains("--templates changes nothing") == isIdle, "\(errors)")
      }
      for options in [["--batch", "1"], ["--batch", "1", "--together"]] {
        let errors = try files("text", options).errors
        #expect(errors.contains("--batch changes nothing") == options.contains("--together"))
      }
    }
  }

  @Test("who shares a key is named, with the number of all the others")
  func twins() throws {
    try withWorkspace { run, folder in
      let blueprint = """
        { id: "a", title: "t", sections: [{ title: "s", questions: [
          { family: "info.focal-loss" }] }] }
        """
      try blueprint.write(
        toFile: folder + "/blueprint.json5", atomically: true, encoding: .utf8)
      let made = try run(["generate", "--count", "300", "--format", "text", "--lanes", "1"])
      #expect(made.errors.contains(/share a key: (v\d+, ){3}v\d+ and \d+ more\n/), "\(made.errors)")
      #expect(made.errors.contains(/and \d+ more groups; cohort.txt lists all/), "\(made.errors)")
    }
  }

  @Test("the bar of progress stays within its row on a narrow terminal", arguments: [8, 30, 80])
  func narrow(columns: Int) throws {
    try withWorkspace { _, folder in
      let typed =
        "stty columns \(columns) rows 20; exec \(Program.path) generate --count 40 --format text --force"
      let seen = try Program.start(
        command: ["script", "-qec", typed, "/dev/null"], in: folder,
        environment: ["TERM": "xterm"]
      ).wait()
      let bars = seen.output.components(separatedBy: "\r\u{1B}[K").dropFirst().dropLast()
      #expect(bars.contains { $0.contains("papers") } && seen.output.contains("40 papers of"))
      for bar in bars { #expect(bar.count < columns, "\(bar)") }
      #expect(bars.contains { $0.contains("█") } == (columns > 20))
    }
  }
}
