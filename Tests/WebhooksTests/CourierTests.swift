import Glibc
import Synchronization
import TestKit
import Testing

@testable import Webhooks

@Suite("Deliveries to real receivers", .timeLimit(.minutes(5))) struct CourierTests {
  private let secret: WebhookSecret
  init() throws { secret = try WebhookSecret.random() }

  private func deliver(
    to url: String, body: [UInt8] = Array("{}".utf8), allowsPrivateAddresses: Bool = true,
    by courier: Courier = Courier()
  ) async throws -> DeliveryOutcome {
    let message = try WebhookMessage(id: "evt_1", timestamp: 1000, body: body)
    return await courier.deliver(
      message, to: url, signedWith: [.shared(secret)],
      allowsPrivateAddresses: allowsPrivateAddresses)
  }

  @Test("a receiver gets the body byte for byte under a signature that verifies")
  func delivered() async throws {
    let server = try RawServer { $1.answer(204) }
    let body = Array("{\"name\":\"Zoë ≥ 3\"}".utf8)
    let outcome = try await deliver(to: "http://127.0.0.1:\(server.port)/hook", body: body)
    #expect(outcome.kind == .delivered(status: 204))
    let request = try #require(server.requests.first)
    #expect(request.body == body && request.headers[""] == "POST /hook HTTP/1.1")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["user-agent"] == "Gradus" && request.headers["expect"] == nil)
    try WebhookSignature.verify(
      id: request.headers["webhook-id"], timestamp: request.headers["webhook-timestamp"],
      signatures: request.headers["webhook-signature"], body: request.body, with: .shared(secret),
      now: 1000)
  }

  @Test("a body of the largest size arrives whole")
  func large() async throws {
    let server = try RawServer { $1.answer(200) }
    let body = [UInt8](repeating: 0x20, count: WebhookMessage.bodyByteLimit)
    let outcome = try await deliver(to: "http://127.0.0.1:\(server.port)/", body: body)
    #expect(outcome.kind == .delivered(status: 200) && server.requests.first?.body == body)
    #expect(throws: WebhookError.self) {
      try WebhookMessage(id: "evt_1", timestamp: 0, body: body + [0x20])
    }
  }

  @Test(
    "each status means what the outcome says",
    arguments: [
      (200, nil, .delivered(status: 200)), (299, nil, .delivered(status: 299)),
      (304, nil, .refused(status: 304, retryAfterSeconds: nil)),
      (400, nil, .refused(status: 400, retryAfterSeconds: nil)), (410, nil, .gone),
      (429, "30", .refused(status: 429, retryAfterSeconds: 30)),
      (500, "soon", .refused(status: 500, retryAfterSeconds: nil)),
      (503, "Thu, 01 Jan 1970 00:17:40 GMT", .refused(status: 503, retryAfterSeconds: 60)),
    ] as [(Int, String?, DeliveryOutcome.Kind)])
  func statuses(
    _ status: Int, _ retryAfter: String?, _ expected: DeliveryOutcome.Kind
  ) async throws {
    let headers = retryAfter.map { ["Retry-After: \($0)"] } ?? []
    let server = try RawServer { $1.answer(status, headers, body: "because\u{1b}[31m") }
    let outcome = try await deliver(to: "http://127.0.0.1:\(server.port)/")
    #expect(outcome.kind == expected)
    #expect(!outcome.excerpt.contains("\u{1b}"))
    #expect(status == 304 || outcome.excerpt.hasPrefix("because"))
  }

  @Test("every fault of a receiver comes to its outcome, and a redirect leads nowhere")
  func faults() async throws {
    let elsewhere = try RawServer { $1.answer(200) }
    let prompt = ReceiverFault.prompt(redirectingTo: elsewhere.port).map { ($0, Courier()) }
    let hasty = Courier(timeouts: .init(whole: .milliseconds(300)))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (fault, courier) in prompt + ReceiverFault.silences.map({ ($0, hasty) }) {
        group.addTask {
          let server = try fault.server()
          let outcome = try await deliver(to: "http://127.0.0.1:\(server.port)/", by: courier)
          #expect(outcome.kind.description.contains(fault.says), "\(fault.name): \(outcome.kind)")
          #expect(outcome.excerpt.utf8.count <= 3 * Exchange.excerptByteLimit)
        }
      }
      try await group.waitForAll()
    }
    #expect(elsewhere.connectionCount == 0)
  }

  @Test("a closed port and a name that nobody has are tried again")
  func unreachable() async throws {
    let closed = try ClosedPort()
    defer { withExtendedLifetime(closed) {} }
    for url in ["http://127.0.0.1:\(closed.port)/", "https://no-such-host.invalid/"] {
      let kind = try await deliver(to: url, by: Courier(timeouts: .init(connecting: .seconds(1))))
        .kind
      #expect(kind.description.hasPrefix("unreachable: "), "\(kind)")
    }
  }

  @Test("a courier that nobody holds any more breaks off what is under way")
  func brokenOff() async throws {
    let server = try RawServer { _, peer in
      while !peer.hangsUp(within: 1000) {}
      return false
    }
    let message = try WebhookMessage(id: "evt_1", timestamp: 1000, body: [])
    let outcome = await withCheckedContinuation { continuation in
      Courier().send(
        message, to: "http://127.0.0.1:\(server.port)/", signedWith: [.shared(secret)],
        allowsPrivateAddresses: true
      ) { continuation.resume(returning: $0) }
    }
    #expect(outcome.kind.description.contains("broken off"))
  }

  @Test("deliveries to one receiver share a connection")
  func kept() async throws {
    let server = try RawServer { $1.answer(204) }
    let courier = Courier()
    for _ in 0..<20 {
      _ = try await deliver(to: "http://127.0.0.1:\(server.port)/", by: courier)
    }
    #expect(server.requests.count == 20 && server.connectionCount == 1)
  }

  private func outcomes(
    of count: Int, to port: UInt16, by courier: Courier
  ) async throws -> [DeliveryOutcome.Kind] {
    try await withThrowingTaskGroup(of: DeliveryOutcome.Kind.self) { group in
      for _ in 0..<count {
        group.addTask { try await deliver(to: "http://127.0.0.1:\(port)/", by: courier).kind }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test("one destination gets so many at a time and the others in turn")
  func line() async throws {
    let underWay = Mutex((now: 0, most: 0))
    let server = try RawServer { _, peer in
      underWay.withLock { ($0.now, $0.most) = ($0.now + 1, max($0.most, $0.now + 1)) }
      usleep(1000)
      underWay.withLock { $0.now -= 1 }
      return peer.answer(204)
    }
    let kinds = try await outcomes(of: 500, to: server.port, by: Courier())
    #expect(kinds.allSatisfy { $0 == .delivered(status: 204) } && server.requests.count == 500)
    #expect(underWay.withLock { $0.most } <= AttemptLine.places)
    #expect(server.connectionCount <= AttemptLine.places)
  }

  @Test("where nothing arrives, those in line are not sent after it")
  func lineBack() async throws {
    let server = try RawServer { $1.answer(500) }
    let kinds = try await outcomes(of: 500, to: server.port, by: Courier())
    let refused = kinds.count { $0 == .refused(status: 500, retryAfterSeconds: nil) }
    #expect(refused == server.requests.count && kinds.count { $0 == .notSent } == 500 - refused)
    #expect(refused < 500)
  }

  @Test("a message signed when its turn comes says how late that was")
  func delayed() throws {
    let message = try WebhookMessage(id: "evt_1", timestamp: 1000, body: [])
    #expect(message.delayed(by: 7).timestamp == 1007)
    #expect(String(decoding: message.delayed(by: 7).signedContent, as: UTF8.self) == "evt_1.1007.")
  }

  @Test("receivers that stay silent cost a quick one none of its connections")
  func beside() async throws {
    let silent = try SilentPort()
    let quick = try RawServer { $1.answer(204) }
    let courier = Courier()
    for number in 0..<600 {
      courier.send(
        try WebhookMessage(id: "evt_1", timestamp: 1000, body: []),
        to: "http://127.0.0.1:\(silent.port)/\(number)", signedWith: [.shared(secret)],
        allowsPrivateAddresses: true
      ) { _ in }
    }
    for _ in 0..<20 {
      _ = try await deliver(to: "http://127.0.0.1:\(quick.port)/", by: courier)
    }
    #expect(quick.requests.count == 20 && quick.connectionCount == 1)
    withExtendedLifetime(silent) {}
  }

  // MARK: TLS

  @Test("an open connection is no way around the guard", .enabled(if: TLSServer.isAvailable))
  func reused() async throws {
    // It takes one connection only, so what is delivered last went through the first.
    let server = try TLSServer()
    let courier = Courier(route: .init(authorityFile: server.authorityFile))
    let url = "https://localhost:\(server.port)/"
    #expect(try await deliver(to: url, by: courier).kind == .delivered(status: 204))
    let refused = try await deliver(to: url, allowsPrivateAddresses: false, by: courier).kind
    #expect(refused.description.hasPrefix("not allowed"), "\(refused)")
    #expect(server.webhookCount == 1)
    // The guard has closed the connection, and the server takes no second.
    let closed = try await deliver(to: url, by: courier).kind
    #expect(closed.description.hasPrefix("unreachable"), "\(closed)")
  }

  @Test(
    "a certificate that has expired, is another host's or nobody's is refused",
    .enabled(if: TLSServer.isAvailable),
    arguments: [
      ("localhost", "210101000000Z", true, "expired"),
      ("example.org", "491231000000Z", true, "target host"),
      ("localhost", "491231000000Z", false, "certificate"),
    ])
  func certificates(
    _ host: String, _ validUntil: String, _ isTrusted: Bool, _ words: String
  ) async throws {
    let server = try TLSServer(host: host, validUntil: validUntil)
    let courier = Courier(route: .init(authorityFile: isTrusted ? server.authorityFile : nil))
    let kind = try await deliver(to: "https://localhost:\(server.port)/", by: courier).kind
    #expect(kind.description.hasPrefix("unreachable"), "\(kind)")
    #expect(kind.description.contains(words), "\(kind)")
    #expect(server.webhookCount == 0)
  }
}
