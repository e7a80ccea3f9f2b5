import Foundation
import Glibc
import Storage
import TestKit
import Testing

/// A network that is slow, silent, or cut at the worst moment.
@Suite(
  "Faults of the network", .serialized,
  .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
struct NetworkFaults {
  private func withProxy(
    chunk: Int = 1, _ body: (FaultHall, FaultProxy, FaultHall) async throws -> Void
  ) async throws {
    for _ in 0..<FaultLength.rounds(1, long: 5) {
      try await FaultHall.with(.postgres, chunk: chunk) { near in
        let proxy = try FaultProxy(to: near.uri)
        defer { proxy.close() }
        try await body(near.through(proxy.uri), proxy, near)
      }
    }
  }

  @Test("a commit that is cut short counts once", arguments: FaultProxy.Cut.allCases)
  func cut(_ cut: FaultProxy.Cut) async throws {
    try await withProxy(chunk: 4) { far, proxy, _ in
      proxy.change { $0.cut = (cut, 3) }
      let worker = try far.worker("--drain", "--lanes", "2", lease: 1).wait()
      #expect(worker.status == 0, "\(worker.errors)")
      #expect(proxy.cuts > 2)
    }
  }

  static let weathers: [(String, FaultProxy.Weather)] = {
    var (slow, sliced) = (FaultProxy.Weather(), FaultProxy.Weather())
    slow.delay = .milliseconds(5)
    sliced.slice = 1
    return [("late", slow), ("byte by byte", sliced)]
  }()

  @Test("whatever arrives late or byte by byte is the same", arguments: weathers)
  func slow(_ name: String, _ weather: FaultProxy.Weather) async throws {
    try await withProxy(chunk: 10) { far, proxy, _ in
      proxy.change { $0 = weather }
      let worker = try far.worker("--drain").wait()
      #expect(worker.status == 0, "\(worker.errors)")
    }
  }

  @Test("one that is cut off from its database gives way, and comes back when it can")
  func blackHole() async throws {
    try await withProxy { far, proxy, near in
      // So slow that chunks are left when its line goes dead.
      proxy.change { $0.delay = .milliseconds(20) }
      let lost = try far.worker("--lanes", "2", patience: 1, lease: 1)
      try await near.awaitChunks(3, of: lost)
      proxy.change { $0.isBlackHole = true }
      // Its leases run out by themselves.
      let heir = try near.worker("--drain").wait()
      #expect(heir.status == 0, "\(heir.errors)")
      proxy.change { $0.isBlackHole = false }
      lost.send(SIGTERM)
      let outcome = lost.wait()
      #expect(outcome.status == 0 && outcome.errors.contains("stopped"), "\(outcome.errors)")
    }
  }

  @Test("one that cannot prolong its lease drops its work before others take it")
  func fencesItself() async throws {
    try await FaultHall.with(.postgres, chunk: 40) { hall in
      // It would die if it tried to land what it has graded.
      let late = try hall.worker(
        "--lanes", "1", fault: "graded:1:STOP,encoded:1:KILL", lease: 1)
      #expect(late.awaitStop())
      let heir = try hall.worker("--drain").wait()
      #expect(heir.status == 0, "\(heir.errors)")
      late.send(SIGCONT)
      late.send(SIGTERM)
      #expect(late.wait().status == 0)
    }
  }

  @Test("a COPY that stalls is ended by whoever takes its chunk over")
  func stalledCopy() async throws {
    try await FaultHall.with(.postgres, chunk: 40) { hall in
      let stalled = try hall.worker("--lanes", "1", fault: "copying:1:STOP", lease: 1)
      #expect(stalled.awaitStop())
      let copying: SQL = """
        select count(*) from pg_stat_activity
        where datname = current_database() and query like 'copy result%'
        """
      #expect(try await hall.inspect(copying) == [["1"]])
      let heir = try hall.worker("--drain").wait()
      #expect(heir.status == 0, "\(heir.errors)")
      #expect(try await hall.inspect(copying) == [["0"]])
      stalled.send(SIGCONT)
      stalled.send(SIGTERM)
      #expect(stalled.wait().status == 0)
    }
  }
}
