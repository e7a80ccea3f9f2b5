import Foundation
import Glibc
import Storage
import TestKit
import Testing

/// Sweeps that meet one another, or a file that is not whole yet.
@Suite("Faults of a sweep", .serialized) struct SweepFaults {
  private func withInbox(
    _ kind: StoreKind, _ body: (FaultHall, String) async throws -> Void
  ) async throws {
    let inbox = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: inbox) }
    try await FaultHall.empty(kind) { hall, expected in
      try hall.addReceiver()
      try FileManager.default.copyItem(atPath: Demonstration.export, toPath: inbox + "/a.csv")
      try await body(hall, inbox)
      try await hall.checkAll(against: expected)
      #expect(FileManager.default.fileExists(atPath: inbox + "/graded/a.csv"))
    }
  }

  @Test("sweeps of one file from two folders at once grade it once", arguments: StoreKind.available)
  func together(_ kind: StoreKind) async throws {
    try await withInbox(kind) { hall, inbox in
      // There no lock of the first folder's is met, as on another machine.
      let other = inbox + "/other"
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
      try FileManager.default.copyItem(atPath: inbox + "/a.csv", toPath: other + "/a.csv")
      let sweeps = try [inbox, inbox, other, other].map { folder in
        try hall.start(["sweep", folder, "--settle", "0", "--chunk", "2", "--no-deliver"])
      }
      let outcomes = sweeps.map { $0.wait() }
      #expect(outcomes.allSatisfy { $0.status == 0 || $0.status == 75 })
      let last = try hall.run("sweep", inbox, "--settle", "0", "--no-deliver")
      #expect(last.status == 0, "\(last.errors)")
    }
  }

  @Test("of eight schedulers that fire at once, one grades", arguments: StoreKind.available)
  func schedulers(_ kind: StoreKind) async throws {
    try await withInbox(kind) { hall, inbox in
      let words = [
        "sweep", inbox, "--settle", "0", "--schedule", "yearly", "--every", "31536000",
        "--no-deliver",
      ]
      let outcomes = try (0..<8).map { _ in try hall.start(words) }.map { $0.wait() }
      #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.map(\.errors))")
      #expect(outcomes.count { $0.errors.contains("was fired by") } == 7)
    }
  }

  @Test("a file that ends within a row waits for its rest, however often it is swept")
  func growing() async throws {
    try await withInbox(.sqlite) { hall, inbox in
      let whole = try String(contentsOfFile: Demonstration.export, encoding: .utf8)
      for share in [3, 2] {
        try whole.prefix(whole.count / share)
          .write(toFile: inbox + "/a.csv", atomically: share == 2, encoding: .utf8)
        let early = try hall.run("sweep", inbox, "--settle", "3600", "--no-deliver")
        #expect(early.status == 0, "\(early.errors)")
      }
      // The rest comes while a sweep has the file in hand.
      let sweep = try hall.start(
        ["sweep", inbox, "--settle", "0", "--no-deliver"], fault: "begun:1:STOP")
      _ = sweep.awaitStop()
      try whole.write(toFile: inbox + "/a.csv", atomically: true, encoding: .utf8)
      sweep.send(SIGCONT)
      _ = sweep.wait()
      // What was cut has been refused, and counts for nothing.
      let last = try hall.run("sweep", inbox, "--settle", "0", "--no-deliver")
      #expect(last.status == 0, "\(last.errors)")
    }
  }
}
