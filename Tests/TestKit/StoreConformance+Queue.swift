internal import ExamModel
internal import Storage
internal import Testing

extension StoreConformance {
  static let queue: [StoreConformance] = [
    StoreConformance("claims of many connections never meet") { hall in
      let (_, batch) = try await hall.imported(rows: 40, chunkSize: 1)
      let claims = try await withThrowingTaskGroup(of: [ChunkClaim].self) { group in
        for worker in 0..<4 {
          group.addTask {
            let store = try await hall.open()
            var claims: [ChunkClaim] = []
            while let claim = try await store.claimChunk(
              of: batch.run, as: "w\(worker)", lease: LeaseTerms())
            {
              claims.append(claim)
            }
            await store.close()
            return claims
          }
        }
        return try await group.reduce([], +)
      }
      #expect(claims.map(\.chunk).sorted() == Array(0..<40))
      #expect(claims.allSatisfy { $0.attempt == 1 && $0.batch == batch.batch })
    },
    StoreConformance("a claim can be of one run only") { hall in
      let (store, first) = try await hall.imported(rows: 1)
      let rows = hall.submissions(1)
      let second = try await store.importBatch(hall.batch(rows, digest: "d2"), submissions: rows)
      let claim = try await store.claimChunk(of: second.run, as: "w", lease: LeaseTerms())
      #expect(claim?.run == second.run)
      #expect(try await store.claimChunk(of: second.run, as: "w", lease: LeaseTerms()) == nil)
      #expect(
        try await store.claimChunk(of: nil, as: "w", lease: LeaseTerms())?.run == first.run)
    },
    StoreConformance("no token is given twice, not where the store forgot a claim") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let old = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
      // As after a crash of the server, or where the run's rows were dealt anew.
      try await hall.inspect(
        """
        update chunk set state = 0, token = 0, attempt = 0, lease_until = null, deadline = null
        """)
      let new = try #require(
        try await store.claimChunk(of: batch.run, as: "b", lease: LeaseTerms()))
      #expect(new.chunk == old.chunk && new.token > old.token)
      #expect(try await !store.land(hall.landing(hall.submissions(2)), for: old))
    },
    StoreConformance("an expired lease is claimed again with a greater token") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let other = try await hall.open()
      let old = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: .alreadyOver))
      let new = try #require(
        try await other.claimChunk(of: batch.run, as: "b", lease: LeaseTerms()))
      #expect(new.chunk == old.chunk && new.token > old.token && new.attempt == 2)
      #expect(try await !store.heartbeat(old, lease: LeaseTerms()))
      #expect(try await other.heartbeat(new, lease: LeaseTerms()))
      let rows = hall.submissions(2)
      #expect(try await !store.land(hall.landing(rows), for: old))
      #expect(try await store.results(of: batch.run, after: nil, limit: 9).isEmpty)
      #expect(try await other.land(hall.landing(rows), for: new))
      // Now that the results are there, the late ones meet the tripwire before the fence.
      #expect(try await !store.land(hall.landing(rows), for: old))
      #expect(try await store.results(of: batch.run, after: nil, limit: 9).count == 2)
      #expect(try await store.tallies(of: batch.run).map(\.count) == [2, 2])
    },
    StoreConformance("a chunk whose worker is gone is claimed when its lease ends, not before") {
      hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let crashing = try await hall.open()
      let lost = try #require(
        try await crashing.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
      await crashing.close()
      #expect(try await store.claimChunk(of: batch.run, as: "b", lease: LeaseTerms()) == nil)
      try await hall.endLeases()
      let claim = try await store.claimChunk(of: batch.run, as: "b", lease: LeaseTerms())
      #expect(claim?.chunk == lost.chunk)
    },
    StoreConformance("no heartbeat helps beyond the deadline") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let terms = LeaseTerms(leaseSeconds: 30, deadlineSeconds: 0)
      let claim = try #require(try await store.claimChunk(of: batch.run, as: "a", lease: terms))
      #expect(try await !store.heartbeat(claim, lease: terms))
      let next = try await store.claimChunk(of: batch.run, as: "b", lease: terms)
      #expect(next?.chunk == claim.chunk)
    },
    StoreConformance("a heartbeat revives a lease that nobody took") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: .alreadyOver))
      #expect(try await store.heartbeat(claim, lease: LeaseTerms()))
      #expect(try await store.claimChunk(of: batch.run, as: "b", lease: LeaseTerms()) == nil)
    },
    StoreConformance("what is given back is there at once and does not count") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      var tokens: [Int64] = []
      for _ in 0..<7 {
        let claim = try #require(
          try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
        #expect(claim.attempt == 1)
        tokens.append(claim.token)
        try await store.giveBack(claim)
      }
      #expect(zip(tokens, tokens.dropFirst()).allSatisfy { $0 < $1 })
    },
    StoreConformance("a failed chunk rests before it is tried again") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
      try await store.fail(claim, error: "no key")
      // Looked up rather than tried: a slow machine may take longer than the rest.
      let resting = try await hall.inspect(
        "select chunk from chunk where run_after > (select max(started_at) from run)")
      #expect(resting.count == 1)
      try await hall.endRests()
      let next = try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms())
      #expect(next?.attempt == 2)
    },
    StoreConformance("a row that fails to the last is set aside alone, into quarantine") { hall in
      let (store, batch) = try await hall.imported(rows: 20, chunkSize: 20)
      // Whole, whole, in five parts, row by row, and the row that is to blame once more.
      let sizes = [[20], [20], [4, 4, 4, 4, 4], [1, 1, 1, 1], [1]]
      for (attempt, sizes) in sizes.enumerated() {
        for size in sizes {
          let claim = try #require(
            try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
          let rows = try await store.submissions(of: claim)
          #expect(claim.attempt == attempt + 1 && rows.count == size)
          if rows.contains(where: { $0.line == 7 }) {
            try await store.fail(claim, error: "line 7 \"broke\"")
          } else {
            #expect(try await store.land(hall.landing(rows), for: claim))
          }
        }
        try await hall.endRests()
      }
      #expect(try await store.finish(batch.run, events: []))
      let progress = try await store.progress(of: batch.run)
      #expect(progress.state == .incomplete && progress.chunksSetAside == 1)
      #expect(progress.graded == 19 && progress.quarantined == 1 && progress.rows == 20)
      #expect(progress.errors == ["line 7 \"broke\""])
      let aside = try await store.quarantine(of: hall.test)
      #expect(aside.map(\.row.line) == [7])
      #expect(aside[0].row.reason == "it could not be graded: line 7 \"broke\"")
      #expect(aside[0].row.cells == ["c5", "5"])
      let released = try await store.settle(
        hall.settlement(of: batch, line: 7, .released(to: "c7")))
      #expect(released.run != batch.run)
      try await hall.gradeAll(store, released.run)
      #expect(try await store.results(of: released.run, after: nil, limit: 99).count == 20)
    },
    StoreConformance("what workers took and lost is split as well") { hall in
      let (store, batch) = try await hall.imported(rows: 4, chunkSize: 4)
      var sizes: [Int] = []
      while let claim = try await store.claimChunk(of: nil, as: "w", lease: .alreadyOver) {
        sizes.append(try await store.submissions(of: claim).count)
      }
      // Of each of the two parts and four rows every lease runs out at once.
      #expect(sizes.reduce(0, +) == 20)
      let progress = try await store.progress(of: batch.run)
      #expect(progress.chunks == 4 && progress.chunksSetAside == 4 && progress.quarantined == 4)
      #expect(progress.errors.allSatisfy { $0.hasSuffix("none came back") })
    },
    StoreConformance("the worker of a chunk that was split can land nothing of it") { hall in
      let (store, batch) = try await hall.imported(rows: 4, chunkSize: 4)
      _ = try await store.claimChunk(of: batch.run, as: "a", lease: .alreadyOver)
      let late = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: .alreadyOver))
      let rows = try await store.submissions(of: late)
      let part = try #require(
        try await store.claimChunk(of: batch.run, as: "b", lease: LeaseTerms()))
      #expect(try await store.submissions(of: late).isEmpty && rows.count == 4)
      #expect(try await !store.heartbeat(late, lease: LeaseTerms()))
      #expect(try await !store.land(hall.landing(rows), for: late))
      try await store.fail(late, error: "late")
      try await store.giveBack(late)
      let mine = try await store.submissions(of: part)
      #expect(mine.count == 2)
      #expect(try await store.land(hall.landing(mine), for: part))
    },
    StoreConformance("a run of which every row fails is paused after twenty") { hall in
      let (store, batch) = try await hall.imported(rows: 50, chunkSize: 50)
      while try await store.claimChunk(of: batch.run, as: "w", lease: .alreadyOver) != nil {}
      let progress = try await store.progress(of: batch.run)
      #expect(progress.pausedMicroseconds != nil && progress.state == .running)
      #expect((20..<50).contains(progress.chunksSetAside))
      let last = try await store.auditEntries(of: hall.test, after: 0, limit: 99).last { entry in
        entry.kind == "run.paused"
      }
      #expect(last?.actor == "gradus")
    },
    StoreConformance("a paused run is left alone until it is resumed") { hall in
      let (store, batch) = try await hall.imported(rows: 4)
      let inHand = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
      #expect(try await store.arrange(batch.run, .paused, by: "p"))
      #expect(try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()) == nil)
      #expect(try await store.progress(of: batch.run).pausedMicroseconds != nil)
      let rows = try await store.submissions(of: inHand)
      #expect(try await store.land(hall.landing(rows), for: inHand))
      #expect(try await store.arrange(batch.run, .resumed, by: "p"))
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      #expect(try await !store.arrange(batch.run, .paused, by: "p"))
      let kinds = try await store.auditEntries(of: hall.test, after: 0, limit: 99).map(\.kind)
      #expect(kinds == ["import", "run.paused", "run.resumed", "run.published"])
      let stray = RunKey(test: hall.test, run: 99)
      #expect(await errorKind { _ = try await store.arrange(stray, .paused, by: "p") } == .conflict)
    },
    StoreConformance("chunks of a higher priority are more urgent while they wait") { hall in
      let (store, first) = try await hall.imported(rows: 2)
      let rows = hall.submissions(1)
      let second = try await store.importBatch(hall.batch(rows, digest: "d2"), submissions: rows)
      #expect(try await !store.hasMoreUrgentWork(than: first.run))
      #expect(try await store.arrange(second.run, .priority(3), by: "p"))
      #expect(try await store.runs(of: hall.test).map(\.priority) == [3, 0])
      #expect(try await store.hasMoreUrgentWork(than: first.run))
      #expect(try await !store.hasMoreUrgentWork(than: second.run))
      #expect(try await store.arrange(second.run, .paused, by: "p"))
      #expect(try await !store.hasMoreUrgentWork(than: first.run))
      #expect(try await store.arrange(second.run, .resumed, by: "p"))
      _ = try await store.claimChunk(of: second.run, as: "a", lease: LeaseTerms())
      #expect(try await !store.hasMoreUrgentWork(than: first.run))
    },
    StoreConformance("a late failure or return changes nothing") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let old = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: .alreadyOver))
      let new = try #require(
        try await store.claimChunk(of: batch.run, as: "b", lease: LeaseTerms()))
      try await store.fail(old, error: "late")
      try await store.giveBack(old)
      #expect(try await store.heartbeat(new, lease: LeaseTerms()))
      #expect(try await store.progress(of: batch.run).errors.isEmpty)
    },
  ]

  static let landing: [StoreConformance] = [
    StoreConformance("a chunk is landed once") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
      let landing = hall.landing(try await store.submissions(of: claim))
      #expect(try await store.land(landing, for: claim))
      #expect(try await !store.land(landing, for: claim))
      #expect(try await !store.heartbeat(claim, lease: LeaseTerms()))
      #expect(try await store.results(of: batch.run, after: nil, limit: 9) == landing.results)
    },
    StoreConformance("two results for one candidate of a run trip over the key") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
      var landing = hall.landing(try await store.submissions(of: claim))
      landing.results[1].candidate = landing.results[0].candidate
      let twice = landing
      #expect(await errorKind { _ = try await store.land(twice, for: claim) } == .conflict)
      #expect(try await store.results(of: batch.run, after: nil, limit: 9).isEmpty)
      #expect(try await store.heartbeat(claim, lease: LeaseTerms()))
    },
    StoreConformance("a run is finished once, by one, when its last chunk has ended") { hall in
      let (store, batch) = try await hall.imported(rows: 4, events: [hall.event("e0")])
      #expect(try await !store.finish(batch.run, events: []))
      #expect(try await store.publishedRun(of: hall.test) == nil)
      try await hall.gradeAll(store, batch.run)
      let endpoint = try await store.addEndpoint(hall.endpoint("a"), by: "p")
      let finishers = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<4 {
          group.addTask {
            let event = hall.event("e-\(number)", test: hall.test)
            return try await hall.open().finish(batch.run, events: [event])
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(finishers == 1)
      #expect(try await store.publishedRun(of: hall.test) == batch.run)
      #expect(
        try await store.deliveries(DeliveryChoice(), limit: 9).map(\.endpoint) == [endpoint.id])
      let progress = try await store.progress(of: batch.run)
      #expect(progress.state == .finished && progress.graded == 4 && progress.chunksDone == 2)
      #expect(try #require(progress.finishedMicroseconds) >= progress.startedMicroseconds)
      #expect(progress.startedMicroseconds > 1_700_000_000_000_000)
    },
    StoreConformance("a file without rows to grade is finished at once") { hall in
      let store = try await hall.prepared()
      let rows = [hall.row(2, .quarantined)]
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      #expect(try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms()) == nil)
      #expect(try await store.finish(batch.run, events: []))
    },
    StoreConformance("tallies add up over chunks") { hall in
      let (store, batch) = try await hall.imported(rows: 5)
      try await hall.gradeAll(store, batch.run)
      #expect(
        try await store.tallies(of: batch.run) == [
          ItemTally(item: 0, outcome: 1, count: 5, awarded: Points(7.5)),
          ItemTally(item: 1, outcome: 101, count: 5, awarded: .zero),
        ])
    },
    StoreConformance("the view of marks shows what the results hold") { hall in
      let (store, batch) = try await hall.imported(rows: 1)
      try await hall.gradeAll(store, batch.run)
      let marks = try await hall.inspect(
        """
        select test_id, run_id, candidate_id, line, question, part_id, family_id, outcome,
          misconception_id, cast(100 * awarded as integer), cast(100 * possible as integer)
        from mark order by part_id desc
        """)
      let start = [hall.test.rawValue, "\(batch.run.run)", "c2", "2", "1"]
      #expect(
        marks == [
          start + ["rows", "matdim.product", "correct", nil, "150", "150"],
          start + ["columns", "matdim.product", "misconception", "no-skip", "0", "100"],
        ])
    },
    StoreConformance("the view of marks uses the words of verdicts") { hall in
      let store = try await hall.prepared()
      let codes: [(Int16, Outcome)] = [
        (OutcomeCode.correct, .correct), (OutcomeCode.imprecise, .imprecise),
        (OutcomeCode.followThrough, .followThrough), (OutcomeCode.incorrect, .incorrect),
        (OutcomeCode.blank, .blank), (OutcomeCode.unreadable, .unreadable),
        (RunLegend.firstMistake, .misconception("m")),
      ]
      let rows = [hall.row(2)]
      var new = hall.batch(rows)
      new.legend.items = codes.indices.map {
        .init(question: $0, part: "p", family: "f", version: 1)
      }
      new.legend.mistakes = [.init(family: "f", misconception: "m")]
      let batch = try await store.importBatch(new, submissions: rows)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "a", lease: LeaseTerms()))
      var landing = hall.landing(rows)
      landing.results[0].outcomes = codes.map(\.0)
      landing.results[0].awardedEach = codes.map { _ in 0 }
      landing.results[0].possibleEach = codes.map { _ in 100 }
      #expect(try await store.land(landing, for: claim))
      #expect(
        try await hall.inspect("select outcome, misconception_id from mark order by question")
          == codes.map { [$0.1.word, $0.1 == .misconception("m") ? "m" : nil] })
    },
  ]
}

extension Hall {
  /// What waiting would do: every lease has run out.
  package func endLeases() async throws {
    try await inspect("update chunk set lease_until = \(past) where state = 1")
  }

  /// What waiting would do: every chunk that failed may be tried again.
  package func endRests() async throws { try await inspect("update chunk set run_after = \(past)") }

  var past: SQL {
    address.description.hasPrefix("sqlite:") ? "1" : "timestamptz '1970-01-02'"
  }

  /// What waiting would do: every delivery is due.
  package func endPauses() async throws {
    try await inspect("update delivery set next_at = \(past)")
  }
}
