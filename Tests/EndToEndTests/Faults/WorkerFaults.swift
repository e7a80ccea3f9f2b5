import Foundation
import Glibc
import Storage
import TestKit
import Testing

/// Workers that die, or stand still and wake, at every point of a chunk's life.
@Suite("Faults of a worker", .serialized) struct WorkerFaults {
  @Test("kill -9 at any point loses nothing", arguments: StoreKind.available)
  func killed(_ kind: StoreKind) async throws {
    for round in 0..<FaultLength.rounds(1, long: 5) {
      try await FaultHall.with(kind) { hall in
        for point in FaultPoint.allCases where !point.endsRun {
          // Three lanes in later rounds: the others are somewhere else when it happens.
          let lanes = round == 0 ? "1" : "3"
          // The first commit is that of the claim.
          let pass = round + (point == .committing ? 2 : 1)
          let doomed = try hall.worker("--lanes", lanes, fault: "\(point):\(pass):KILL")
          let outcome = doomed.wait()
          #expect(outcome.status == 128 + SIGKILL, "\(point): \(outcome.errors)")
        }
        for point in [FaultPoint.finishing, .finished] {
          try await hall.endLeases()
          let doomed = try hall.worker("--drain", fault: "\(point):1:KILL").wait()
          #expect(doomed.status == 128 + SIGKILL, "\(point): \(doomed.errors)")
        }
      }
    }
  }

  static let stops = StoreKind.available.flatMap { kind in
    (FaultLength.isLong
      ? FaultPoint.allCases.filter { !$0.endsRun }
      : kind == .postgres ? [.graded, .begun, .copied, .fenced] : [.graded, .copied]).map {
        (kind, $0)
      }
  }

  @Test("one that is stopped, robbed and woken changes nothing", arguments: stops)
  func zombie(_ kind: StoreKind, _ point: FaultPoint) async throws {
    try await FaultHall.with(kind, chunk: 20) { hall in
      // The first commit is that of the claim. Where the chunk is locked, as on SQLite by any
      // transaction, its lease cannot be ended by hand.
      let isLocked = point == .fenced
      let zombie = try hall.worker(
        "--lanes", "1", fault: "\(point):\(point == .committing ? 2 : 1):STOP",
        lease: isLocked ? 1 : nil)
      #expect(zombie.awaitStop())
      if kind == .sqlite, [.begun, .copying, .copied, .fenced, .committing].contains(point) {
        let heir = try hall.worker("--drain")
        zombie.send(SIGCONT)
        #expect(heir.wait().status == 0)
      } else {
        if !isLocked { try await hall.endLeases() }
        let heir = try hall.worker("--drain").wait()
        #expect(heir.status == 0, "\(heir.errors)")
        zombie.send(SIGCONT)
      }
      zombie.send(SIGTERM)
      let outcome = zombie.wait()
      #expect(outcome.status == 0 && outcome.errors.contains("stopped"), "\(outcome.errors)")
    }
  }

  @Test("grade says that it waits for what a dead worker held, and then grades it")
  func waits() async throws {
    try await FaultHall.empty(.sqlite) { hall, expected in
      try hall.addReceiver()
      let words = ["grade", Demonstration.export, "--no-deliver"]
      #expect(try hall.start(words, fault: "graded:1:KILL").wait().status == 128 + SIGKILL)
      let heir = try hall.start(words)
      while heir.isAlive, !heir.errorsSoFar.contains("Waiting for chunks") { usleep(10_000) }
      try await hall.endLeases()
      let outcome = heir.wait()
      #expect(outcome.status == 0 && outcome.errors.contains("Waiting for chunks"))
      try await hall.checkAll(against: expected)
    }
  }

  @Test(
    "what was made of a chunk that was taken away is not landed as another's",
    .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer), .timeLimit(.minutes(5)))
  func dropped() async throws {
    try await FaultHall.onCluster { hall, _ in
      let claimed: SQL = "select count(*) from chunk where state = 1"
      let setting = "alter system set default_transaction_read_only ="
      // It grades the first chunk until after the second is on its way.
      let worker = try hall.worker(
        "--lanes", "1", fault: "graded:1:SLEEP6,encoded:1:SLEEP4", lease: 12)
      while try await hall.inspect(claimed) != [["1"]] { usleep(2000) }
      try await hall.inspect("update chunk set token = token + 1, owner = 'thief' where state = 1")
      while try await hall.inspect(claimed) != [["2"]] { usleep(2000) }
      // The second cannot be landed at once.
      for value in ["on", "off"] {
        try await hall.inspect("\(verbatim: setting) \(verbatim: value)")
        try await hall.inspect("select pg_reload_conf()")
        if value == "on" { sleep(6) }
      }
      try await hall.awaitChunks(39, of: worker)
      worker.send(SIGTERM)
      let outcome = worker.wait()
      #expect(outcome.status == 0, "\(outcome.errors)")
      try await hall.drain()
    }
  }
}

extension FaultPoint {
  /// Past the last chunk.
  var endsRun: Bool { self == .finishing || self == .finished }
}
