import Foundation
import Glibc
import Storage
import Synchronization
import TestKit
import Testing
import Webhooks
import Workers

/// Real processes that send to real receivers.
@Suite("Webhooks as processes", .timeLimit(.minutes(5))) struct WebhookTests {
  /// A store with a test in it and a receiver, and a folder to run the program in.
  private struct Place {
    let hall: TestKit.Hall
    let store: any Store
    let folder: String
    let environment: [String: String]

    func run(_ words: String..., typing input: String = "") throws -> Program.Outcome {
      try Program.run(words, in: folder, environment: environment, typing: input)
    }

    func start(_ words: String...) throws -> Program.Running {
      try Program.start(words, in: folder, environment: environment)
    }

    func register(_ server: RawServer) async throws {
      _ = try await store.addEndpoint(
        NewEndpoint(
          url: "http://127.0.0.1:\(server.port)/",
          secrets: [NewSecret(text: try WebhookSecret.random().text)], events: [],
          allowsPrivateAddresses: true), by: "p")
    }
  }

  private func withPlace(_ kind: StoreKind, _ body: (Place) async throws -> Void) async throws {
    try await TemporaryStore.withStore(kind) { address in
      let folder = try Program.temporaryFolder()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let uri = kind == .postgres ? try TemporaryStore.uri(of: address) : address.description
      let hall = TestKit.Hall(address: address)
      let store = try await hall.prepared()
      try await body(
        Place(hall: hall, store: store, folder: folder, environment: ["GRADUS_STORE": uri]))
      await store.close()
    }
  }

  @Test(
    "killed between sending and noting it, it sends again: the same id, the same bytes",
    arguments: StoreKind.available)
  func killed(_ kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let victim = Victim()
      let server = try RawServer { _, peer in
        victim.strike()
        return peer.answer(204)
      }
      try await place.register(server)
      try await place.store.enqueue(place.hall.event("evt_1"), for: nil)
      let sender = try place.start("deliver")
      victim.set(sender.process)
      #expect(sender.wait().status == 128 + SIGKILL)
      // Nobody takes what another may still be sending.
      #expect(try place.run("deliver", "--once").output.contains("nothing is due"))
      try await place.hall.endPauses()
      #expect(try place.run("deliver", "--once").output.contains("1 delivered"))
      let requests = server.requests
      try #require(requests.count == 2)
      #expect(requests[0].body == requests[1].body)
      #expect(requests.map { $0.headers["webhook-id"] } == ["evt_1", "evt_1"])
      #expect(try place.run("deliver", "--once").output.contains("nothing is due"))
    }
  }

  @Test(
    "a worker delivers while its lanes are held up",
    .enabled(if: TemporaryStore.server != nil, TemporaryStore.noServer))
  func besideTheLanes() async throws {
    try await withPlace(.postgres) { place in
      try await Demonstration.withWorkspace { workspace in
        let server = try RawServer { $1.answer(204) }
        try await place.register(server)
        let imported = try Program.run(
          ["import", Demonstration.export], in: workspace.folder, environment: place.environment)
        #expect(imported.status == 0 && server.requests.isEmpty, "\(imported.errors)")
        // Nothing can land until this transaction ends.
        let other = try await place.hall.open()
        try await TemporaryStore.inspect(other, "begin")
        try await TemporaryStore.inspect(other, "lock table result in exclusive mode")
        let worker = try Program.start(
          ["worker", "--drain"], in: workspace.folder, environment: place.environment)
        while server.requests.isEmpty, worker.isAlive { await Task.yield() }
        let body = String(decoding: server.requests.first?.body ?? [], as: UTF8.self)
        #expect(body.contains(#""batch.imported""#), "\(body)")
        #expect(try await TemporaryStore.inspect(other, "select count(*) from result") == [["0"]])
        try await TemporaryStore.inspect(other, "commit")
        await other.close()
        let outcome = worker.wait()
        #expect(outcome.status == 0 && outcome.errors.contains("delivered"), "\(outcome.errors)")
        let last = String(decoding: server.requests.last?.body ?? [], as: UTF8.self)
        #expect(last.contains(#""batch.graded""#) || last.contains(#""batch.needs_review""#))
      }
    }
  }

  @Test("no secret, and no token of an address, is in what is said, listed by ps or dumped")
  func canaries() async throws {
    let secret = try WebhookSecret.random().text
    let canaries = [String(secret.dropFirst(6)), "canary-path", "canary-query"]
    let refusing = try RawServer { $1.answer(500, body: "no") }
    let closed = try ClosedPort()
    defer { withExtendedLifetime(closed) {} }
    let hanging = try RawServer { _, peer in
      while !peer.hangsUp(within: 1000) {}
      return false
    }
    try await withPlace(.sqlite) { place in
      try secret.write(toFile: place.folder + "/whsec", atomically: false, encoding: .utf8)
      chmod(place.folder + "/whsec", 0o600)
      var said = ""
      func run(_ words: String..., typing input: String = "") throws {
        for extra in [["--verbose"], ["--verbose", "--log-format", "json"]] {
          let outcome = try Program.run(
            words + extra, in: place.folder, environment: place.environment, typing: input)
          said += outcome.output + outcome.errors
        }
      }
      let hosts = [
        "http://127.0.0.1:\(refusing.port)", "http://127.0.0.1:\(closed.port)", "https://[::1",
        "https://localhost:\(closed.port)", "https://no-such-host.invalid", "ftp://localhost",
        "http://8.8.8.8", "https://canary-path:canary-query@localhost",
      ]
      for host in hosts {
        try run(
          "webhook", "add", "-", "--allow-private", "--secret-file", "whsec", "--key-pair",
          typing: host + "/canary-path?token=canary-query\n")
      }
      for number in 0..<3 {
        try await place.store.enqueue(place.hall.event("e\(number)"), for: nil)
      }
      for id in 1...4 { try run("webhook", "test", "\(id)") }
      try run("deliver", "--once")
      try run("webhook", "deliveries")
      try run("webhook", "deliveries", "e1")
      try run("webhook", "rotate", "1", "--secret-file", "whsec")
      try run("webhook", "disable", "1")
      try run("audit", "list")
      try run("doctor")
      #expect(said.contains("status 500") && said.contains("unreachable"), "\(said)")

      // A sender with all of it in memory dies of a signal that leaves a core file; Swift's runtime
      // catches most others.
      try await place.register(hanging)
      try await place.store.enqueue(place.hall.event("last"), for: nil)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      limit.rlim_cur = limit.rlim_max
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      let sender = try place.start("deliver", "--verbose")
      while hanging.requests.isEmpty, sender.isAlive { await Task.yield() }
      said += try String(contentsOfFile: "/proc/\(sender.process)/cmdline", encoding: .utf8)
      sender.send(SIGSYS)
      let end = sender.wait()
      #expect(end.status == 128 + SIGSYS && !end.leftCore)
      said += end.output + end.errors
      for canary in canaries { #expect(!said.contains(canary), "\(canary)\n\(said)") }
      // The secret was not shown by a command that reads it from a file, and is in the store.
      #expect(
        try await place.hall.inspect("select 1 from endpoint_secret where secret = \(secret)") != []
      )
    }
  }
}

/// A process that a server's thread kills at the first request.
private final class Victim: Sendable {
  private let process = Mutex<pid_t?>(nil)
  private let isStruck = Mutex(false)

  func set(_ id: pid_t) { process.withLock { $0 = id } }

  func strike() {
    guard
      isStruck.withLock({ wasStruck in
        defer { wasStruck = true }; return !wasStruck
      })
    else {
      return
    }
    while true {
      if let id = process.withLock({ $0 }) {
        kill(id, SIGKILL)
        return
      }
      sched_yield()
    }
  }
}
