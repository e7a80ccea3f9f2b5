import ExamModel
import Foundation
import Storage
import TestKit
import Testing
import Workers

/// What the candidates of the demonstration get back.
@Suite("Slips") struct SlipTests {
  @Test("show each graded candidate their own answers, verdicts and what a person decided")
  func slips() async throws {
    try await Demonstration.withWorkspace { (workspace) async throws in
      let folder = workspace.folder
      try #require(try Program.run(["migrate"], in: folder).status == 0)
      let early = try Program.run(["slips"], in: folder)
      #expect(early.status == 65 && early.errors.contains("nothing is published yet"))
      #expect(try Program.run(["grade", Demonstration.export, "-q"], in: folder).status == 0)
      let listed = try Program.run(["review", "list", "--format", "json"], in: folder)
      let first = try #require(try JSON(parsing: listed.output, file: "review").array?.first)
      let code = try #require(first["code"]?.string)
      let decided = try Program.run(
        [
          "review", "decide", code, "\(first["question"]?.int ?? 0)",
          first["part"]?.string ?? "", "--outcome", "correct", "--reason", "It says <so>.",
        ], in: folder)
      #expect(decided.status == 0, "\(decided.errors)")
      let checked = try Program.run(["verify", "--results"], in: folder)
      #expect(checked.status == 0, "\(checked.output)")

      let made = try Program.run(["slips", "--format", "html,text,typst"], in: folder)
      #expect(made.status == 0, "\(made.errors)")

      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/slips")
        .filter { $0.hasSuffix(".html") }
      #expect(names.count == 40)
      let results = try Program.run(["results", "--format", "json"], in: folder)
      for result in try JSON(parsing: results.output, file: "results").array ?? [] {
        let candidate = result["candidate"]?.string ?? ""
        let page = try String(contentsOfFile: "\(folder)/slips/\(candidate).html", encoding: .utf8)
        let total = result["awarded"]?.text ?? ""
        #expect(page.contains("<dd>\(total) of "), "\(candidate): \(total)")
        let parts = result["parts"]?.array ?? []
        #expect(page.components(separatedBy: "class=\"reason\"").count == parts.count + 1)
      }
      let pages = try names.map {
        try String(contentsOfFile: "\(folder)/slips/\($0)", encoding: .utf8)
      }
      let changed = try #require(pages.first { $0.contains(code) })
      #expect(changed.contains("A person decided") && changed.contains("It says &lt;so&gt;."))
      #expect(pages.contains { $0.contains("The first step that went wrong is") })

      try slipsBesideOthers(in: folder)

      // Verdicts that somebody changed in the store by hand are found.
      _ = try await TemporaryStore.inspect(
        try StoreAddress("sqlite:\(folder)/gradus.sqlite"),
        """
        update result set outcomes = (select outcomes from result where candidate_id = 'c001') \
        where candidate_id = 'c003'
        """)
      let forged = try Program.run(["verify", "--results"], in: folder)
      #expect(
        forged.status == 65
          && forged.output == "✗ the results of c003 are not what their answers earn\n")
      // A folder of something else is not replaced.
      let refused = try Program.run(["slips", "--out", "papers"], in: folder)
      #expect(refused.status == 73 && refused.errors.contains("no folder of slips"))
    }
  }

  /// What is asked for takes the place of what was there, and nothing else does.
  private func slipsBesideOthers(in folder: String) throws {
    let all = Set(try FileManager.default.contentsOfDirectory(atPath: folder + "/slips"))
    func slip(_ name: String) -> String { "\(folder)/slips/\(name)" }
    for name in ["c001.html", "c002.html", "gone.html", "gone.txt"] {
      try "before".write(toFile: slip(name), atomically: true, encoding: .utf8)
    }
    for (words, old, gone) in [
      (["c001", "--format", "html"], ["c002"], []), (["--format", "text"], ["c002"], ["gone.txt"]),
      ([], [], ["gone.html", "gone.txt"]),
    ] as [([String], [String], [String])] {
      let made = try Program.run(["slips"] + words, in: folder)
      #expect(made.status == 0, "\(words): \(made.errors)")
      let now = Set(try FileManager.default.contentsOfDirectory(atPath: folder + "/slips"))
      #expect(now == all.union(["gone.html", "gone.txt"]).subtracting(gone), "\(words)")
      let kept = try ["c001", "c002"].filter {
        try String(contentsOfFile: slip($0 + ".html"), encoding: .utf8) == "before"
      }
      #expect(kept == old, "\(words)")
    }
  }
}
