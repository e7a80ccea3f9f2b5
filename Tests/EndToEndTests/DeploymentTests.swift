import ExamModel
import Foundation
import Storage
import TestKit
import Testing
import Workers

private let deploy = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "deploy")

@Suite("Files for operators say what the program does") struct DeploymentTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOf: deploy.appending(path: path), encoding: .utf8)
  }

  @Test("dashboard and alerts use the numbers there are, and all of them are used")
  func numbers() throws {
    try Demonstration.withWorkspace { workspace in
      let folder = workspace.folder
      try FileManager.default.createDirectory(
        atPath: folder + "/inbox", withIntermediateDirectories: true)
      let swept = try Program.run(["sweep", "inbox", "--metrics-file", "s.prom"], in: folder)
      #expect(swept.status == 0, "\(swept.errors)")
      let written = try String(contentsOfFile: folder + "/s.prom", encoding: .utf8)
      let names = Set(
        written.matches(of: /# TYPE (\w+) (\w+)/).map { $0.2 == "histogram" ? $0.1 + "_" : $0.1 })
      let rules = try text("prometheus/alerts.yaml") + text("prometheus/grafana-dashboard.json")
      let used = Set(rules.matches(of: /gradus_\w+/).map { $0.output })
      for name in used {
        #expect(
          names.contains(name) || names.contains { $0.hasSuffix("_") && name.hasPrefix($0) },
          "\(name) is written by nobody")
      }
      let page = try text("../Documentation/Operating.md")
      for name in names {
        #expect(page.contains("`\(name.hasSuffix("_") ? name.dropLast() : name[...])"), "\(name)")
        #expect(used.contains { $0.hasPrefix(name) }, "\(name) is looked at by nobody")
      }
    }
  }

  @Test(
    "the query that scales workers counts the chunks that are not done",
    .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func scaling() async throws {
    let manifest = try text("kubernetes/autoscaling.yaml")
    let query = try #require(manifest.firstMatch(of: /query: >-\n((?: {10}.*\n)+)/)).1
    let address = try await TemporaryStore.postgres()
    let (store, batch) = try await TestKit.Hall(address: address).imported(rows: 6, chunkSize: 2)
    let statement = SQL(stringLiteral: query.split(separator: "\n").joined(separator: " "))
    #expect(try await TemporaryStore.inspect(address, statement) == [["3"]])
    _ = try await store.arrange(batch.run, .paused, by: "ruth")
    #expect(try await TemporaryStore.inspect(address, statement) == [["0"]])
    await store.close()
  }

  @Test(
    "units, cron and manifests call commands with options that exist",
    arguments: [
      "systemd/gradus-worker@.service", "systemd/gradus-sweep@.service", "cron/gradus-sweep",
      "kubernetes/worker.yaml", "kubernetes/sweep.yaml", "kubernetes/migrate.yaml",
      "container/compose.yaml",
    ])
  func commandLines(_ file: String) throws {
    let lines = try text(file).matches(
      of: /(?:ExecStart=\/usr\/bin\/gradus|\bexams +gradus|\n +(?:args|command): \[(?!sh))(.*)/
    ).map { match in
      match.1.filter { !"[],\"".contains($0) }.split(separator: " ").map(String.init)
    }
    #expect(!lines.isEmpty)
    for words in lines {
      let outcome = try Program.run(words + ["--help"], in: "/")
      #expect(outcome.status == 0 && outcome.output.contains("OPTIONS"), "\(words)")
    }
  }
}
