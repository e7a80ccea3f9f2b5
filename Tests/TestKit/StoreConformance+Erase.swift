internal import ExamModel
internal import Storage
internal import Testing

extension StoreConformance {
  static let erasing: [StoreConformance] = [
    StoreConformance("an erased candidate is gone from everything, and all counts add up") { hall in
      let (store, batch) = try await hall.graded(events: [
        NewEvent(
          id: "evt_1", test: hall.test, type: "regrade.completed",
          payload: #"{"data":{"candidates":[{"candidate":"c3","after":2},{"candidate":"c4"}]}}"#)
      ])
      try await store.write(hall.overrule(batch, line: 3, 1), as: "overrule", over: batch.run)
      let again = try await store.begin(hall.regrade(of: batch, .exact))
      try await hall.gradeAll(store, again.run)
      #expect(try await store.finish(again.run, events: []))
      let before = try await store.tallies(of: batch.run)
      let dry = try await store.erase(PersonalNames("c3"), of: hall.test, by: "ruth", isDry: true)
      #expect(dry.submissions == 1 && dry.results == 2 && dry.overrules == 1 && dry.events == 1)
      #expect(try await store.progress(of: batch.run).rows == 6)
      #expect(
        try await store.erase(PersonalNames("c3"), of: hall.test, by: "ruth", isDry: false) == dry)
      for run in [batch.run, again.run] {
        let progress = try await store.progress(of: run)
        #expect(progress.rows == 5 && progress.graded == 5)
        #expect(progress.graded + progress.superseded + progress.quarantined == progress.rows)
        let tallies = try await store.tallies(of: run)
        // Three of the hall's results have been summed in two items; one result less in each.
        #expect(tallies.map(\.count) == before.map { $0.count - 1 })
        #expect(tallies[0].awarded == Points(7.5))
      }
      for table in ["submission", "result", "overrule"] {
        #expect(
          try await hall.inspect(
            "select count(*) from \(verbatim: table) where candidate_id = 'c3'") == [["0"]])
      }
      let payload = try await hall.inspect("select payload from event where event_id = 'evt_1'")
      #expect(
        payload == [
          [
            #"{"data":{"candidates":[{"candidate":"(erased)","after":2},{"candidate":"c4"}]}}"#
          ]
        ])
      let entries = try await store.auditEntries(of: hall.test, after: 0, limit: 99)
      #expect(entries.last?.kind == "erase" && entries.last?.details.contains("c3") == false)
      #expect(
        try await store.erase(PersonalNames("c3"), of: hall.test, by: "ruth", isDry: false).isEmpty)
      #expect(try await store.auditEntries(of: hall.test, after: 0, limit: 99) == entries)
      // The file is known all the same: it does not come back with it.
      #expect(try await store.batch(of: hall.test, digest: "d1")?.batch == batch.batch)
    },
    StoreConformance("rows of a candidate that were superseded or settled leave the balance whole")
    {
      hall in
      let store = try await hall.prepared()
      var old = hall.row(3, .superseded)
      old.candidate = "c2"
      var lost = hall.row(5, .quarantined)
      (lost.candidate, lost.raw) = (nil, "raw")
      let rows = [hall.row(2), old, hall.row(4), lost]
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let released = try await store.settle(
        NewSettlement(
          batch: batch.batch, line: 5, decision: .released(to: "c2"), reason: "r",
          settledBy: "ruth", replacesOther: true))
      try await hall.gradeAll(store, released.run)
      #expect(try await store.finish(released.run, events: []))
      let erased = try await store.erase(
        PersonalNames("c2"), of: hall.test, by: "ruth", isDry: false)
      #expect(erased.submissions == 3 && erased.results == 2 && erased.settlements == 1)
      for run in [batch.run, released.run] {
        let progress = try await store.progress(of: run)
        #expect(progress.rows == 1 && progress.graded == 1)
        #expect(progress.superseded == 0 && progress.quarantined == 0)
      }
      #expect(try await store.quarantine(of: hall.test).isEmpty)
    },
    StoreConformance("rows in quarantine go with the person whom they name") { hall in
      let store = try await hall.prepared()
      let code = PaperCode(bits: [1, 2, 3, 4, 5])
      let near = SuggestedOwners.near([(code, "c3")])
      let found: [(cells: [String], reason: String)] = [
        (["C3", "7"], "unknown"), (["me: Ruth@Example.org!", "7"], "unknown"),
        ([code.characters.lowercased(), "7"], "unknown"), (["", "7"], "mistyped; \(near)"),
        (["c33", "7"], "unknown"), (["", "7"], "broken row (record c3, line 9)"),
        (["", "7"], "mistyped; \(SuggestedOwners.near([(code, "c2"), (code, "c3")]))"),
        (["", "7"], SuggestedOwners.sharing(["c3", "c4"])),
      ]
      let rows =
        hall.submissions(3)
        + found.enumerated().map { index, row in
          var unclaimed = hall.unclaimed(line: 10 + index, cells: row.cells)
          unclaimed.reason = row.reason
          return unclaimed
        }
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      try await hall.gradeAll(store, batch.run)
      #expect(try await store.finish(batch.run, events: []))
      let person = PersonalNames("c3", address: "ruth@example.org", code: code)
      let erased = try await store.erase(person, of: hall.test, by: "ruth", isDry: false)
      #expect(erased.submissions == 5 && erased.results == 1 && erased.mentions == 2)
      // A row that may be another's as well stays, and says no more whose else it may be.
      let left = try await store.quarantine(of: hall.test).map(\.row)
      #expect(left.map(\.line) == [14, 15, 16, 17])
      #expect(left[2].reason == "mistyped; a slip away from \(code) of c2 and (erased)")
      #expect(left[3].reason == SuggestedOwners.sharing(["(erased)", "c4"]))
      let progress = try await store.progress(of: batch.run)
      #expect(progress.rows == 6 && progress.graded == 2 && progress.quarantined == 4)
      // An address that nobody has stands in every row.
      let other = PersonalNames("c2", address: "")
      #expect(
        try await store.erase(other, of: hall.test, by: "ruth", isDry: false).submissions == 1)
      // Whoever a row was given to, why it had been set aside named another.
      let released = try await store.settle(
        NewSettlement(
          batch: batch.batch, line: 17, decision: .released(to: "c9"), reason: "r",
          settledBy: "ruth"))
      try await hall.gradeAll(store, released.run)
      #expect(try await store.finish(released.run, events: []))
      let named = try await store.erase(
        PersonalNames("c4"), of: hall.test, by: "ruth", isDry: false)
      #expect(named.mentions == 1)
      let reasons = try await hall.inspect("select quarantine_reason from settlement")
      #expect(reasons == [[SuggestedOwners.sharing(["(erased)", "(erased)"])]])
    },
    StoreConformance("whoever is on no roster is found by a cell with their address") { hall in
      let store = try await hall.prepared()
      let address = "Ruth@Example.org"
      let rows =
        [
          hall.row(2, cells: [" ruth@example.ORG", "7"]), hall.row(3, cells: ["x\(address)", "7"]),
        ]
        + [hall.unclaimed(line: 4, cells: [address, "7"])]
      _ = try await store.importBatch(hall.batch(rows), submissions: rows)
      #expect(try await store.candidates(writing: address, of: hall.test) == ["c2"])
    },
    StoreConformance("counts add up after an erasure whatever run was cancelled or failed") {
      hall in
      let store = try await hall.prepared()
      var old = hall.row(7, .superseded)
      old.candidate = "c2"
      let rows =
        (2..<7).map { hall.row($0) } + [old, hall.unclaimed(line: 8), hall.unclaimed(line: 9)]
      let batch = try await store.importBatch(hall.batch(rows), submissions: rows)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "w", lease: LeaseTerms()))
      #expect(
        try await store.land(hall.landing(try await store.submissions(of: claim)), for: claim))
      #expect(try await store.arrange(batch.run, .cancelled, by: "ruth"))
      func erase(_ candidate: CandidateID) async throws {
        #expect(
          try await !store.erase(
            PersonalNames(candidate), of: hall.test, by: "ruth", isDry: false
          ).isEmpty)
      }
      /// Graded, superseded, quarantined and all rows of each run, and those of the import.
      func counts() async throws -> [[Int]] {
        let runs = try await store.runs(of: hall.test).sorted { $0.run.run < $1.run.run }
        let imported = try await hall.inspect(
          "select superseded_count, quarantined_count, row_count from batch")
        return runs.map { [$0.graded, $0.superseded, $0.quarantined, $0.rows] }
          + imported.map { $0.compactMap { $0.flatMap { Int($0) } } }
      }
      #expect(try await counts() == [[2, 1, 2, 8], [1, 2, 8]])
      // Never graded, as the run was cancelled before.
      try await erase("c6")
      #expect(try await counts() == [[2, 1, 2, 7], [1, 2, 7]])
      // In the next run the row of c5 fails, and goes to quarantine.
      let next = try await store.begin(
        over: batch.batch, keyVersion: "k1", legend: hall.legend, by: "ruth")
      while let claim = try await store.claimChunk(of: next.run, as: "w", lease: LeaseTerms()) {
        let claimed = try await store.submissions(of: claim)
        if claimed.contains(where: { $0.line == 5 }) {
          try await store.fail(claim, error: "x")
          try await hall.endRests()
        } else {
          #expect(try await store.land(hall.landing(claimed), for: claim))
        }
      }
      #expect(try await store.finish(next.run, events: []))
      #expect(try await counts() == [[2, 1, 2, 7], [3, 1, 3, 7], [1, 2, 7]])
      // One that was in quarantine takes the place of a graded one, and one is nobody's.
      let released = try await store.settle(
        NewSettlement(
          batch: batch.batch, line: 8, decision: .released(to: "c4"), reason: "r",
          settledBy: "ruth", replacesOther: true))
      try await hall.gradeAll(store, released.run)
      #expect(try await store.finish(released.run, events: []))
      #expect(
        try await counts() == [[2, 1, 2, 7], [3, 1, 3, 7], [3, 2, 2, 7], [1, 2, 7]])
      try await erase("c4")
      #expect(
        try await counts() == [[2, 1, 1, 5], [2, 1, 2, 5], [2, 1, 2, 5], [1, 1, 5]])
      try await erase("c5")
      #expect(
        try await counts() == [[2, 1, 1, 4], [2, 1, 1, 4], [2, 1, 1, 4], [1, 1, 4]])
      try await erase("c2")
      #expect(
        try await counts() == [[1, 0, 1, 2], [1, 0, 1, 2], [1, 0, 1, 2], [0, 1, 2]])
    },
    StoreConformance("nobody is erased while their answers are being graded") { hall in
      let (store, _) = try await hall.imported()
      #expect(
        await errorKind {
          _ = try await store.erase(PersonalNames("c3"), of: hall.test, by: "ruth", isDry: false)
        } == .conflict)
      #expect(
        await errorKind {
          _ = try await store.eraseAnswers(
            of: hall.test, lastImportBefore: nil, by: "ruth", isDry: false)
        } == .conflict)
      #expect(try await hall.inspect("select count(*) from submission") == [["6"]])
    },
    StoreConformance("a test that was imported to since is no old one, whatever was listed before")
    {
      hall in
      let (store, _) = try await hall.graded()
      let age = try #require(try await store.testAges().first)
      let erased = try await store.eraseAnswers(
        of: hall.test, lastImportBefore: age.lastImportMicroseconds, by: "ruth", isDry: false)
      #expect(erased.isEmpty)
      #expect(try await hall.inspect("select count(*) from submission") == [["6"]])
    },
    StoreConformance("an erased test keeps its sums and its trail, and no answer") { hall in
      let (store, batch) = try await hall.graded(events: [hall.event("evt_1", test: hall.test)])
      #expect(try await store.testAges().map(\.test) == [hall.test])
      let tallies = try await store.tallies(of: batch.run)
      let dry = try await store.eraseAnswers(
        of: hall.test, lastImportBefore: nil, by: "ruth", isDry: true)
      #expect(dry.submissions == 6 && dry.results == 6 && dry.events == 1)
      #expect(
        try await store.eraseAnswers(of: hall.test, lastImportBefore: nil, by: "ruth", isDry: false)
          == dry)
      #expect(try await store.results(of: batch.run, after: nil, limit: 9).isEmpty)
      #expect(try await store.tallies(of: batch.run) == tallies)
      #expect(try await store.testAges().isEmpty)
      let entries = try await store.auditEntries(of: hall.test, after: 0, limit: 99)
      #expect(entries.last?.kind == "erase.test")
      #expect(
        await errorKind { _ = try await store.begin(hall.regrade(of: batch, .exact)) } == .conflict)
    },
  ]
}
