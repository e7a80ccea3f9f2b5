import Foundation
import Storage
import TestKit
import Testing
import Workers

/// Idle workers on PostgreSQL, which would look for work by themselves in half an hour at the soonest.
@Suite(
  "An idle worker", .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer),
  .timeLimit(.minutes(5)))
struct WakingTests {
  @Test("begins when a run is imported elsewhere, also after its listener was cut off")
  func wakes() async throws {
    try await TemporaryStore.withStore(.postgres) { address in
      try await Demonstration.withWorkspace { workspace in
        let environment = ["GRADUS_STORE": try TemporaryStore.uri(of: address)]
        let run = { (words: [String]) in
          let outcome = try Program.run(words, in: workspace.folder, environment: environment)
          #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let worker = try Program.start(
          ["worker", "--poll", "3600"], in: workspace.folder, environment: environment)
        defer {
          worker.send(SIGTERM)
          #expect(worker.wait().status == 0)
        }
        let awaitCount = { (query: SQL, count: String) in
          while try await TemporaryStore.inspect(address, query) != [[count]],
            kill(worker.process, 0) == 0
          { try await Task.sleep(for: .milliseconds(20)) }
        }
        let listeners: SQL = """
          select count(*) from pg_stat_activity
          where datname = current_database() and query = 'listen gradus_run'
          """
        try await awaitCount(listeners, "1")
        let finished: SQL = "select count(*) from run where state = 1"
        let rows = try String(contentsOfFile: Demonstration.export, encoding: .utf8)
          .split(separator: "\n")
        for number in 1...3 {
          let part = workspace.folder + "/\(number).csv"
          try rows.prefix(10 + number).joined(separator: "\n")
            .write(toFile: part, atomically: true, encoding: .utf8)
          try run(["import", part])
          try await awaitCount(finished, "\(number)")
          guard number == 2 else { continue }
          try await TemporaryStore.inspect(
            address,
            """
            select pg_terminate_backend(pid, 5000) from pg_stat_activity
            where datname = current_database() and query = 'listen gradus_run'
            """)
        }
      }
    }
  }
}
