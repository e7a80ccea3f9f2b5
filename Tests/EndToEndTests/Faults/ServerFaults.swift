import Foundation
import Glibc
import Storage
import TestKit
import Testing

/// A PostgreSQL server that is killed, throws sessions out, or has no room.
@Suite(
  "Faults of the server", .serialized,
  .enabled(if: PostgresCluster.isAvailable, "needs initdb and a PostgreSQL to test with"))
struct ServerFaults {
  @Test("kill -9 of the server, and again, loses nothing", .timeLimit(.minutes(5)))
  func killedServer() async throws {
    try await FaultHall.onCluster { hall, cluster in
      let worker = try hall.worker("--drain", "--lanes", "2", lease: 1)
      for _ in 0..<FaultLength.rounds(3, long: 20) {
        let before = try await hall.chunksDone()
        try await hall.awaitChunks(before + 2, of: worker)
        cluster.kill()
        try await cluster.start()
      }
      let outcome = worker.wait()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  @Test("sessions that are ended five times a second are made anew", .timeLimit(.minutes(5)))
  func endedSessions() async throws {
    try await FaultHall.with(.postgres) { hall in
      // Slowed down, so that it meets some of them.
      let proxy = try FaultProxy(to: hall.uri)
      defer { proxy.close() }
      proxy.change { $0.delay = .milliseconds(2) }
      let worker = try hall.through(proxy.uri).worker(
        "--drain", "--lanes", "2", fault: "graded:4:SLEEP1", lease: 2)
      // A store that cannot be used when it starts is told at once; later it is waited for.
      try await hall.awaitChunks(1, of: worker)
      var ended = 0
      while worker.isAlive {
        let sessions = try await hall.inspect(
          """
          select pg_terminate_backend(pid), pg_sleep(0.2) from pg_stat_activity
          where datname = current_database() and application_name = 'gradus'
            and pid <> pg_backend_pid()
          """)
        ended += sessions.count
      }
      let outcome = worker.wait()
      #expect(outcome.status == 0 && ended > 0, "\(outcome.errors)")
    }
  }

  @Test("a database that is read-only for a while is waited for", .timeLimit(.minutes(5)))
  func readOnly() async throws {
    try await FaultHall.with(.postgres) { hall in
      let database = try await hall.inspect("select current_database()")[0][0] ?? ""
      // From another database: this one soon takes no changes, not even of itself.
      let server = try StoreAddress(TemporaryStore.server ?? "")
      try await TemporaryStore.inspect(
        server, "alter database \(verbatim: database) set default_transaction_read_only = on")
      let proxy = try FaultProxy(to: hall.uri)
      defer { proxy.close() }
      let worker = try hall.through(proxy.uri).worker("--drain", "--lanes", "1")
      // It has to leave a session that would stay read-only for ever.
      while worker.isAlive, proxy.accepted < 6 { usleep(2000) }
      try await TemporaryStore.inspect(
        server, "alter database \(verbatim: database) reset default_transaction_read_only")
      let outcome = worker.wait()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  @Test("a server with too few connections is used with those there are", .timeLimit(.minutes(5)))
  func fewConnections() async throws {
    try await FaultHall.onCluster { hall, cluster in
      cluster.stop()
      try await cluster.start("max_connections=5", "superuser_reserved_connections=0")
      let workers = try (0..<2).map { _ in try hall.worker("--drain", "--lanes", "8") }
      for worker in workers {
        let outcome = worker.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
      }
    }
  }

  @Test(
    "a full disk stops the worker with a word, and nothing is lost",
    .enabled(if: SmallDisk.isAvailable, SmallDisk.reason))
  func fullDisk() async throws {
    try await SmallDisk.with(megabytes: 32) { disk in
      try await FaultHall.onCluster(tablespace: disk) { hall, _ in
        try disk.fill()
        let worker = try hall.worker("--drain", "--lanes", "2").wait()
        #expect(worker.status == 73 && worker.errors.contains("is full"), "\(worker.errors)")
        disk.clear()
        try await hall.drain()
      }
    }
  }
}
