import Cohort
import ExamModel
import Foundation
import PaperPress
import QuestionBank
import TestKit
import Testing
import Workers

/// The demonstration's cohort, in which one candidate has another's answers.
@Suite("Similarity at the terminal") struct SimilarityCommandTests {
  @Test("a clean cohort has no pair; who has another's answers is listed with the evidence")
  func copier() throws {
    try Demonstration.withWorkspace { workspace in
      let folder = workspace.folder
      #expect(try Program.run(["grade", Demonstration.export, "-q"], in: folder).status == 0)
      let clean = try json(["similarity"], folder)
      #expect(clean["candidates"]?.int == 40 && clean["listed"]?.array?.isEmpty == true)

      let cohort = try Demonstration.cohort(workspace)
      let press = try PaperPress(
        try workspace.blueprint(), secret: try workspace.secret(file: nil),
        file: workspace.blueprintFile)
      let people = try workspace.roster().candidates
      let (copier, source) = (people[6].id, people[29].id)
      var rows = cohort.rows
      for index in rows.indices where rows[index].candidate == copier {
        let answers = Self.keys(of: press.paper(for: source), press)
        rows[index].cells.replaceSubrange(3..., with: answers)
      }
      let table = ([cohort.header] + rows.map(\.cells)).map { cells in
        cells.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
      }
      try table.joined(separator: "\n")
        .write(toFile: folder + "/copied.csv", atomically: true, encoding: .utf8)
      let graded = try Program.run(["grade", "copied.csv", "-q"], in: folder)
      #expect(graded.status == 0, "\(graded.errors)")
      let found = try json(["similarity"], folder)
      let pair = try #require(found["listed"]?.array?.first)
      #expect(found["listed"]?.array?.count == 1)
      #expect(pair["answersOf"]?.string == copier.rawValue)
      #expect(pair["paperOf"]?.string == source.rawValue)
      for line in pair["evidence"]?.array ?? [] { #expect(line["ownKey"] != line["otherKey"]) }

      let said = try Program.run(["similarity", "--pseudonyms"], in: folder)
      #expect(said.output.contains("are right on the paper of anon-"), "\(said.output)")
      for word in ["cheat", "copied", "guilty", "suspect"] {
        #expect(!said.output.lowercased().contains(word))
      }
    }
  }

  /// What is right on a paper, as it would be typed, in the order of the form.
  private static func keys(of paper: Paper, _ press: PaperPress) -> [String] {
    zip(press.slots, paper.questions).flatMap { slot, question in
      slot.fields.map { field in
        question.asked.first { question.parts[$0].field == field }
          .flatMap { question.key[$0]?.rounded(to: 3) } ?? ""
      }
    }
  }

  private func json(_ words: [String], _ folder: String) throws -> JSON {
    let outcome = try Program.run(words + ["--format", "json", "-q"], in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(parsing: outcome.output, file: "output")
  }
}
