internal import ExamModel
internal import Storage
internal import Testing

extension StoreConformance {
  static let quarantining: [StoreConformance] = [
    StoreConformance("quarantined rows keep raw text, line and reason until a person settles them")
    {
      hall in
      let (store, batch) = try await hall.quarantined()
      let waiting = try await store.quarantine(of: hall.test)
      #expect(waiting.map(\.row.line) == [5, 8])
      #expect(waiting.map(\.row.raw) == ["\"nul\u{0}\",\r\nraw", "\"open"])
      #expect(waiting.map(\.fileName) == ["answers.csv", "answers.csv"])
      #expect(waiting.allSatisfy { $0.settlement == nil && $0.batch == batch.batch })
      #expect(try await store.quarantine(of: "another").isEmpty)
    },
    StoreConformance("a released row is graded by a run of its own, and the balance holds in both")
    {
      hall in
      let (store, batch) = try await hall.quarantined()
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let released = try await store.settle(
        hall.settlement(of: batch, line: 5, .released(to: "c99"), reason: "by phone"))
      #expect(released.run != batch.run && released.batch == batch.batch)
      #expect(released.columns == batch.columns && released.layout == batch.layout)
      #expect(try await store.publishedRun(of: hall.test) == batch.run)
      try await hall.gradeAll(store, released.run)
      #expect(try await store.finish(released.run, events: []))
      #expect(try await store.publishedRun(of: hall.test) == released.run)
      let results = try await store.results(of: released.run, after: nil, limit: 99)
      #expect(results.map(\.candidate).contains("c99"))
      for run in [batch.run, released.run] {
        let progress = try await store.progress(of: run)
        #expect(progress.graded + progress.superseded + progress.quarantined == progress.rows)
      }
      #expect(try await store.progress(of: released.run).quarantined == 1)
      #expect(try await store.legend(of: released.run) == hall.legend)
      let rows = try await store.quarantine(of: hall.test)
      #expect(rows.map(\.row.line) == [5, 8])
      let settlement = try #require(rows[0].settlement)
      #expect(settlement.decision == .released(to: "c99"))
      #expect(settlement.reason == "by phone" && settlement.settledBy == "ruth")
      #expect(settlement.quarantineReason == "a later attempt counts")
      #expect(settlement.settledMicroseconds > 1_700_000_000_000_000)
      #expect(rows[0].row.raw == "\"nul\u{0}\",\r\nraw")
      #expect(rows[1].settlement == nil)
    },
    StoreConformance("rows that are released one after another join a run that nobody has begun") {
      hall in
      let (store, batch) = try await hall.quarantined()
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let first = try await store.settle(hall.settlement(of: batch, line: 5, .released(to: "c98")))
      let second = try await store.settle(hall.settlement(of: batch, line: 8, .released(to: "c99")))
      #expect(first.run == second.run)
      try await hall.gradeAll(store, second.run)
      let progress = try await store.progress(of: second.run)
      #expect(progress.graded == 5 && progress.quarantined == 0 && progress.rows == 6)
    },
    StoreConformance("nothing is settled while the batch is graded") { hall in
      let (store, batch) = try await hall.quarantined()
      _ = try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms())
      let release = hall.settlement(of: batch, line: 5, .released(to: "c99"))
      #expect(await errorKind { _ = try await store.settle(release) } == .conflict)
      #expect(try await store.quarantine(of: hall.test).allSatisfy { $0.settlement == nil })
      #expect(try await hall.inspect("select count(*) from settlement") == [["0"]])
    },
    StoreConformance("a candidate who is graded already is replaced only on demand") { hall in
      let (store, batch) = try await hall.quarantined()
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let release = hall.settlement(of: batch, line: 5, .released(to: "c2"))
      #expect(await errorKind { _ = try await store.settle(release) } == .conflict)
      var replacing = release
      replacing.replacesOther = true
      let replaced = try await store.settle(replacing)
      try await hall.gradeAll(store, replaced.run)
      let results = try await store.results(of: replaced.run, after: nil, limit: 99)
      #expect(results.filter { $0.candidate == "c2" }.map(\.line) == [5])
      let progress = try await store.progress(of: replaced.run)
      #expect(progress.graded == 3 && progress.superseded == 2 && progress.quarantined == 1)
      let superseded = try await store.submissions(of: batch.batch, disposition: .superseded)
      #expect(superseded.first { $0.line == 2 }?.reason?.contains("line 5") == true)
    },
    StoreConformance("a discarded row stays in quarantine, is settled once and starts no run") {
      hall in
      let (store, batch) = try await hall.quarantined()
      let discard = hall.settlement(of: batch, line: 8, .discarded)
      #expect(try await store.settle(discard).run == batch.run)
      #expect(try await store.quarantine(of: hall.test).last?.settlement?.decision == .discarded)
      #expect(await errorKind { _ = try await store.settle(discard) } == .conflict)
      for line in [2, 3, 77] {
        let stray = hall.settlement(of: batch, line: line, .discarded)
        #expect(await errorKind { _ = try await store.settle(stray) } == .conflict)
      }
      #expect(try await store.runs(of: hall.test).count == 1)
    },
  ]
}

extension Hall {
  /// Three rows to be graded, a superseded one and two that wait for a person.
  fileprivate func quarantined() async throws -> (store: any Store, batch: ImportedBatch) {
    let store = try await prepared()
    var one = row(5, .quarantined)
    (one.candidate, one.raw) = (nil, "\"nul\u{0}\",\r\nraw")
    var other = row(8, .quarantined)
    (other.candidate, other.raw) = (nil, "\"open")
    let rows = [row(2), row(3, .superseded), row(4), one, row(7), other]
    return (store, try await store.importBatch(batch(rows), submissions: rows))
  }

  func settlement(
    of batch: ImportedBatch, line: Int, _ decision: Settlement.Decision, reason: String = "because"
  ) -> NewSettlement {
    NewSettlement(
      batch: batch.batch, line: line, decision: decision, reason: reason, settledBy: "ruth")
  }
}
