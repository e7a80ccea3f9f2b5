import Cohort
import Cryptography
import ExamModel
import PaperPress
import QuestionBank
import Storage
import TestKit
import Testing
import Workers

/// A press and a roster of any size, with the cohort that answers them.
private struct Sitting {
  let press: PaperPress
  let roster: Roster
  let cohort: MadeUpCohort

  init(candidates: Int) throws {
    let blueprint = try Blueprint(
      parsing: """
        { id: "pool", title: "Pool", sections: [{ title: "S", questions: [
          { family: "matdim.product" }, { family: "backprop.sigmoid-neuron" },
          { family: "softmax.values" } ] }] }
        """, file: "blueprint.json5")
    press = try PaperPress(
      blueprint, secret: try #require(ExamSecret(bytes: [UInt8](repeating: 3, count: 32))),
      file: "b")
    roster = try Roster(
      (1...candidates).map {
        Candidate(id: CandidateID("c\($0)"), name: "N\($0)", email: "c\($0)@example.org")
      }, file: "roster.csv")
    cohort = MadeUpCohort(press, roster: roster, seed: 11)
  }

  func `import`(into store: any Store, chunk: Int) async throws -> (
    batch: ImportedBatch, isNew: Bool
  ) {
    let importer = Importer(press: press, roster: roster, keyVersion: "v1", chunkSize: chunk)
    return try await importer.importFile(
      ResponseFile(Array(cohort.csv.utf8), name: "r.csv"), into: store)
  }

  func pool(_ address: StoreAddress, lanes: Int, stop: StopFlag = StopFlag()) -> Pool {
    Pool(press: press, store: address, lanes: lanes, stop: stop) { _ in }
  }
}

