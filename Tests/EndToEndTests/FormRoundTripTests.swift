import ExamModel
import Foundation
import TestKit
import Testing

/// Forms that `generate` writes, filled in, exported as Google exports them, and graded.
@Suite("A form's way out and back") struct FormRoundTripTests {
  private func withWorkspace(_ body: (String) throws -> Void) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    try body(home + "/mock")
  }

  /// The titles of a form's questions, which are its export's columns.
  private func titles(_ file: String) throws -> [String] {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let requests = try JSON(parsing: text, file: file)["requests"]?.array ?? []
    return requests.compactMap { request in
      let item = request["createItem"]?["item"]
      return item?["questionItem"] == nil ? nil : item?["title"]?.string
    }
  }

  private struct Row {
    let email: String
    let code: String
    let answers: [String: String]
  }

  /// Each candidate's code and right answers by field.
  private func keys(in folder: String) throws -> [Row] {
    let roster = try String(contentsOfFile: folder + "/roster.csv", encoding: .utf8)
    let emails = roster.split(separator: "\n").dropFirst().map { line in
      String(line.split(separator: ",")[2])
    }
    let listed = try Program.run(["key", "--format", "json"], in: folder)
    let entries = try JSON(parsing: listed.output, file: "key").array ?? []
    return zip(entries, emails).map { entry, email in
      let pairs = (entry["answers"]?.array ?? []).map {
        ($0["field"]?.string ?? "", $0["display"]?.string ?? "")
      }
      return Row(
        email: email, code: entry["code"]?.string ?? "",
        answers: Dictionary(uniqueKeysWithValues: pairs))
    }
  }

  private func export(
    _ titles: [String], _ rows: [Row]
  ) -> String {
    func line(_ cells: [String]) -> String {
      cells.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }
        .joined(separator: ",")
    }
    let body = rows.enumerated().map { index, row in
      line(
        ["2026/03/05 \(index % 11 + 1):00:00 AM GMT+1", row.email]
          + titles.map { title in
            title == "Paper code"
              ? row.code
              : row.answers[title.split(separator: ":").first.map(String.init) ?? ""] ?? ""
          })
    }
    return ([line(["Timestamp", "Username"] + titles)] + body).joined(separator: "\n")
  }

  private func grade(_ export: String, in folder: String) throws -> JSON {
    try export.write(toFile: folder + "/r.csv", atomically: true, encoding: .utf8)
    let graded = try Program.run(["grade", "r.csv", "--format", "json"], in: folder)
    #expect(graded.status == 0, "\(graded.errors)")
    return try JSON(parsing: graded.output, file: "grade")
  }

  @Test("one form for all: everybody's right answers earn everything, without any mapping")
  func answerForm() throws {
    try withWorkspace { folder in
      let order = ["generate", "--format", "forms-api", "--together"]
      let made = try Program.run(order, in: folder)
      #expect(made.status == 0 && made.errors.contains("for all has no key"), "\(made.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/keys"))
      let titles = try titles(folder + "/papers/all.forms.json")
      #expect(titles.first == "Paper code" && titles.count > 20)
      let rows = try keys(in: folder)
      let summary = try grade(export(titles, rows), in: folder)
      #expect(summary["graded"]?.int == 40, "\(summary)")
      let results = try Program.run(["results", "--format", "json"], in: folder)
      #expect(
        summary["outcomes"]?["correct"]
          == summary["outcomes"].map { outcomes in
            .integer((outcomes.members ?? []).reduce(0) { $0 + ($1.value.int ?? 0) })
          })
      for result in try JSON(parsing: results.output, file: "results").array ?? [] {
        #expect(result["awarded"] == result["possible"], "\(result)")
      }
    }
  }

  @Test(
    "a quiz in Moodle: gaps are those of the paper, and the questions are counted as the test's")
  func moodle() throws {
    try withWorkspace { folder in
      // Who is asked which parts differs from paper to paper.
      try """
      { id: "gaps", title: "Gaps", minutes: 10,
        sections: [{ title: "S", shuffle: true, questions: [
          { family: "rl.returns", marks: 2 }, { family: "torch.optimizer-step", marks: 3 },
          { family: "matdim.product", marks: 2 } ] }] }
      """.write(toFile: folder + "/blueprint.json5", atomically: true, encoding: .utf8)
      #expect(try Program.run(["generate", "-q", "--format", "moodle"], in: folder).status == 0)
      var numbers: Set<Int> = []
      var lines = [
        "Email address,State,Started on,Completed,Time taken,Grade/7.00,Response 1,Response 2,Response 3"
      ]
      let candidates = try keys(in: folder)
      for (index, row) in candidates.enumerated() {
        let file = "\(folder)/keys/c0\(index < 9 ? "0" : "")\(index + 1).moodle.xml"
        let xml = try String(contentsOfFile: file, encoding: .utf8)
        let names = xml.matches(of: #/<text>Q(\d) /#).map { String($0.1) }
        let cells = names.map { number in
          // The fields of a question stand in the text's order.
          let fields = xml.components(separatedBy: "<text>Q\(number) ")[1]
            .components(separatedBy: "</questiontext>")[0]
            .matches(of: /&lt;strong&gt;(.+?)&lt;\/strong&gt;/).map { String($0.1) }
          numbers.insert(fields.count)
          return fields.enumerated().map { place, field in
            "part \(place + 1): \(row.answers[field] ?? "?")"
          }.joined(separator: "; ")
        }
        let mail = row.email
        lines.append(
          "\(mail),Finished,5 March 2026  9:41 AM,5 March 2026  9:58 AM,17 mins,7.00,"
            + cells.map { "\"\($0)\"" }.joined(separator: ","))
      }
      let summary = try grade(lines.joined(separator: "\n"), in: folder)
      let right = summary["outcomes"]?["correct"]?.int ?? 0
      #expect(summary["graded"]?.int == candidates.count && numbers.count > 1)
      #expect(
        (summary["outcomes"]?.members ?? []).allSatisfy {
          $0.key == "correct" || $0.value.int == 0
        },
        "\(summary)")
      #expect(right > 3 * candidates.count)
    }
  }

  @Test("what a form says is right, none of the options too, earns everything when it is exported")
  func noneOfThese() throws {
    try withWorkspace { folder in
      try """
      { id: "logic", title: "Logic", minutes: 10,
        sections: [{ title: "S", questions: [{ family: "logic.syllogism", marks: 2 }] }] }
      """.write(toFile: folder + "/blueprint.json5", atomically: true, encoding: .utf8)
      let made = try Program.run(["generate", "--format", "forms-api"], in: folder)
      #expect(made.status == 0 && made.errors.contains("an export of its own"), "\(made.errors)")
      var rights: [[String]] = []
      let rows = try (1...40).map { number -> Row in
        let file = folder + "/keys/c0\(number < 10 ? "0" : "")\(number).forms.json"
        let requests = try JSON(
          parsing: try String(contentsOfFile: file, encoding: .utf8), file: file)["requests"]
        let questions = (requests?.array ?? []).compactMap {
          $0["createItem"]?["item"]?["questionItem"]?["question"]
        }
        let values = { (list: JSON?) in (list?.array ?? []).compactMap { $0["value"]?.string } }
        let right = values(questions[1]["grading"]?["correctAnswers"]?["answers"])
        let options = values(questions[1]["choiceQuestion"]?["options"])
        #expect(options.count == 7 && Set(right).isSubset(of: options) && !right.isEmpty)
        rights.append(right)
        return Row(
          email: "", code: values(questions[0]["choiceQuestion"]?["options"]).joined(),
          answers: ["Q1 follows": right.joined(separator: ";")])
      }
      try #require(rights.contains(["None of these"]) && Set(rights).count > 2)
      let titles = try titles(folder + "/papers/c003.forms.json")
      let summary = try grade(export(titles, rows), in: folder)
      #expect(summary["outcomes"]?["correct"]?.int == 40, "\(summary)")
    }
  }

  @Test("a form of one paper, with its questions in the titles, is read back as well")
  func variantForm() throws {
    try withWorkspace { folder in
      #expect(
        try Program.run(["generate", "-q", "--format", "forms-api"], in: folder).status == 0)
      let titles = try titles(folder + "/papers/c003.forms.json")
      #expect(titles.allSatisfy { $0 == "Paper code" || $0.contains(": ") })
      let row = try keys(in: folder)[2]
      _ = try grade(export(titles, [row]), in: folder)
      let results = try Program.run(["results", "--format", "json"], in: folder)
      let result = try #require(JSON(parsing: results.output, file: "results").array?.first)
      #expect(result["candidate"]?.string == "c003" && result["awarded"] == result["possible"])
    }
  }
}
