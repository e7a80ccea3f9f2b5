internal import ExamModel
package import Storage
internal import Testing

extension StoreConformance {
  static let reviewing: [StoreConformance] = [
    StoreConformance("a decision about an answer stands beside the verdict, and the latest counts")
    {
      hall in
      let (store, batch) = try await hall.graded()
      for (points, by) in [(1.0, "ruth"), (0.25, "ben")] {
        try await store.write(
          hall.overrule(batch, line: 3, points, by: by), as: "overrule", over: batch.run)
      }
      try await store.write(
        hall.overrule(batch, line: 2, 9, outcome: OutcomeCode.correct), as: "review.decided",
        over: batch.run)
      let standing = try await store.overrules(of: batch.batch, after: nil, through: nil)
      #expect(standing.map(\.candidate) == ["c2", "c3"])
      #expect(standing.map(\.awarded) == [Points(9), Points(0.25)])
      #expect(standing.map(\.outcome) == [OutcomeCode.correct, nil])
      #expect(standing[1].decidedBy == "ben" && standing[1].reason == "because")
      #expect(standing[1].decidedMicroseconds > 1_700_000_000_000_000)
      let later = try await store.overrules(of: batch.batch, after: "c2", through: "c3")
      #expect(later == [standing[1]])
      #expect(try await store.overrules(of: batch.batch, of: "c3") == [standing[1]])
      let machine = try await store.overruledResults(of: batch.run)
      #expect(machine.map(\.candidate) == ["c2", "c3"])
      #expect(machine.allSatisfy { $0.awarded == Points(1.5) && $0.awardedEach[1] == 0 })
      // Nobody gets more than the answer is worth.
      let best = machine[0].overruled(by: standing, legend: hall.legend)
      #expect(best.awarded == Points(2.5) && best.awardedEach[1] == 100 && best.outcomes[1] == 1)
      let marks = try await hall.inspect(
        """
        select candidate_id, outcome, cast(awarded as text), cast(machine_awarded as text),
          overruled_by
        from mark where part_id = 'columns' and candidate_id in ('c2', 'c3') order by 1
        """)
      #expect(marks.map { $0[4] } == ["ruth", "ben"])
      #expect(marks.map { $0[2].flatMap(Double.init) } == [1, 0.25])
      #expect(marks.map { $0[3].flatMap(Double.init) } == [0, 0])
    },
    StoreConformance("a decision about a row of somebody else is refused") { hall in
      let (store, batch) = try await hall.graded()
      var stray = hall.overrule(batch, line: 3, 1)
      stray.candidate = "c2"
      #expect(
        await errorKind { try await store.write(stray, as: "overrule", over: batch.run) }
          == .conflict)
      #expect(try await store.overrules(of: batch.batch, after: nil, through: nil).isEmpty)
    },
    StoreConformance("a regrade is a run of its own, and decisions stand in it") { hall in
      let (store, batch) = try await hall.graded()
      try await store.write(
        hall.overrule(batch, line: 3, 1), as: "overrule", over: batch.run)
      let again = try await store.begin(hall.regrade(of: batch, .neverLower))
      #expect(again.batch == batch.batch && again.run != batch.run)
      let record = try #require(try await store.regrade(of: again.run))
      #expect(record.earlier == batch.run && record.policy == .neverLower)
      #expect(record.reason == "because" && record.begunBy == "ruth")
      #expect(try await store.regrade(of: batch.run) == nil)
      #expect(try await store.keyVersion(of: again.run) == "k2")
      #expect(try await store.publishedRun(of: hall.test) == batch.run)
      let claim = try #require(
        try await store.claimChunk(of: again.run, as: "w", lease: LeaseTerms()))
      let earlier = try await store.earlierResults(for: claim)
      let lines = try await store.submissions(of: claim).map(\.line)
      #expect(Set(earlier.map(\.line)) == Set(lines))
      try await store.giveBack(claim)
      try await hall.gradeAll(store, again.run)
      #expect(try await store.finish(again.run, events: []))
      #expect(try await store.publishedRun(of: hall.test) == again.run)
      #expect(try await store.overruledResults(of: again.run).map(\.candidate) == ["c3"])
      let page = try await store.answers(
        of: again.run, in: batch.batch, having: nil, after: "c3", limit: 2)
      #expect(page.map(\.result.candidate) == ["c4", "c5"])
      #expect(page[0].cells == ["c2", "2"])
      let unread = try await store.answers(
        of: again.run, in: batch.batch, having: OutcomeCode.unreadable, after: nil, limit: 9)
      #expect(unread.isEmpty)
      let mistaken = try await store.answers(
        of: again.run, in: batch.batch, having: 101, after: nil, limit: 9)
      #expect(mistaken.count == 6)
    },
    StoreConformance("whoever was promised never to have less keeps that when a row is released") {
      hall in
      let store = try await hall.prepared()
      var lost = hall.row(5, .quarantined)
      (lost.candidate, lost.raw) = (nil, "raw")
      let rows = [hall.row(2), lost]
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let again = try await store.begin(hall.regrade(of: batch, .neverLower))
      try await hall.gradeAll(store, again.run)
      #expect(try await store.finish(again.run, events: []))
      let released = try await store.settle(
        NewSettlement(
          batch: batch.batch, line: 5, decision: .released(to: "c9"), reason: "r",
          settledBy: "ruth"))
      let record = try await store.regrade(of: released.run)
      #expect(record?.earlier == again.run && record?.policy == .neverLower)
      #expect(try await store.keyVersion(of: released.run) == "k2")
      let claim = try #require(
        try await store.claimChunk(of: released.run, as: "w", lease: LeaseTerms()))
      #expect(try await store.earlierResults(for: claim).map(\.candidate) == ["c2"])
    },
    StoreConformance("an exact regrade knows no floor") { hall in
      let (store, batch) = try await hall.graded()
      let again = try await store.begin(hall.regrade(of: batch, .exact))
      let claim = try #require(
        try await store.claimChunk(of: again.run, as: "w", lease: LeaseTerms()))
      #expect(try await store.earlierResults(for: claim).isEmpty)
    },
  ]

  static let auditing: [StoreConformance] = [
    StoreConformance("what happens is written down in a chain that names nobody") { hall in
      let (store, batch) = try await hall.graded()
      try await store.write(hall.overrule(batch, line: 3, 1), as: "overrule", over: batch.run)
      _ = try await store.begin(hall.regrade(of: batch, .exact))
      let entries = try await store.auditEntries(of: hall.test, after: 0, limit: 99)
      #expect(
        entries.map(\.kind) == ["import", "run.published", "overrule", "regrade.begun"])
      #expect(entries.map(\.number) == [1, 2, 3, 4])
      #expect(entries.map(\.actor) == ["gradus", "gradus", "ruth", "ruth"])
      #expect(entries.allSatisfy { !$0.details.contains("c3") })
      var verification = AuditVerification()
      #expect(entries.allSatisfy { verification.follow($0) == nil })
      #expect(verification.number == 4 && verification.head == entries[3].hash)
      #expect(try await store.auditTrails() == [hall.test])
      #expect(
        try await store.auditEntries(of: hall.test, after: 1, limit: 2).map(\.number) == [2, 3])
    },
    StoreConformance("a webhook that is disabled goes into the store's own trail") { hall in
      let store = try await hall.prepared()
      let endpoint = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      #expect(try await store.setEndpoint(endpoint.id, disabledBecause: "gone", by: "p"))
      #expect(try await store.setEndpoint(999, disabledBecause: "gone", by: "p") == false)
      #expect(try await store.auditTrails() == [nil])
      let entries = try await store.auditEntries(of: nil, after: 0, limit: 9)
      #expect(entries.map(\.kind) == ["webhook.added", "webhook.disabled"])
    },
    StoreConformance("the trail refuses to be changed or shortened") { hall in
      _ = try await hall.graded()
      for statement: SQL in ["update audit set actor = 'x'", "delete from audit"] {
        #expect(await errorKind { try await hall.inspect(statement) } != nil)
      }
      #expect(try await hall.inspect("select count(*) from audit") == [["2"]])
    },
    StoreConformance("many who write at once make one chain") { hall in
      let (first, batch) = try await hall.graded()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 {
          group.addTask {
            let store = try await hall.open()
            for round in 0..<5 {
              try await store.write(
                hall.overrule(batch, line: 2 + (number + round) % 6, Double(round)),
                as: "overrule", over: batch.run)
            }
            await store.close()
          }
        }
        try await group.waitForAll()
      }
      let entries = try await first.auditEntries(of: hall.test, after: 0, limit: 99)
      var verification = AuditVerification()
      #expect(entries.count == 42 && entries.allSatisfy { verification.follow($0) == nil })
    },
  ]
}

extension Hall {
  /// A store with one imported file, graded and published.
  func graded(
    events: [NewEvent] = []
  ) async throws -> (store: any Store, batch: ImportedBatch) {
    let (store, batch) = try await imported(events: events)
    try await gradeAll(store, batch.run)
    #expect(try await store.finish(batch.run, events: []))
    return (store, batch)
  }

  func overrule(
    _ batch: ImportedBatch, line: Int, _ points: Double, outcome: Int16? = nil, by: String = "ruth"
  ) -> Overrule {
    Overrule(
      place: AnswerPlace(
        batch: batch.batch, line: line, item: FormItem(question: 1, field: "columns")),
      candidate: CandidateID("c\(line)"), outcome: outcome, awarded: Points(points),
      reason: "because", decidedBy: by)
  }

  package func regrade(of batch: ImportedBatch, _ policy: RegradePolicy) -> NewRegrade {
    NewRegrade(
      earlier: batch.run, policy: policy, keyVersion: "k2", legend: legend, reason: "because",
      begunBy: "ruth")
  }
}
