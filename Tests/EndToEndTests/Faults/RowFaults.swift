import Cohort
import ExamModel
import Foundation
import Glibc
import Storage
import TestKit
import Testing
import Workers

/// A row that brings down whoever grades it: the row is set aside and everything else is graded.
@Suite("Faults of a row", .serialized) struct RowFaults {
  static let faults = StoreKind.available.flatMap { kind in
    (FaultLength.isLong || kind == .sqlite ? FaultRow.allCases : [.crash]).map { (kind, $0) }
  }

  @Test("a row that crashes, hangs or swells stands alone in quarantine", arguments: faults)
  func poison(_ kind: StoreKind, _ fault: FaultRow) async throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/responses.csv"
    let workspace = try await FaultExpectation.shared().workspace
    try export(of: workspace, with: fault).write(toFile: file, atomically: false, encoding: .utf8)
    try await FaultHall.empty(kind) { hall, _ in
      try hall.addReceiver()
      let imported = try hall.start(["import", file, "--chunk", "20"]).wait()
      #expect(imported.status == 0, "\(imported.errors)")
      // Somebody starts the worker again whenever it ends: five attempts and a last one.
      var ends: [Int32] = []
      repeat {
        try await hall.endLeases()
        let worker = try hall.worker(
          "--drain", "--lanes", "1", "--deadline", "1",
          under: ["sh", "-c", "ulimit -c 0; ulimit -v 6000000; exec \"$0\" \"$@\""])
        ends.append(worker.wait().status)
      } while ends.last != 0 && ends.count < 12
      #expect(ends.last == 0 && ends.count <= 6, "\(ends)")
      let sums = try await hall.inspect(
        """
        select (select count(*) from result), (select count(distinct candidate_id) from result),
          (select count(*) from chunk where state < 2), (select count(*) from chunk where state = 3),
          (select count(*) from submission where reason like 'it could not be graded%'),
          (select count(*) from event where type in ('batch.graded', 'batch.failed')),
          (select count(*) from run join test on run_id = published_run where state > 0)
        """)
      #expect(sums == [["39", "39", "0", "1", "1", "1", "1"]])
      try await othersAreUntouched(hall)
    }
  }

  @Test("a row that cannot be read stands alone in quarantine", arguments: StoreKind.available)
  func damaged(_ kind: StoreKind) async throws {
    try await FaultHall.empty(kind) { hall, _ in
      try hall.importExport(chunk: 20)
      try await hall.inspect(
        "update submission set cells = 'torn' where candidate_id = 'c005' and disposition = 0")
      let worker = try hall.worker("--drain", "--lanes", "2")
      while worker.isAlive {
        try await TestKit.Hall(address: hall.store).endRests()
        usleep(50_000)
      }
      let outcome = worker.wait()
      #expect(outcome.status == 0, "\(outcome.errors)")
      let reasons = try await hall.inspect(
        "select reason from submission where reason like 'it could not be graded%'")
      #expect(reasons.count == 1 && reasons[0][0]?.contains("restore a backup") == true)
      try await othersAreUntouched(hall)
    }
  }

  /// All but the one candidate have the verdicts that a process alone gave them.
  private func othersAreUntouched(_ hall: FaultHall) async throws {
    let others = { (results: String) in
      try JSON(parsing: results, file: "results").array?.filter {
        $0["candidate"]?.string != "c005"
      }
    }
    let results = try hall.run("results", "--format", "json").output
    let expected = try others(try await FaultExpectation.shared().results)
    #expect(try others(results)?.map { $0["parts"] } == expected?.map { $0["parts"] })
    #expect(expected?.count == 39)
  }

  /// The demonstration's export, with one answer of one candidate replaced.
  private func export(of workspace: Workspace, with fault: FaultRow) throws -> String {
    let cohort = try Demonstration.cohort(workspace)
    let place = try #require(cohort.rows.lastIndex { $0.candidate == "c005" })
    var rows = cohort.rows.map(\.cells)
    rows[place][rows[place].count - 1] = fault.rawValue
    return ([cohort.header] + rows).map { row in
      row.map { "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\"" }.joined(separator: ",")
    }.joined(separator: "\n")
  }
}
