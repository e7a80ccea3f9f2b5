import ExamModel
import Foundation
import TestKit
import Testing
import Workers

/// Who got what, as the demonstration's exam maker asks for it.
@Suite("Results") struct ResultsCommandTests {
  @Test("are filtered, hidden behind pseudonyms and written for gradebooks")
  func results() throws {
    try Demonstration.withWorkspace { workspace in
      let folder = workspace.folder
      let run = { (words: [String]) -> String in
        let outcome = try Program.run(["results"] + words, in: folder)
        #expect(outcome.status == 0, "\(words): \(outcome.errors)")
        return outcome.output
      }
      #expect(try Program.run(["grade", Demonstration.export, "-q"], in: folder).status == 0)
      let listed = try JSON(parsing: run(["--format", "json"]), file: "results")
      let all = try #require(listed.array)

      // Each filter shows those whom it names, and no others.
      let answers = all.flatMap { result in
        (result["parts"]?.array ?? []).map { (result, $0) }
      }
      let blank = answers.filter {
        $0.1["outcome"]?.string == "blank" && $0.1["field"]?.string?.hasPrefix("Q2 ") == true
      }
      let filter = ["--parts", "--question", "2", "--outcome", "blank", "--format", "csv"]
      #expect(!blank.isEmpty)
      #expect(try run(filter).split(separator: "\r\n").count == blank.count + 1)
      let percent = { (result: JSON) -> Double in
        100 * (result["awarded"]?.double ?? 0) / (result["possible"]?.double ?? 1)
      }
      let some = try JSON(
        parsing: run(["--at-least", "50", "--below", "80", "--format", "json"]), file: "results")
      #expect(some.array == all.filter { percent($0) >= 50 && percent($0) < 80 })
      #expect(try run(["--missing", "--format", "csv"]) == "candidate,name,email\r\n")

      // Pseudonyms are one to a candidate, and lead nowhere.
      let hidden = try run(["--pseudonyms", "--format", "json"])
      let names = try JSON(parsing: hidden, file: "results").array?.compactMap {
        $0["candidate"]?.string
      }
      #expect(Set(names ?? []).count == 40 && !hidden.contains("\"c0"))
      #expect(hidden.contains("\"line\": null"))

      // Gradebooks hold everybody's grade in the shape that each system reads.
      let person = try #require(try workspace.roster().candidates.first)
      let grade = try #require(
        all.first { $0["candidate"]?.string == person.id.rawValue }?["awarded"]?.double)
      let title = try workspace.blueprint().title
      let moodle = try run(["--gradebook", "moodle"]).split(separator: "\r\n")
      #expect(moodle.first ?? "" == "Email address,ID number,\(title)")
      #expect(moodle.contains("\(person.email),\(person.id),\(grade.fixed(2))"))
      let canvas = try run(["--gradebook", "canvas"]).split(separator: "\r\n")
      #expect(canvas[0] == "Student,ID,SIS User ID,SIS Login ID,Section,\(title)")
      #expect(canvas[1].hasPrefix("\"    Points Possible\",,,,,"))
      #expect(
        canvas.contains("\(person.name),,\(person.id),\(person.email),,\(grade.fixed(2))"))
      let classroom = try JSON(
        parsing: run(["--gradebook", "classroom", "--out-of", "100"]), file: "grades")
      #expect(classroom["courseWork"]?["maxPoints"]?.int == 100)
      let graded = classroom["studentSubmissions"]?.array ?? []
      #expect(graded.count == 40)
      let first = graded.first { $0["emailAddress"]?.string == person.email }
      #expect(first?["assignedGrade"]?.double?.fixed(1) == (100 * grade / 17).fixed(1))

      let refused = try Program.run(
        ["results", "--gradebook", "moodle", "--pseudonyms"], in: folder)
      #expect(refused.status == 64 && refused.errors.contains("finds people by their names"))
    }
  }
}