@Suite("Grading from import to results") struct GradingTests {
  @Test("every row lands once, as it was meant, on either store", arguments: StoreKind.available)
  func everyRow(_ kind: StoreKind) async throws {
    try await TemporaryStore.withStore(kind) { address in
      let exam = try Sitting(candidates: 60)
      let store = try await address.open()
      _ = try await store.migrate()
      let (batch, isNew) = try await exam.import(into: store, chunk: 7)
      #expect(isNew)
      let progress = try await exam.pool(address, lanes: 3).run(batch).progress
      #expect(progress.state == .finished)
      #expect(progress.graded == 60)
      #expect(progress.graded + progress.superseded + progress.quarantined == progress.rows)
      #expect(try await store.publishedRun(of: "pool") == batch.run)
      let legend = try await store.legend(of: batch.run)
      for result in try await store.results(of: batch.run, after: nil, limit: 1000) {
        let row = try #require(exam.cohort.rows.last { $0.candidate == result.candidate })
        for (item, expected) in row.expected.enumerated() {
          #expect(
            word(result.outcomes[item]) == expected,
            "\(result.candidate) \(legend.items[item].part)")
        }
        let sum = result.awardedEach.reduce(0) { $0 + Int($1) }
        #expect(sum == result.awarded.hundredths)
      }
      let again = try await exam.import(into: store, chunk: 7)
      #expect(!again.isNew && again.batch == batch)
      await store.close()
    }
  }

  private func word(_ code: Int16) -> String? {
    switch code {
    case OutcomeCode.notAsked: nil
    case OutcomeCode.correct: "correct"
    case OutcomeCode.imprecise: "imprecise"
    case OutcomeCode.followThrough: "followThrough"
    case OutcomeCode.incorrect: "incorrect"
    case OutcomeCode.blank: "blank"
    case OutcomeCode.unreadable: "unreadable"
    default: "misconception"
    }
  }

  @Test(
    "a pool that was stopped leaves a run that the next one finishes",
    arguments: StoreKind.available)
  func stopping(_ kind: StoreKind) async throws {
    try await TemporaryStore.withStore(kind) { address in
      let exam = try Sitting(candidates: 30)
      let store = try await address.open()
      _ = try await store.migrate()
      let (batch, _) = try await exam.import(into: store, chunk: 5)
      // One chunk is graded before the flag goes up, as a signal in the middle would leave it.
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "first", lease: LeaseTerms()))
      let grader = try Grader(exam.press, batch: batch)
      let landing = grader.grade(try await store.submissions(of: claim))
      #expect(try await store.land(landing, for: claim))
      let stop = StopFlag()
      stop.raise()
      let stopped = try await exam.pool(address, lanes: 2, stop: stop).run(batch).progress
      #expect(stopped.state == .running && stopped.chunksDone == 1)
      #expect(try await store.publishedRun(of: "pool") == nil)
      let finished = try await exam.pool(address, lanes: 2).run(batch).progress
      #expect(finished.state == .finished && finished.graded == 30)
      await store.close()
    }
  }

  @Test(
    "what one candidate's row says about the decimal mark settles another's",
    arguments: [("0,5", "correct"), ("0.5", "incorrect"), ("idk", "unreadable")])
  func decimalMark(_ neighbour: String, _ word: String) async throws {
    try await TemporaryStore.withStore(.sqlite) { address in
      let blueprint = try Blueprint(
        parsing: """
          { id: "pool", title: "P", sections: [{ title: "S", questions: [
            { family: "info.perplexity", parts: ["bits", "ppl"] } ] }] }
          """, file: "blueprint.json5")
      let press = try PaperPress(
        blueprint, secret: try #require(ExamSecret(bytes: [UInt8](repeating: 3, count: 32))),
        file: "b")
      let roster = try Roster(
        (1...2).map {
          Candidate(id: CandidateID("c\($0)"), name: "N\($0)", email: "c\($0)@example.org")
        }, file: "roster.csv")
      let question = press.paper(for: "c1").questions[0]
      let index = try #require(question.parts.firstIndex { $0.id == "ppl" })
      // A perplexity to three decimals: 8,000 is eight, or eight thousand.
      let perplexity = try #require(question.key[index]).entries[0].fixed(3)
        .replacing(".", with: ",")
      let csv = """
        Timestamp,Email address,Q1 bits,Q1 ppl
        2026/01/01 9:00:00 AM GMT,c1@example.org,,"\(perplexity)"
        2026/01/01 9:00:00 AM GMT,c2@example.org,"\(neighbour)",
        """
      let store = try await address.open()
      _ = try await store.migrate()
      let (batch, _) = try await Importer(press: press, roster: roster, keyVersion: "v1")
        .importFile(ResponseFile(Array(csv.utf8), name: "r.csv"), into: store)
      let claim = try #require(
        try await store.claimChunk(of: batch.run, as: "one", lease: LeaseTerms()))
      let grader = try Grader(press, batch: batch)
      let landing = grader.grade(try await store.submissions(of: claim))
      let result = try #require(landing.results.first { $0.candidate == "c1" })
      let item = try #require(press.formItems.firstIndex { $0.field == "ppl" })
      #expect(self.word(result.outcomes[item]) == word)
      // The decision is kept with the file for whoever grades it next.
      let again = try await store.batch(of: "pool", digest: digest(of: csv))
      #expect(again?.numberLocale == batch.numberLocale)
      await store.close()
    }
  }

  private func digest(of text: String) -> String { Hex.encode(SHA256.hash(Array(text.utf8))) }

  @Test("a file with a header and nothing below it is refused")
  func headerOnly() async throws {
    try await TemporaryStore.withStore(.sqlite) { address in
      let exam = try Sitting(candidates: 3)
      let store = try await address.open()
      _ = try await store.migrate()
      let importer = Importer(press: exam.press, roster: exam.roster, keyVersion: "v1")
      let header = Array(exam.cohort.header.joined(separator: ",").utf8)
      let error = await #expect(throws: SourceError.self) {
        try await importer.importFile(ResponseFile(header, name: "r.csv"), into: store)
      }
      #expect(error?.message.contains("no response below it") == true)
      #expect(try await store.runs(of: "pool").isEmpty)
      await store.close()
    }
  }

  @Test(
    "the end of a run writes its events once, and counts add up in them",
    arguments: StoreKind.available)
  func events(_ kind: StoreKind) async throws {
    try await TemporaryStore.withStore(kind) { address in
      let exam = try Sitting(candidates: 20)
      let store = try await address.open()
      _ = try await store.migrate()
      _ = try await store.addEndpoint(
        NewEndpoint(
          url: "https://example.org/", secrets: [NewSecret(text: "whsec_x")],
          events: ["batch.graded"],
          allowsPrivateAddresses: false), by: "p")
      let (batch, _) = try await exam.import(into: store, chunk: 4)
      _ = try await exam.pool(address, lanes: 4).run(batch)
      _ = try await exam.pool(address, lanes: 1).run(batch)
      let claims = try await store.claimDeliveries(.take(10, 10, 60))
      #expect(claims.map(\.event.type) == ["batch.graded"])
      let data = try JSON(parsing: claims[0].event.payload, file: "payload")["data"]
      let counts = ["graded", "superseded", "quarantined"].compactMap { data?[$0]?.int }
      #expect(counts.count == 3 && counts.reduce(0, +) == data?["rows"]?.int)
      await store.close()
    }
  }
}
