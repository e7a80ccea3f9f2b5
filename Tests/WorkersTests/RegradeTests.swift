import Cohort
import ExamModel
import PaperPress
import Storage
import TestKit
import Testing
import Workers

/// A graded cohort, and presses of the same papers that mark them otherwise.
private struct Sitting {
  let roster: Roster
  let address: StoreAddress
  let store: any Store
  let press: PaperPress
  let first: ImportedBatch

  init(candidates: Int, at address: StoreAddress, chunk: Int = 7) async throws {
    self.address = address
    press = try Self.press("")
    roster = try Roster(
      (1...candidates).map {
        Candidate(id: CandidateID("c\($0)"), name: "N\($0)", email: "c\($0)@example.org")
      }, file: "roster.csv")
    store = try await address.open()
    _ = try await store.migrate()
    let importer = Importer(
      press: press, roster: roster, keyVersion: press.keyVersion, chunkSize: chunk)
    let cohort = MadeUpCohort(press, roster: roster, seed: 11)
    (first, _) = try await importer.importFile(
      ResponseFile(Array(cohort.csv.utf8), name: "r.csv"), into: store)
    try await grade(first, by: press)
  }

  static func press(_ rest: String) throws -> PaperPress {
    let blueprint = try Blueprint(
      parsing: """
        { id: "again", title: "Again", sections: [{ title: "S", questions: [
          { family: "matdim.product" }, { family: "backprop.sigmoid-neuron", marks: 4 },
          { family: "softmax.values" } ] }], \(rest) }
        """, file: "blueprint.json5")
    return try PaperPress(
      blueprint, secret: try #require(ExamSecret(bytes: [UInt8](repeating: 3, count: 32))),
      file: "b")
  }

  func grade(_ batch: ImportedBatch, by press: PaperPress) async throws {
    let pool = Pool(press: press, store: address, lanes: 2, stop: StopFlag()) { _ in }
    #expect(try await pool.run(batch).progress.state == .finished)
  }

  /// Begins a regrade and ends it; returns its run with who moved.
  func regrade(
    by press: PaperPress, _ policy: RegradePolicy
  ) async throws -> (run: RunKey, moves: [Move]) {
    let earlier = try #require(try await store.publishedRun(of: "again"))
    let batch = try await begin(press, policy, earlier)
    try await grade(batch, by: press)
    var moves: [Move] = []
    let count = try await Regrade.compare(earlier, with: batch.run, over: batch.batch, in: store) {
      moves.append($0)
    }
    #expect(count.changed == moves.count)
    return (batch.run, moves)
  }

  func begin(
    _ press: PaperPress, _ policy: RegradePolicy, _ earlier: RunKey
  ) async throws -> ImportedBatch {
    try await store.begin(
      NewRegrade(
        earlier: earlier, policy: policy, keyVersion: press.keyVersion, legend: press.legend,
        reason: "a test", begunBy: "ruth"))
  }

  func foresee(by press: PaperPress, _ policy: RegradePolicy) async throws -> [Move] {
    let earlier = try #require(try await store.publishedRun(of: "again"))
    var moves: [Move] = []
    _ = try await Regrade(press, of: earlier, over: first, policy: policy).foresee(in: store) {
      moves.append($0)
    }
    return moves
  }

  func results(_ run: RunKey) async throws -> [ResultRecord] {
    try await store.results(of: run, after: nil, limit: 1000)
  }
}

@Suite("Regrading") struct RegradeTests {
  private func withSitting(
    _ kind: StoreKind, candidates: Int = 40, _ body: (Sitting) async throws -> Void
  ) async throws {
    try await TemporaryStore.withStore(kind) { address in
      let sitting = try await Sitting(candidates: candidates, at: address)
      try await body(sitting)
      await sitting.store.close()
    }
  }

  @Test("by the same blueprint moves nobody", arguments: StoreKind.available)
  func same(kind: StoreKind) async throws {
    try await withSitting(kind) { sitting in
      #expect(try await sitting.foresee(by: sitting.press, .exact).isEmpty)
      let (run, moves) = try await sitting.regrade(by: sitting.press, .exact)
      #expect(moves.isEmpty)
      let later = try await sitting.results(run)
      #expect(try await sitting.results(sitting.first.run) == later)
    }
  }

  @Test(
    "foresees exactly what it then does, keeps the earlier verdicts and switches one pointer",
    arguments: StoreKind.available)
  func foresight(kind: StoreKind) async throws {
    try await withSitting(kind) { sitting in
      let stricter = try Sitting.press("marking: { followThrough: 0, imprecise: 0 }")
      let before = try await sitting.results(sitting.first.run)
      let foreseen = try await sitting.foresee(by: stricter, .exact)
      #expect(!foreseen.isEmpty && foreseen.allSatisfy { $0.after < $0.before })
      #expect(try await sitting.store.runs(of: "again").count == 1)
      let (run, moves) = try await sitting.regrade(by: stricter, .exact)
      #expect(moves == foreseen)
      #expect(try await sitting.results(sitting.first.run) == before)
      #expect(try await sitting.store.publishedRun(of: "again") == run)
    }
  }

