import FoundationEssentials
import Storage
import TestKit
import Testing
import Webhooks
import Workers

@Suite("The outbox, delivered", .timeLimit(.minutes(5))) struct DeliveryTests {
  private let secret: WebhookSecret
  init() throws { secret = try WebhookSecret.random() }

  private func endpoint(_ url: String, events: [String] = []) -> NewEndpoint {
    NewEndpoint(
      url: url, secrets: [NewSecret(text: secret.text)], events: events,
      allowsPrivateAddresses: true)
  }

  private func withStore(
    _ kind: StoreKind, _ body: (any Store, Hall) async throws -> Void
  ) async throws {
    try await TemporaryStore.withStore(kind) { address in
      let hall = Hall(address: address)
      let store = try await hall.prepared()
      try await body(store, hall)
      await store.close()
    }
  }

  @Test("each fault leads to what was promised", arguments: [false, true])
  func faults(_ areSilent: Bool) async throws {
    let elsewhere = try RawServer { $1.answer(200) }
    let faults =
      areSilent ? ReceiverFault.silences : ReceiverFault.prompt(redirectingTo: elsewhere.port)
    let servers = try faults.map { try $0.server() }
    try await withStore(.sqlite) { store, hall in
      var ids: [Int64] = []
      for server in servers {
        let url = "http://127.0.0.1:\(server.port)/"
        ids.append(try await store.addEndpoint(endpoint(url), by: "p").id)
      }
      try await store.enqueue(hall.event("evt_1"), for: nil)
      let begin = Date.now.timeIntervalSince1970
      let courier = Courier(
        timeouts: areSilent ? .init(whole: .milliseconds(300)) : .init())
      let report = try await Delivery(store: store, courier: courier).deliverDue()
      let end = Date.now.timeIntervalSince1970
      #expect(report.attempts == faults.count)
      let endpoints = try await store.endpoints()
      for (fault, id) in zip(faults, ids) {
        let delivery = try #require(
          try await store.deliveries(DeliveryChoice(endpoint: id), limit: 1).first)
        let says = "\(fault.name): \(delivery)"
        #expect(delivery.lastStatus == fault.status && delivery.attempts == 1, "\(says)")
        #expect(delivery.lastOutcome?.contains(fault.says) == true, "\(says)")
        let isDisabled = endpoints.first { $0.id == id }?.disabledReason != nil
        #expect(isDisabled == (fault.status == 410), "\(says)")
        switch fault.consequence {
        case .delivered: #expect(delivery.state == .delivered, "\(says)")
        case .dead: #expect(delivery.state == .dead, "\(says)")
        case .again:
          #expect(delivery.state == .pending, "\(says)")
          // Five seconds and a fifth more or less; ten where more was asked for. Whole seconds.
          let pause = fault.status == 429 ? 10.0...10 : 4.0...6
          let next = Double(try #require(delivery.nextMicroseconds)) / 1e6
          #expect(next > begin + pause.lowerBound - 0.01, "\(says)")
          #expect(next < end + pause.upperBound + 0.01, "\(says)")
        }
      }
      let trail = try await store.auditEntries(of: nil, after: 0, limit: 99)
      #expect(trail.count { $0.kind == "webhook.disabled" } == (areSilent ? 0 : 1))
    }
    #expect(servers.allSatisfy { $0.requests.count <= 1 } && elsewhere.connectionCount == 0)
  }

  @Test("a receiver that stands still for all it gets keeps nothing from the others")
  func fairness() async throws {
    // It answers nobody until the quick one has everything.
    let quick = try RawServer { $1.answer(204) }
    let slow = try RawServer { _, peer in
      while quick.requests.count < 120, !peer.hangsUp(within: 5) {}
      return peer.answer(204)
    }
    try await withStore(.sqlite) { store, hall in
      for server in [slow, quick] {
        _ = try await store.addEndpoint(endpoint("http://127.0.0.1:\(server.port)/"), by: "p")
      }
      for number in 0..<120 { try await store.enqueue(hall.event("evt_\(number)"), for: nil) }
      let report = try await Delivery(store: store).deliverDue()
      #expect(report.delivered == 240 && report.attempts == 240)
    }
    // The quick one's deliveries shared what connections were opened.
    #expect(quick.connectionCount <= 32 && slow.requests.count == 120)
  }

  @Test(
    "a long queue goes out over few connections, each event once, also behind one that was refused",
    arguments: StoreKind.available)
  func line(_ kind: StoreKind) async throws {
    let server = try RawServer { request, peer in
      peer.answer(request.headers["webhook-id"] == "evt_150" ? 503 : 204)
    }
    let count = 200
    try await withStore(kind) { store, hall in
      _ = try await store.addEndpoint(endpoint("http://127.0.0.1:\(server.port)/"), by: "p")
      for number in 0..<count { try await store.enqueue(hall.event("evt_\(number)"), for: nil) }
      let report = try await Delivery(store: store).deliverDue()
      #expect(report.delivered == count - 1 && report.postponed == 1 && report.dead == 0)
      let refused = try await store.deliveries(DeliveryChoice(state: .pending), limit: 9)
      #expect(refused.map(\.eventID) == ["evt_150"] && refused.first?.attempts == 1)
    }
    #expect(Set(server.requests.map { $0.headers["webhook-id"] }).count == count)
    #expect(server.requests.count == count && server.connectionCount <= 32)
  }

  @Test("events arrive once and verify, from any number of senders", arguments: StoreKind.available)
  func senders(_ kind: StoreKind) async throws {
    let server = try RawServer { $1.answer(204) }
    try await withStore(kind) { store, hall in
      _ = try await store.addEndpoint(endpoint("http://127.0.0.1:\(server.port)/"), by: "p")
      for number in 0..<60 { try await store.enqueue(hall.event("evt_\(number)"), for: nil) }
      let delivered = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<3 {
          group.addTask {
            let store = try await hall.open()
            let report = try await Delivery(store: store).deliverDue()
            await store.close()
            return report.delivered
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(delivered == 60)
      #expect(Set(server.requests.compactMap { $0.headers["webhook-id"] }).count == 60)
      #expect(server.requests.count == 60)
      for request in server.requests {
        try WebhookSignature.verify(
          id: request.headers["webhook-id"], timestamp: request.headers["webhook-timestamp"],
          signatures: request.headers["webhook-signature"], body: request.body,
          with: .shared(secret), now: Int64(Date.now.timeIntervalSince1970))
      }
    }
  }

  @Test("one that goes on until it is stopped sends what comes, and ends what is under way")
  func until() async throws {
    let stop = StopFlag()
    // The flag goes up while the second delivery is under way.
    let server = try RawServer { request, peer in
      if request.headers["webhook-id"] == "evt_2" { stop.raise() }
      return peer.answer(204)
    }
    try await withStore(.sqlite) { store, hall in
      _ = try await store.addEndpoint(endpoint("http://127.0.0.1:\(server.port)/"), by: "p")
      try await store.enqueue(hall.event("evt_1"), for: nil)
      async let report = Delivery(store: store).run(until: stop)
      while server.requests.isEmpty { await Task.yield() }
      try await store.enqueue(hall.event("evt_2"), for: nil)
      #expect(try await report.delivered == 2)
      #expect(try await store.deliveries(DeliveryChoice(state: .delivered), limit: 9).count == 2)
    }
  }

}
