import ExamModel
import Foundation
import TestKit
import Testing
import Workers

/// What would clear, move, rename or colour a terminal that showed it.
@Suite("What reaches a terminal", .timeLimit(.minutes(3))) struct TerminalTests {
  private static let controls = "\u{1B}[2J\u{1B}]0;x\u{07}\u{9B}31m\u{08}"

  /// Hands `body` a workspace with an export in whose name, answers and addresses that stands.
  private func withExport(_ body: (Workspace, String) throws -> Void) throws {
    try Demonstration.withWorkspace { workspace in
      let text = try String(contentsOfFile: Demonstration.export, encoding: .utf8)
      let name = "re\u{1B}[2Jsponses.csv"
      try text.replacing("\"3 or 4\"", with: "\"3 or \(Self.controls)4\"")
        .replacing("amara.okafor@example.org", with: "no\(Self.controls)body@example.org")
        .replacing("BTBVF1Y6S", with: "BTBV\(Self.controls)")
        .write(toFile: workspace.path(name), atomically: true, encoding: .utf8)
      try body(workspace, name)
    }
  }

  private func steers(_ text: String) -> Bool {
    text.replacing("\r\n", with: "\n").unicodeScalars.contains {
      ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F...0x9F).contains($0.value)
    }
  }

  @Test("steers it nowhere, whatever files and candidates hold")
  func controls() throws {
    try withExport { workspace, name in
      func run(_ words: [String]) throws -> Program.Outcome {
        let outcome = try Program.run(words, in: workspace.folder)
        #expect(!steers(outcome.output) && !steers(outcome.errors), "\(words): \(outcome)")
        return outcome
      }
      func json(_ words: [String]) throws -> [JSON] {
        try JSON(parsing: run(words + ["--format", "json"]).output, file: "output").array ?? []
      }
      try #require(try run(["inspect", name, "--rows", "40"]).status == 0)
      try #require(try run(["grade", name]).status == 0)
      let row = try #require(
        try json(["quarantine", "list"]).first { $0["raw"]?.string?.contains("nobody") == false })
      let line = "\(row["line"]?.int ?? 0)"
      #expect(try run(["quarantine", "show", line]).output.contains("\\u001b[2J"))
      let answer = try #require(
        try json(["review", "list"]).first { $0["typed"]?.string?.hasPrefix("3 or \u{1B}") == true }
      )
      let place =
        [answer["code"]?.string ?? "", "\(answer["question"]?.int ?? 0)"]
        + [answer["part"]?.string ?? ""]
      let reason = [
        "--outcome", "blank", "--reason", Self.controls, "--by", "ruth\(Self.controls)",
      ]
      try #require(try run(["review", "decide"] + place + reason).status == 0)
      for words in [
        ["status"], ["quarantine", "list"], ["review", "list", "--all"],
        ["review", "show"] + place,
        ["audit", "list"], ["results", "--parts"], ["grade", name], ["grade", name + "?"],
      ] { #expect(try !run(words).errors.contains("unknown")) }
      // What programs read is what was typed.
      #expect(try json(["audit", "list"]).last?["by"]?.string == "ruth\(Self.controls)")
      try FileManager.default.createDirectory(
        atPath: workspace.path("inbox"), withIntermediateDirectories: true)
      try "Name\nx\n".write(
        toFile: workspace.path("inbox/" + name), atomically: true, encoding: .utf8)
      _ = try run(["sweep", "inbox", "--settle", "0"])
    }
  }

  /// Runs a command line on a terminal of its own.
  private func watch(_ line: String, in folder: String, terminal: String) throws -> String {
    try Program.start(
      command: ["timeout", "60", "script", "-qec", "\(Program.path) \(line)", "/dev/null"],
      in: folder, environment: ["TERM": terminal]
    ).wait().output
  }

  @Test("has this program's colours and no others, and nothing where it can show none")
  func colours() throws {
    try withExport { workspace, name in
      let imported = try Program.run(["import", name], in: workspace.folder)
      try #require(imported.status == 0, "\(imported.errors)")
      let coloured = try watch("status --once", in: workspace.folder, terminal: "xterm")
      #expect(coloured.contains("\u{1B}[1mrun 1\u{1B}[0m"))
      #expect(!coloured.contains("\u{1B}[2J"))
      // A run is under way: on a terminal that can draw, this would go on until it has ended.
      let dumb = try watch("status", in: workspace.folder, terminal: "dumb")
      #expect(dumb.contains("nobody works on it") && !dumb.contains("\u{1B}"))
    }
  }
}
