internal import ExamModel
package import Storage
internal import Testing

extension StoreConformance {
  static let webhooks: [StoreConformance] = [
    StoreConformance("endpoints are listed, disabled, enabled and removed") { hall in
      let store = try await hall.prepared()
      let first = try await store.addEndpoint(
        hall.endpoint("private", events: ["a", "b\"c"]), by: "p")
      let second = try await store.addEndpoint(hall.endpoint("b"), by: "p")
      #expect(first.events == ["a", "b\"c"] && first.allowsPrivateAddresses)
      #expect(second.events.isEmpty && !second.allowsPrivateAddresses)
      #expect(second.createdMicroseconds > 1_700_000_000_000_000)
      #expect(try await store.endpoints() == [first, second])
      #expect(try await store.setEndpoint(first.id, disabledBecause: "gone", by: "p"))
      #expect(try await store.endpoints().map(\.disabledReason) == ["gone", nil])
      #expect(try await store.setEndpoint(first.id, disabledBecause: nil, by: "p"))
      #expect(try await store.endpoints() == [first, second])
      try await store.enqueue(hall.event("e1"), for: nil)
      #expect(try await store.removeEndpoint(second.id, by: "p"))
      #expect(try await !store.removeEndpoint(second.id, by: "p"))
      #expect(try await !store.setEndpoint(second.id, disabledBecause: nil, by: "p"))
      #expect(try await store.endpoints() == [first])
      #expect(try await store.deliveries(DeliveryChoice(), limit: 9).isEmpty)
    },
    StoreConformance("events go to those who subscribe and are enabled") { hall in
      let store = try await hall.prepared()
      let all = try await store.addEndpoint(hall.endpoint("all"), by: "p")
      let some = try await store.addEndpoint(
        hall.endpoint("some", events: ["batch.graded"]), by: "p")
      _ = try await store.addEndpoint(hall.endpoint("other", events: ["batch.failed"]), by: "p")
      let off = try await store.addEndpoint(hall.endpoint("off"), by: "p")
      _ = try await store.setEndpoint(off.id, disabledBecause: "trial is over", by: "p")
      let event = hall.event("e1", test: hall.test)
      try await store.enqueue(event, for: nil)
      try await store.enqueue(event, for: nil)
      let claims = try await store.claimDeliveries(.take(9, 9, 60))
      #expect(claims.map(\.endpoint) == [all, some])
      #expect(claims.map { $0.secrets.map(\.text) } == [["whsec_all"], ["whsec_some"]])
      #expect(claims.allSatisfy { $0.event == event && $0.attempt == 1 })
      let different = NewEvent(id: "e1", test: nil, type: "batch.graded", payload: "{}")
      #expect(await errorKind { try await store.enqueue(different, for: nil) } == .conflict)
    },
    StoreConformance("an import's events are in the outbox with it") { hall in
      let store = try await hall.prepared()
      _ = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      let rows = hall.submissions(1)
      let batch = hall.batch(rows, events: [hall.event("e1", test: hall.test)])
      _ = try await store.importBatch(batch, submissions: rows)
      #expect(try await store.deliveries(DeliveryChoice(), limit: 9).map(\.eventID) == ["e1"])
      #expect(
        await errorKind {
          var again = hall.batch(rows, events: [hall.event("e2")])
          again.fileName = "copy.csv"
          _ = try await store.importBatch(again, submissions: rows)
        } == .conflict)
      #expect(try await store.deliveries(DeliveryChoice(), limit: 9).map(\.eventID) == ["e1"])
    },
    StoreConformance("a delivery is retried until it is delivered, and then left alone") { hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      try await store.enqueue(hall.event("e1"), for: nil)
      let first = try #require(
        try await store.claimDeliveries(.take(1, 1, 60)).first)
      #expect(try await store.claimDeliveries(.take(1, 1, 60)).isEmpty)
      let failure = attempt(
        503, outcome: "unavailable", milliseconds: 12, next: .retry(afterSeconds: 3600))
      #expect(try await store.record(failure, for: first))
      #expect(try await !store.record(failure, for: first))
      let waiting = try #require(try await store.deliveries(DeliveryChoice(), limit: 9).first)
      #expect(waiting.state == .pending && waiting.attempts == 1 && waiting.lastStatus == 503)
      #expect(waiting.lastOutcome == "unavailable" && waiting.url == endpoint.url)
      #expect(waiting.nextMicroseconds != nil)
      #expect(try await store.claimDeliveries(.take(1, 1, 60)).isEmpty)
      try await hall.endPauses()
      let second = try #require(
        try await store.claimDeliveries(.take(1, 1, 60)).first)
      #expect(second.attempt == 2 && second.token > first.token && second.event == first.event)
      let success = attempt(nil, outcome: "taken", milliseconds: 3, next: .delivered)
      #expect(try await !store.record(success, for: first))
      #expect(try await store.record(success, for: second))
      try await hall.endPauses()
      #expect(try await store.claimDeliveries(.take(1, 1, 60)).isEmpty)
      let ended = try #require(try await store.deliveries(DeliveryChoice(), limit: 9).first)
      #expect(ended.state == .delivered && ended.nextMicroseconds == nil)
      #expect(ended.lastStatus == nil)
      #expect(try await store.attempts(of: "e1").map(\.status) == [503, nil])
      #expect(try await store.attempts(of: "e2").isEmpty)
      #expect(
        try await hall.inspect("select status, duration_ms from delivery_attempt order by token")
          == [["503", "12"], [nil, "3"]])
    },
    StoreConformance("a delivery whose lease ran out is another's, and the first is not believed") {
      hall in
      let store = try await hall.prepared()
      _ = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      try await store.enqueue(hall.event("e1"), for: nil)
      let slow = try #require(
        try await store.claimDeliveries(.take(1, 1, 0)).first)
      let quick = try #require(
        try await store.claimDeliveries(.take(1, 1, 60)).first)
      #expect(quick.token > slow.token && quick.attempt == 2)
      let death = attempt(500, outcome: "no", milliseconds: 1, next: .dead)
      let success = attempt(200, outcome: "ok", milliseconds: 1, next: .delivered)
      #expect(try await !store.record(death, for: slow))
      #expect(try await store.record(success, for: quick))
      #expect(try await store.deliveries(DeliveryChoice(), limit: 9).map(\.state) == [.delivered])
    },
    StoreConformance("a dead delivery stays dead until it is asked for again") { hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a", events: ["other"]), by: "p")
      let event = hall.event("e1")
      try await store.enqueue(event, for: endpoint.id)
      let claim = try #require(
        try await store.claimDeliveries(.take(1, 1, 0)).first)
      let death = attempt(404, outcome: "no", milliseconds: 1, next: .dead)
      #expect(try await store.record(death, for: claim))
      #expect(try await store.deliveries(DeliveryChoice(), limit: 9).map(\.state) == [.dead])
      #expect(try await store.claimDeliveries(.take(1, 1, 0)).isEmpty)
      try await store.enqueue(event, for: endpoint.id)
      let again = try #require(
        try await store.claimDeliveries(.take(1, 1, 0)).first)
      #expect(again.attempt == 1 && again.token > claim.token)
      #expect(await errorKind { try await store.enqueue(event, for: 4711) } == .conflict)
    },
    StoreConformance("a receiver that is gone for good is disabled") { hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      try await store.enqueue(hall.event("e1"), for: nil)
      try await store.enqueue(hall.event("e2"), for: nil)
      let claim = try #require(
        try await store.claimDeliveries(.take(1, 1, 60)).first)
      let gone = attempt(
        410, outcome: "gone", milliseconds: 1, next: .deadAndDisable(reason: "410 Gone"))
      #expect(try await store.record(gone, for: claim))
      #expect(try await store.endpoints().map(\.disabledReason) == ["410 Gone"])
      #expect(try await store.claimDeliveries(.take(9, 9, 60)).isEmpty)
      _ = try await store.setEndpoint(endpoint.id, disabledBecause: nil, by: "p")
      let next = try await store.claimDeliveries(.take(9, 9, 60))
      #expect(next.map(\.event.id) == ["e2"])
    },
    StoreConformance("one endpoint gets no more than its share, the most overdue first") { hall in
      let store = try await hall.prepared()
      let busy = try await store.addEndpoint(
        hall.endpoint("busy", events: ["batch.graded"]), by: "p")
      let calm = try await store.addEndpoint(
        hall.endpoint("calm", events: ["batch.failed"]), by: "p")
      for number in 0..<4 { try await store.enqueue(hall.event("e\(number)"), for: nil) }
      try await store.enqueue(hall.event("f", type: "batch.failed"), for: nil)
      let claims = try await store.claimDeliveries(.take(9, 2, 60))
      #expect(claims.map(\.event.id) == ["e0", "e1", "f"])
      #expect(claims.map(\.endpoint.id) == [busy.id, busy.id, calm.id])
      let rest = try await store.claimDeliveries(.take(1, 2, 60))
      #expect(rest.map(\.event.id) == ["e2"])
    },
    StoreConformance("deliveries of many connections never meet") { hall in
      let store = try await hall.prepared()
      _ = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      for number in 0..<30 { try await store.enqueue(hall.event("e\(number)"), for: nil) }
      let ids = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<4 {
          group.addTask {
            let store = try await hall.open()
            var ids: [String] = []
            // Others may hold what is due at that moment, so an empty answer is not yet the end.
            for _ in 0..<30 {
              let claims = try await store.claimDeliveries(.take(3, 3, 600))
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
    StoreConformance("keys that change sign beside the old ones, as long as was said") { hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a"), by: "ada")
      let pair = NewSecret(text: "whsk_b", publicKey: "whpk_b")
      #expect(
        try await store.rotateSecrets(
          of: endpoint.id, to: [NewSecret(text: "whsec_b"), pair], overlapSeconds: 600, by: "ada"))
      let keys = try await store.keys(of: endpoint.id)
      #expect(keys.map(\.publicKey) == ["whpk_b", nil, nil])
      #expect(keys.map { $0.validUntilMicroseconds == nil } == [true, true, false])
      try await store.enqueue(hall.event("e1"), for: nil)
      let claim = try #require(try await store.claimDeliveries(.take(1, 1, 0)).first)
      #expect(claim.secrets.map(\.text) == ["whsk_b", "whsec_b", "whsec_a"])
      #expect(
        try await store.rotateSecrets(
          of: endpoint.id, to: [NewSecret(text: "whsec_c")], overlapSeconds: 0, by: "ada"))
      let later = try #require(try await store.claimDeliveries(.take(1, 1, 0)).first)
      #expect(later.secrets.map(\.text) == ["whsec_c", "whsec_a"])
      #expect(
        try await !store.rotateSecrets(
          of: 4711, to: [NewSecret(text: "whsec_d")], overlapSeconds: 0, by: "ada"))
      let trail = try await store.auditEntries(of: nil, after: 0, limit: 9)
      #expect(trail.map(\.kind) == ["webhook.added", "webhook.rotated", "webhook.rotated"])
      #expect(trail.allSatisfy { $0.actor == "ada" && !$0.details.contains("whs") })
    },
    StoreConformance("an endpoint that fails for five days is disabled, and its deliveries wait") {
      hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      for number in 1...4 { try await store.enqueue(hall.event("e\(number)"), for: nil) }
      let failure = attempt(500, outcome: "no", milliseconds: 1, next: .retry(afterSeconds: 0))
      let success = attempt(200, outcome: "ok", milliseconds: 1, next: .delivered)
      let claims = try await store.claimDeliveries(.take(2, 9, 60))
      #expect(try await store.record(failure, for: claims[0]))
      let since = try await store.endpoints()[0].failingSinceMicroseconds
      #expect(since != nil)
      let one = try await store.claimDeliveries(.take(9, 9, 60))
      #expect(one.count == 1 && one[0].endpoint.failingSinceMicroseconds == since)
      #expect(try await store.record(success, for: one[0]))
      #expect(try await store.endpoints()[0].failingSinceMicroseconds == nil)
      #expect(try await store.record(failure, for: claims[1]))
      try await hall.inspect("update endpoint set failing_since = \(hall.past)")
      let last = try #require(try await store.claimDeliveries(.take(1, 9, 60)).first)
      #expect(try await store.record(failure, for: last))
      let reason = try #require(try await store.endpoints()[0].disabledReason)
      #expect(reason.contains("5 days"))
      let trail = try await store.auditEntries(of: nil, after: 0, limit: 9)
      #expect(trail.last?.kind == "webhook.disabled" && trail.last?.actor == "gradus")
      #expect(try await store.claimDeliveries(.take(9, 9, 60)).isEmpty)
      #expect(try await store.redeliver(DeliveryChoice()) == 0)
      #expect(
        try await store.setEndpoint(endpoint.id, disabledBecause: nil, by: "ada"))
      #expect(try await store.claimDeliveries(.take(9, 9, 60)).count == 3)
    },
    StoreConformance("busy endpoints are passed by, however long their queue") { hall in
      let store = try await hall.prepared()
      let busy = try await store.addEndpoint(hall.endpoint("busy", events: ["a"]), by: "p")
      let calm = try await store.addEndpoint(hall.endpoint("calm", events: ["b"]), by: "p")
      for number in 0..<20 {
        try await store.enqueue(hall.event("e\(number)", type: "a"), for: nil)
      }
      try await store.enqueue(hall.event("f", type: "b"), for: nil)
      #expect(try await store.claimDeliveries(.take(1, 1, 60)).map(\.endpoint.id) == [busy.id])
      var terms = DeliveryTerms.take(1, 1, 60)
      terms.passingBy = [busy.id]
      #expect(try await store.claimDeliveries(terms).map(\.endpoint.id) == [calm.id])
    },
    StoreConformance("a claim goes on behind an endpoint, or looks at named ones alone") { hall in
      let store = try await hall.prepared()
      var ids: [Int64] = []
      for name in ["a", "b", "c", "d"] {
        ids.append(try await store.addEndpoint(hall.endpoint(name), by: "p").id)
      }
      for number in 0..<3 { try await store.enqueue(hall.event("e\(number)"), for: nil) }
      _ = try await store.setEndpoint(ids[2], disabledBecause: "away", by: "p")
      func claimed(_ terms: DeliveryTerms) async throws -> [Int64] {
        try await store.claimDeliveries(terms).map(\.endpoint.id)
      }
      var terms = DeliveryTerms.take(2, 1, 60)
      #expect(try await claimed(terms) == [ids[0], ids[1]])
      terms.after = ids[1]
      #expect(try await claimed(terms) == [ids[3]])
      terms.after = ids[3]
      #expect(try await claimed(terms).isEmpty)
      terms = .take(9, 9, 60)
      terms.only = [ids[1], ids[2], 4711]
      #expect(try await claimed(terms) == [ids[1], ids[1]])
      #expect(try await claimed(.take(9, 9, 60)) == [ids[0], ids[0], ids[3], ids[3]])
    },
    StoreConformance("a claim that came to no attempt is due again as it was") { hall in
      let store = try await hall.prepared()
      _ = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      try await store.enqueue(hall.event("e1"), for: nil)
      try await store.enqueue(hall.event("e2"), for: nil)
      let claims = try await store.claimDeliveries(.take(9, 9, 60))
      let none = attempt(nil, outcome: "not sent", milliseconds: 0, next: .notMade)
      let success = attempt(200, outcome: "ok", milliseconds: 1, next: .delivered)
      #expect(
        try await store.record([none(claims[0]), success(claims[1])]) == [success(claims[1])])
      #expect(try await store.record([none(claims[0])]).isEmpty)
      #expect(try await store.endpoints()[0].failingSinceMicroseconds == nil)
      #expect(try await store.attempts(of: "e1").isEmpty)
      let again = try #require(try await store.claimDeliveries(.take(9, 9, 60)).first)
      #expect(again.event.id == "e1" && again.attempt == 1 && again.token > claims[0].token)
      // Whoever comes late with the old claim takes nothing from the new one.
      _ = try await store.record([none(claims[0])])
      #expect(try await store.claimDeliveries(.take(9, 9, 60)).isEmpty)
    },
    StoreConformance("what has ended is found by its state and sent again as it was") { hall in
      let store = try await hall.prepared()
      let one = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      let two = try await store.addEndpoint(hall.endpoint("b"), by: "p")
      try await store.enqueue(hall.event("e1"), for: nil)
      let claims = try await store.claimDeliveries(.take(9, 9, 60))
      let death = attempt(404, outcome: "no", milliseconds: 1, next: .dead)
      let success = attempt(200, outcome: "ok", milliseconds: 1, next: .delivered)
      #expect(try await store.record([death(claims[0]), success(claims[1])]).count == 2)
      let dead = try await store.deliveries(DeliveryChoice(state: .dead), limit: 9)
      #expect(dead.map(\.endpoint) == [one.id])
      #expect(try await store.redeliver(DeliveryChoice(endpoint: two.id, state: .dead)) == 0)
      #expect(try await store.redeliver(DeliveryChoice(state: .dead)) == 1)
      let again = try await store.claimDeliveries(.take(9, 9, 60))
      #expect(again.map(\.event) == [claims[0].event] && again[0].attempt == 1)
      #expect(again[0].token > claims[0].token)
      #expect(try await store.redeliver(DeliveryChoice(event: "e1")) == 1)
      #expect(try await store.redeliver(DeliveryChoice(event: "e2")) == 0)
    },
    StoreConformance("each candidate's event is written with the run's end, for who asked") {
      hall in
      let (store, batch) = try await hall.imported()
      _ = try await store.addEndpoint(hall.endpoint("all"), by: "p")
      let some = try await store.addEndpoint(
        hall.endpoint("some", events: ["submission.graded"]), by: "p")
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let claims = try await store.claimDeliveries(.take(20, 20, 60))
      #expect(claims.count == 6 && claims.allSatisfy { $0.endpoint.id == some.id })
      #expect(Set(claims.map(\.event.id)).count == 6)
      #expect(claims.allSatisfy { !$0.event.id.contains(".") && $0.event.test == hall.test })
      let data = try claims.map { try JSON(parsing: $0.event.payload, file: "event")["data"] }
      #expect(Set(data.map { $0?["candidate"]?.string }) == Set((2..<8).map { "c\($0)" }))
      #expect(data[0]?["test"]?.string == hall.test.rawValue)
      #expect(data[0]?.members?.map(\.key) == ["test", "run", "trace", "candidate", "line"])
    },
  ]
}

extension DeliveryTerms {
  package static func take(_ limit: Int, _ perEndpoint: Int, _ leaseSeconds: Int) -> Self {
    DeliveryTerms(limit: limit, perEndpoint: perEndpoint, leaseSeconds: leaseSeconds)
  }
}

/// What an attempt comes to, whichever claim it is made for.
package func attempt(
  _ status: Int?, outcome: String, milliseconds: Int, next: DeliveryAttempt.Next
) -> (DeliveryClaim) -> DeliveryAttempt {
  { claim in
    DeliveryAttempt(
      claim: claim, status: status, outcome: outcome, milliseconds: milliseconds, next: next)
  }
}

extension Store {
  /// Records one attempt; false where the claim is no longer ours.
  package func record(
    _ outcome: (DeliveryClaim) -> DeliveryAttempt, for claim: DeliveryClaim
  ) async throws -> Bool {
    try await !record([outcome(claim)]).isEmpty
  }
}
