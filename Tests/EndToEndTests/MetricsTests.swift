import ExamModel
import Foundation
import Glibc
import TestKit
import Testing
import Workers

@Suite("What monitoring is told") struct MetricsTests {
  /// The samples of a file for Prometheus: name with labels but for the file's own, and value.
  private func samples(_ file: String) throws -> [String: Double] {
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    return Dictionary(
      lines.filter { !$0.hasPrefix("#") }.compactMap { line in
        let cut = line.lastIndex(of: " ") ?? line.startIndex
        guard let own = line.firstMatch(of: /[{,]source="[ws]"}/) else { return nil }
        let name = line[..<own.range.lowerBound] + (own.output.hasPrefix(",") ? "}" : "")
        return Double(line[cut...].dropFirst()).map { (String(name), $0) }
      }, uniquingKeysWith: { $1 })
  }

  @Test("a worker counts what it graded, how long it took and what still waits")
  func worker() throws {
    try Demonstration.withWorkspace { workspace in
      func gradus(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(arguments + ["--log-format", "json"], in: workspace.folder)
      }
      let imported = try gradus("import", Demonstration.export, "--chunk", "10")
      #expect(imported.status == 0, "\(imported.errors)")
      let waiting = try gradus("worker", "--once", "--lanes", "1", "--metrics-file", "w.prom")
      #expect(waiting.status == 0, "\(waiting.errors)")
      let after = try samples(workspace.folder + "/w.prom")
      for (name, value) in [
        ("gradus_submissions_graded_total", 40), ("gradus_chunk_duration_seconds_count", 4),
        ("gradus_chunk_duration_seconds_bucket{le=\"+Inf\"}", 4), ("gradus_store_up", 1),
        ("gradus_queue_chunks{state=\"waiting\"}", 0), ("gradus_runs{state=\"running\"}", 0),
        ("gradus_webhook_attempts_total{result=\"delivered\"}", 0),
      ] as [(String, Double)] {
        #expect(after[name] == value, "\(name) \(after[name] ?? -1)")
      }
      #expect((after["gradus_chunk_duration_seconds_sum"] ?? 0) > 0)
      // Log lines and webhooks have the same two names for what they are about.
      let lines = (imported.errors + waiting.errors).split(separator: "\n").map(String.init)
      let about = try lines.map { try JSON(parsing: $0, file: "log") }.filter { $0["run"] != nil }
      #expect(about.count >= 2)
      #expect(about.allSatisfy { $0["run"]?.int == 1 && $0["test"]?.string == "mock-ml" })
      let files = try FileManager.default.contentsOfDirectory(atPath: workspace.folder)
      #expect(!files.contains { $0.hasSuffix(".partial") })
    }
  }

  @Test("a sweep counts files by what became of them; a file that cannot be written is an error")
  func sweep() throws {
    try Demonstration.withWorkspace { workspace in
      let inbox = workspace.folder + "/inbox"
      try FileManager.default.createDirectory(
        atPath: inbox, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: Demonstration.export, toPath: inbox + "/a.csv")
      try "".write(toFile: inbox + "/empty.csv", atomically: true, encoding: .utf8)
      let swept = try Program.run(
        ["sweep", "inbox", "--settle", "0", "--metrics-file", "s.prom"], in: workspace.folder)
      #expect(swept.status == 65, "\(swept.errors)")
      let after = try samples(workspace.folder + "/s.prom")
      #expect(after["gradus_sweep_files{fate=\"graded\"}"] == 1)
      #expect(after["gradus_sweep_files{fate=\"rejected\"}"] == 1)
      #expect(after["gradus_submissions_graded_total"] == 40)
      let refused = try Program.run(
        ["sweep", "inbox", "--metrics-file", "nowhere/s.prom"], in: workspace.folder)
      #expect(
        refused.status == 73 && refused.errors.contains("nowhere/s.prom"), "\(refused.errors)")
    }
  }
}
