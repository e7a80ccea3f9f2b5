import Foundation
import Glibc
import Storage
import TestKit
import Testing

/// SIGTERM, once and twice.
@Suite("Stopping", .serialized) struct StopFaults {
  static let points = StoreKind.available.flatMap { kind in
    (FaultLength.isLong
      ? FaultPoint.allCases.filter { !$0.endsRun }
      : kind == .postgres ? [.claimed, .copying] : [.committed]).map { (kind, $0) }
  }

  @Test("SIGTERM at any point ends the worker and leaves no chunk claimed", arguments: points)
  func atAnyPoint(_ kind: StoreKind, _ point: FaultPoint) async throws {
    try await FaultHall.with(kind) { hall in
      let worker = try hall.worker("--lanes", "2", fault: "\(point):2:STOP")
      #expect(worker.awaitStop())
      worker.send(SIGTERM)
      worker.send(SIGCONT)
      let outcome = worker.wait()
      #expect(outcome.status == 0 && outcome.errors.contains("stopped"), "\(outcome.errors)")
      #expect(try await hall.inspect("select count(*) from chunk where state = 1") == [["0"]])
      let heir = try hall.worker("--drain").wait()
      #expect(heir.status == 0, "\(heir.errors)")
    }
  }

  @Test("a closed terminal ends it in the same way, but not where nohup started it")
  func hangUp() async throws {
    try await FaultHall.with(.sqlite) { hall in
      for wrapper in [[], ["nohup"]] {
        let worker = try hall.worker("--lanes", "1", fault: "graded:2:STOP", under: wrapper)
        #expect(worker.awaitStop())
        worker.send(SIGHUP)
        worker.send(SIGCONT)
        if !wrapper.isEmpty {
          try await hall.awaitChunks(10, of: worker)
          #expect(worker.isAlive)
          worker.send(SIGTERM)
        }
        let outcome = worker.wait()
        #expect(outcome.status == 0 && outcome.errors.contains("stopped"), "\(outcome.errors)")
        #expect(try await hall.inspect("select count(*) from chunk where state = 1") == [["0"]])
      }
      try await hall.drain()
    }
  }

  @Test("grade that is stopped says so, and goes on when it is called again", arguments: points)
  func grade(_ kind: StoreKind, _ point: FaultPoint) async throws {
    try await FaultHall.empty(kind) { hall, expected in
      try hall.addReceiver()
      let words = ["grade", Demonstration.export, "--chunk", "1", "--lanes", "2", "--no-deliver"]
      // The first copies and commits are those of the import.
      let grading = try hall.start(words, fault: "\(point):6:STOP")
      #expect(grading.awaitStop())
      grading.send(SIGTERM)
      grading.send(SIGCONT)
      let outcome = grading.wait()
      #expect(outcome.status == 75 && outcome.errors.contains("goes on"), "\(outcome.errors)")
      #expect(try hall.start(words).wait().status == 0)
      try await hall.checkAll(against: expected)
    }
  }

  @Test("a second SIGTERM at any point ends it at once, and nothing is lost", arguments: points)
  func twiceAtAnyPoint(_ kind: StoreKind, _ point: FaultPoint) async throws {
    try await FaultHall.with(kind) { hall in
      let worker = try hall.worker("--lanes", "2", fault: "\(point):4:SLEEP60")
      try await hall.awaitChunks(1, of: worker)
      worker.send(SIGTERM)
      while worker.isAlive, !worker.errorsSoFar.contains("stopping after") { usleep(2000) }
      worker.send(SIGTERM)
      #expect(worker.wait().status == 75)
      try await hall.drain()
    }
  }

  @Test(
    "a second SIGTERM ends it at once, whatever it waits for",
    .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func twice() async throws {
    try await FaultHall.with(.postgres) { near in
      let proxy = try FaultProxy(to: near.uri)
      defer { proxy.close() }
      // So slow that chunks are left when its line goes dead.
      proxy.change { $0.delay = .milliseconds(20) }
      let worker = try near.through(proxy.uri).worker("--lanes", "2")
      try await near.awaitChunks(2, of: worker)
      // Its questions are not answered, and it would wait for a while.
      proxy.change { $0.isBlackHole = true }
      worker.send(SIGTERM)
      while worker.isAlive, !worker.errorsSoFar.contains("stopping after") { usleep(2000) }
      worker.send(SIGTERM)
      #expect(worker.wait().status == 75)
      try await near.drain()
    }
  }
}
