import ExamModel
import Foundation
import TestKit
import Testing
import Workers

/// The demonstration's report, as its exam maker reads it.
@Suite("The report") struct ReportCommandTests {
  @Test("counts what the results hold, changes nothing, and is one page that fetches nothing")
  func report() throws {
    try Demonstration.withWorkspace { workspace in
      let folder = workspace.folder
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

  private func json(_ words: [String], _ folder: String) throws -> JSON {
    let outcome = try Program.run(words + ["--format", "json"], in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(parsing: outcome.output, file: "output")
  }
}
