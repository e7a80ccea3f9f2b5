internal import ExamModel
internal import Storage
internal import Testing

extension StoreConformance {
  static let webhooks: [StoreConformance] = [
    StoreConformance("endpoints are listed, disabled, enabled and removed") { hall in
      let store = try await hall.prepared()
      let first = try await store.addEndpoint(hall.endpoint("private", events: ["a", "b\"c"]))
      let second = try await store.addEndpoint(hall.endpoint("b"))
      #expect(first.events == ["a", "b\"c"] && first.allowsPrivateAddresses)
      #expect(second.events.isEmpty && !second.allowsPrivateAddresses)
      #expect(second.createdMicroseconds > 1_700_000_000_000_000)
      #expect(try await store.endpoints() == [first, second])
      #expect(try await store.setEndpoint(first.id, disabledBecause: "gone"))
      #expect(try await store.endpoints().map(\.disabledReason) == ["gone", nil])
      #expect(try await store.setEndpoint(first.id, disabledBecause: nil))
      #expect(try await store.endpoints() == [first, second])
      try await store.enqueue(hall.event("e1"), for: nil)
      #expect(try await store.removeEndpoint(second.id))
      #expect(try await !store.removeEndpoint(second.id))
      #expect(try await !store.setEndpoint(second.id, disabledBecause: nil))
      #expect(try await store.endpoints() == [first])
      #expect(try await store.deliveries(limit: 9).isEmpty)
    },
    StoreConformance("events go to those who subscribe and are enabled") { hall in
      let store = try await hall.prepared()
      let all = try await store.addEndpoint(hall.endpoint("all"))
      let some = try await store.addEndpoint(hall.endpoint("some", events: ["batch.graded"]))
      _ = try await store.addEndpoint(hall.endpoint("other", events: ["batch.failed"]))
      let off = try await store.addEndpoint(hall.endpoint("off"))
      _ = try await store.setEndpoint(off.id, disabledBecause: "trial is over")
      let event = hall.event("e1", test: hall.test)
      try await store.enqueue(event, for: nil)
      try await store.enqueue(event, for: nil)
      let claims = try await store.claimDeliveries(limit: 9, perEndpoint: 9, leaseSeconds: 60)
      #expect(claims.map(\.endpoint) == [all, some])
      #expect(claims.allSatisfy { $0.event == event && $0.attempt == 1 })
      let different = NewEvent(id: "e1", test: nil, type: "batch.graded", payload: "{}")
      #expect(await errorKind { try await store.enqueue(different, for: nil) } == .conflict)
    },
    StoreConformance("an import's events are in the outbox with it") { hall in
      let store = try await hall.prepared()
      _ = try await store.addEndpoint(hall.endpoint("a"))
      let rows = hall.submissions(1)
      let batch = hall.batch(rows, events: [hall.event("e1", test: hall.test)])
      _ = try await store.importBatch(batch, submissions: rows)
      #expect(try await store.deliveries(limit: 9).map(\.eventID) == ["e1"])
      #expect(
        await errorKind {
          var again = hall.batch(rows, events: [hall.event("e2")])
          again.fileName = "copy.csv"
          _ = try await store.importBatch(again, submissions: rows)
        } == .conflict)
      #expect(try await store.deliveries(limit: 9).map(\.eventID) == ["e1"])
    },
    StoreConformance("a delivery is retried until it is delivered, and then left alone") { hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a"))
      try await store.enqueue(hall.event("e1"), for: nil)
      let first = try #require(
        try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 60).first)
      #expect(try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 60).isEmpty)
      let failure = DeliveryAttempt(
        status: 503, outcome: "unavailable", milliseconds: 12, next: .retry(afterSeconds: 3600))
      #expect(try await store.record(failure, for: first))
      #expect(try await !store.record(failure, for: first))
      let waiting = try #require(try await store.deliveries(limit: 9).first)
      #expect(waiting.state == .pending && waiting.attempts == 1 && waiting.lastStatus == 503)
      #expect(waiting.lastOutcome == "unavailable" && waiting.url == endpoint.url)
      #expect(waiting.nextMicroseconds != nil)
      #expect(try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 60).isEmpty)
      try await hall.endPauses()
      let second = try #require(
        try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 60).first)
      #expect(second.attempt == 2 && second.token > first.token && second.event == first.event)
      let success = DeliveryAttempt(
        status: nil, outcome: "taken", milliseconds: 3, next: .delivered)
      #expect(try await !store.record(success, for: first))
      #expect(try await store.record(success, for: second))
      try await hall.endPauses()
      #expect(try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 60).isEmpty)
      let ended = try #require(try await store.deliveries(limit: 9).first)
      #expect(ended.state == .delivered && ended.nextMicroseconds == nil)
      #expect(ended.lastStatus == nil)
      #expect(
        try await hall.inspect("select status, duration_ms from delivery_attempt order by token")
          == [["503", "12"], [nil, "3"]])
    },
    StoreConformance("a delivery whose lease ran out is another's, and the first is not believed") {
      hall in
      let store = try await hall.prepared()
      _ = try await store.addEndpoint(hall.endpoint("a"))
      try await store.enqueue(hall.event("e1"), for: nil)
      let slow = try #require(
        try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 0).first)
      let quick = try #require(
        try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 60).first)
      #expect(quick.token > slow.token && quick.attempt == 2)
      let death = DeliveryAttempt(status: 500, outcome: "no", milliseconds: 1, next: .dead)
      let success = DeliveryAttempt(status: 200, outcome: "ok", milliseconds: 1, next: .delivered)
      #expect(try await !store.record(death, for: slow))
      #expect(try await store.record(success, for: quick))
      #expect(try await store.deliveries(limit: 9).map(\.state) == [.delivered])
    },
    StoreConformance("a dead delivery stays dead until it is asked for again") { hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a", events: ["other"]))
      let event = hall.event("e1")
      try await store.enqueue(event, for: endpoint.id)
      let claim = try #require(
        try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 0).first)
      let death = DeliveryAttempt(status: 404, outcome: "no", milliseconds: 1, next: .dead)
      #expect(try await store.record(death, for: claim))
      #expect(try await store.deliveries(limit: 9).map(\.state) == [.dead])
      #expect(try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 0).isEmpty)
      try await store.enqueue(event, for: endpoint.id)
      let again = try #require(
        try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 0).first)
      #expect(again.attempt == 1 && again.token > claim.token)
      #expect(await errorKind { try await store.enqueue(event, for: 4711) } == .conflict)
    },
    StoreConformance("a receiver that is gone for good is disabled") { hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a"))
      try await store.enqueue(hall.event("e1"), for: nil)
      try await store.enqueue(hall.event("e2"), for: nil)
      let claim = try #require(
        try await store.claimDeliveries(limit: 1, perEndpoint: 1, leaseSeconds: 60).first)
      let gone = DeliveryAttempt(
        status: 410, outcome: "gone", milliseconds: 1, next: .deadAndDisable(reason: "410 Gone"))
      #expect(try await store.record(gone, for: claim))
      #expect(try await store.endpoints().map(\.disabledReason) == ["410 Gone"])
      #expect(try await store.claimDeliveries(limit: 9, perEndpoint: 9, leaseSeconds: 60).isEmpty)
      _ = try await store.setEndpoint(endpoint.id, disabledBecause: nil)
      let next = try await store.claimDeliveries(limit: 9, perEndpoint: 9, leaseSeconds: 60)
      #expect(next.map(\.event.id) == ["e2"])
    },
    StoreConformance("one endpoint gets no more than its share, the most overdue first") { hall in
      let store = try await hall.prepared()
      let busy = try await store.addEndpoint(hall.endpoint("busy", events: ["batch.graded"]))
      let calm = try await store.addEndpoint(hall.endpoint("calm", events: ["batch.failed"]))
      for number in 0..<4 { try await store.enqueue(hall.event("e\(number)"), for: nil) }
      try await store.enqueue(hall.event("f", type: "batch.failed"), for: nil)
      let claims = try await store.claimDeliveries(limit: 9, perEndpoint: 2, leaseSeconds: 60)
      #expect(claims.map(\.event.id) == ["e0", "e1", "f"])
      #expect(claims.map(\.endpoint.id) == [busy.id, busy.id, calm.id])
      let rest = try await store.claimDeliveries(limit: 1, perEndpoint: 2, leaseSeconds: 60)
      #expect(rest.map(\.event.id) == ["e2"])
    },
    StoreConformance("deliveries of many connections never meet") { hall in
      let store = try await hall.prepared()
      _ = try await store.addEndpoint(hall.endpoint("a"))
      for number in 0..<30 { try await store.enqueue(hall.event("e\(number)"), for: nil) }
      let ids = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<4 {
          group.addTask {
            let store = try await hall.open()
            var ids: [String] = []
            // Others may hold what is due at that moment, so an empty answer is not yet the end.
            for _ in 0..<30 {
              let claims = try await store.claimDeliveries(
                limit: 3, perEndpoint: 3, leaseSeconds: 600)
              ids += claims.map(\.event.id)
            }
            await store.close()
            return ids
          }
        }
        return try await group.reduce([], +)
      }
      #expect(ids.count == 30)
      #expect(Set(ids).count == 30)
    },
  ]
}
