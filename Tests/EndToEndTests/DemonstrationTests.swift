import Cohort
import ExamModel
import Foundation
import PaperPress
import TestKit
import Testing
import Workers

/// The file that the demonstration grades, and what every cell of it should come to.
@Suite("The demonstration's export") struct DemonstrationTests {
  @Test("is what the made-up cohort writes")
  func isGolden() throws {
    try Demonstration.withWorkspace { workspace in
      let cohort = try Demonstration.cohort(workspace)
      if Golden.isUpdating {
        try cohort.csv.write(toFile: Demonstration.export, atomically: true, encoding: .utf8)
      }
      #expect(try String(contentsOfFile: Demonstration.export, encoding: .utf8) == cohort.csv)
    }
  }

  @Test("is marked cell by cell as it was meant")
  func everyCell() throws {
    try Demonstration.withWorkspace { workspace in
      let cohort = try Demonstration.cohort(workspace)
      let graded = try Program.run(
        ["grade", Demonstration.export, "--format", "json"], in: workspace.folder)
      #expect(graded.status == 0, "\(graded.errors)")
      let listed = try Program.run(["results", "--format", "json"], in: workspace.folder)
      let results = try JSON(parsing: listed.output, file: "results").array ?? []
      #expect(results.count == 40)
      for result in results {
        let candidate = CandidateID(result["candidate"]?.string ?? "")
        let row = try #require(cohort.rows.last { $0.candidate == candidate })
        let outcomes = (result["parts"]?.array ?? []).map { $0["outcome"]?.string ?? "" }
        #expect(outcomes == row.expected.compactMap { $0 }, "\(candidate)")
      }
    }
  }
}

enum Golden {
  static let isUpdating = ProcessInfo.processInfo.environment["GRADUS_GOLDEN"] == "update"
}

/// The demonstration's files in the repository.
enum Demonstration {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "deploy/demo").path
  static var export: String { folder + "/responses.csv" }

  /// A new workspace with the demonstration's secret and papers, removed afterwards.
  static func withWorkspace(_ body: (Workspace) throws -> Void) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try body(try workspace(in: home))
  }

  static func withWorkspace(_ body: (Workspace) async throws -> Void) async throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try await body(try workspace(in: home))
  }

  static func workspace(in home: String) throws -> Workspace {
    let secret = home + "/secret"
    try FileManager.default.copyItem(atPath: folder + "/secret.hex", toPath: secret)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
    let made = try Program.run(["new", "mock-ml", "--secret-file", secret], in: home)
    try #require(made.status == 0, "\(made.errors)")
    let workspace = Workspace(folder: home + "/mock-ml")
    let pressed = try Program.run(["generate"], in: workspace.folder)
    try #require(pressed.status == 0, "\(pressed.errors)")
    return workspace
  }

  static func cohort(_ workspace: Workspace) throws -> MadeUpCohort {
    let secret = try workspace.secret(file: nil)
    let press = try PaperPress(
      try workspace.blueprint(), secret: secret, file: workspace.blueprintFile)
    return MadeUpCohort(press, roster: try workspace.roster(), seed: 2026)
  }
}