  @Test("never lower leaves everybody what they had", arguments: StoreKind.available)
  func neverLower(kind: StoreKind) async throws {
    try await withSitting(kind) { sitting in
      let mixed = try Sitting.press("marking: { imprecise: 0, wrong: 0.25 }")
      let exact = try await sitting.foresee(by: mixed, .exact)
      #expect(
        exact.contains { move in move.parts.contains { $0.after.awarded < $0.before.awarded } })
      let foreseen = try await sitting.foresee(by: mixed, .neverLower)
      let (_, moves) = try await sitting.regrade(by: mixed, .neverLower)
      #expect(moves == foreseen && !moves.isEmpty)
      #expect(
        moves.allSatisfy { move in
          move.after > move.before
            && move.parts.allSatisfy { $0.after.awarded >= $0.before.awarded }
        })
    }
  }

  @Test("a void question counts for nobody, or as right for everybody")
  func void() async throws {
    try await withSitting(.sqlite) { sitting in
      let press = try Sitting.press(
        "corrections: [{ question: 1, void: \"uncounted\" }, { question: 2, part: \"L\", void: \"full-marks\" }]"
      )
      #expect(press.possible == Points(5))
      let (run, _) = try await sitting.regrade(by: press, .neverLower)
      let legend = try await sitting.store.legend(of: run)
      for result in try await sitting.results(run) {
        #expect(result.possible == Points(5))
        for (item, place) in legend.items.enumerated()
        where result.outcomes[item] != OutcomeCode.notAsked {
          let isVoid = place.question == 1 || place.part == "L"
          #expect((result.outcomes[item] == OutcomeCode.void) == isVoid)
          if place.question == 1 { #expect(result.possibleEach[item] == 0) }
          if isVoid { #expect(result.awardedEach[item] == result.possibleEach[item]) }
        }
        #expect(result.awarded.hundredths == result.awardedEach.reduce(0) { $0 + Int($1) })
      }
    }
  }

  @Test("an accepted misconception, an accepted text and a wider tolerance are right")
  func accept() async throws {
    try await withSitting(.sqlite) { sitting in
      let mistakes = Set(
        try await sitting.results(sitting.first.run).flatMap(\.outcomes).filter {
          $0 >= RunLegend.firstMistake
        })
      let legend = sitting.press.legend
      let known = try #require(
        mistakes.compactMap { code -> RunLegend.Mistake? in
          legend.mistakes[Int(code - RunLegend.firstMistake)]
        }.first { $0.family == "backprop.sigmoid-neuron" })
      let press = try Sitting.press(
        """
        corrections: [{ question: 2, accept: ["\(known.misconception)"] },
          { question: 3, absolute: 1000 }]
        """)
      let moves = try await sitting.foresee(by: press, .exact)
      let parts = moves.flatMap(\.parts)
      #expect(!parts.isEmpty)
      #expect(parts.allSatisfy { $0.after.awarded >= $0.before.awarded })
      #expect(
        parts.contains { part in
          legend.outcome(part.before.outcome).misconception == known.misconception
            && part.after.outcome == OutcomeCode.correct
        })
      #expect(parts.contains { legend.items[$0.item].question == 3 })
    }
  }

  @Test("only whom it changes is named in its event, which takes the place of the others'")
  func event() async throws {
    try await withSitting(.sqlite) { sitting in
      let press = try Sitting.press("marking: { imprecise: 0.25, followThrough: 0.5 }")
      let (run, moves) = try await sitting.regrade(by: press, .exact)
      let events = try await TemporaryStore.inspect(
        sitting.address, "select type, payload from event where payload like '%\"run\":2,%'")
      #expect(events.map { $0[0] } == ["regrade.completed"])
      let data = try JSON(parsing: try #require(events.first?[1]), file: "event")["data"]
      let named = data?["candidates"]?.array?.compactMap { $0["candidate"]?.string }
      #expect(named == moves.map(\.candidate.rawValue))
      #expect(moves.count < 40 && data?["compared"]?.int == 40 && data?["run"]?.int == Int(run.run))
    }
  }

  @Test("one that was interrupted goes on; another one has to wait", arguments: StoreKind.available)
  func again(kind: StoreKind) async throws {
    try await withSitting(kind, candidates: 20) { sitting in
      let press = try Sitting.press("marking: { imprecise: 0 }")
      let begun = try await sitting.begin(press, .exact, sitting.first.run)
      #expect(try await sitting.begin(press, .exact, sitting.first.run) == begun)
      for (other, policy) in [(press, RegradePolicy.neverLower), (sitting.press, .exact)] {
        let error = await #expect(throws: StoreError.self) {
          _ = try await sitting.begin(other, policy, sitting.first.run)
        }
        #expect(error?.kind == .conflict)
      }
      #expect(try await sitting.store.publishedRun(of: "again") == sitting.first.run)
      #expect(try await sitting.store.keyVersion(of: begun.run) == press.keyVersion)
    }
  }

  @Test("a regrade with chunks set aside is not published")
  func incomplete() async throws {
    try await withSitting(.sqlite, candidates: 20) { sitting in
      let begun = try await sitting.begin(sitting.press, .exact, sitting.first.run)
      try await TemporaryStore.inspect(
        sitting.address, "update chunk set state = 3, error = 'poison' where run_id = 2")
      #expect(try await sitting.store.finish(begun.run, events: []))
      #expect(try await sitting.store.progress(of: begun.run).state == .incomplete)
      #expect(try await sitting.store.publishedRun(of: "again") == sitting.first.run)
    }
  }

  @Test("pages of a thousand are merged by candidate")
  func pages() async throws {
    try await withSitting(.sqlite, candidates: 2100) { sitting in
      let press = try Sitting.press("marking: { wrong: 0.25 }")
      let foreseen = try await sitting.foresee(by: press, .exact)
      let (_, moves) = try await sitting.regrade(by: press, .exact)
      #expect(foreseen == moves && moves.count > 1000)
    }
  }
}
