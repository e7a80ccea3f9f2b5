import ExamModel
import Storage
import Testing

extension StoreConformance {
  /// Which results count, and what persons decide at the same time.
  static let deciding: [StoreConformance] = [
    StoreConformance("the newest file counts, whichever of them is graded first") { hall in
      let (store, older) = try await hall.imported()
      let rows = hall.submissions(6)
      let newer = try await store.importBatch(hall.batch(rows, digest: "d2"), submissions: rows)
      for batch in [newer, older] {
        try await hall.gradeAll(store, batch.run)
        #expect(try await store.finish(batch.run, events: []))
        #expect(try await store.publishedRun(of: hall.test) == newer.run)
      }
      // Until a person says otherwise.
      #expect(try await store.publish(older.run, by: "ruth"))
      #expect(try await !store.publish(older.run, by: "ruth"))
      #expect(try await store.publishedRun(of: hall.test) == older.run)
      let entries = try await store.auditEntries(of: hall.test, after: 0, limit: 99)
      #expect(entries.last?.kind == "run.published" && entries.last?.actor == "ruth")
    },
    StoreConformance("a regrade that ends after a newer file does not take its place") { hall in
      let (store, older) = try await hall.imported()
      try await hall.gradeAll(store, older.run)
      #expect(try await store.finish(older.run, events: []))
      let rows = hall.submissions(6)
      let newer = try await store.importBatch(hall.batch(rows, digest: "d2"), submissions: rows)
      let regrade = try await store.begin(hall.regrade(of: older, .exact))
      for run in [newer.run, regrade.run] {
        try await hall.gradeAll(store, run)
        #expect(try await store.finish(run, events: []))
        #expect(try await store.publishedRun(of: hall.test) == newer.run)
      }
      let again = try await store.begin(hall.regrade(of: newer, .exact))
      try await hall.gradeAll(store, again.run)
      #expect(try await store.finish(again.run, events: []))
      #expect(try await store.publishedRun(of: hall.test) == again.run)
    },
    StoreConformance("a row of a file that a newer one has replaced is not released") { hall in
      let store = try await hall.prepared()
      let rows = hall.submissions(2) + [hall.unclaimed(line: 9)]
      let older = try await store.importBatch(hall.batch(rows), submissions: rows)
      let newer = try await store.importBatch(hall.batch(rows, digest: "d2"), submissions: rows)
      try await hall.gradeAll(store, newer.run)
      #expect(try await store.finish(newer.run, events: []))
      #expect(
        await errorKind { _ = try await store.settle(hall.release(older, line: 9)) } == .conflict)
      #expect(try await store.settle(hall.release(newer, line: 9)).run != newer.run)
    },
    StoreConformance("a cancelled run ends, is not published, and the file is graded anew") {
      hall in
      let (store, batch) = try await hall.imported()
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms()))
      let rows = try await store.submissions(of: claim)
      #expect(try await store.arrange(batch.run, .cancelled, by: "ruth"))
      #expect(try await !store.arrange(batch.run, .cancelled, by: "ruth"))
      #expect(try await !store.land(hall.landing(rows), for: claim))
      #expect(try await store.claimChunk(of: nil, as: "w", lease: LeaseTerms()) == nil)
      #expect(try await !store.finish(batch.run, events: []))
      #expect(try await store.progress(of: batch.run).state == .cancelled)
      #expect(try await store.publishedRun(of: hall.test) == nil)
      #expect(
        await errorKind { _ = try await store.publish(batch.run, by: "ruth") } == .conflict)
      let anew = try await store.begin(
        over: batch.batch, keyVersion: "k2", legend: hall.legend, by: "ruth")
      #expect(anew.run != batch.run)
      #expect(await errorKind { _ = try await store.publish(anew.run, by: "ruth") } == .conflict)
      try await hall.gradeAll(store, anew.run)
      #expect(try await store.finish(anew.run, events: []))
      #expect(try await store.publishedRun(of: hall.test) == anew.run)
      #expect(try await store.batch(of: hall.test, digest: "d1")?.run == anew.run)
      #expect(
        try await store.begin(
          over: batch.batch, keyVersion: "k3", legend: hall.legend, by: "ruth"
        ).run == anew.run)
      #expect(
        try await !store.erase(PersonalNames("c3"), of: hall.test, by: "ruth", isDry: false).isEmpty
      )
    },
    StoreConformance("a cancelled regrade leaves what was graded, and another can begin") { hall in
      let (store, batch) = try await hall.imported()
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let wrong = try await store.begin(hall.regrade(of: batch, .neverLower))
      #expect(
        await errorKind { _ = try await store.begin(hall.regrade(of: batch, .exact)) } == .conflict)
      #expect(try await store.arrange(wrong.run, .cancelled, by: "ruth"))
      #expect(try await store.batch(batch.batch)?.run == batch.run)
      #expect(try await store.begin(hall.regrade(of: batch, .exact)).run != wrong.run)
    },
    StoreConformance("of several who begin a regrade at once, one does") { hall in
      let (store, batch) = try await hall.imported(rows: 2)
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      for _ in 0..<5 {
        let begun = await hall.atOnce(4) { store, number in
          try await store.begin(hall.regrade(of: batch, number % 2 == 0 ? .exact : .neverLower)).run
        }
        let running = try await store.runs(of: hall.test).filter { $0.state == .running }
        #expect(running.count == 1 && Set(begun) == Set(running.map(\.run)))
        for run in running { _ = try await store.arrange(run.run, .cancelled, by: "ruth") }
      }
    },
    StoreConformance("rows that are released at once count once for each candidate") { hall in
      let store = try await hall.prepared()
      let rows = hall.submissions(2) + (10..<26).map { hall.unclaimed(line: $0) }
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      for round in 0..<4 {
        _ = await hall.atOnce(4) { store, number in
          try await store.settle(
            hall.release(batch, line: 10 + 4 * round + number, to: "c2", replacing: true))
        }
      }
      #expect(
        try await hall.inspect(
          "select count(*) from submission where candidate_id = 'c2' and disposition = 0") == [
            ["1"]
          ])
      let run = try #require(try await store.runs(of: hall.test).first { $0.state == .running }).run
      try await hall.gradeAll(store, run)
      #expect(try await store.finish(run, events: []))
      let progress = try await store.progress(of: run)
      #expect(progress.graded == 2 && progress.rows == 18)
      #expect(progress.graded + progress.superseded + progress.quarantined == progress.rows)
    },
    StoreConformance("an erasure beside a regrade is whole or refused") { hall in
      let (store, batch) = try await hall.imported()
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      for candidate in (2..<8).map({ CandidateID("c\($0)") }) {
        let done = await hall.atOnce(2) { store, number in
          guard number == 0 else {
            let run = try await store.begin(hall.regrade(of: batch, .exact)).run
            try await hall.gradeAll(store, run)
            return try await store.finish(run, events: [])
          }
          return try await store.erase(
            PersonalNames(candidate), of: hall.test, by: "ruth", isDry: false
          ).isEmpty
        }
        let left = try await hall.inspect(
          """
          select (select count(*) from submission where candidate_id = \(candidate)),
            (select count(*) from result where candidate_id = \(candidate))
          """)[0].compactMap { $0 }
        // An erasure that went through reports false: it was not empty.
        if done.contains(false) { #expect(left == ["0", "0"]) }
        for run in try await store.runs(of: hall.test) {
          #expect(run.graded + run.superseded + run.quarantined == run.rows)
        }
      }
    },
  ]
}

extension Hall {
  /// A row in quarantine that is nobody's.
  func unclaimed(line: Int, cells: [String] = ["", "1"]) -> SubmissionRecord {
    var row = row(line, cells: cells, .quarantined)
    (row.candidate, row.raw) = (nil, cells.joined(separator: ","))
    return row
  }

  fileprivate func release(
    _ batch: ImportedBatch, line: Int, to candidate: CandidateID = "c99", replacing: Bool = false
  ) -> NewSettlement {
    NewSettlement(
      batch: batch.batch, line: line, decision: .released(to: candidate), reason: "r",
      settledBy: "ruth", replacesOther: replacing)
  }

  /// What those who did something at the same time, each on a connection of their own, came to; those
  /// who were refused are left out.
  fileprivate func atOnce<Result: Sendable>(
    _ count: Int, _ act: @escaping @Sendable (any Store, Int) async throws -> Result
  ) async -> [Result] {
    await withTaskGroup(of: Result?.self) { group in
      for number in 0..<count {
        group.addTask {
          guard let store = try? await open() else { return nil }
          let result = try? await act(store, number)
          await store.close()
          return result
        }
      }
      return await group.reduce(into: []) { all, one in
        if let one { all.append(one) }
      }
    }
  }
}
