import Foundation
import Glibc
import Synchronization
import Testing

@testable import Webhooks

/// Calls a real receiver on the loopback address and returns what both sides saw.
private func exchange(
  _ response: WebhookReceiver.Response, body: [UInt8] = Array("{}".utf8),
  secret: WebhookSecret
) throws -> (outcome: DeliveryOutcome, request: WebhookReceiver.Request) {
  let receiver = try WebhookReceiver()
  let message = try WebhookMessage(id: "evt_1", timestamp: 1000, body: body)
  let sending = Sending(message, to: "http://127.0.0.1:\(receiver.port)/hook", secret: secret)
  var seen: WebhookReceiver.Request?
  try receiver.receiveOne { request in
    seen = request
    return response
  }
  return (sending.outcome(), try #require(seen))
}

@Suite("Deliveries to real receivers") struct CourierTests {
  private let secret: WebhookSecret
  init() throws { secret = try WebhookSecret.random() }

  private func deliver(
    to url: String, allowsPrivateAddresses: Bool = true,
    timeouts: Courier.Timeouts = .init()
  ) throws -> DeliveryOutcome.Kind {
    let message = try WebhookMessage(id: "evt_1", timestamp: 1000, body: Array("{}".utf8))
    return Sending(
      message, to: url, secret: secret, allowsPrivateAddresses: allowsPrivateAddresses,
      by: Courier(timeouts: timeouts)
    ).outcome().kind
  }

  @Test("a receiver gets the body byte for byte under a signature that verifies")
  func delivered() throws {
    let body = Array("{\"name\":\"Zoë ≥ 3\"}".utf8)
    let (outcome, request) = try exchange(
      .init(status: 204), body: body, secret: secret)
    #expect(outcome.kind == .delivered(status: 204))
    #expect(request.body == body)
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["user-agent"] == "Gradus" && request.headers["expect"] == nil)
    try WebhookSignature.verify(
      id: request.headers["webhook-id"], timestamp: request.headers["webhook-timestamp"],
      signatures: request.headers["webhook-signature"], body: request.body, with: .shared(secret),
      now: 1000)
  }

  @Test("a body of the largest size arrives whole")
  func large() throws {
    let body = [UInt8](repeating: 0x20, count: WebhookMessage.bodyByteLimit)
    let (outcome, request) = try exchange(.init(status: 200), body: body, secret: secret)
    #expect(outcome.kind == .delivered(status: 200) && request.body.count == body.count)
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
  func statuses(_ status: Int, _ retryAfter: String?, _ expected: DeliveryOutcome.Kind) throws {
    let headers = retryAfter.map { [(name: "Retry-After", value: $0)] } ?? []
    let (outcome, _) = try exchange(
      .init(status: status, headers: headers, body: "because\u{1b}[31m"), secret: secret)
    #expect(outcome.kind == expected)
    #expect(!outcome.excerpt.contains("\u{1b}"))
    #expect(status == 304 || outcome.excerpt.hasPrefix("because"))
  }

  @Test("a redirect is an answer and not a way")
  func redirect() throws {
    let target = try RawServer { _ in }
    let (outcome, _) = try exchange(
      .init(status: 302, headers: [(name: "Location", value: "http://127.0.0.1:\(target.port)/")]),
      secret: secret)
    #expect(outcome.kind == .refused(status: 302, retryAfterSeconds: nil))
    #expect(target.connectionCount == 0)
  }

  @Test("nobody listens, hangs up, talks nonsense or says nothing: try again later")
  func unreachable() throws {
    let closed = try WebhookReceiver().port
    #expect(try isUnreachable(deliver(to: "http://127.0.0.1:\(closed)/")))
    let hangsUp = try RawServer { _ in }
    #expect(try isUnreachable(deliver(to: "http://127.0.0.1:\(hangsUp.port)/")))
    let nonsense = try RawServer { send("hello\r\n\r\n", to: $0) }
    #expect(try isUnreachable(deliver(to: "http://127.0.0.1:\(nonsense.port)/")))
    let endless = try RawServer { connection in
      send("HTTP/1.1 200 OK\r\n", to: connection)
      send(
        String(repeating: "X-Filler: \(String(repeating: "x", count: 100))\r\n", count: 400),
        to: connection)
    }
    #expect(try isUnreachable(deliver(to: "http://127.0.0.1:\(endless.port)/")))
    let release = DispatchSemaphore(value: 0)
    let silent = try RawServer { _ in release.wait() }
    let timeouts = Courier.Timeouts(connecting: .seconds(5), whole: .milliseconds(50))
    #expect(try isUnreachable(deliver(to: "http://127.0.0.1:\(silent.port)/", timeouts: timeouts)))
    release.signal()
    #expect(try isUnreachable(deliver(to: "https://no-such-host.invalid/")))
  }

  @Test("who answers at length has answered")
  func oversize() throws {
    let body = String(repeating: "long ", count: 100_000)
    let (outcome, _) = try exchange(.init(status: 200, body: body), secret: secret)
    #expect(outcome.kind == .delivered(status: 200))
    #expect(outcome.excerpt.hasPrefix("long ") && outcome.excerpt.utf8.count < 10_000)
  }

  @Test(
    "no spelling of a host of our own gets past the guard",
    arguments: [
      "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost",
      "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "0", "[::]",
    ])
  func spellings(_ host: String) throws {
    let server = try RawServer { _ in }
    let kind = try deliver(to: "https://\(host):\(server.port)/", allowsPrivateAddresses: false)
    guard case .notAllowed = kind else {
      Issue.record("\(host): \(kind)")
      return
    }
    #expect(server.connectionCount == 0)
  }

  @Test("a public address is not called in the clear, even where private ones are allowed")
  func inTheClear() throws {
    guard case .notAllowed(let reason) = try deliver(to: "http://8.8.8.8/") else {
      Issue.record("sent")
      return
    }
    #expect(reason.contains("use https"))
  }

  private func isUnreachable(_ kind: DeliveryOutcome.Kind) -> Bool {
    if case .unreachable(let reason) = kind { !reason.isEmpty } else { false }
  }
}
