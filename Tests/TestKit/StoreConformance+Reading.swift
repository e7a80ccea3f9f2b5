internal import ExamModel
internal import Storage
internal import Testing

extension StoreConformance {
  static let reading: [StoreConformance] = [
    StoreConformance("the legend comes back in its order") { hall in
      let (store, batch) = try await hall.imported(rows: 1)
      #expect(try await store.legend(of: batch.run) == hall.legend)
    },
    StoreConformance("results come in pages in order of candidate") { hall in
      let store = try await hall.prepared()
      let names = ["b", "ä", "a", "Z", "a b", "\u{1F393}", "10", "9"]
      let rows = names.enumerated().map { index, name in
        var row = hall.row(index + 2)
        row.candidate = CandidateID(name)
        return row
      }
      let batch = try await store.importBatch(hall.batch(rows, chunkSize: 3), submissions: rows)
      try await hall.gradeAll(store, batch.run)
      var found: [String] = []
      while true {
        let page = try await store.results(
          of: batch.run, after: found.last.map { CandidateID($0) }, limit: 3)
        found += page.map(\.candidate.rawValue)
        if page.isEmpty { break }
        #expect(page.allSatisfy { $0.outcomes == [1, 101, 0] && $0.awarded == Points(1.5) })
      }
      #expect(found == ["10", "9", "Z", "a", "a b", "b", "ä", "\u{1F393}"])
    },
    StoreConformance("runs are listed newest first, of one test or of all") { hall in
      let (store, first) = try await hall.imported(rows: 3)
      let rows = hall.submissions(1)
      let second = try await store.importBatch(hall.batch(rows, digest: "d2"), submissions: rows)
      try await store.register(TestRecord(id: "other", title: "Other", manifestDigest: "o"))
      var elsewhere = hall.batch(rows)
      elsewhere.test = "other"
      let third = try await store.importBatch(elsewhere, submissions: rows)
      #expect(try await store.runs(of: nil).map(\.run) == [third.run, second.run, first.run])
      #expect(try await store.runs(of: hall.test).map(\.rows) == [1, 3])
      #expect(try await store.runs(of: "unheard-of").isEmpty)
    },
    StoreConformance("who holds what is told with the end of the lease, by the store's clock") {
      hall in
      let (store, batch) = try await hall.imported(rows: 6, chunkSize: 2)
      let lease = LeaseTerms(leaseSeconds: 100)
      _ = try await store.claimChunk(of: nil, as: "a/1/0", lease: lease)
      let second = try await store.claimChunk(of: nil, as: "b/2/7", lease: .alreadyOver)
      let situation = try await store.situation(of: hall.test)
      #expect(situation.runs == (try await store.runs(of: hall.test)))
      #expect(situation.held.map(\.owner) == ["a/1/0", "b/2/7"])
      #expect(situation.held.allSatisfy { $0.run == batch.run && $0.attempt == 1 })
      #expect((1...100).contains(situation.secondsLeft(of: situation.held[0])))
      #expect(situation.secondsLeft(of: situation.held[1]) <= 0)
      try await store.giveBack(try #require(second))
      #expect(try await store.situation(of: nil).held == [situation.held[0]])
      #expect(try await store.situation(of: "other").held.isEmpty)
    },
    StoreConformance("a run that is not there is an error, not an empty answer") { hall in
      let store = try await hall.prepared()
      let run = RunKey(test: hall.test, run: 77)
      #expect(await errorKind { _ = try await store.progress(of: run) } == .conflict)
      #expect(await errorKind { _ = try await store.legend(of: run) } == .conflict)
    },
  ]
}
