import ExamModel
import Foundation
import PaperPress
import QuestionBank
import ResponseSheets
import Storage
import TestKit
import Testing
import Workers

/// A cohort with something planted in each of its four questions.
private enum PlantedCohort {
  static let candidates = 400

  static func press() throws -> PaperPress {
    let blueprint = try Blueprint(
      parsing: """
        { id: "planted", title: "Planted", sections: [{ title: "S", questions: [
          { family: "backprop.sigmoid-neuron", parts: ["L"], count: 4 } ] }] }
        """, file: "blueprint.json5")
    return try PaperPress(
      blueprint, secret: try #require(ExamSecret(bytes: [UInt8](repeating: 5, count: 32))),
      file: "b")
  }

  /// Even ones know. Of question 1 some of those who know are nearly right, of question 2 some of
  /// those who do not; in question 3 small keys are harder.
  static func answer(_ question: Int, of index: Int, key: Double) -> Double {
    let (right, near, wrong) = (key, key + 0.002, 99.5)
    let knows = index.isMultiple(of: 2)
    switch question {
    case 1: return knows ? (index.isMultiple(of: 8) ? near : right) : wrong
    case 2: return knows ? right : (index % 4 == 1 ? near : wrong)
    case 3: return knows ? (key < 0.4 && !index.isMultiple(of: 6) ? wrong : right) : wrong
    default: return knows == (index % 10 > 1) ? right : wrong
    }
  }

  static func csv(_ press: PaperPress, _ roster: Roster) -> String {
    let header =
      ["Timestamp", "Username", "Paper code"] + press.formItems.map(\.title) + ["Time taken"]
    let rows = roster.candidates.enumerated().map { index, person in
      let paper = press.paper(for: person.id)
      let answers = paper.questions.enumerated().map { slot, question in
        let key = question.asked.first.flatMap { question.key[$0]?.entries.first } ?? 0
        return answer(slot + 1, of: index, key: key).fixed(4)
      }
      return ["2026/11/26 10:00:00", person.email, paper.code.description] + answers
        + ["\(10 + index % 30) mins 30 secs"]
    }
    return ([header] + rows).map { $0.map { "\"\($0)\"" }.joined(separator: ",") }
      .joined(separator: "\n")
  }
}

@Suite("Reports") struct ReportTests {
  @Test("find what was planted: near misses and their cause, hard draws, times, right counts")
  func planted() async throws {
    try await TemporaryStore.withStore(.sqlite) { address in
      let press = try PlantedCohort.press()
      let roster = try Roster(
        (0..<PlantedCohort.candidates).map {
          Candidate(id: CandidateID("p\(1000 + $0)"), name: "", email: "p\(1000 + $0)@example.org")
        }, file: "roster.csv")
      let store = try await address.open()
      _ = try await store.migrate()
      let importer = Importer(press: press, roster: roster, keyVersion: press.keyVersion)
      let (batch, _) = try await importer.importFile(
        ResponseFile(Array(PlantedCohort.csv(press, roster).utf8), name: "r.csv"), into: store)
      let pool = Pool(press: press, store: address, lanes: 2, stop: StopFlag()) { _ in }
      #expect(try await pool.run(batch).progress.state == .finished)

      let report = try await ReportMaker(press, batch: batch).report(on: batch.run, in: store)
      #expect(report.candidates == PlantedCohort.candidates && report.sampled == 400)
      let near = Dictionary(
        report.nearMisses.map { ($0.title, $0) }, uniquingKeysWith: { a, _ in a })
      #expect(near["Q1 L"]?.near == 50 && near["Q1 L"]?.cause == .tolerance)
      #expect(near["Q2 L"]?.near == 100 && near["Q2 L"]?.cause == .knowledge)
      let unfair = report.fairness.filter { $0.corrected < 0.05 }.map(\.title)
      #expect(unfair == ["Q3 L"], "\(report.fairness.map { ($0.title, $0.corrected) })")
      #expect(report.minutes.count == 400 && report.minutes.min() == 10.5)
      #expect(report.items.map { $0.outcomes["correct"] ?? 0 }.first == 150)
      #expect(report.findings.contains { $0.hasPrefix("Q1 L") && $0.contains("too narrow") })

      // A part of the cohort is looked at, everybody counted.
      let sampled = try await ReportMaker(press, batch: batch, sampleSize: 50)
        .report(on: batch.run, in: store)
      #expect(sampled.sampled == 50 && sampled.questions == report.questions)
      await store.close()
    }
  }

  @Test(arguments: [
    ("12 mins 3 secs", 723.0), ("1 hour 2 min", 3720), ("0:12:03", 723), ("12:03", 723),
    ("95.5", 95.5), ("2 days", 172_800),
  ])
  func timesAreRead(text: String, seconds: Double) {
    #expect(TimeTaken.seconds(text) == seconds)
  }

  @Test(arguments: ["", "soon", "12 parsecs", "-3", "1:x", "5"])
  func timesThatAreNoneAreLeftOut(text: String) {
    #expect(TimeTaken.seconds(text) == (text == "5" ? 5 : nil))
    #expect(TimeTaken(titles: ["Question"]) == nil)
  }

  @Test("where a form tells when each began and ended, the time between was taken")
  func timeBetween() throws {
    let moments = try #require(TimeTaken(titles: ["ID", "Start time", "Completion time", "Q1"]))
    func taken(_ begin: String, _ end: String) -> Double? {
      moments.seconds(in: ["1", begin, end, "42"])
    }
    #expect(taken("3/5/2026 9:58:07", "3/5/2026 10:01:10") == 183)
    #expect(taken("5/13/2026 23:59:00", "5/14/2026 0:00:30") == 90)
    #expect(taken("3/5/2026 23:59:00", "4/5/2026 0:00:30") == nil, "a day or a month")
    #expect(taken("3/5/2026 9:58:07", "3/5/2026 9:00:00") == nil, "it ends before it begins")
    #expect(taken("", "3/5/2026 9:58:07") == nil)
  }
}
