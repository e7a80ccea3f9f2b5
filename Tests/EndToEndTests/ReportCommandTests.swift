import ExamModel
import Foundation
import TestKit
import Testing
import Workers

private let (node, chromium) = (OtherPrograms.node, OtherPrograms.chromium)

/// The demonstration's report, as its exam maker reads it.
@Suite("The report") struct ReportCommandTests {
  @Test("counts what the results hold, changes nothing, and is one page that fetches nothing")
  func report() throws {
    try Demonstration.withWorkspace { workspace in
      let folder = workspace.folder
      try #require(try Program.run(["migrate"], in: folder).status == 0)
      let early = try Program.run(["report"], in: folder)
      #expect(early.status == 65 && early.errors.contains("nothing is published yet"))
      #expect(try Program.run(["grade", Demonstration.export, "-q"], in: folder).status == 0)
      let results = try json(["results"], folder).array ?? []
      let report = try json(["report", "--void", "Q3", "--compare", "1"], folder)

      #expect(report["candidates"]?.int == 40)
      let awarded = results.compactMap { $0["awarded"]?.double }
      let mean = awarded.reduce(0, +) / 40
      let stated = try #require(report["scores"]?["mean"]?.double)
      #expect((stated - mean).magnitude < 1e-9)
      #expect((report["scores"]?["twentieths"]?.doubles ?? []).reduce(0, +) == 40)

      // Each answer's outcomes are those of the results, misconceptions by their ids.
      let answers = results.flatMap { $0["parts"]?.array ?? [] }
      for item in report["items"]?.array ?? [] {
        let field = item["field"]?.string ?? ""
        let given = answers.filter { $0["field"]?.string == field }
        for outcome in item["outcomes"]?.members ?? [] {
          let count = given.count { $0["outcome"]?.string == outcome.key }
          #expect(outcome.value.int == count, "\(field) \(outcome.key)")
        }
        let had = given.reduce(0) { $0 + ($1["awarded"]?.double ?? 0) }
        let possible = given.reduce(0) { $0 + ($1["possible"]?.double ?? 0) }
        let facility = try #require(item["facility"]?.double)
        #expect((facility - had / possible).magnitude < 1e-9, "\(field)")
      }
      for mistake in report["misconceptions"]?.array ?? [] {
        let count = answers.count {
          $0["field"] == mistake["field"] && $0["misconception"] == mistake["id"]
        }
        #expect(mistake["count"]?.int == count && count > 0)
      }

      // Without question 3, each share is that of the other questions.
      let gain = results.count { result in
        let sum = { (member: String, isThird: Bool) -> Double in
          (result["parts"]?.array ?? []).filter {
            ($0["field"]?.string?.hasPrefix("Q3 ") == true) == isThird
          }.reduce(0) { $0 + ($1[member]?.double ?? 0) }
        }
        let others = sum("awarded", false) / sum("possible", false)
        let all = (sum("awarded", true) + sum("awarded", false)) / 17
        return others > all + 1e-9
      }
      #expect(report["suppositions"]?.array?.first?["gain"]?.int == gain)
      #expect(report["comparison"]?["moves"]?["changed"]?.int == 0)
      #expect(try json(["results"], folder).array == results)

      let shown = try Program.run(["report"], in: folder)
      #expect(shown.status == 0 && shown.output.contains("What to look at"), "\(shown.errors)")
      let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      #expect(page.contains("<svg class=\"plot\"") && !page.contains("{{"))
      #expect(!page.contains("http://") && !page.contains("https://") && !page.contains(" src="))
      let wrong = try Program.run(["report", "--void", "Q99"], in: folder)
      #expect(wrong.status == 65 && wrong.errors.contains("no question 99"), "\(wrong.errors)")
    }
  }

  @Test("shows totals below zero, where wrong answers cost points")
  func negativeMarking() throws {
    try Demonstration.withWorkspace { workspace in
      let file = workspace.folder + "/blueprint.json5"
      try String(contentsOfFile: file, encoding: .utf8)
        .replacingOccurrences(of: "blank: 0, wrong: 0,", with: "blank: -1, wrong: -1,")
        .write(toFile: file, atomically: true, encoding: .utf8)
      let folder = workspace.folder
      #expect(try Program.run(["grade", Demonstration.export, "-q"], in: folder).status == 0)
      let totals = try json(["results"], folder).array?.compactMap { $0["awarded"]?.double } ?? []
      try #require(totals.contains { $0 < 0 })
      let report = try json(["report"], folder)
      #expect((report["scores"]?["twentieths"]?.doubles ?? []).reduce(0, +) == 40)
      #expect(try Program.run(["report"], in: folder).status == 0)
    }
  }

  @Test(
    "can be read by keyboard: a link past the contents first, every stop in sight with a ring",
    .enabled(if: node != nil && chromium != nil, "Node and Chromium are needed"))
  func keyboard() throws {
    try Demonstration.withWorkspace { workspace in
      let folder = workspace.folder
      #expect(try Program.run(["grade", Demonstration.export, "-q"], in: folder).status == 0)
      #expect(try Program.run(["report", "-q", "--void", "Q3"], in: folder).status == 0)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try #require(node))
      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Formats/keyboard.js").path
      process.arguments = [
        script, try #require(chromium), folder + "/report.html", folder + "/browser",
      ]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let stops = try String(decoding: data, as: UTF8.self).split(separator: "\n").map {
        try JSON(parsing: String($0), file: "stop")
      }
      try #require(process.terminationStatus == 0 && stops.count > 10)
      #expect(stops[0]["isInMain"] == .bool(true), "\(stops[0])")
      #expect(stops[1]["name"]?.string == "To the report")
      for stop in stops {
        #expect(stop["isSeen"] == .bool(true) && (stop["ring"]?.double ?? 0) >= 2, "\(stop)")
      }
      // What scrolls or opens can be reached too.
      let tags = Set(stops.compactMap { $0["tag"]?.string })
      #expect(tags == ["a", "div", "summary"], "\(tags)")
    }
  }

  private func json(_ words: [String], _ folder: String) throws -> JSON {
    let outcome = try Program.run(words + ["--format", "json"], in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(parsing: outcome.output, file: "output")
  }
}
